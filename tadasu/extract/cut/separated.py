"""Delimited text (CSV, tabs) to cells."""

from collections.abc import Sequence

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut.lines import Text, aside, reason, text, without_others
from tadasu.extract.cut.shape import Cut, distinct
from tadasu.extract.delimited import Dialect, join_quoted_breaks, parse, verdict
from tadasu.extract.mapping.model import Layout

_AT_ONCE = 100_000
"""How many lines are decoded and parsed at a time: a file of a million lines needs no more memory for it."""

_SAMPLE = 10_000


def cut(data: bytes, layout: Layout, least: int, width: int | None) -> Cut:
    """Cut delimited text; `least` columns are needed; `width` where the number of cells is known before.

    Raises:
        TadasuError: the line of the column names is not there or cannot be read.
    """
    found = text(data, layout)
    dialect = Dialect(layout.delimiter, layout.quote, layout.multiline, layout.extra_cells)
    names = _names(found, layout, dialect) or _positions(found, layout, dialect, least, width)
    runs_on = layout.quote and layout.multiline > 1
    step = max(1, found.height) if runs_on else _AT_ONCE
    starts = range(layout.header, max(found.height, layout.header + 1), step)
    cuts = [_cut(found, found.lines(start, start + step), names, layout, dialect) for start in starts]
    return Cut(
        tuple(names),
        pl.concat(cut.cells for cut in cuts),
        pl.concat(cut.broken for cut in cuts),
        pl.concat(cut.unsplit for cut in cuts),
        sum(cut.skipped for cut in cuts) + layout.header,
        found.told,
    )


def _cut(found: Text, given: pl.DataFrame, names: Sequence[str], layout: Layout, dialect: Dialect) -> Cut:
    """Cut some of the lines of a file."""
    lines, skipped = without_others(given, layout)
    records = join_quoted_breaks(lines, len(names), dialect)
    judged = records.with_columns(reason=reason(verdict(len(names), dialect), found, layout))
    sound = judged.filter(pl.col("reason").is_null())
    broken, hashes = aside(judged, found)
    cells = parse(sound["raw"], names, dialect).insert_column(0, sound["line"])
    return Cut(tuple(names), cells, broken, hashes, skipped)


def _names(found: Text, layout: Layout, dialect: Dialect) -> list[str] | None:
    if not layout.header:
        return None
    if found.height < layout.header:
        raise TadasuError(f"no line {layout.header}, where the column names should stand")
    line = found.lines(layout.header - 1, layout.header).row(0, named=True)
    names = None if line["undecodable"] else dialect.cells(line["raw"].replace("\x00", ""))
    if not names:
        raise TadasuError(f"the column names in line {layout.header} cannot be read (encoding or quotes)")
    return distinct(names)


def _positions(found: Text, layout: Layout, dialect: Dialect, least: int, width: int | None) -> list[str]:
    """Return the names `1`, `2`, … of columns that have none."""
    if width is None and layout.extra_cells:
        width = least
    if width is None:
        sample, _ = without_others(found.lines(0, _SAMPLE), layout)
        width = _usual_width(sample["raw"], dialect, least)
    return [str(place) for place in range(1, width + 1)]


def _usual_width(lines: pl.Series, dialect: Dialect, least: int) -> int:
    """Return the number of cells that most lines have, at least `least`."""
    if dialect.quote:
        lines = lines.str.replace_all(dialect.quoted, "")
    usual = (lines.str.count_matches(dialect.delimiter, literal=True) + 1).mode().sort()
    return max(least, int(usual[-1]) if usual.len() else 1)
