"""The contract: which rows are put aside, for which reason, and that no other row is touched by it."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu import extract
from tadasu.extract import reasons
from tadasu.tables import CORRECTIONS

Ward = dict[tuple[int, str], pl.DataFrame]
Save = Callable[[Ward, str], Path]
ROWS = 6


def aside(intake: extract.Intake, year: int = 2025) -> list[tuple[object, ...]]:
    return intake.quarantine[year].select("file", "line", "column", "value", "reason").rows()


BAD_CELLS = [
    ("documents", "salary_revenue", "1,000", reasons.NO_INTEGER),
    ("documents", "salary_revenue", "12.5", reasons.NO_INTEGER),
    ("documents", "salary_revenue", "-1", reasons.NEGATIVE),
    ("documents", "n_disabled_special", "-1", reasons.NEGATIVE),
    ("documents", "kind", "receipt", reasons.NO_CODE),
    ("documents", "kind", "", reasons.EMPTY),
    ("documents", "person_id", "　", reasons.EMPTY),
    ("documents", "tax_year", "2024", reasons.OTHER_YEAR),
    ("documents", "is_cancelled", "1", reasons.NO_FLAG),
    ("residents", "birth_date", "S55.1.1", reasons.NO_DATE),
    ("residents", "birth_date", "2023-02-29", reasons.NO_DATE),
    ("dependents", "line_no", "99999999999", reasons.NO_INTEGER),
    ("donations", "amount", "10000円", reasons.NO_INTEGER),
    ("assessments", "spouse_kind", "3", reasons.NO_CODE),
    ("previous_assessments", "tax_year", "2025", reasons.OTHER_YEAR),
    ("inconsistencies", "row_id", "", reasons.EMPTY),
    ("inconsistencies", "field", "shoe_size", reasons.NO_CODE),
]


@pytest.mark.parametrize(("table", "column", "cell", "reason"), BAD_CELLS)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_bad_cell_puts_its_row_aside_and_no_other(
    ward: Ward, save: Save, table: str, column: str, cell: str, reason: str, kind: str
) -> None:
    sound = ward[2025, table]
    words = sound.with_columns(pl.col(column).cast(pl.String()))
    fourth = pl.int_range(pl.len()) == 3
    ward[2025, table] = words.with_columns(pl.when(fourth).then(pl.lit(cell)).otherwise(column).alias(column))
    intake = extract.read(save(ward, kind))
    line = 5 if kind == "csv" else 4
    found = [(f, n, c, v or "", r) for f, n, c, v, r in aside(intake)]
    assert found == [(f"2025/{table}.{kind}", line, column, cell.strip("　"), reason)]
    assert intake.tables[2025][table].equals(sound.filter(~fourth))
    count = next(f for f in intake.files if (f.year, f.table) == (2025, table))
    assert (count.read, count.kept, count.quarantined, count.reasons) == (ROWS, ROWS - 1, 1, {reason: 1})


def test_a_quarantined_line_is_kept_as_it_stood(ward: Ward, save: Save) -> None:
    bad = ward[2025, "donations"].with_columns(
        amount=pl.when(pl.col("amount") == 2).then(-7).otherwise("amount")
    )
    ward[2025, "donations"] = bad
    from_csv = extract.read(save(ward, "csv")).quarantine[2025]["raw"].item()
    from_parquet = extract.read(save(ward, "parquet")).quarantine[2025]["raw"].item()
    assert from_csv == bad.write_csv().splitlines()[2]
    assert json.loads(from_parquet)["amount"] == -7
    assert json.loads(from_parquet)["donation_id"] == "D001"


def test_a_broken_csv_line_shifts_no_other(ward: Ward, save: Save) -> None:
    folder = save(ward, "csv")
    path = folder / "2025/residents.csv"
    lines = path.read_text().splitlines()
    lines[2] += ",extra"
    lines[4] = lines[4].rsplit(",", 1)[0]
    path.write_text("\n".join(lines))
    intake = extract.read(folder)
    assert [(line, reason) for _, line, _, _, reason in aside(intake)] == [
        (3, reasons.RAGGED),
        (5, reasons.RAGGED),
    ]
    left = ward[2025, "residents"].filter(~pl.int_range(pl.len()).is_in([1, 3]))
    assert intake.tables[2025]["residents"].equals(left)


def test_a_line_that_stands_twice_is_kept_once(ward: Ward, save: Save) -> None:
    sound = ward[2025, "dependents"]
    ward[2025, "dependents"] = pl.concat([sound, sound[1:2]])
    intake = extract.read(save(ward, "csv"))
    assert aside(intake) == [("2025/dependents.csv", 8, "document_id;line_no", "D001;2", reasons.COPY)]
    assert intake.tables[2025]["dependents"].equals(sound)


def test_a_key_with_two_contents_is_put_aside_altogether(ward: Ward, save: Save) -> None:
    sound = ward[2025, "residents"]
    other = sound[1:2].with_columns(sex=pl.lit(None, pl.String()))
    ward[2025, "residents"] = pl.concat([sound, other, sound[1:2]])
    intake = extract.read(save(ward, "parquet"))
    assert [(line, reason) for _, line, _, _, reason in aside(intake)] == [
        (2, reasons.KEY),
        (7, reasons.KEY),
        (8, reasons.COPY),
    ]
    assert intake.tables[2025]["residents"].equals(sound.filter(pl.col("person_id") != "P001"))


def test_empty_keys_do_not_count_as_the_same_key(ward: Ward, save: Save) -> None:
    sound = ward[2025, "residents"]
    keyless = sound[:2].with_columns(person_id=pl.lit(None, pl.String()))
    ward[2025, "residents"] = pl.concat([keyless, sound[2:]])
    assert {reason for *_, reason in aside(extract.read(save(ward, "parquet")))} == {reasons.EMPTY}


def actions(*lines: tuple[int, str, str | None]) -> pl.DataFrame:
    """Return staff's lines of two rows, R000 (the first three) and R001: action number, field, new value."""
    told = [
        {
            "row_id": "R000" if place < 3 else "R001",
            "action_no": number,
            "decided_on": dt.date(2024, 5, 1),
            "outcome": "corrected",
            "field": field,
            "new_value": new,
        }
        for place, (number, field, new) in enumerate(lines)
    ]
    return pl.DataFrame(told, schema=CORRECTIONS.schema)


