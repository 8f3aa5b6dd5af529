"""A file's cells of text to the columns of a table, as its source in the mapping says."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import reasons
from tadasu.extract.batch import Batch
from tadasu.extract.cut import Cut
from tadasu.extract.found import File
from tadasu.extract.mapping.columns import LIST_SIGN
from tadasu.extract.mapping.model import Cell, Part, Reading, Row, Source
from tadasu.extract.oddities import Oddity
from tadasu.extract.refused import individual_numbers, is_refused
from tadasu.extract.values import Values, read_values
from tadasu.tables import PAYER_COLUMNS, PERSON_COLUMNS
from tadasu.tables.columns import TRACED_COLUMNS
from tadasu.text import blank, plain

_UNMAPPED = "対応づけのない列（読まなかった）"
_REFUSED = "受け入れない列（捨てた）"
_MENDED = "先頭の 0 を補った番号"
_SKIPPED = "記録でない行（見出し・合計など）"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a row: its values, why cells cannot be read (null where they can), and the text itself."""

    values: pl.Series
    wrong: pl.Series | None = None
    text: pl.Series | None = None
    mended: int = 0


def batch(found: Cut, file: File, elsewhere: Collection[str] = ()) -> Batch:
    """Return what a file brings for its source's table.

    `elsewhere` are its columns that another source has told of: they are told of no more.

    Raises:
        TadasuError: a column is missing, or holds Individual Numbers and is not refused.
    """
    source = file.source
    refused = tuple(name for name in found.names if is_refused(name, source.refuse))
    cells = found.cells.drop(*refused)
    _require(source, found, refused, file)
    frames, broken, mended = [], [found.broken], 0
    for row in source.rows:
        frame, wrong, zeros = _row(cells, row, source, file.year)
        frames.append(frame)
        broken.append(wrong)
        mended += zeros
    assert source.wide or frames[0].height == cells.height, f"{file.name}: a line became no row, or two"
    unmapped = tuple(name for name in found.names if name not in (*refused, *source.mapped, *elsewhere))
    dropped = tuple(name for name in refused if name not in elsewhere)
    counts = (
        (_UNMAPPED, len(unmapped), unmapped),
        (_REFUSED, len(dropped), dropped),
        (_MENDED, mended, ()),
        (_SKIPPED, found.skipped - source.layout.header, ()),
        *((told, 1, (file.name,)) for told in found.told),
    )
    return Batch(
        file.year,
        source.table,
        file.name,
        _numbered(pl.concat(frames), source),
        pl.concat(broken),
        cells.select("line", *source.mapped),
        found.unsplit,
        found.read,
        found.skipped,
        tuple(Oddity(file.year, source.table.name, *one, source.files[0]) for one in counts if one[1] > 0),
        _identities(source),
    )


