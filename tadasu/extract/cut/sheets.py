"""Excel sheets and Parquet files to cells of text."""

from pathlib import Path

import fastexcel
import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut.shape import Cut, distinct, whole
from tadasu.extract.mapping.model import Layout


def sheet(path: Path, layout: Layout) -> Cut:
    """Cut a sheet: `line` is the row's number in Excel; rows without any content are no records.

    Raises:
        TadasuError: there is no such sheet, or no row of column names.
    """
    book = fastexcel.read_excel(path)
    if layout.sheet and layout.sheet not in book.sheet_names:
        raise TadasuError(f"no sheet {layout.sheet!r}; there are: {', '.join(book.sheet_names)}")
    rows = book.load_sheet(layout.sheet or 0, header_row=None, dtypes="string", skip_rows=0).to_polars()
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
