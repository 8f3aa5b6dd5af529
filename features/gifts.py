"""The arithmetic of gifts on a return: its total beside the gifts that it lists one by one.

A gift left out of the list makes the total too large by the amount of one gift; a slip of a digit makes it
ten times as large, or a tenth; whoever gives regularly gives the same amount several times.
"""

import polars as pl

from features.repairs.sources import Sources

MOST_TIMES = 20.0


def gift_arithmetic(sources: Sources) -> pl.DataFrame:
    """Return by person, for returns in force that state a total (yen).

    gifts_missing: the total less the gifts listed; gifts_like: how many listed gifts have exactly that
    amount; gifts_listed: gifts listed; gifts_share: what is missing as a share of the mean gift;
    gifts_times: the total as a multiple of the list; gifts_odd: what is missing is no whole thousand of yen.
    """
    stated = sources.documents.filter("in_force", pl.col("donation_total").is_not_null())
    newest = stated.sort("person", "received_on", "document").group_by("person", maintain_order=True).last()
    gifts = sources.donations.filter(pl.col("source") == "return").select("person", "amount")
    summed = gifts.group_by("person").agg(listed=pl.len().cast(pl.Int64), lines=pl.col("amount").sum())
    frame = newest.select("person", total="donation_total").join(summed, on="person", how="left")
    frame = frame.with_columns(pl.col("listed", "lines").fill_null(0))
    frame = frame.with_columns(missing=pl.col("total") - pl.col("lines"))
    like = frame.select("person", amount="missing").join(gifts, on=["person", "amount"])
    like = like.group_by("person").agg(like=pl.len().cast(pl.Int64))
    frame = frame.join(like, on="person", how="left").sort("person")
    return frame.select(
        "person",
        gifts_missing="missing",
        gifts_like=pl.col("like").fill_null(0),
        gifts_listed="listed",
        gifts_share=pl.col("missing") * pl.col("listed") / pl.col("lines"),
        gifts_times=(pl.col("total") / pl.col("lines")).clip(0.0, MOST_TIMES),
        gifts_odd=pl.col("missing") % 1000 != 0,
    )
