"""The labelled lines that a ranker learns from: what is right, which fold, how much each counts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from features.labels import labels
from models.calibration import Floats
from models.rows import KEY, families, in_order, matrix_of

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """A labelled year: by row its lines and what is known of it, by line whether right and leave."""

    start: Whole
    size: Whole
    needs: Mask
    asked: Mask
    fold: Whole
    family: Whole
    right: Mask
    leave: Mask

    def by_line(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Return a value of each row for each of its lines."""
        return np.repeat(values, self.size)

    @property
    def candidates(self) -> Mask:
        """Return the lines that the repair model is about: not 'leave', of rows that were corrected."""
        return np.repeat(self.needs, self.size) & ~self.leave

    @property
    def with_right(self) -> Mask:
        """Return those of the candidates whose row has a right one among them."""
        found = np.logical_or.reduceat(self.right & self.candidates, self.start)
        return np.repeat(found, self.size) & self.candidates


def labelled(year: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the features of the labelled rows of a year with `is_right`, in the order of the key.

    A year's features are gigabytes: they are copied only where a row has no label, or the order is another.
    """
    features = year["features"]
    keys = features.select(KEY)
    told = keys.join(year["truth"], on=list(KEY), how="left", maintain_order="left")["is_right"]
    frame = features.with_columns(told.alias("is_right"))
    if told.null_count():
        frame = frame.filter(pl.col("is_right").is_not_null())
    return in_order(frame)


def rows_of(frame: pl.DataFrame, year: Mapping[str, pl.DataFrame], folds: int) -> Rows:
    """Return the labelled rows of `frame` (as `labelled` gives it); folds are by household."""
    leave = frame["repair_id"].to_numpy() == 0
    start = np.flatnonzero(leave)
    right = frame["is_right"].to_numpy()
    keys = frame[start].select("tax_year", "row_id")
    return Rows(
        start=start,
        size=np.diff(np.append(start, frame.height)),
        needs=~right[start],
        asked=_asked(keys, year),
        fold=_folds(keys, year, folds),
        family=families(frame),
        right=right,
        leave=leave,
    )


def sampled(rows: Rows, frame: pl.DataFrame, most: int, seed: int) -> tuple[Mask, Floats]:
    """Choose the candidate lines to learn from: all right ones, of a row's wrong ones at most `most`.

    Rows of which no candidate is right are left out: what staff recorded there is mostly a slip beside one of
    them, which would be learnt as wrong.

    Returns the chosen lines (mask over all lines) and the weight of each line: a wrong one stands for those
    that were not chosen. The choice depends on row and repair alone, so it is the same again.
    """
    candidates = rows.with_right if rows.with_right.any() else rows.candidates
    wrong = candidates & ~rows.right
    order = frame.select("row_id", "repair_id").hash_rows(seed=seed).to_numpy()
    number = np.repeat(np.arange(len(rows.start)), rows.size)
    drawn = np.lexsort((order, ~wrong, number))
    place = np.empty(len(drawn), dtype=np.int64)
    place[drawn] = np.arange(len(drawn)) - np.repeat(rows.start, rows.size)
    count = np.add.reduceat(wrong.astype(np.int64), rows.start)
    kept = np.minimum(count, most)
    share = np.divide(count, kept, out=np.ones(len(count)), where=kept > 0)
    chosen = candidates & (rows.right | (place < most))
    weight = np.where(wrong, np.repeat(share, rows.size), 1.0)
    return chosen, weight


def matrix(frame: pl.DataFrame, chosen: Mask, columns: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """Return the chosen lines' columns as a Float32 matrix."""
    return matrix_of(frame.filter(pl.Series(chosen)), columns)


def _asked(keys: pl.DataFrame, year: Mapping[str, pl.DataFrame]) -> Mask:
    """Return for each row whether staff had to ask; no one where the year's record is not given."""
    if "corrections" not in year:
        return np.zeros(keys.height, dtype=bool)
    told = labels(year["corrections"]).select("row_id", "asked")
    found = keys.join(told, on="row_id", how="left", maintain_order="left")
    return found["asked"].fill_null(value=False).to_numpy()


def _folds(keys: pl.DataFrame, year: Mapping[str, pl.DataFrame], folds: int) -> Whole:
    household = year["inconsistencies"].join(year["residents"], on="person_id", how="left")
    blocks = household.select("tax_year", "row_id", block=pl.coalesce("household_id", "person_id"))
    names = blocks["block"].unique().sort()
    place = pl.DataFrame({"block": names, "fold": [_fold(name, folds) for name in names]})
    known = keys.join(
        blocks.join(place, on="block"), on=["tax_year", "row_id"], how="left", maintain_order="left"
    )
    return known["fold"].to_numpy()


def _fold(name: str, folds: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % folds
