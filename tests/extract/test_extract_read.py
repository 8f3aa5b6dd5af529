"""Reading an extract: what enters is as declared, what is odd is told, what is missing stops at once."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu import extract
from tadasu.errors import TadasuError
from tadasu.extract import reasons
from tadasu.tables import DEPENDENTS, EXTRACT, QUARANTINE

Ward = dict[tuple[int, str], pl.DataFrame]
Save = Callable[[Ward, str], Path]
ROWS = 6
YEARS = (2024, 2025)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_sound_extract_enters_whole_as_declared_and_sorted(ward: Ward, save: Save, kind: str) -> None:
    shuffled = {key: frame.sample(fraction=1, shuffle=True, seed=3) for key, frame in ward.items()}
    intake = extract.read(save(shuffled, kind))
    for year in YEARS:
        for table in EXTRACT:
            expected = ward.get((year, table.name), table.empty())
            assert intake.tables[year][table.name].equals(expected), (year, table.name)
            assert intake.tables[year][table.name].schema == table.schema
        assert intake.quarantine[year].schema == QUARANTINE.schema
    totals = intake.report()["totals"]
    assert totals == {"read": ROWS * len(ward), "kept": ROWS * len(ward), "quarantined": 0, "reasons": {}}


def test_everything_missing_is_told_in_one_message_over_all_years(ward: Ward, save: Save) -> None:
    for year in YEARS:
        ward[year, "documents"] = ward[year, "documents"].drop("kind", "is_cancelled")
    ward[2024, "residents"] = ward[2024, "residents"].with_columns(birth_date=pl.lit(1.5))
    del ward[2025, "dependents"]
    folder = save(ward, "parquet")
    (folder / "2024/donations.parquet").write_bytes(b"no parquet")
    DEPENDENTS.empty().write_csv(folder / "2024/dependents.csv")
    with pytest.raises(TadasuError) as error:
        extract.read(folder)
    message = str(error.value)
    for part in (
        "documents: no column kind (2024, 2025)",
        "documents: no column is_cancelled (2024, 2025)",
        "residents: column birth_date (Float64 where Date is declared) (2024)",
        "dependents: no file (2025)",
        "dependents: two files (dependents.csv and dependents.parquet); leave one (2024)",
        "donations: donations.parquet cannot be read",
    ):
        assert part in message
    assert message.count("\n  - ") == 6


def test_optional_tables_and_columns_may_be_absent_and_that_is_told(ward: Ward, save: Save) -> None:
    del ward[2025, "previous_assessments"], ward[2024, "corrections"]
    ward[2025, "documents"] = ward[2025, "documents"].drop("housing_loan_credit")
    intake = extract.read(save(ward, "csv"))
    assert intake.tables[2025]["previous_assessments"].is_empty()
    assert intake.tables[2025]["documents"]["housing_loan_credit"].null_count() == ROWS
    told = {(o.year, o.table, o.what, o.count, o.about) for o in intake.oddities}
    assert (2025, "documents", "任意の列がない（空として読んだ）", 1, ("housing_loan_credit",)) in told
    assert (
        2024,
        "corrections",
        "過去の年度なのに処理記録がない不整合行（正解として使えない）",
        ROWS,
        (),
    ) in told


def test_unknown_columns_and_files_are_told_not_silently_dropped(ward: Ward, save: Save) -> None:
    ward[2025, "residents"] = ward[2025, "residents"].with_columns(line=pl.lit("x"), shoe_size=pl.lit(25))
    folder = save(ward, "csv")
    (folder / "2025/readme.txt").write_text("hello")
    (folder / "old").mkdir()
    intake = extract.read(folder)
    told = [(o.year, o.table, o.count, o.about) for o in intake.oddities]
    assert (2025, "residents", 2, ("line", "shoe_size")) in told
    assert (None, "", 2, ("old", "2025/readme.txt")) in told
    assert intake.tables[2025]["residents"].height == ROWS


def test_dependants_that_point_at_nobody_are_kept_and_counted(ward: Ward, save: Save) -> None:
    nobody = pl.Series(["P000", "P999", None, "P003", "P998", None])
    ward[2025, "dependents"] = ward[2025, "dependents"].with_columns(dependent_person_id=nobody)
    intake = extract.read(save(ward, "parquet"))
    told = {o.what: o.count for o in intake.oddities if (o.year, o.table) == (2025, "dependents")}
    assert told == {"扶養親族の宛名番号がない": 2, "扶養親族の宛名番号が住民基本台帳にない": 2}
    assert intake.tables[2025]["dependents"].height == ROWS


def test_the_report_adds_up_and_shows_nobody(ward: Ward, save: Save) -> None:
    ward[2025, "residents"] = ward[2025, "residents"].with_columns(sex=pl.lit("X"))
    intake = extract.read(save(ward, "csv"))
    report = intake.report()
    for part in (report["totals"], *report["by_year"].values(), *report["files"]):
        assert part["read"] == part["kept"] + part["quarantined"]
    assert report["by_year"]["2025"]["reasons"] == {reasons.NO_CODE: ROWS}
    assert sum(f["read"] for f in report["files"]) == report["totals"]["read"] == ROWS * len(ward)
    assert "P00" not in json.dumps(report, ensure_ascii=False)


@pytest.mark.parametrize("make", ["missing", "file", "without years"])
def test_a_folder_that_is_no_extract_says_what_one_looks_like(tmp_path: Path, make: str) -> None:
    folder = tmp_path / "ward"
    if make == "file":
        folder.write_text("")
    elif make == "without years":
        (folder / "documents").mkdir(parents=True)
    with pytest.raises(TadasuError, match="a folder per tax year, such as 2025"):
        extract.read(folder)


def test_an_empty_list_in_the_newest_year_stops(ward: Ward, save: Save) -> None:
    ward[2025, "inconsistencies"] = ward[2025, "inconsistencies"].clear()
    with pytest.raises(
        TadasuError, match=r"2025/inconsistencies\.csv: the list of the newest year has no row"
    ):
        extract.read(save(ward, "csv"))


def test_a_list_all_of_whose_rows_are_put_aside_stops_and_says_why(ward: Ward, save: Save) -> None:
    ward[2025, "inconsistencies"] = ward[2025, "inconsistencies"].with_columns(tax_year=pl.lit(2031))
    with pytest.raises(TadasuError, match=f"6 read, all put aside: {reasons.OTHER_YEAR}: 6"):
        extract.read(save(ward, "csv"))


def test_a_damaged_file_is_named(ward: Ward, save: Save) -> None:
    folder = save(ward, "parquet")
    path = folder / "2025/documents.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    with pytest.raises(TadasuError, match=r"documents\.parquet"):
        extract.read(folder)


def test_progress_names_each_file_and_ends_at_one(ward: Ward, save: Save) -> None:
    seen: list[tuple[str, float]] = []
    extract.read(save(ward, "csv"), lambda label, share: seen.append((label, share)))
    assert len(seen) == len(ward) + 1
    assert [share for _, share in seen] == sorted(share for _, share in seen)
    assert seen[0] == ("2024/residents.csv", 0.0)
    assert seen[-1][1] == 1.0


@pytest.mark.skipif(
    "TADASU_SAMPLE_WARD" not in os.environ, reason="TADASU_SAMPLE_WARD names no ward to test on"
)
def test_nearly_all_of_the_sample_ward_enters() -> None:
    totals = extract.read(Path(os.environ["TADASU_SAMPLE_WARD"])).report()["totals"]
    assert totals["read"] == totals["kept"] + totals["quarantined"]
    assert totals["quarantined"] < totals["read"] / 10_000


def test_tables_beside_the_extract_are_read_where_they_lie(ward: Ward, save: Save) -> None:
    folder = save(ward, "parquet")
    lines = "old_person_id,new_person_id,from_year\nP001,P002,2025\n"
    (folder / "2025" / "person_ids.csv").write_text(lines, encoding="utf-8")
    intake = extract.read(folder)
    assert intake.beside[2025]["person_ids"].rows() == [("P001", "P002", 2025)]
    assert intake.beside[2024] == {}
    assert "person_ids" not in intake.tables[2025]
