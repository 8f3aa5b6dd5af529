"""What employers usually withhold from a salary that had no year-end adjustment, as this year's reports tell.

Month by month tax is withheld by a table (所得税法185条, 甲欄), so of two reports with one salary the tax is
much the same; what the table gives for a whole year is read off the reports themselves, by their salary.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from features.repairs.sources import Sources

FEWEST, EACH, MOST = 200, 25, 200
"""Reports below which nothing is told; reports that make one point of the curve, and points at most."""
CUT = 12
"""Yen by which a year's tax may miss the curve: each month is cut to whole yen."""
SPREADS = 3
"""Usual distances from the curve beyond which a tax does not fit."""


@dataclass(frozen=True)
class UsualTax:
    """The curve: salaries and the tax of each (yen, both growing); `limit`: how far off it still fits."""

    salaries: npt.NDArray[np.float64]
    taxes: npt.NDArray[np.float64]
    limit: float

    def of(self, salary: pl.Expr) -> pl.Expr:
        """Return the usual tax (yen) of a salary, null beyond the ends of the curve."""
        read = salary.cast(pl.Float64).map_batches(self._read, return_dtype=pl.Float64)
        return read.fill_nan(None)

    def _read(self, salaries: pl.Series) -> pl.Series:
        known = salaries.fill_null(np.nan).to_numpy()
        return pl.Series(np.interp(known, self.salaries, self.taxes, left=np.nan, right=np.nan))


def monthly() -> pl.Expr:
    """Return which salary reports have tax that was withheld by the month: main employer, not adjusted."""
    return (
        (pl.col("kind") == "salary_report")
        & (pl.col("withholding_column") == "main")
        & (pl.col("year_end_adjusted").fill_null(0) == 0)
        & (pl.col("withheld_income_tax") > 0)
        & (pl.col("salary_revenue") > 0)
    )


def usual_tax(sources: Sources) -> UsualTax | None:
    """Return the curve of this year's reports, None where there are too few of them."""
    known = sources.documents.filter("in_force", monthly()).select(
        salary="salary_revenue", tax="withheld_income_tax"
    )
    if known.height < FEWEST:
        return None
    first = _curve(known)
    off = (pl.col("tax") - first.of(pl.col("salary"))).abs()
    # Slips among the reports shift the medians of their neighbours: the curve is read again without them.
    return _curve(known.filter(off <= first.limit))


def _curve(known: pl.DataFrame) -> UsualTax:
    """Return the curve through the medians of reports (salary, tax) with like salaries."""
    points = max(2, min(MOST, known.height // EACH))
    place = pl.int_range(pl.len()) * points // pl.len()
    ordered = known.sort("salary", "tax").group_by(place.alias("point"), maintain_order=True)
    medians = ordered.agg(pl.col("salary", "tax").median())
    # The curve may not fall: a point that a slip has pulled down is lifted to the one before.
    salaries, taxes = medians["salary"].to_numpy(), medians["tax"].cum_max().to_numpy()
    off = (pl.col("tax") - UsualTax(salaries, taxes, CUT).of(pl.col("salary"))).abs()
    return UsualTax(salaries, taxes, CUT + SPREADS * (known.select(off.median()).item() or 0.0))
