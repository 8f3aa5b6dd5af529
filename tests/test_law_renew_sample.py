"""Renewal against a ward's own records: a record with its corrections is next year's previous one."""

import os
from pathlib import Path

import polars as pl
import pytest

from tadasu.fields import FIELDS
from tadasu.law import Law, assess, renew

WARD = os.environ.get("TADASU_SAMPLE_WARD", "")
pytestmark = pytest.mark.skipif(not WARD, reason="TADASU_SAMPLE_WARD names no ward in the standard layout")

ENOUGH = 0.999
KNOWN_TO_THE_WARD_ALONE = "spouse_total_income"


def years() -> list[int]:
    found = sorted(int(path.name) for path in Path(WARD).glob("[0-9]*")) if WARD else []
    return [
        year for year in found if (Path(WARD) / f"{year}/corrections.parquet").exists() and year + 1 in found
    ]


def read(year: int, table: str) -> pl.DataFrame:
    return pl.read_parquet(Path(WARD) / str(year) / f"{table}.parquet")


def corrected(year: int) -> pl.DataFrame:
    """Return the corrected records with the last word on each field, and the list of fields changed."""
    rows = read(year, "inconsistencies").select("row_id", "person_id")
    lines = read(year, "corrections").filter(outcome="corrected").join(rows, on="row_id")
    lines = lines.sort("person_id", "decided_on", "row_id", "action_no")
    last = lines.group_by("person_id", "field", maintain_order=True).agg(pl.col("new_value").last())
    changed = last.group_by("person_id").agg(changed="field")
    wide = last.pivot(on="field", index="person_id", values="new_value")
    residents = read(year, "residents").select("person_id", "sex", "public_assistance", "birth_date")
    frame = read(year, "assessments").join(residents, on="person_id", how="left")
    frame = frame.join(wide, on="person_id", suffix="_new").join(changed, on="person_id")
    return frame.with_columns(_entered(name) for name in last["field"].unique())


def _entered(name: str) -> pl.Expr:
    text = pl.col(f"{name}_new")
    value = {"yen": text.cast(pl.Int64), "count": text.cast(pl.Int64), "flag": text == "true", "status": text}
    return pl.when(text.is_not_null()).then(value[FIELDS[name].kind]).otherwise(pl.col(name)).alias(name)


@pytest.mark.parametrize("year", years())
def test_a_corrected_record_renewed_is_next_years_previous_one(year: int) -> None:
    law, later = Law.of(year), read(year + 1, "previous_assessments")
    known = later.select("person_id", known="spouse_total_income")
    frame = corrected(year).join(known, on="person_id")
    renewed = renew(frame, pl.col("changed"), law, spouse_total_income=pl.col("known"))
    both = assess(renewed, law).join(later, on="person_id", suffix="_later")
    assert both.height > 0
    same = both.select(
        pl.col(name).eq_missing(pl.col(f"{name}_later")).mean()
        for name in (*law_follows(), "total_income", "taxable_income", "adjustment_credit", "resident_tax")
    ).row(0, named=True)
    assert min(same.values()) >= ENOUGH, same


def law_follows() -> list[str]:
    """Return the fields that the system renews."""
    return [name for name, field in FIELDS.items() if field.entry in ("renewed", "both")]
