"""Gifts that count: those of a tax return, or else one-stop notices while the special case applies."""

import polars as pl

MUNICIPALITIES = 5
"""One-stop notices are void above this many recipients (地方税法附則7条)."""

OTHER_KINDS = ("ward_ordinance", "community_chest")


def gifts(donations: pl.DataFrame, valid: pl.DataFrame, adopted: pl.DataFrame) -> pl.DataFrame:
    """Return (person_id, donation_furusato, donation_other, one_stop) of who gave anything that counts.

    Notices are void for who files a return, and where there are more than `MUNICIPALITIES` recipients.
    """
    filed = valid.filter(pl.col("kind").is_in(("tax_return", "resident_return"))).select("person_id").unique()
    taken = adopted.select("document_id")
    of_return = donations.filter(pl.col("source") == "return").join(taken, on="document_id", how="semi")
    notices = donations.filter(pl.col("source") == "one_stop").join(filed, on="person_id", how="anti")
    recipients = notices.group_by("person_id").agg(n=pl.col("recipient_code").n_unique())
    few = recipients.filter(pl.col("n") <= MUNICIPALITIES).select("person_id")
    notices = notices.join(few, on="person_id", how="semi")
    furusato, others = pl.col("kind") == "furusato", pl.col("kind").is_in(OTHER_KINDS)
    return (
        pl.concat([of_return, notices], how="vertical")
        .group_by("person_id")
        .agg(
            donation_furusato=pl.col("amount").filter(furusato).sum(),
            donation_other=pl.col("amount").filter(others).sum(),
            one_stop=(pl.col("source") == "one_stop").any(),
        )
        .sort("person_id")
    )
