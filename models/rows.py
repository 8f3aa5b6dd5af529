"""The lines of a row as the models see them: as matrices, and its likeliest repair.

A row's lines lie together, 'leave' (repair_id 0) first.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from features.columns import OF_ROW
from features.repairs.scope import SUBJECTS
from features.values import NUMBER
from models.calibration import Floats
from models.neighbours import NAMES, Links, beside
from models.shares import extent, shares

KEY = ("tax_year", "row_id", "repair_id")
SHARED = frozenset(column.name for column in OF_ROW)
"""Columns that all repairs of a row share."""
BLOCK = 100_000
"""Lines that are scored at a time."""
ENOUGH = {"pred_early_stop": True, "pred_early_stop_freq": 20, "pred_early_stop_margin": 12.0}
"""A repair is scored to the end only while it may still count: every 20 trees those are let go whose log-odds
are beyond 6 on either side (the margin is twice that). It takes half the time; of a year's 940,000 repairs 25
were off by more than .01 for it, none by more than .03."""
CLEAR = 4
"""Inputs of the row model that say how clear the likeliest repair is."""
FAMILY = {
    NUMBER[name]: number
    for number, fields in reversed(list(enumerate(SUBJECTS.values(), 1)))
    for name in fields
}
"""The family (subject, from 1) of each field's number; 0 is that of rows that name none."""


def in_order(features: pl.DataFrame) -> pl.DataFrame:
    """Return the lines in the order of the key; gigabytes are copied only where they are not in it."""
    order = features.select(pl.arg_sort_by(KEY)).to_series()
    return features if (order == pl.int_range(len(order), eager=True)).all() else features[order]


def matrix_of(frame: pl.DataFrame, columns: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """Return the columns as a Float32 matrix (lines × columns), null as NaN."""
    return frame.select(columns).to_numpy().astype(np.float32, copy=False)


def in_blocks(
    predict: Callable[[npt.NDArray[np.float32]], Any], frame: pl.DataFrame, columns: tuple[str, ...]
) -> Floats:
    """Return what `predict` says of each line; the matrix of a year is never made as a whole."""
    parts = [predict(matrix_of(part, columns)) for part in frame.iter_slices(BLOCK)]
    return np.concatenate(parts) if parts else np.zeros(0)


def scored(booster: Any, lines: npt.NDArray[np.float32]) -> Floats:
    """Return what the model of the repairs says of each line, as far as it matters (`ENOUGH`)."""
    return np.asarray(booster.predict(lines, **ENOUGH))


def row_matrix(
    frame: pl.DataFrame, conditional: Floats, columns: tuple[str, ...]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return one line per row: its 'leave' line, the line of its likeliest repair, and how clear that is.

    What all repairs of a row share stands in it once. Beside it the place of each row's likeliest repair.
    """
    start, size = extent(frame)
    best = _first_best(conditional, start, size)
    top = conditional[best]
    without = conditional.copy()
    without[best] = 0.0
    clear = np.column_stack(
        [top, np.maximum.reduceat(without, start), np.add.reduceat(conditional, start), size]
    )
    both = tuple(name for name in columns if name not in SHARED)
    leave, likeliest = matrix_of(frame[start], columns), matrix_of(frame[best], both)
    return np.hstack([leave, likeliest, clear.astype(np.float32)]), best


def share_of_best(rows: npt.NDArray[np.float32]) -> Floats:
    """Return from lines of `row_matrix` what part of P(correction) the likeliest repair of each row gets."""
    top, _, total, _ = np.asarray(rows[:, -CLEAR:], dtype=np.float64).T
    share: Floats = np.divide(top, total, out=np.zeros_like(top), where=total > 0)
    return share


def with_neighbours(
    frame: pl.DataFrame,
    rows: npt.NDArray[np.float32],
    best: npt.NDArray[np.int64],
    first: Floats,
    known: tuple[Links, pl.DataFrame] | None,
) -> npt.NDArray[np.float32]:
    """Return the rows with their first judgement and their neighbours' (empty without `known`)."""
    if known is None:
        near = np.full((len(rows), len(NAMES)), np.nan, dtype=np.float32)
    else:
        near = beside(likeliest(frame, best).with_columns(p=pl.Series(first)), *known)
    return np.hstack([rows, first[:, None].astype(np.float32), near])


def likeliest(frame: pl.DataFrame, best: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Return of each row its likeliest repair and what that does to the total income (delta)."""
    return frame[best].select(*KEY, delta="income_delta")


def linked_shares(frame: pl.DataFrame, conditional: Floats, known: Links) -> pl.DataFrame:
    """Return (KEY, share) of the repairs that imply something for others: P(repair | correction)."""
    share = shares(frame, conditional)
    named = known.linked.select(KEY).unique()
    return frame.select(KEY).with_columns(share=pl.Series(share)).join(named, on=list(KEY), how="semi")


def _first_best(conditional: Floats, start: npt.NDArray[np.int64], size: npt.NDArray[np.int64]) -> Any:
    """Return the place of each row's likeliest repair (of equals the first; 'leave' where alone)."""
    highest = np.repeat(np.maximum.reduceat(conditional, start), size)
    place = np.where(conditional == highest, np.arange(len(conditional)), len(conditional))
    return np.minimum.reduceat(place, start)


def families(frame: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return the family of each row (lines of 'leave'): the subject of the field that the row names."""
    named = frame.filter(pl.col("repair_id") == 0)["named"].fill_null(-1).cast(pl.Int64)
    return named.replace_strict(FAMILY, default=0, return_dtype=pl.Int64).to_numpy()
