"""Waves: on which day a tax system raises a row; checks run one subject after another, some days apart."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

_PRIME = np.uint64(1099511628211)
_START = np.uint64(14695981039346656037)


@dataclass(frozen=True, slots=True)
class Waves:
    """When checks run in the year of assessment: the first on `month`/`day`, each next `every` days later.

    A wave takes `days` days: a household is looked at on one of them, the same in every wave. A row about
    a document that came in after its wave is raised on the first run that sees it.
    """

    month: int = 4
    day: int = 7
    every: int = 4
    days: int = 3

    def raised_on(self, year: int, wave: pl.Expr, household: pl.Expr, received: pl.Expr) -> pl.Expr:
        """Return the day of each row.

        Args:
            year: the tax year.
            wave: number of the wave, from 0.
            household: what is looked at on one day (text).
            received: the latest day on which a document that the row names was received; may be null.
        """
        first = pl.lit(date(year, self.month, self.day))
        place = household.fill_null("").map_batches(_hashed, return_dtype=pl.UInt64, is_elementwise=True)
        within = (place % self.days).cast(pl.Int64)
        planned = first + pl.duration(days=wave.cast(pl.Int64) * self.every + within)
        behind = (received - planned).dt.total_days()
        # From the planned day on the check is made again every `every` days.
        again = -(-(behind + 1) // self.every) * self.every
        later = pl.when(behind >= 0).then(again).otherwise(0).fill_null(0)
        return (planned + pl.duration(days=later)).cast(pl.Date)


DEFAULT_WAVES = Waves()


def _hashed(texts: pl.Series) -> pl.Series:
    """Return a number of each text (FNV-1a) that is the same on every machine and in every version."""
    codes = np.char.encode(np.array(texts.to_list(), dtype=np.str_), "utf-8")
    if not codes.size or not codes.itemsize:
        return pl.Series(np.zeros(len(texts), dtype=np.uint64))
    letters: NDArray[np.uint8] = codes.view(np.uint8).reshape(len(codes), -1)
    number = np.full(len(codes), _START, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in letters.T:
            number = np.where(column > 0, (number ^ column) * _PRIME, number)
    return pl.Series(number ^ (number >> np.uint64(32)))
