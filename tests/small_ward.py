"""One year's tables from the few cells that a test names, and what is proposed from them."""

import polars as pl

from features.build import featurize
from tadasu.law import Law
from tadasu.tables import EXTRACT

Tables = dict[str, pl.DataFrame]
Cells = dict[str, object]
Changes = set[tuple[tuple[str, str], ...]]
YEAR = 2025


def ward(**tables: list[Cells]) -> Tables:
    """Make one year's tables from the few cells that a test names."""
    made = {}
    for table in EXTRACT:
        lines = tables.get(table.name, [])
        cells = [{name: line.get(name) for name in table.schema} for line in lines]
        made[table.name] = pl.DataFrame(cells, schema=table.schema) if cells else table.empty()
    return made


def row(field: str | None, **more: object) -> Cells:
    """Return a row of the list about P1."""
    return {"row_id": "R1", "tax_year": YEAR, "person_id": "P1", "check_code": "K1", "field": field} | more


def report(number: str, **values: object) -> Cells:
    """Return a salary report of P1, year-end adjusted."""
    plain = {"document_id": number, "tax_year": YEAR, "person_id": "P1", "kind": "salary_report"}
    return plain | {"is_cancelled": False, "year_end_adjusted": True} | values


def record(**values: object) -> list[Cells]:
    """Return the record of P1 alone."""
    return [{"person_id": "P1", "tax_year": YEAR} | values]


def proposed(tables: Tables, past: dict[int, Tables] | None = None) -> Changes:
    """Return the sets of changes (field, value) that are proposed for row R1."""
    changes = featurize(tables, past or {}, Law.of(YEAR))["changes"].filter(pl.col("row_id") == "R1")
    grouped = changes.sort("repair_id", "field").group_by("repair_id", maintain_order=True)
    return {
        tuple(zip(fields, values, strict=True))
        for _, fields, values in grouped.agg("field", "proposed").iter_rows()
    }
