"""How far two officers agree on the rows that both judged: what no suggestion can be shown to exceed."""

from dataclasses import dataclass

import polars as pl
from scipy.stats import beta

from features.labels import SIGNATURE, labels

Tables = dict[str, pl.DataFrame]
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """A share of counted rows with its exact (Clopper–Pearson) 95 % interval."""

    count: int
    rows: int
    value: float
    low: float
    high: float


def share(count: int, rows: int) -> Share:
    """Return the share `count` of `rows` with its two-sided exact interval; NaN without rows."""
    if rows == 0:
        return Share(0, 0, float("nan"), float("nan"), float("nan"))
    tail = (1.0 - LEVEL) / 2
    low = 0.0 if count == 0 else float(beta.ppf(tail, count, rows - count + 1))
    high = 1.0 if count == rows else float(beta.ppf(1.0 - tail, count + 1, rows - count))
    return Share(count, rows, count / rows, low, high)


def most(count: int, rows: int) -> float:
    """Return the upper bound of a share at 95 % confidence, one-sided: at most so many of such rows."""
    if rows == 0:
        return float("nan")
    return 1.0 if count == rows else float(beta.ppf(LEVEL, count + 1, rows - count))


def two_officers(tables: Tables, bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return (row_id, same) of the rows that two officers judged: whether both corrected or both did not."""
    first = labels(tables["corrections"], bulk_staff).select("row_id", one=pl.col(SIGNATURE) != "")
    second = labels(tables["second_opinions"], bulk_staff).select("row_id", two=pl.col(SIGNATURE) != "")
    both = first.join(second, on="row_id").sort("row_id")
    return both.select("row_id", same=pl.col("one") == pl.col("two"))


def counted(same: pl.Series) -> Share:
    """Return the share of true among `same`."""
    return share(int(same.sum()), len(same))
