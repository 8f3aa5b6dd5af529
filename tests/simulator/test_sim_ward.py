"""The whole ward: standard tables that hold together, the same however it is cut, steered by its knobs."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tadasu.law import Law
from tadasu.simulator.settings import Knobs, PayerBug
from tadasu.simulator.staff import final
from tadasu.simulator.ward import Ward, simulate
from tadasu.tables import CORRECTIONS, EXTRACT

KNOBS = Knobs(seed=5, rows=150, years=(2024, 2025), block_size=100_000)
WORKED = {"corrections", "second_opinions"}


@pytest.fixture(scope="module")
def ward() -> Ward:
    return simulate(KNOBS)


def _same(one: Ward, other: Ward) -> bool:
    frames = [(one.truth, other.truth)]
    frames += [
        (one.tables[year][name], frame)
        for year, named in other.tables.items()
        for name, frame in named.items()
    ]
    return one.taxpayers == other.taxpayers and all(a.equals(b) for a, b in frames)


def test_each_year_has_the_standard_tables_and_the_newest_no_corrections(ward: Ward) -> None:
    names = {table.name for table in EXTRACT}
    assert ward.tables[2024].keys() == names
    assert ward.tables[2025].keys() == names - WORKED
    for tables in ward.tables.values():
        for table in EXTRACT:
            if table.name in tables:
                frame = tables[table.name]
                assert frame.schema == pl.Schema(table.schema)
                assert not frame.select(table.key).is_duplicated().any(), table.name


def test_the_same_seed_gives_the_same_ward_however_it_is_cut(ward: Ward) -> None:
    families = KNOBS.families
    assert _same(ward, simulate(KNOBS))
    in_seven = replace(KNOBS, block_size=-(-families // 7))
    assert in_seven.blocks == 7
    assert _same(ward, simulate(in_seven))


def test_several_processes_make_the_same_ward() -> None:
    knobs = replace(KNOBS, rows=60, years=(2025,), block_size=160)
    assert knobs.blocks > 1
    assert _same(simulate(knobs), simulate(knobs, workers=2))


def test_another_seed_gives_another_ward(ward: Ward) -> None:
    other = simulate(replace(KNOBS, seed=6))
    assert not ward.tables[2025]["inconsistencies"].equals(other.tables[2025]["inconsistencies"])


def test_the_truth_tells_of_every_row_of_the_newest_year(ward: Ward) -> None:
    rows = ward.tables[2025]["inconsistencies"]["row_id"]
    assert set(ward.truth["row_id"]) == set(rows)
    assert ward.truth.schema == pl.Schema(CORRECTIONS.schema)
    lines = ward.truth.filter(pl.col("outcome") == "corrected")
    assert lines["new_value"].null_count() == 0
    assert (lines["old_value"] != lines["new_value"]).all()


def test_what_a_row_names_is_in_the_tables(ward: Ward) -> None:
    for tables in ward.tables.values():
        rows, people = tables["inconsistencies"], tables["residents"]["person_id"].implode()
        assert rows["person_id"].is_in(tables["assessments"]["person_id"].implode()).all()
        assert rows["person_id"].is_in(people).all()
        named = rows["document_ids"].drop_nulls().str.split(";").explode()
        assert named.is_in(tables["documents"]["document_id"].implode()).all()
        assert tables["dependents"]["document_id"].is_in(tables["documents"]["document_id"].implode()).all()
        assert rows["row_id"].is_sorted()
        assert rows["detected_on"].is_sorted()


def test_lines_say_what_the_record_says(ward: Ward) -> None:
    tables = ward.tables[2025]
    rows = tables["inconsistencies"].select("row_id", "person_id")
    lines = ward.truth.filter(pl.col("outcome") == "corrected").join(rows, on="row_id")
    for field in lines["field"].unique():
        record = tables["assessments"].select("person_id", pl.col(field).cast(pl.String).alias("recorded"))
        mine = lines.filter(pl.col("field") == field).join(record, on="person_id")
        assert (mine["old_value"] == mine["recorded"]).all(), field


def test_last_years_record_is_the_record_as_staff_left_it(ward: Ward) -> None:
    last, books = ward.tables[2024], ward.tables[2025]["previous_assessments"]
    rows = last["inconsistencies"].select("row_id", "person_id")
    said = (
        last["corrections"].filter(pl.col("outcome") == "corrected").sort("decided_on", "row_id", "action_no")
    )
    lines = said.join(rows, on="row_id", maintain_order="left").select("person_id", "field", "new_value")
    after = final(last["assessments"], lines, last["residents"], Law.of(2024))
    both = after.join(books, on="person_id", suffix=":books")
    assert both.height > 30
    corrected = both.join(lines, on="person_id", how="semi")
    assert corrected.height > 2
    for field in lines["field"].unique():
        assert (corrected[field] == corrected[f"{field}:books"]).all(), field


def test_nobody_is_twice_in_the_register_and_households_are_whole(ward: Ward) -> None:
    for tables in ward.tables.values():
        residents = tables["residents"]
        assert residents["person_id"].is_unique().all()
        touched = residents.filter(
            pl.col("person_id").is_in(tables["inconsistencies"]["person_id"].implode())
        )
        assert set(residents["household_id"]) >= set(touched["household_id"])


def test_identifiers_tell_neither_which_paper_is_a_copy_nor_whose_it_is(ward: Ward) -> None:
    documents = ward.tables[2025]["documents"]
    assert documents["document_id"].str.len_chars().n_unique() == 1
    order = documents.sort("document_id")["person_id"]
    assert (order == order.shift(1)).sum() < documents.height / 50


def test_rows_and_base_rate_are_about_what_the_knobs_ask_for() -> None:
    knobs = replace(KNOBS, rows=900, years=(2025,))
    made = simulate(knobs)
    rows = made.tables[2025]["inconsistencies"].height
    assert 0.12 < rows / made.taxpayers[2025] < 0.18
    wrong = made.truth.filter(pl.col("outcome") == "corrected")["row_id"].n_unique()
    assert 0.15 < wrong / rows < 0.26


def test_a_higher_base_rate_makes_more_rows_wrong() -> None:
    knobs = replace(KNOBS, rows=700, years=(2025,), base_rate=0.45)
    made = simulate(knobs)
    wrong = made.truth.filter(pl.col("outcome") == "corrected")["row_id"].n_unique()
    assert 0.36 < wrong / made.tables[2025]["inconsistencies"].height < 0.54


def test_a_new_system_prints_other_codes_for_the_same_rows(ward: Ward) -> None:
    new = simulate(replace(KNOBS, renumber=2025)).tables
    old_rows, new_rows = ward.tables[2025]["inconsistencies"], new[2025]["inconsistencies"]
    assert new[2024]["inconsistencies"].equals(ward.tables[2024]["inconsistencies"])
    assert not set(new_rows["check_code"]) & set(old_rows["check_code"])
    assert not set(new_rows["check_name"]) & set(old_rows["check_name"])
    rest = [name for name in old_rows.columns if name not in ("check_code", "check_name")]
    assert new_rows.select(rest).equals(old_rows.select(rest))


def test_a_missing_payer_and_a_software_bug_show_in_the_list(ward: Ward) -> None:
    def count(made: Ward, code: str) -> int:
        return int((made.tables[2025]["inconsistencies"]["check_code"] == code).sum())

    missing = simulate(replace(KNOBS, missing_payer=0.25))
    assert count(missing, "N07") > 2 * count(ward, "N07")
    bug = PayerBug(software=0, slip="report_sent_twice", years=(2025,))
    assert count(simulate(replace(KNOBS, payer_bug=bug)), "N06") > 3 * count(ward, "N06")


def test_the_list_is_raised_and_worked_on_in_its_season(ward: Ward) -> None:
    rows, corrections = ward.tables[2024]["inconsistencies"], ward.tables[2024]["corrections"]
    assert rows["detected_on"].min() >= date(2024, 4, 1)
    late = corrections.join(rows.select("row_id", "detected_on"), on="row_id")
    assert (late["decided_on"] >= late["detected_on"]).all()
    assert corrections["decided_on"].max() < date(2024, 8, 31)


def test_progress_is_told_by_block_and_year() -> None:
    told: list[tuple[int, int]] = []
    small = replace(KNOBS, rows=40, years=(2025,), block_size=150)
    simulate(small, lambda done, of: told.append((done, of)))
    assert told == [(n + 1, small.blocks) for n in range(small.blocks)]
