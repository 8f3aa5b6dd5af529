"""A sound small ward for the tests of validation, and the means to damage it and to look at one flag."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.expectations import EXPECTATIONS
from pipelines.expectations.columns import columns_of
from pipelines.expectations.declare import Filled, Scope
from tadasu.tables import EXTRACT

Ward = dict[int, dict[str, pl.DataFrame]]
PEOPLE = [f"P{n:03}" for n in range(20)]
NEWEST = 2026

BORN = date(1980, 1, 2)
RECORD = {"salary_revenue": 5_000_000, "salary_income": 3_560_000, "total_income": 3_560_000}
TAX = {"taxable_income": 2_000_000, "income_levy": 190_000, "per_capita_levy": 5_000, "resident_tax": 195_000}
SOUND = {**RECORD, **TAX, "social_insurance": 700_000}
CORRECTED = {
    "outcome": "corrected",
    "field": "social_insurance",
    "old_value": "700000",
    "new_value": "650000",
}


def _people(year: int) -> dict[str, list[dict[str, Any]]]:
    head = {"relationship": "head", "birth_date": BORN}
    child = {"role": "dependent", "dependent_person_id": "P001", "birth_date": date(2010, 5, 5)}
    return {
        "residents": [{"person_id": p, "household_id": f"H-{p}", **head} for p in PEOPLE],
        "dependents": [{"document_id": f"D{year}-P000", "line_no": 1, **child}],
        "assessments": [{"person_id": p, **SOUND} for p in PEOPLE],
        "previous_assessments": [{"person_id": p, "tax_year": year - 1, **SOUND} for p in PEOPLE],
    }


def _papers(year: int) -> dict[str, list[dict[str, Any]]]:
    report = {"kind": "salary_report", "payer_id": "Y1", "received_on": date(year, 1, 30), "birth_date": BORN}
    gift = {"source": "one_stop", "kind": "furusato", "amount": 30_000, "received_on": date(year, 1, 10)}
    return {
        "documents": [{"document_id": f"D{year}-{p}", "person_id": p, **report, **RECORD} for p in PEOPLE],
        "donations": [{"donation_id": f"G{year}", "person_id": "P002", **gift}],
    }


def _list(year: int) -> dict[str, list[dict[str, Any]]]:
    check = {"check_code": "C1", "check_name": "社会保険料", "field": "social_insurance"}
    decided = {"action_no": 1, "decided_on": date(year, 5, 1)}
    rows = [
        {
            "row_id": f"R{year}-{p}",
            "person_id": p,
            "document_ids": f"D{year}-{p}",
            "detected_on": date(year, 4, 8),
        }
        for p in PEOPLE
    ]
    return {
        "inconsistencies": [row | check for row in rows],
        "corrections": [
            *({"row_id": row["row_id"], **CORRECTED, "work_seconds": 90, **decided} for row in rows[:8]),
            *({"row_id": row["row_id"], "outcome": "no_change", **decided} for row in rows[8:]),
        ],
        "second_opinions": [],
    }


def _year(year: int) -> dict[str, pl.DataFrame]:
    """Return a sound year: everybody has a household, a salary report, a record and a row of the list."""
    rows, frames = _people(year) | _papers(year) | _list(year), {}
    for table in EXTRACT:
        default = dict.fromkeys(table.schema) | ({"tax_year": year} if "tax_year" in table.schema else {})
        lines = [default | row for row in rows[table.name]]
        frames[table.name] = pl.DataFrame(lines, schema=table.schema, orient="row")
    return frames


@pytest.fixture
def ward() -> Ward:
    """A labelled year and the newest one, both sound."""
    newest = _year(NEWEST)
    newest["corrections"] = newest["corrections"].clear()
    return {NEWEST - 1: _year(NEWEST - 1), NEWEST: newest}


@pytest.fixture
def damage(ward: Ward) -> Callable[..., None]:
    """Overwrite columns of the first rows of a table."""

    def damage(year: int, table: str, changes: dict[str, Any], first: int = 1) -> None:
        frame, line = ward[year][table], pl.int_range(pl.len())
        ward[year][table] = frame.with_columns(
            pl.when(line < first).then(pl.lit(value, frame.schema[name])).otherwise(pl.col(name)).alias(name)
            for name, value in changes.items()
        )

    return damage


@pytest.fixture
def unexpected(ward: Ward) -> Callable[..., int]:
    """Count the rows that an expectation calls unexpected, by its polars column alone."""

    def unexpected(expectation: str, year: int = NEWEST) -> int:
        table = expectation.split(".")[0]
        expected = next(e for e in EXPECTATIONS[table] if e.id == expectation)
        scope = Scope(table, year, ward[year], ward.get(year - 1))
        # the number of rows stands beside, so that a flag for all rows at once becomes one for each
        column = scope.rows.select(pl.len().alias("rows"), *columns_of(expected, scope))[expected.name]
        return column.null_count() if isinstance(expected.how, Filled) else int((column == 0).sum())

    return unexpected
