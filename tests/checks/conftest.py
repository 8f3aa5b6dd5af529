"""A ward of a few people, built by hand: what a check asks about it, and what it does not."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from tadasu.checks import BY_CODE, Records
from tadasu.fields import COMPUTED_FIELDS, TAX_FIELDS
from tadasu.law import Law
from tadasu.tables import (
    ASSESSMENTS,
    DEPENDENTS,
    DOCUMENTS,
    DONATIONS,
    PREVIOUS_ASSESSMENTS,
    RESIDENTS,
    Table,
)

YEAR = 2025
CHILD, PARENT = date(2007, 6, 1), date(1945, 6, 1)
"""Birth dates of a child of the general class and of an old parent."""
_NOTHING = {"yen": 0, "count": 0, "flag": False, "status": "none"}


class Ward:
    """Tables under construction; every method takes columns of its table and fills in the usual rest."""

    def __init__(self, year: int = YEAR) -> None:
        self.year = year
        self.law = Law.of(year)
        self.merged_on: date | None = None
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def person(self, name: str, **given: Any) -> None:
        """Put somebody into the register: a head of 45 in the household of the same name."""
        usual = {
            "person_id": name,
            "household_id": f"H{name}",
            "relationship": "head",
            "birth_date": date(1980, 5, 5),
            "sex": "F",
            "resident_since": date(2010, 4, 1),
            "disability": "none",
            "public_assistance": False,
            "is_foreign": False,
        }
        self._add(RESIDENTS, usual | given)

    def couple(self, one: str = "A", other: str = "B", **given: Any) -> None:
        """Put a couple of one household into the register; `given` is said of the second."""
        self.person(one, household_id="H", relationship="head")
        self.person(other, **({"household_id": "H", "relationship": "spouse"} | given))

    def paper(self, document: str, name: str, kind: str, **given: Any) -> None:
        """File a document."""
        usual = {
            "document_id": document,
            "tax_year": self.year,
            "person_id": name,
            "kind": kind,
            "received_on": date(self.year, 1, 20),
            "is_cancelled": False,
        }
        self._add(DOCUMENTS, usual | given)

    def report(self, document: str, name: str, revenue: int = 4_000_000, **given: Any) -> None:
        """File a salary report of the main employer, adjusted at the end of the year."""
        usual = {
            "payer_id": f"payer of {document}",
            "salary_revenue": revenue,
            "withholding_column": "main",
            "year_end_adjusted": True,
            "special_collection": True,
            "spouse_kind": "none",
        }
        self.paper(document, name, "salary_report", **(usual | given))

    def pension(self, document: str, name: str, revenue: int = 2_000_000, **given: Any) -> None:
        """File a pension report."""
        usual = {"payer_id": f"payer of {document}", "pension_revenue": revenue}
        self.paper(document, name, "pension_report", **(usual | given))

    def filed(self, document: str, name: str, **given: Any) -> None:
        """File an income-tax return."""
        self.paper(document, name, "tax_return", **({"received_on": date(self.year, 3, 1)} | given))

    def line(self, document: str, relative: str | None, **given: Any) -> None:
        """Name a relative on a document: a dependent child."""
        number = sum(row["document_id"] == document for row in self._rows.get("dependents", [])) + 1
        usual = {
            "document_id": document,
            "line_no": number,
            "role": "dependent",
            "dependent_person_id": relative,
            "relationship": "child",
            "lives_apart": False,
            "lives_abroad": False,
            "disability": "none",
        }
        self._add(DEPENDENTS, usual | given)

    def gift(self, number: str, name: str, amount: int, **given: Any) -> None:
        """Record a one-stop notice."""
        usual = {
            "donation_id": number,
            "tax_year": self.year,
            "person_id": name,
            "source": "one_stop",
            "recipient_code": number,
            "kind": "furusato",
            "amount": amount,
        }
        self._add(DONATIONS, usual | given)

    def record(self, name: str, **given: Any) -> None:
        """Record the merged result."""
        self._add(ASSESSMENTS, _nothing(name, self.year) | {"is_resident": True} | given)

    def last(self, name: str, **given: Any) -> None:
        """Record last year's final result."""
        self._add(PREVIOUS_ASSESSMENTS, _nothing(name, self.year - 1) | {"is_resident": True} | given)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables in the standard layout."""
        kinds = (RESIDENTS, DOCUMENTS, DEPENDENTS, DONATIONS, ASSESSMENTS, PREVIOUS_ASSESSMENTS)
        return {
            kind.name: pl.DataFrame(self._rows.get(kind.name, []), schema=kind.schema, orient="row")
            for kind in kinds
        }

    def rows(self, code: str) -> pl.DataFrame:
        """Return what one check finds."""
        records = Records.of(self.tables(), self.law, self.merged_on)
        return BY_CODE[code].find(records, self.law)

    def asks(self, code: str, raised: bool, **said: Any) -> None:
        """Expect one row of a check, which says `said`, or none."""
        found = self.rows(code)
        assert found.height == int(raised), found.to_dicts()
        row = found.to_dicts()[0] if raised else {}
        field = row.get("field") or BY_CODE[code].field
        assert not raised or said.items() <= (row | {"field": field}).items(), row

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        unknown = row.keys() - table.schema.keys()
        assert not unknown, f"{table.name}: {unknown}"
        self._rows.setdefault(table.name, []).append(row)


def _nothing(name: str, year: int) -> dict[str, Any]:
    fields = {field.name: _NOTHING[field.kind] for field in (*TAX_FIELDS, *COMPUTED_FIELDS)}
    return fields | {"spouse_total_income": None, "person_id": name, "tax_year": year}


@pytest.fixture
def ward() -> Ward:
    """An empty ward of the tax year 2025."""
    return Ward()


@pytest.fixture
def ward_2026() -> Ward:
    """An empty ward of the tax year 2026, the first with 特定親族特別控除."""
    return Ward(2026)
