"""A small ward in the standard layout, made from the declared tables, and how to write it to disk."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu.tables import EXTRACT, Column, Table

YEARS = (2024, 2025)
ROWS = 6
Ward = dict[tuple[int, str], pl.DataFrame]


def value(column: Column, table: Table, row: int, year: int) -> object:
    """Return a lawful value of the column; every third row leaves empty what may be empty."""
    if column.name == "tax_year":
        return year - 1 if table.name == "previous_assessments" else year
    if column.name in table.key and column.dtype == pl.String():
        return f"{column.name[0].upper()}{row:03}"
    if row % 3 == 2 and not column.filled:
        return None
    if column.name in ("field", "old_value", "new_value"):
        return "salary_revenue" if column.name == "field" else str(1000 * row)
    if column.values:
        return column.values[row % len(column.values)]
    samples: dict[pl.DataType, object] = {
        pl.Date(): dt.date(1980, 1, 1) + dt.timedelta(days=row),
        pl.Boolean(): row % 2 == 0,
        pl.String(): f'P{row:03}, "注"' if column.name == "message" else f"P{row:03}",
    }
    return samples.get(column.dtype, row + 1)


def rows(table: Table, year: int) -> pl.DataFrame:
    cells = {c.name: [value(c, table, row, year) for row in range(ROWS)] for c in table.columns}
    return pl.DataFrame(cells, schema=table.schema)


@pytest.fixture
def ward() -> Ward:
    """A small ward: two years, every table, nothing wrong; the newest year has not been worked on."""
    staff = ("corrections", "second_opinions")
    return {(y, t.name): rows(t, y) for y in YEARS for t in EXTRACT if y < max(YEARS) or t.name not in staff}


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Ward, str], Path]:
    """Write a ward as `parquet` or `csv` and return its folder."""

    def write(ward: Ward, kind: str) -> Path:
        folder = tmp_path / kind
        for (year, name), frame in ward.items():
            path = folder / str(year) / f"{name}.{kind}"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.write_csv(path) if kind == "csv" else frame.write_parquet(path)
        return folder

    return write
