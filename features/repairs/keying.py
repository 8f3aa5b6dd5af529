"""Keying errors: an amount with one digit other, more, less, or two exchanged, told by a figure beside it."""

import numpy as np
import polars as pl

from features.repairs.sources import Sources
from features.repairs.withholding import monthly, usual_tax

DIGITS = 8
"""Digits of an amount that are tried (up to 99,999,999 yen)."""
KEPT = 3
"""Mended amounts that are kept of each: those that come nearest to what is expected."""
ODD = 0.25
"""Relative distance from what is expected beyond which a keying error is looked for."""
NEAR = 0.1
"""Relative distance from what is expected within which a mended amount is believed."""
MONTHS = 12
"""Yen by which what is withheld at one rate may miss its share: each month is cut to whole yen."""
SMALL = 0.1
"""Share of the salary below which social insurance is employment insurance alone."""
ROUND, ROUNDS = 100_000, 99
"""A salary may be a round amount too high or too low: this, and up to so many times this."""


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

    Mended by one digit, or by a round amount, or taken back from the income by law; where no income is
    stated, by the share that social insurance, or the tax withheld at the flat rate of a second job, usually
    has. `place` counts the possible amounts of a document.
    """
    law = sources.law
    stated = sources.documents.filter("in_force", pl.col("salary_income").is_not_null())
    odd = stated.filter(law.salary_income.of(pl.col("salary_revenue")) != pl.col("salary_income"))
    papers = odd.select("person", "document", revenue="salary_revenue", income="salary_income")
    by_digit = variants(papers, "revenue").filter(law.salary_income.of(pl.col("right")) == pl.col("income"))
    by_law = papers.with_columns(right=law.salary_income.inverse(pl.col("income"))).filter(
        pl.col("right").is_not_null()
    )
    by_round = _round_off(papers).filter(law.salary_income.of(pl.col("right")) == pl.col("income"))
    columns = ["person", "document", "revenue", "right"]
    by_share = _mended(sources, "salary_revenue", "social_insurance").rename({"amount": "revenue"})
    every = pl.concat(
        [
            frame.select(columns)
            for frame in (
                by_digit,
                by_law,
                by_round,
                _by_tax(sources),
                _by_employment(sources),
                _by_monthly_tax(sources),
                by_share,
            )
        ]
    )
    return (
        every.unique(["person", "document", "right"], keep="first", maintain_order=True)
        .with_columns(place=pl.int_range(pl.len()).over("document"))
        .sort("document", "place")
    )


def _round_off(papers: pl.DataFrame) -> pl.DataFrame:
    """Return `papers` once for each round amount that may be too much or too little, with what is right."""
    times = pl.DataFrame({"times": [sign * n for n in range(1, ROUNDS + 1) for sign in (-1, 1)]})
    moved = papers.join(times, how="cross").with_columns(right=pl.col("revenue") + pl.col("times") * ROUND)
    return moved.filter(pl.col("right") > 0)


def _by_tax(sources: Sources) -> pl.DataFrame:
    """Mend a second job's salary by one digit so that the tax withheld is its usual share.

    Small salaries of a second employer (乙欄) are taxed at one flat rate (所得税法185条1項), here the median
    of this year's reports.
    """
    return _by_flat_rate(_second_jobs(sources), "withheld_income_tax")


def _second_jobs(sources: Sources) -> pl.DataFrame:
    return sources.documents.filter(
        "in_force", pl.col("withholding_column") == "other", pl.col("withheld_income_tax") > 0
    )


def second_job_share(sources: Sources) -> float | None:
    """Return the usual share of the salary that a second job's tax is, None where there is no such report."""
    return _usual_share(_second_jobs(sources), "withheld_income_tax")


def _by_employment(sources: Sources) -> pl.DataFrame:
    """Mend a small job's salary by one digit so that employment insurance alone is its usual share.

    Who works too few hours for the other insurances pays 雇用保険料 at one rate (労働保険料徴収法12条),
    here the median of this year's reports with less than `SMALL`.
    """
    return _by_flat_rate(_employment_alone(sources), "social_insurance")


