"""What is known on the morning of a day: rows detected, documents received, the decisions before it."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from features.labels import SIGNATURE, labels
from tadasu.tables import CORRECTIONS, DOCUMENTS, INCONSISTENCIES

Tables = dict[str, pl.DataFrame]


def as_of(tables: Mapping[str, pl.DataFrame], day: date) -> Tables:
    """Return a year's extract as it stood on the morning of `day`.

    A row stands from its `detected_on`, a document from its `received_on`, both without a date from the
    start; of what staff did only the days before `day` count.
    """
    there = {
        INCONSISTENCIES.name: _until(pl.col("detected_on"), day),
        DOCUMENTS.name: _until(pl.col("received_on"), day),
        CORRECTIONS.name: pl.col("decided_on") < day,
    }
    return {name: frame.filter(there[name]) if name in there else frame for name, frame in tables.items()}


def _until(column: pl.Expr, day: date) -> pl.Expr:
    return (column <= day).fill_null(value=True)


def is_cut(whole: Mapping[str, pl.DataFrame], cut: Mapping[str, pl.DataFrame]) -> bool:
    """Say whether rows or documents are missing in `cut`, so that clues of the whole list do not hold."""
    return any(whole[name].height != cut[name].height for name in (INCONSISTENCIES.name, DOCUMENTS.name))


def decided(corrections: pl.DataFrame, day: date, bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return (row_id, needs, asked, decided_on) of the rows that staff had decided before `day`.

    A row of which they only asked, and one closed in bulk, is not decided.
    """
    before = corrections.filter(pl.col("decided_on") < day)
    last = before.group_by("row_id").agg(pl.col("decided_on").max())
    told = labels(before, bulk_staff).join(last, on="row_id")
    return told.select("row_id", "asked", "decided_on", needs=pl.col(SIGNATURE) != "").sort("row_id")


def morning_after(corrections: pl.DataFrame, day: str) -> date | None:
    """Return the day that is ranked for: the one that is named, else the one after the last decision."""
    if day:
        return date.fromisoformat(day)
    last = corrections["decided_on"].max()
    return last + timedelta(days=1) if isinstance(last, date) else None
