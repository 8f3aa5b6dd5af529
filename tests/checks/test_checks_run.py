"""The list as a whole: keys, codes, days, and what it does not depend on."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tadasu.checks import (
    BY_CODE,
    CATALOGUE,
    NOT_EXPRESSIBLE,
    REPAIRS,
    SUBJECTS,
    CodeError,
    CodeTable,
    Limits,
    Waves,
    run,
)
from tadasu.checks.limits import LimitError
from tadasu.checks.page import render
from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.tables import INCONSISTENCIES


@pytest.fixture
def listed_ward(ward: Any) -> Any:
    """Three people, with rows of several subjects."""
    ward.couple()
    ward.person("C", birth_date=date(1950, 1, 1))
    ward.report("D1", "A", spouse_kind="general", birth_date=date(1980, 5, 6))
    ward.line("D1", "B", role="spouse")
    ward.report("D2", "B", birth_date=date(1981, 5, 5))
    ward.pension("D3", "C")
    ward.filed("D4", "C", pension_revenue=1_000_000, received_on=date(2025, 4, 20))
    ward.record("A", spouse_kind="general", salary_revenue=4_000_000)
    ward.record("B", total_income=2_760_000, salary_revenue=4_000_000)
    ward.record("C", pension_revenue=1_000_000)
    return ward


def _run(ward: Any, *given: Any, **options: Any) -> pl.DataFrame:
    return run(ward.tables(), ward.law, *given, **options)


def test_the_list_is_in_the_standard_layout(listed_ward: Any) -> None:
    listed = _run(listed_ward)
    assert listed.schema == pl.Schema(INCONSISTENCIES.schema)
    assert {"N02", "F04", "P01"} <= set(listed["check_code"])
    assert listed["row_id"].is_unique().all()
    assert listed["row_id"].is_sorted()


def test_the_small_ward_is_checked_under_each_years_law(
    mini_tables: dict[int, dict[str, pl.DataFrame]],
) -> None:
    for year, tables in mini_tables.items():
        listed = run(tables, Law.of(year))
        assert listed["person_id"].is_in(tables["assessments"]["person_id"].implode()).mean() > 0.9
        assert listed["check_code"].n_unique() > 20
        named = listed["document_ids"].drop_nulls().str.split(";").explode()
        assert named.is_in(tables["documents"]["document_id"].implode()).all()
        assert listed["message"].null_count() == 0


def test_an_empty_ward_has_an_empty_list(ward: Any) -> None:
    assert _run(ward).equals(INCONSISTENCIES.empty())


def test_a_missing_table_is_named(ward: Any) -> None:
    tables = ward.tables()
    del tables["documents"], tables["previous_assessments"]
    with pytest.raises(ValueError, match=r"missing tables: documents$"):
        run(tables, ward.law)


def test_last_years_record_may_be_absent(listed_ward: Any) -> None:
    tables = listed_ward.tables()
    del tables["previous_assessments"]
    assert run(tables, listed_ward.law).equals(_run(listed_ward))


def test_a_row_does_not_depend_on_who_else_is_in_the_tables(listed_ward: Any) -> None:
    alone = {
        name: table.filter(pl.col("person_id") == "C") if "person_id" in table.columns else table
        for name, table in listed_ward.tables().items()
    }
    of_c = _run(listed_ward).filter(pl.col("person_id") == "C")
    assert run(alone, listed_ward.law).equals(of_c)
    assert not of_c.is_empty()


def test_the_order_of_the_tables_does_not_matter(listed_ward: Any) -> None:
    turned = {name: table.reverse() for name, table in listed_ward.tables().items()}
    assert run(turned, listed_ward.law).equals(_run(listed_ward))


def test_another_makers_system_prints_other_codes_for_the_same_rows(listed_ward: Any) -> None:
    ours, theirs = _run(listed_ward), _run(listed_ward, CodeTable.renumbered("KZ"))
    table = CodeTable.renumbered("KZ")
    told = ("person_id", "document_ids", "field", "stated_value", "expected_value", "detected_on", "message")
    back = theirs.with_columns(check_code=table.catalogue_code(pl.col("check_code")))
    key = ["check_code", *told]
    assert back.select(key).sort(key).equals(ours.select(key).sort(key))
    assert not set(theirs["check_code"]) & set(ours["check_code"])
    assert not set(theirs["check_name"]) & set(ours["check_name"])
    assert theirs["check_code"].str.contains(r"^KZ\d\d\d?$").all()


def test_a_check_that_a_system_lacks_is_not_made(listed_ward: Any) -> None:
    without = _run(listed_ward, CodeTable.of_catalogue().without("N02"))
    assert without.equals(_run(listed_ward).filter(pl.col("check_code") != "N02"))


def test_codes_that_nobody_knows_or_that_stand_twice_are_refused() -> None:
    with pytest.raises(CodeError, match="no check is called X99"):
        CodeTable({"X99": ("1", "x")})
    with pytest.raises(CodeError, match="1 stands for more than one check"):
        CodeTable({"N02": ("1", "x"), "N03": ("1", "y")})


def test_checks_run_subject_after_subject_from_early_april(listed_ward: Any) -> None:
    listed = _run(listed_ward)
    first = dict(listed.select("check_code", "detected_on").iter_rows())
    begun = date(2025, 4, 7)
    for code, day in first.items():
        planned = begun + timedelta(days=4 * BY_CODE[code].wave)
        assert day >= planned
    assert first["N02"] < first["F04"]


def test_a_household_is_looked_at_on_one_day_of_a_wave(listed_ward: Any) -> None:
    days = _run(listed_ward).filter(pl.col("check_code") == "N02")["detected_on"]
    assert days.len() == 2
    assert days.n_unique() == 1


def test_a_row_is_raised_when_its_papers_are_there(listed_ward: Any) -> None:
    row = _run(listed_ward).filter(pl.col("check_code") == "P01").to_dicts()[0]
    assert "D4" in row["document_ids"]
    assert date(2025, 4, 20) < row["detected_on"] <= date(2025, 4, 24)


def test_a_paper_received_after_the_merge_is_named_and_otherwise_unseen(listed_ward: Any) -> None:
    listed = _run(listed_ward, merged_on=date(2025, 4, 1))
    of_c = listed.filter(pl.col("person_id") == "C")
    assert "P01" not in set(of_c["check_code"])
    assert of_c.filter(pl.col("check_code") == "N12")["document_ids"].to_list() == ["D4"]


def test_days_do_not_depend_on_the_machine() -> None:
    homes = pl.DataFrame({"home": ["H1", "H2", "H3", "H4", "宛名", "", None]})
    never = pl.lit(None, pl.Date)
    days = homes.select(Waves().raised_on(2025, pl.lit(0, pl.Int64), pl.col("home"), never).alias("day"))
    assert days["day"].dt.day().to_list() == [8, 7, 9, 9, 8, 7, 7]


def test_the_page_is_what_the_catalogue_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "checks.md"
    assert page.read_text(encoding="utf-8") == render(), "write it anew: tadasu docs"


def test_every_check_is_declared_in_full() -> None:
    assert len(CATALOGUE) >= 35
    assert len({check.code for check in CATALOGUE}) == len(CATALOGUE)
    names = [name for check in CATALOGUE for name in (check.name, check.alias)]
    assert len(set(names)) == len(names)
    for check in CATALOGUE:
        assert check.subject in SUBJECTS
        assert check.field is None or check.field in FIELDS
        assert set(check.fields) <= FIELDS.keys()
        assert set(check.repairs) <= REPAIRS.keys()
        assert "leave" in check.repairs or check.code == "N06"
        assert check.law
        assert check.question


def test_every_check_has_a_case() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    cases = set(re.findall(r'(?:asks\(|rows\()\s*"([A-Z]\d\d)"', written))
    assert cases == BY_CODE.keys()


def test_what_is_not_expressible_says_why() -> None:
    assert all(name[0].isupper() and reason for name, reason in NOT_EXPRESSIBLE.items())


def test_an_unknown_or_missing_limit_is_named(tmp_path: Path) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text("one_stop_municipality: {value: 5}\n", encoding="utf-8")
    with pytest.raises(LimitError, match="one_stop_municipality"):
        Limits.read(file)
