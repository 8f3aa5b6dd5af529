"""A mapping that says everything: every column of every table in one layout, under its Japanese name.

Demonstrations, tests and benchmarks write extracts with it.
"""

from dataclasses import replace

import polars as pl

from tadasu.extract.forms import DateForm, digit_tables
from tadasu.extract.mapping.model import Cell, Kind, Layout, Mapping, Part, Position, Reading, Row, Source
from tadasu.tables import EXTRACT, Column, Table

_KINDS: dict[pl.DataType, Kind] = {pl.String(): "text", pl.Date(): "date", pl.Boolean(): "flag"}
_FIELD = 80


def covering(layout: Layout, dates: DateForm | None = None, *, coded: bool = False) -> Mapping:
    """Return such a mapping; columns are known by position where the layout has no line of names.

    `dates` is the form of all dates, YYYY-MM-DD if None; `coded` writes two-digit codes for words and flags.
    """
    reading = Reading(dates=(dates,) if dates else (), eras=digit_tables()["statutory"])
    return Mapping("covering", tuple(_source(t, layout, reading, coded=coded) for t in EXTRACT), "R05年度")


def _source(table: Table, layout: Layout, reading: Reading, *, coded: bool) -> Source:
    named = layout.header > 0 or layout.format == "fixed"
    cells, positions = [], []
    for place, column in enumerate(table.columns, 1):
        name = f"{column.label}・{place}" if named else str(place)
        kind = _KINDS.get(column.dtype, "number")
        cells.append(
            Cell(column.name, (Part(name),), replace(reading, kind=kind, codes=_codes(column, coded)))
        )
        positions.append(Position(name, _FIELD * (place - 1) + 1, _FIELD))
    laid = replace(layout, positions=tuple(positions)) if layout.format == "fixed" else layout
    return Source(table, (f"{{year}}/{table.label}*.txt",), laid, (Row(tuple(cells)),), optional=True)


def _codes(column: Column, coded: bool) -> dict[str, str] | None:
    words = ("true", "false") if column.dtype == pl.Boolean() else column.values
    return {"": ""} | {f"{n:02}": word for n, word in enumerate(words, 1)} if coded and words else None