def _by_monthly_tax(sources: Sources) -> pl.DataFrame:
    """Mend the salary of a report without year-end adjustment by one digit: its tax becomes the usual one."""
    curve = usual_tax(sources)
    papers = sources.documents.filter("in_force", monthly()).select(
        "person", "document", revenue="salary_revenue", tax="withheld_income_tax"
    )
    if curve is None:
        return papers.clear().with_columns(right=pl.lit(0, dtype=pl.Int64))
    off = {name: (pl.col("tax") - curve.of(pl.col(name))).abs() for name in ("revenue", "right")}
    odd = papers.filter(off["revenue"].fill_null(np.inf) > curve.limit)
    near = variants(odd, "revenue").with_columns(off=off["right"]).filter(pl.col("off") <= curve.limit)
    once = near.unique(["document", "right"]).sort("document", "off", "right")
    return once.filter(pl.int_range(pl.len()).over("document") < KEPT)


def _employment_alone(sources: Sources) -> pl.DataFrame:
    reports = sources.documents.filter(
        "in_force", pl.col("kind") == "salary_report", pl.col("social_insurance") > 0
    )
    return reports.filter(pl.col("social_insurance") < SMALL * pl.col("salary_revenue"))


def employment_share(sources: Sources) -> float | None:
    """Return the usual share of the salary that employment insurance alone is, None where nobody has it."""
    return _usual_share(_employment_alone(sources), "social_insurance")


def _usual_share(reports: pl.DataFrame, part: str) -> float | None:
    known = reports.filter(pl.col("salary_revenue") > 0)
    share: float | None = known.select((pl.col(part) / pl.col("salary_revenue")).median()).item()
    return share


def _by_flat_rate(reports: pl.DataFrame, part: str) -> pl.DataFrame:
    """Return mended salaries of which `part` is the usual share, nearest first, at most `KEPT` a document."""
    known = reports.filter(pl.col("salary_revenue") > 0).select(
        "person", "document", revenue="salary_revenue", part=pl.col(part)
    )
    known = known.with_columns(usual=(pl.col("part") / pl.col("revenue")).median())
    odd = known.filter((pl.col("part") - pl.col("usual") * pl.col("revenue")).abs() > MONTHS)
    off = (pl.col("part") - pl.col("usual") * pl.col("right")).abs()
    near = variants(odd, "revenue").with_columns(off=off).filter(pl.col("off") <= MONTHS)
    once = near.unique(["document", "right"]).sort("document", "off", "right")
    return once.filter(pl.int_range(pl.len()).over("document") < KEPT)


def mended_insurance(sources: Sources) -> pl.DataFrame:
    """Return (person, document, amount, right, place): social insurance mended towards its usual share."""
    return _mended(sources, "social_insurance", "salary_revenue")


def _mended(sources: Sources, mended: str, beside: str) -> pl.DataFrame:
    """Mend one amount of each report by the ratio that it usually has to the one beside it.

    The usual ratio is that of the person's other reports, or else of last year's record, or else the
    median of this year's reports of the same order of magnitude.
    """
    reports = sources.documents.filter(
        pl.col("salary_revenue") > 0, pl.col("social_insurance") > 0, pl.col("in_force")
    ).select("person", "document", amount=mended, beside=beside)
    sums = pl.col("amount").sum().over("person") - pl.col("amount")
    others = sums / (pl.col("beside").sum().over("person") - pl.col("beside"))
    last = sources.previous.filter(pl.col(beside) > 0).select("person", last=pl.col(mended) / pl.col(beside))
    known = reports.with_columns(others=others).join(last, on="person", how="left", maintain_order="left")
    size = pl.col("beside").log(2).floor()
    usual = (pl.col("amount") / pl.col("beside")).median().over(size)
    share = pl.when(pl.col("others") > 0).then("others").otherwise(pl.coalesce("last", usual))
    known = known.with_columns(expected=pl.col("beside") * share).filter(pl.col("expected") > 0)
    odd = known.filter((pl.col("amount") / pl.col("expected") - 1).abs() > ODD)
    distance = (pl.col("right") / pl.col("expected") - 1).abs()
    near = variants(odd, "amount").with_columns(distance=distance).filter(pl.col("distance") < NEAR)
    return (
        near.unique(["person", "document", "right"])
        .sort("document", "distance", "right")
        .with_columns(place=pl.int_range(pl.len()).over("document"))
        .filter(pl.col("place") < KEPT)
        .select("person", "document", "amount", "right", "place")
    )
