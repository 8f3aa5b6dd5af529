"""From the types a file holds to the declared ones: only where no value changes by it."""

import polars as pl

from tadasu import text
from tadasu.tables import Table

RAW = "raw:"
"""Prefix of a column as it stood in the file, kept beside the column that was read from it."""


def reading(name: str, source: pl.DataType, target: pl.DataType) -> pl.Expr | None:
    """Return how a column of type `source` is read as `target`, or None where it cannot be.

    Null where a single value cannot be read. Whole numbers of another width, or whole floats, are the same
    numbers; a date with a time of midnight is the same date; anything else that is not text is refused.
    """
    column = pl.col(name)
    if isinstance(source, pl.Categorical | pl.Enum):
        column, source = column.cast(pl.String()), pl.String()
    if source == pl.String():
        return text.plain(column, target)
    if source in (target, pl.Null()):
        return column.cast(target)
    if isinstance(source, pl.Datetime) and target == pl.Date():
        column = column.dt.replace_time_zone(None)
        return _unchanged(column, target, pl.Datetime(source.time_unit))
    if target.is_integer() and source.is_numeric():
        return _unchanged(column, target, source)
    if target == pl.String() and source.is_integer():
        return column.cast(target)
    return None


def _unchanged(column: pl.Expr, target: pl.DataType, source: pl.DataType) -> pl.Expr:
    """Cast, and leave null what does not come back as the same value."""
    read = column.cast(target, strict=False)
    return pl.when(read.cast(source, strict=False) == column).then(read)


def unfit(table: Table, schema: dict[str, pl.DataType]) -> list[str]:
    """List the declared columns whose type in the file cannot be read as declared."""
    return [
        f"{column.name} ({schema[column.name]} where {column.dtype} is declared)"
        for column in table.columns
        if column.name in schema and reading(column.name, schema[column.name], column.dtype) is None
    ]


def plain(cells: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Read `cells` (`line` and the file's columns) as the table's declared columns.

    Returns:
        `line`, every declared column with its declared type (empty where the file lacks it), and under
        `RAW` + name each column that had another type, as text, null where it was blank.
    """
    readings, originals = [], []
    for column in table.columns:
        source = cells.schema.get(column.name)
        if source is None:
            readings.append(pl.lit(None, column.dtype).alias(column.name))
            continue
        read = reading(column.name, source, column.dtype)
        assert read is not None, f"{table.name}.{column.name}: not checked with `unfit` before"
        readings.append(read.alias(column.name))
        if source not in (column.dtype, pl.Null()):
            originals.append(text.blank(pl.col(column.name).cast(pl.String())).alias(RAW + column.name))
    return cells.select("line", *readings, *originals)
