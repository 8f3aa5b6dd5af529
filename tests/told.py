"""What is told of one repair of a row of person P1, from the few cells that a test names."""

from datetime import date

import polars as pl

from models.reasons import sentences
from models.reasons.wording import limit
from tadasu.law import Law
from tadasu.tables import CHANGES, EXTRACT, REPAIRS, Table

YEAR = 2026
LAW = Law.of(YEAR)
LIMIT = limit(LAW.income_limits.relative)
Rows = list[dict[str, object]]


def frame(table: Table, lines: Rows) -> pl.DataFrame:
    """Return lines of a declared table, of the tax year unless they say another."""
    cells = [
        {name: line.get(name, YEAR if name == "tax_year" else None) for name in table.schema}
        for line in lines
    ]
    return pl.DataFrame(cells, schema=table.schema) if cells else table.empty()


def ward(**tables: Rows) -> dict[str, pl.DataFrame]:
    """Make the year's tables from the few cells that a test names."""
    return {table.name: frame(table, tables.get(table.name, [])) for table in EXTRACT}


def told_of(
    kind: str,
    changes: dict[str, tuple[object, object]],
    tables: dict[str, Rows],
    document: str | None = None,
    row: dict[str, object] | None = None,
    *,
    proposed: bool = True,
) -> dict[str, str]:
    """Return the sentence by field of one repair ({field: (recorded, proposed)}) of a row of person P1."""
    key = {"tax_year": YEAR, "row_id": "R1", "repair_id": 1}
    listed = key | {"person_id": "P1", "check_code": "K1", "check_name": "検査", "field": next(iter(changes))}
    made = ward(**({"inconsistencies": [listed | (row or {})]} | tables))
    repair = key | {"person_id": "P1", "kind": kind, "document_id": document}
    lines = [key | {"field": f, "recorded": str(a), "proposed": str(b)} for f, (a, b) in changes.items()]
    frames = {
        "repairs": frame(REPAIRS, [repair]),
        "changes": frame(CHANGES, lines),
    }
    shown = frames["changes"].rename({"recorded": "current_value", "proposed": "proposed_value"})
    told = sentences(shown.with_columns(proposed=pl.lit(proposed)), frames, made, LAW)
    return dict(told.select("field", "ground").iter_rows())


def person(number: str = "P1", home: str = "H1", /, **more: object) -> dict[str, object]:
    """Return somebody in the register: a head of household, long in the ward."""
    plain = {
        "person_id": number,
        "household_id": home,
        "relationship": "head",
        "birth_date": date(1980, 5, 5),
    }
    return plain | {"resident_since": date(2010, 4, 1)} | more


def paper(
    number: str, kind: str = "salary_report", person: str = "P1", **values: object
) -> dict[str, object]:
    """Return a document in force."""
    plain = {"document_id": number, "person_id": person, "kind": kind, "is_cancelled": False}
    return plain | {"received_on": date(YEAR, 1, 31)} | values


def recorded(number: str = "P1", **values: object) -> dict[str, object]:
    """Return the record of a person: no spouse, no disability."""
    return {"person_id": number, "spouse_kind": "none", "self_disability": "none"} | values