def _numbered(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Number the rows of each line from 1 where the mapping asks for it."""
    names = {cell.column for row in source.rows for cell in row.cells if cell.number}
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("line")
    return frame.with_columns(place.cast(source.table.schema[name]).alias(name) for name in names)


def _identities(source: Source) -> dict[str, str]:
    """Return which standard column a column of the file fills; a person's or payer's before all others."""
    cells = [cell for row in source.rows for cell in row.cells if cell.column in TRACED_COLUMNS]
    cells.sort(key=lambda cell: cell.column in (*PERSON_COLUMNS, *PAYER_COLUMNS))
    return {name: cell.column for cell in cells for name in cell.sources}


def _require(source: Source, found: Cut, refused: tuple[str, ...], file: File) -> None:
    missing = [name for name in source.needed if name not in found.names]
    if missing:
        raise TadasuError(
            f"{file.name}: no column {', '.join(missing)}; {source.where} names it. The file has: "
            f"{', '.join(found.names)}."
        )
    both = [name for name in source.needed if name in refused]
    if both:
        raise TadasuError(
            f"{source.where}: the column {', '.join(both)} is both read and refused; leave one."
        )
    require_no_numbers(found.cells.drop(*refused), file)


def require_no_numbers(cells: pl.DataFrame, file: File) -> None:
    """See that no column of a file holds Individual Numbers.

    Raises:
        TadasuError: one does.
    """
    if numbers := individual_numbers(cells.drop("line")):
        raise TadasuError(
            f"{file.name}: the column {', '.join(numbers)} holds Individual Numbers (マイナンバー), which "
            f"must not enter. Name it under `refuse` at {file.source.where}, or have it left out of the "
            "export."
        )


def _row(cells: pl.DataFrame, row: Row, source: Source, year: int) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the rows that `row` makes of the lines, the cells that cannot be read, the zeros given back."""
    if row.present:
        there = pl.any_horizontal(pl.col(name).str.strip_chars() != "" for name in row.present)
        cells = cells.filter(there.fill_null(False))
    made: dict[str, _Column] = {}
    for cell in sorted(row.cells, key=lambda one: bool(one.by)):
        made[cell.column] = _typed(_column(cells, cell, made, year), cell, source)
    line = cells["line"]
    frame = pl.DataFrame(
        {"line": line}
        | {
            name: made[name].values if name in made else pl.Series([None] * line.len(), dtype=dtype)
            for name, dtype in source.table.schema.items()
        }
    )
    broken = [_breaches(line, name, column) for name, column in made.items() if column.wrong is not None]
    mended = sum(column.mended for column in made.values())
    return frame, pl.concat([pl.DataFrame(schema=reasons.BREACH), *broken]), mended


def _breaches(line: pl.Series, name: str, column: _Column) -> pl.DataFrame:
    assert column.wrong is not None
    found = column.wrong.is_not_null()
    value = column.text if column.text is not None else column.values.cast(pl.String())
    return (
        pl.DataFrame({"line": line, "value": value, "reason": column.wrong})
        .filter(found)
        .select("line", pl.lit(name).alias("column"), "value", "reason")
    )


def _column(cells: pl.DataFrame, cell: Cell, made: dict[str, _Column], year: int) -> _Column:
    if cell.constant is not None:
        words = {"{year}": str(year), "{last_year}": str(year - 1)}
        constant = pl.Series([words.get(cell.constant, cell.constant)], dtype=pl.String())
        return _Column(constant.new_from_index(0, cells.height))
    if cell.number:
        return _Column(pl.Series([1], dtype=pl.Int64()).new_from_index(0, cells.height))
    if cell.separator or cell.joined:
        return _listed(cells, cell)
    text, wrong = _text(cells, cell)
    if cell.by:
        return _by_cases(text, cell, made[cell.by].values.cast(pl.String()))
    found = read_values(text, cell.reading)
    why = found.wrong if wrong is None else found.wrong.zip_with(wrong.is_null(), wrong)
    return _Column(found.values, why, text, found.mended)


def _listed(cells: pl.DataFrame, cell: Cell) -> _Column:
    """Read each item of a list as the mapping says, and put them together in their order."""
    names = cell.sources
    if cell.separator:
        told = pl.col(names[0]).str.split(cell.separator)
    else:
        told = pl.concat_list(pl.col(name) for name in names)
    frame = cells.select(pl.int_range(pl.len()).alias("place"), item=told)
    items = frame.explode("item", empty_as_null=True).with_columns(
        item=blank(pl.col("item").str.strip_chars())
    )
    items = items.drop_nulls("item")
    found = read_values(items["item"], cell.reading)
    read = items.with_columns(value=as_text(found), wrong=found.wrong).group_by("place", maintain_order=True)
    lists = read.agg(
        pl.col("value").str.join(LIST_SIGN),
        pl.col("wrong").first(ignore_nulls=True),
        pl.col("item").str.join(" "),
    )
    every = frame.select("place").join(lists, on="place", how="left", maintain_order="left")
    return _Column(every["value"], every["wrong"], every["item"], found.mended)


def _text(cells: pl.DataFrame, cell: Cell) -> tuple[pl.Series, pl.Series | None]:
    """Return the text of a cell, put together where it has several parts."""
    if len(cell.parts) == 1 and cell.parts[0].width is None:
        return cells[cell.parts[0].source], None
    parts = [_part(part) for part in cell.parts]
    there = [piece.is_not_null() for piece, part in zip(parts, cell.parts, strict=True) if part.source]
    told = cells.select(
        text=pl.when(pl.all_horizontal(there)).then(pl.concat_str(parts)),
        wrong=pl.when(pl.any_horizontal(there) & ~pl.all_horizontal(there)).then(pl.lit(reasons.INCOMPLETE)),
    )
    return told["text"], told["wrong"]


def _part(part: Part) -> pl.Expr:
    if not part.source:
        return pl.lit(part.literal)
    text = blank(pl.col(part.source).str.strip_chars())
    return text.str.zfill(part.width) if part.width else text


def _by_cases(text: pl.Series, cell: Cell, by: pl.Series) -> _Column:
    """Read each cell as the value of another column says."""
    values = pl.Series([None] * text.len(), dtype=pl.String())
    wrong = values.clone()
    named = [case for case in cell.cases if case != "*"]
    for reading, where in _cases(cell, by, named):
        if not where.any():
            continue
        found = read_values(text.filter(where), reading)
        at = where.arg_true()
        values = values.scatter(at, as_text(found))
        wrong = wrong.scatter(at, found.wrong)
    return _Column(values, wrong, text)


def _cases(cell: Cell, by: pl.Series, named: list[str]) -> Iterator[tuple[Reading, pl.Series]]:
    for case in named:
        yield cell.cases[case], (by == case).fill_null(False)
    yield cell.cases.get("*", cell.reading), ~by.is_in(named).fill_null(False)


def as_text(found: Values) -> pl.Series:
    """Return values as the standard layout writes them: digits, ISO dates, true and false, words."""
    return found.values.cast(pl.String())


def _typed(column: _Column, cell: Cell, source: Source) -> _Column:
    """Give a column its declared type; what does not fit it is wrong."""
    dtype = source.table.schema[cell.column]
    if column.values.dtype == dtype:
        return column
    if column.values.dtype == pl.String() and dtype != pl.String():
        read = pl.DataFrame({"x": column.values}).select(plain(pl.col("x"), dtype))["x"]
    else:
        read = column.values.cast(dtype, strict=False)
    lost = read.is_null() & column.values.is_not_null()
    if not lost.any():
        return _Column(read, column.wrong, column.text, column.mended)
    large = pl.Series([reasons.TOO_LARGE]).new_from_index(0, lost.len()).set(~lost, None)
    wrong = large if column.wrong is None else column.wrong.zip_with(column.wrong.is_not_null(), large)
    return _Column(read, wrong, column.text, column.mended)
