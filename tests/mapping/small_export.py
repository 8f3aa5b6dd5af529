"""Decisions to export and the records they meet, and what an export of them wrote."""

import datetime as dt
import json
from pathlib import Path

import polars as pl

from tadasu.tables import ASSESSMENTS, DECISIONS

NOW = dt.datetime(2024, 6, 10, 1, tzinfo=dt.UTC)


def decide(out: Path, *given: tuple[str, str, str, str | None, str | None], **more: object) -> None:
    """Write decisions: number, person, field, old and new value."""
    rows = [
        {
            **dict.fromkeys(DECISIONS.schema),
            "decision_id": number,
            "tax_year": 2024,
            "row_id": f"=r{number}",
            "person_id": person,
            "verdict": "accept",
            "changes": json.dumps([{"field": field, "old_value": old, "new_value": new}]),
            "staff_id": "0007",
            "arm": "suggested",
            "decided_at": dt.datetime(2024, 6, 3, 3, tzinfo=dt.UTC),
            **more,
        }
        for number, person, field, old, new in given
    ]
    pl.DataFrame(rows, schema=DECISIONS.schema).write_parquet(out / "decisions.parquet")


def record(out: Path, **people: dict[str, object]) -> None:
    """Write the records of people."""
    rows = [
        {**dict.fromkeys(ASSESSMENTS.schema), "person_id": person, "tax_year": 2024, **values}
        for person, values in people.items()
    ]
    (out / "2024").mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=ASSESSMENTS.schema).write_parquet(out / "2024" / "assessments.parquet")


def lines_of(folder: Path) -> list[str]:
    """Return the lines of an export in the tables' own columns, the heading first."""
    return (folder / "corrections_2024.csv").read_text(encoding="utf-8-sig").splitlines()


def adds_up(told: dict[str, int]) -> None:
    """See that the counts of a receipt make one account."""
    assert told["considered"] == told["lines"] + told["repeats"] + told["conflicts"], told
    assert told["lines"] == told["corrections"] + told["reversals"], told
    left = told["decided"] - told["sent_before"] - told["withdrawn"]
    assert told["considered"] == left + told["taken_back"], told


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder by their place."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