def test_a_correction_that_stands_twice_under_two_numbers_is_kept_once(ward: Ward, save: Save) -> None:
    lines = actions((2, "widow", "false"), (1, "widow", "false"), (3, "minor", "true"), (1, "widow", "false"))
    ward[2024, "corrections"] = lines
    intake = extract.read(save(ward, "csv"))
    assert [(line, reason) for _, line, _, _, reason in aside(intake, 2024)] == [(2, reasons.COPY)]
    assert intake.tables[2024]["corrections"].select("row_id", "action_no").rows() == [
        ("R000", 1),
        ("R000", 3),
        ("R001", 1),
    ]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("salary_revenue", "-5"),
        ("n_dependent_general", "two"),
        ("widow", "1"),
        ("spouse_kind", "special"),
        ("self_disability", "2"),
    ],
)
def test_a_row_that_loses_a_correction_loses_its_label(
    ward: Ward, save: Save, field: str, wrong: str
) -> None:
    lines = actions(
        (1, "minor", "true"), (2, field, wrong), (3, "widow", "true"), (1, "spouse_kind", "elderly")
    )
    ward[2024, "corrections"] = lines
    intake = extract.read(save(ward, "csv"))
    assert [(line, column, reason) for _, line, column, _, reason in aside(intake, 2024)] == [
        (2, "row_id", reasons.PARTIAL),
        (3, "new_value", reasons.NO_VALUE),
        (4, "row_id", reasons.PARTIAL),
    ]
    assert intake.tables[2024]["corrections"]["row_id"].to_list() == ["R001"]


def test_lawful_corrections_enter(ward: Ward, save: Save) -> None:
    ward[2024, "corrections"] = actions(
        (1, "business_income", "-5"), (2, "spouse_total_income", None), (3, "n_dependent_general", "0")
    )
    assert aside(extract.read(save(ward, "csv")), 2024) == []


def test_other_parquet_types_enter_where_no_value_changes_by_it(ward: Ward, save: Save) -> None:
    sound = ward[2025, "documents"]
    ward[2025, "documents"] = sound.with_columns(
        pl.col("tax_year").cast(pl.UInt16()),
        pl.col("salary_revenue").cast(pl.Int32()),
        pl.col("pension_revenue").cast(pl.Float64()),
        pl.col("business_income").cast(pl.Decimal(12, 2)),
        pl.col("received_on").cast(pl.Datetime("ms")),
        pl.col("birth_date").cast(pl.String()),
        pl.col("kind").cast(pl.Categorical()),
        pl.col("interest_income").cast(pl.String()),
        pl.lit(None).alias("previous_payer_id"),
    )
    intake = extract.read(save(ward, "parquet"))
    expected = sound.with_columns(previous_payer_id=pl.lit(None, pl.String()))
    assert intake.tables[2025]["documents"].equals(expected)
    told = next(o for o in intake.oddities if o.table == "documents" and o.year == 2025)
    assert told.count == 9
    assert "salary_revenue: Int32 → Int64" in told.about


def test_a_fraction_of_a_yen_or_a_time_of_day_is_not_cut_off(ward: Ward, save: Save) -> None:
    first = pl.int_range(pl.len()) == 0
    half = pl.when(first).then(0.5).otherwise(pl.col("salary_revenue").cast(pl.Float64()))
    noon = (
        pl.when(pl.int_range(pl.len()) == 1)
        .then(pl.lit(dt.datetime(2025, 2, 1, 12)))
        .otherwise(pl.col("received_on").cast(pl.Datetime("us")))
    )
    ward[2025, "documents"] = ward[2025, "documents"].with_columns(salary_revenue=half, received_on=noon)
    intake = extract.read(save(ward, "parquet"))
    assert [(line, column, value) for _, line, column, value, _ in aside(intake)] == [
        (1, "salary_revenue", "0.5"),
        (2, "received_on", "2025-02-01 12:00:00.000000"),
    ]
