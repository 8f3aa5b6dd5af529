"""Delimited text (CSV, tabs) to cells."""

from collections.abc import Sequence

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut.lines import aside, reason, text, without_others
from tadasu.extract.cut.shape import Cut, distinct
from tadasu.extract.delimited import Dialect, join_quoted_breaks, parse, verdict
from tadasu.extract.mapping.model import Layout


def cut(data: bytes, layout: Layout, least: int, width: int | None) -> Cut:
    """Cut delimited text; `least` columns are needed; `width` where the number of cells is known before.

    Raises:
        TadasuError: the line of the column names is not there or cannot be read.
    """
    found = text(data, layout)
    dialect = Dialect(layout.delimiter, layout.quote, layout.multiline, layout.extra_cells)
    names = _names(found.lines, layout, dialect)
    lines, skipped = without_others(found.lines.slice(layout.header), layout)
    if names is None:
        cells = width or (least if layout.extra_cells else _usual_width(lines["raw"], dialect, least))
        names = [str(place) for place in range(1, cells + 1)]
    records = join_quoted_breaks(lines, len(names), dialect)
    judged = records.with_columns(reason=reason(verdict(len(names), dialect), found, layout))
    sound = judged.filter(pl.col("reason").is_null())
    broken, hashes = aside(judged, found)
    cells_of = parse(sound["raw"], names, dialect).insert_column(0, sound["line"])
    return Cut(tuple(names), cells_of, broken, hashes, skipped + layout.header, found.told)


def _names(lines: pl.DataFrame, layout: Layout, dialect: Dialect) -> list[str] | None:
    if not layout.header:
        return None
    if lines.height < layout.header:
        raise TadasuError(f"no line {layout.header}, where the column names should stand")
    line = lines.row(layout.header - 1, named=True)
    names = None if line["undecodable"] else dialect.cells(line["raw"].replace("\x00", ""))
    if not names:
        raise TadasuError(f"the column names in line {layout.header} cannot be read (encoding or quotes)")
    return distinct(names)


def _usual_width(raw: Sequence[str] | pl.Series, dialect: Dialect, least: int) -> int:
    """Return the number of cells that most lines have, at least `least`."""
    lines = pl.Series("raw", raw, dtype=pl.String()).head(10_000)
    if dialect.quote:
        lines = lines.str.replace_all(dialect.quoted, "")
    usual = (lines.str.count_matches(dialect.delimiter, literal=True) + 1).mode().sort()
    return max(least, int(usual[-1]) if usual.len() else 1)
