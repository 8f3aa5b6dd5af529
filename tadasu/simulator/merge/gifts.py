"""Gifts that count: those of a tax return, or else one-stop notices while the special case applies."""

import polars as pl

from tadasu.simulator.merge.in_force import RETURNS

MUNICIPALITIES = 5
"""One-stop notices are void above this many recipients (地方税法附則7条)."""

OTHER_KINDS = ("ward_ordinance", "community_chest")


def gifts(donations: pl.DataFrame, valid: pl.DataFrame, one: pl.DataFrame) -> pl.DataFrame:
    """Return (person_id, donation_furusato, donation_other, one_stop) of who gave anything that counts.

    Notices are void for who files a return, and where there are more than `MUNICIPALITIES` recipients.
    """
    counted = pl.concat([_of_returns(donations, valid, one), _notices(donations, valid)])
    furusato, others = pl.col("kind") == "furusato", pl.col("kind").is_in(OTHER_KINDS)
    return (
        counted.group_by("person_id")
        .agg(
            donation_furusato=pl.col("amount").filter(furusato).sum(),
            donation_other=pl.col("amount").filter(others).sum(),
            one_stop=(pl.col("source") == "one_stop").any(),
        )
        .sort("person_id")
    )


def _of_returns(donations: pl.DataFrame, valid: pl.DataFrame, one: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of the adopted return; of an earlier one where it states gifts without lines."""
    lines = donations.filter(pl.col("source") == "return")
    own = lines.join(one.select("document_id"), on="document_id", how="semi")
    stated = one.filter(pl.col("donation_total") > 0).select("person_id")
    earlier = (
        lines.join(valid.select("document_id"), on="document_id", how="semi")
        .join(stated, on="person_id", how="semi")
        .join(own.select("person_id"), on="person_id", how="anti")
    )
    return pl.concat([own, earlier])


def _notices(donations: pl.DataFrame, valid: pl.DataFrame) -> pl.DataFrame:
    notices = donations.filter(pl.col("source") == "one_stop")
    filed = valid.filter(pl.col("kind").is_in(RETURNS)).select("person_id")
    notices = notices.join(filed, on="person_id", how="anti")
    recipients = notices.group_by("person_id").agg(n=pl.col("recipient_code").n_unique())
    few = recipients.filter(pl.col("n") <= MUNICIPALITIES).select("person_id")
    return notices.join(few, on="person_id", how="semi")
