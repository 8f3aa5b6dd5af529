"""Excel sheets and Parquet files to cells of text."""

from pathlib import Path

import fastexcel
import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut.shape import Cut, distinct, whole
from tadasu.extract.mapping.model import Layout

NO_VALUE = "\ufffd"
"""The sign that marks a cell which holds an error."""


def sheet(path: Path, layout: Layout) -> Cut:
    """Cut a sheet: `line` is the row's number in Excel; rows without any content are no records.

    Raises:
        TadasuError: there is no such sheet, or no row of column names.
    """
    book = fastexcel.read_excel(path)
    if layout.sheet and layout.sheet not in book.sheet_names:
        raise TadasuError(f"no sheet {layout.sheet!r}; there are: {', '.join(book.sheet_names)}")
    rows = _rows(book.load_sheet(layout.sheet or 0, header_row=None, dtypes="string", skip_rows=0))
    if rows.height < layout.header:
        raise TadasuError(f"no row {layout.header}, where the column names should stand")
    names = distinct(rows.row(layout.header - 1) if layout.header else [None] * rows.width)
    rows.columns = names
    numbered = rows.insert_column(
        0, pl.int_range(1, rows.height + 1, dtype=pl.Int64, eager=True).alias("line")
    )
    below = numbered.slice(layout.header)
    filled = below.filter(pl.any_horizontal(pl.exclude("line").str.strip_chars() != ""))
    records = _without_others(filled, layout)
    return whole(names, records, numbered.height - records.height)


def _rows(sheet: fastexcel.ExcelSheet) -> pl.DataFrame:
    """Return the cells as text; one that shows an error such as #N/A holds a sign that no reading accepts.

    It would be empty otherwise: lost without a word.
    """
    batch, errors = sheet.to_arrow_with_errors()
    rows = pl.DataFrame(pl.from_arrow(batch))
    places: dict[int, list[tuple[int, str]]] = {}
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        places.setdefault(column, []).append((row, f"{NO_VALUE}{error.detail.split()[-1]}"))
    for column, found in places.items():
        at, shown = zip(*found, strict=True)
        rows = rows.with_columns(rows.to_series(column).scatter(list(at), list(shown)))
    return rows


def _without_others(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Leave out totals and headings: rows whose first filled cell fits a pattern."""
    first = pl.coalesce(pl.exclude("line"))
    for pattern in layout.skip:
        rows = rows.filter(~first.str.contains(pattern))
    if layout.only:
        rows = rows.filter(pl.any_horizontal(first.str.contains(pattern) for pattern in layout.only))
    return rows


def parquet(path: Path) -> Cut:
    """Cut a Parquet file: every column as text, dates as YYYY-MM-DD; `line` counts rows from 1."""
    rows = pl.read_parquet(path, glob=False, hive_partitioning=False)
    rows.columns = distinct(rows.columns)
    plain = rows.select(column.cast(pl.String()) for column in rows if not column.dtype.is_nested())
    numbered = plain.with_row_index("line", 1).with_columns(pl.col("line").cast(pl.Int64()))
    return whole(plain.columns, numbered)
