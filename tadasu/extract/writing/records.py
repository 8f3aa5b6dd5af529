"""Rows of a table to the columns of text that a ward's file shows."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.mapping.columns import LIST_SIGN
from tadasu.extract.mapping.model import Cell, Part, Row, Source
from tadasu.extract.values import write_values
from tadasu.text import plain


def claimed(frame: pl.DataFrame, source: Source, year: int, *, alone: bool = True) -> pl.Series:
    """Say which rows a source can bring: those that agree with the constants of one of its rows.

    Where it is not the only source of its table, its code tables must have what stands in them, too.
    """
    sides = [_agrees(row.cells, year) & (pl.lit(value=True) if alone else _coded(row)) for row in source.rows]
    return frame.select(pl.any_horizontal(sides)).to_series()


def _coded(row: Row) -> pl.Expr:
    """Say which rows have a code for every word, where a code that the table lacks is put aside."""
    tables = [c for c in row.cells if c.reading.codes is not None and c.reading.unknown == "quarantine"]
    known = [pl.col(c.column).cast(pl.String()).is_in([*(c.reading.codes or {}).values()]) for c in tables]
    return pl.all_horizontal(pl.lit(value=True), *(has.fill_null(value=True) for has in known))


def beside(frame: pl.DataFrame, source: Source, lines: pl.DataFrame) -> pl.Series:
    """Say which rows belong to lines that are there: a relative stands in the line of the document."""
    cells = tuple(cell for cell in _shared(source) if cell.parts)
    texts = _texts(frame, replace(source.rows[0], cells=cells)).with_row_index("at")
    on = [name for name in texts.columns if name in lines.columns]
    there = texts.join(lines, on=on, how="semi")["at"] if on else texts["at"]
    return texts["at"].is_in(there.implode())


def _shared(source: Source) -> list[Cell]:
    return [cell for cell in source.rows[0].cells if all(cell in row.cells for row in source.rows)]


def _agrees(cells: Sequence[Cell], year: int) -> pl.Expr:
    told = {c.column: filled(c.constant, year) for c in cells if c.constant is not None}
    agree = [pl.col(name).cast(pl.String()).eq_missing(pl.lit(word)) for name, word in told.items()]
    return pl.all_horizontal(pl.lit(True), *agree)


def filled(constant: str, year: int) -> str:
    """Return a constant with the tax year filled in."""
    return {"{year}": str(year), "{last_year}": str(year - 1)}.get(constant, constant)


def records(frame: pl.DataFrame, source: Source, year: int) -> pl.DataFrame:
    """Return the file's columns (text, null where blank), one row per line, for the rows of a table."""
    if not source.wide:
        return _texts(frame, source.rows[0])
    key = [cell.column for cell in _shared(source) if cell.parts]
    numbered = [cell.column for cell in source.rows[0].cells if cell.number]
    rest = frame.sort(*key, *numbered).with_row_index("at") if numbered else frame.with_row_index("at")
    joined: pl.DataFrame | None = None
    for row in source.rows:
        taken = rest.filter(_agrees(row.cells, year)).unique(key, keep="first", maintain_order=True)
        rest = rest.join(taken, on="at", how="anti", maintain_order="left")
        texts = _texts(taken.drop("at"), row)
        joined = texts if joined is None else together(joined, texts)
    assert joined is not None
    return joined


def together(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Join two sets of columns of one file by the columns that both have."""
    both = [name for name in right.columns if name in left.columns]
    return left.join(right, on=both, how="full", coalesce=True, nulls_equal=True, maintain_order="left_right")


def _texts(frame: pl.DataFrame, row: Row) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {}
    for cell in row.cells:
        if cell.separator or cell.joined:
            columns.update(_listed(frame[cell.column], cell))
        elif cell.parts:
            text = _text(frame, cell)
            for name, piece in _pieces(text, cell.parts).items():
                blank = piece.set((piece == "").fill_null(False), None)
                columns[name] = (
                    columns[name].zip_with(columns[name].is_not_null(), blank) if name in columns else blank
                )
    return pl.DataFrame(columns)


def _listed(values: pl.Series, cell: Cell) -> dict[str, pl.Series]:
    """Write the items of a list into one column with a sign between them, or into a column each.

    Raises:
        TadasuError: a list has more items than the layout has columns.
    """
    items = pl.DataFrame({"item": values.str.split(LIST_SIGN)}).with_row_index("place").explode("item")
    written = items.with_columns(item=write_values(items["item"], cell.reading))
    lists = written.group_by("place", maintain_order=True).agg("item")["item"]
    if cell.separator:
        return {cell.sources[0]: lists.list.join(cell.separator)}
    widest = lists.list.len().max()
    most = widest if isinstance(widest, int) else 0
    if most > len(cell.sources):
        raise TadasuError(
            f"{cell.column}: {most} items, but the layout has {len(cell.sources)} columns for them."
        )
    return {name: lists.list.get(place, null_on_oob=True) for place, name in enumerate(cell.sources)}


def _text(frame: pl.DataFrame, cell: Cell) -> pl.Series:
    values = frame[cell.column]
    if not cell.by:
        return write_values(values, cell.reading)
    by = frame[cell.by].cast(pl.String())
    text = pl.Series([""], dtype=pl.String()).new_from_index(0, values.len())
    named = [case for case in cell.cases if case != "*"]
    cases = [(cell.cases[case], (by == case).fill_null(False)) for case in named]
    cases.append((cell.cases.get("*", cell.reading), ~by.is_in(named).fill_null(False)))
    for reading, where in cases:
        chosen = values.filter(where)
        if reading.codes is None and reading.kind in ("number", "date"):
            dtype = pl.Int64() if reading.kind == "number" else pl.Date()
            chosen = pl.DataFrame({"x": chosen}).select(plain(pl.col("x"), dtype))["x"]
        text = text.scatter(where.arg_true(), write_values(chosen, reading))
    return text


def _pieces(text: pl.Series, parts: Sequence[Part]) -> dict[str, pl.Series]:
    """Take a text apart that a file holds in several columns; null where it is not made like that."""
    if len(parts) == 1:
        return {parts[0].source: text}
    names = list(dict.fromkeys(part.source for part in parts if part.source))
    found = [text.str.extract_groups(_pattern(parts, exact=exact)) for exact in (True, False)]
    return {
        name: found[0]
        .struct.field(str(place))
        .zip_with(found[0].struct.field(str(place)).is_not_null(), found[1].struct.field(str(place)))
        for place, name in enumerate(names, 1)
    }


def _pattern(parts: Sequence[Part], *, exact: bool) -> str:
    seen: list[str] = []
    told = ""
    for part in parts:
        if not part.source:
            told += re.escape(part.literal)
        elif part.source not in seen:
            seen.append(part.source)
            least = f"{part.width}" + ("" if exact else ",") if part.width else "0,"
            told += f"(.{{{least}}}?)"
        else:
            told += ".*?"
    return f"^{told}$"
