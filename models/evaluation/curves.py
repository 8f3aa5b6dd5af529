"""The curves behind the pictures, as numbers: for the page, for `dvc plots`, and to be checked by hand."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
BINS = 15
POINTS = 200
"""Points of a curve that a file keeps."""
Z = 1.96


def checked(p: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return scores and outcomes as arrays.

    Raises:
        ValueError: there are none, or not one outcome a score.
    """
    given, truth = np.asarray(p, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if given.ndim != 1 or given.shape != truth.shape or not given.size:
        raise ValueError(
            f"a picture needs one score and one outcome a row: got {given.shape} and {truth.shape}"
        )
    return given, truth


def binned(p: Array, y: Array) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return mean probability, share corrected and number of rows of each equally filled bin."""
    parts = [part for part in np.array_split(np.argsort(p, kind="stable"), BINS) if part.size]
    said = np.array([p[part].mean() for part in parts])
    seen = np.array([y[part].mean() for part in parts])
    return said, seen, np.array([part.size for part in parts])


def wilson(share: Array, n: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the ends of Wilson's 95 % interval of each share."""
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return middle - half, middle + half


def precision_recall(score: ArrayLike, y: ArrayLike) -> tuple[Array, Array, float]:
    """Return recall (rising), precision and the average precision.

    Raises:
        ValueError: no row was corrected, or `checked` refuses.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    given, truth = checked(score, y)
    if not truth.any():
        raise ValueError("no row was corrected: recall has no meaning")
    precision, recall, _ = precision_recall_curve(truth, given)
    return recall[::-1][1:], precision[::-1][1:], float(average_precision_score(truth, given))


def found(score: Array, value: Array) -> tuple[Array, Array]:
    """Return share read and share of `value` found; rows of equal score count as read in random order."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), score.size - 1)
    total = value.sum()
    share = np.cumsum(value[order])[ends] / (total or 1.0)
    return np.append(0.0, (ends + 1) / score.size), np.append(0.0, share)


def reliability_table(p: Array, y: Array) -> pl.DataFrame:
    """Return a line per bin: p, corrected (share), low, high, rows."""
    said, seen, counts = binned(p, y)
    low, high = wilson(seen, counts)
    return pl.DataFrame({"p": said, "corrected": seen, "low": low, "high": high, "rows": counts})


def precision_recall_table(p: Mapping[str, Array], y: Array) -> pl.DataFrame:
    """Return contestant, recall, precision: at most `POINTS` lines each, by rising recall."""
    return _stacked(
        {name: precision_recall(score, y)[:2] for name, score in p.items()}, "recall", "precision"
    )


def found_table(rank: Mapping[str, Array], value: Mapping[str, Array]) -> pl.DataFrame:
    """Return contestant, read, found: the share of `value` in the first rows by rank."""
    return _stacked({name: found(-places, value[name]) for name, places in rank.items()}, "read", "found")


def _stacked(curves: Mapping[str, tuple[Array, Array]], x: str, y: str) -> pl.DataFrame:
    parts = []
    for name, (across, up) in curves.items():
        kept = np.unique(np.linspace(0, len(across) - 1, min(POINTS, len(across))).astype(np.int64))
        parts.append(
            pl.DataFrame({x: across[kept], y: up[kept]}).select(pl.lit(name).alias("contestant"), x, y)
        )
    return pl.concat(parts)
