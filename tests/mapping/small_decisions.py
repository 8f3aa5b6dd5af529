"""Decisions of 2024 and the records they meet, from the few cells that a test names."""

import datetime as dt
import json

import polars as pl

from tadasu.extract.outgoing import Sorted
from tadasu.tables import ASSESSMENTS, DECISIONS, EXPORTED

NOON = dt.datetime(2024, 6, 3, 3, tzinfo=dt.UTC)
Change = tuple[str, str | None, str | None]


def decision(number: int, *changes: Change, person: str = "P1", **more: object) -> dict[str, object]:
    """Return a decision that corrects what `changes` say: field, old and new value."""
    told = [{"field": field, "old_value": old, "new_value": new} for field, old, new in changes]
    return {
        "decision_id": f"d{number}",
        "tax_year": 2024,
        "row_id": f"r{number}",
        "person_id": person,
        "verdict": "accept",
        "changes": json.dumps(told),
        "staff_id": "0007",
        "arm": "suggested",
        "decided_at": NOON + dt.timedelta(minutes=number),
        **more,
    }


def decisions(*given: dict[str, object]) -> pl.DataFrame:
    """Return the table of decisions."""
    return DECISIONS.arrange(
        pl.DataFrame([{**dict.fromkeys(DECISIONS.schema), **one} for one in given], schema=DECISIONS.schema)
    )


def records_of(**people: dict[str, object]) -> dict[int, pl.DataFrame]:
    """Return the records of people by year."""
    rows = [
        {**dict.fromkeys(ASSESSMENTS.schema), "person_id": person, "tax_year": 2024, **values}
        for person, values in people.items()
    ]
    return {2024: pl.DataFrame(rows, schema=ASSESSMENTS.schema)}


def sent_of(found: Sorted, name: str = "1", at: dt.datetime = NOON) -> pl.DataFrame:
    """Return what counts as sent once lines and repeats have gone."""
    rows = pl.concat([found.lines, found.repeats])
    stamp = pl.lit(at).cast(EXPORTED.schema["sent_at"])
    return EXPORTED.arrange(rows.with_columns(export_id=pl.lit(name), sent_at=stamp).select(*EXPORTED.schema))


def reasons_of(found: Sorted) -> dict[str, str]:
    """Return by decision why it did not go."""
    return dict(found.conflicts.select("decision_id", "reason").iter_rows())
