"""Keying errors: an amount with one digit other, more, less, or two exchanged, told by a figure beside it."""

import polars as pl

from features.repairs.sources import Sources

DIGITS = 8
"""Digits of an amount that are tried (up to 99,999,999 yen)."""
KEPT = 3
"""Mended amounts that are kept of each: those that come nearest to what is expected."""
ODD = 0.25
"""Relative distance from what is expected beyond which a keying error is looked for."""


def variants(frame: pl.DataFrame, amount: str) -> pl.DataFrame:
    """Return `frame` once for each way to mend `amount` by one digit, with the mended amount as `right`."""
    places = pl.DataFrame({"power": [10**place for place in range(DIGITS)]})
    digits = pl.DataFrame({"digit": list(range(10))})
    tried = frame.filter(pl.col(amount) > 0).join(places, how="cross").join(digits, how="cross")
    power, whole, digit = pl.col("power"), pl.col(amount), pl.col("digit")
    head, tail = whole // power, whole % power
    here, above = head % 10, (head // 10) % 10
    once = tried.filter(digit == 0)
    ways = [
        tried.with_columns(right=whole + (digit - here) * power),
        tried.with_columns(right=(head * 10 + digit) * power + tail),
        once.with_columns(right=(head // 10) * power + tail),
        once.with_columns(right=whole + (above - here) * power + (here - above) * power * 10),
    ]
    return pl.concat(ways).filter((pl.col("right") > 0) & (pl.col("right") != whole))


def mended_salary(sources: Sources) -> pl.DataFrame:
    """Return (person, document, revenue, right, place): salaries mended so that the stated income fits.

    `place` counts the possible amounts of a document, those nearest to the stated one first.
    """
    law = sources.law
    stated = sources.documents.filter("in_force", pl.col("salary_income").is_not_null())
    odd = stated.filter(law.salary_income.of(pl.col("salary_revenue")) != pl.col("salary_income"))
    papers = odd.select("person", "document", revenue="salary_revenue", income="salary_income")
    fitting = variants(papers, "revenue").filter(law.salary_income.of(pl.col("right")) == pl.col("income"))
    return (
        fitting.unique(["person", "document", "right"])
        .sort("document", "right")
        .with_columns(place=pl.int_range(pl.len()).over("document"))
        .select("person", "document", "revenue", "right", "place")
    )


def mended_insurance(sources: Sources) -> pl.DataFrame:
    """Return (person, document, amount, right, place): social insurance mended towards its usual share.

    The usual share of the salary is that of the person's other reports, or else of last year's record.
    """
    reports = sources.documents.filter(
        pl.col("salary_revenue") > 0, pl.col("social_insurance") > 0, pl.col("in_force")
    ).select("person", "document", revenue="salary_revenue", amount="social_insurance")
    sums = pl.col("amount").sum().over("person") - pl.col("amount")
    others = sums / (pl.col("revenue").sum().over("person") - pl.col("revenue"))
    last = sources.previous.filter(pl.col("salary_revenue") > 0).select(
        "person", last=pl.col("social_insurance") / pl.col("salary_revenue")
    )
    known = reports.with_columns(others=others).join(last, on="person", how="left", maintain_order="left")
    share = pl.when(pl.col("others") > 0).then("others").otherwise("last")
    known = known.with_columns(expected=pl.col("revenue") * share).filter(pl.col("expected") > 0)
    odd = known.filter((pl.col("amount") / pl.col("expected") - 1).abs() > ODD)
    distance = (pl.col("right") / pl.col("expected") - 1).abs()
    near = variants(odd, "amount").with_columns(distance=distance).filter(pl.col("distance") < ODD)
    return (
        near.unique(["person", "document", "right"])
        .sort("document", "distance", "right")
        .with_columns(place=pl.int_range(pl.len()).over("document"))
        .filter(pl.col("place") < KEPT)
        .select("person", "document", "amount", "right", "place")
    )
