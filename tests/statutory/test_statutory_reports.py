"""Reports of salaries and pensions become documents and dependants, and nothing that may not enter does."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tadasu.extract import reasons


def _document(intake: Any, year: int = 2025) -> dict[str, Any]:
    frame = intake.tables[year]["documents"]
    assert frame.height == 1, intake.quarantine[year].rows()
    return dict(frame.row(0, named=True))


def _all_text(intake: Any) -> str:
    frames = [*intake.tables[2025].values(), *intake.beside[2025].values(), intake.quarantine[2025]]
    return " ".join(str(frame.rows()) for frame in frames) + str(intake.report())


@pytest.mark.parametrize("width", [98, 140, 143, 144])
def test_every_width_of_a_salary_report_is_read(line: Any, ingest: Any, people: Any, width: int) -> None:
    told = line(
        width=width,
        kana="ﾈﾘﾏ",
        ordinary_collection="1",
        under16="2",
        birth_era="1",
        birth_year="50",
        birth_month="01",
        birth_day="31",
    )
    made = ingest({"給報.csv": [told]}, people(("給報.csv", "1", "P1", "D1", "2025-01-20")))
    document = _document(made)
    assert (document["salary_revenue"], document["payer_id"]) == (5_000_000, "00012345")
    assert (document["special_collection"], document["n_dependent_under16"]) == (False, 2)
    assert document["birth_date"] == dt.date(1975, 1, 31)
    assert (document["document_id"], document["received_on"]) == ("D1", dt.date(2025, 1, 20))
    assert (document["channel"], document["is_cancelled"], document["kind"]) == (
        "eltax",
        False,
        "salary_report",
    )


def test_longer_lines_and_prefixes_are_read(line: Any, ingest: Any, people: Any) -> None:
    made = ingest(
        {"給報.csv": ["ABC-0001@" + line(), "X@" + line(salary_paid="1", more=("a", "b"))]},
        people(("給報.csv", "1", "P1", "D1"), ("給報.csv", "2", "P1", "D2")),
    )
    assert made.tables[2025]["documents"]["salary_revenue"].to_list() == [5_000_000, 1]


def test_sums_of_fields(line: Any, ingest: Any, people: Any) -> None:
    told = line(
        salary_income="3500000", income_adjustment="100000", social_insurance="700000", mutual_aid="120000",
        loan_deductible="200000", loan_deducted="90000", elderly_main="2", elderly_cohabiting="1",
        disabled_special="1", disabled_special_cohabiting="1", spouse="1", spouse_deduction="380000",
        loan_year="30", loan_month="04", loan_day="01", life_insurance="120000", basic_deduction="480000",
    )  # fmt: skip
    document = _document(ingest({"給報.csv": [told]}, people(("給報.csv", "1", "P1", "D1"))))
    assert document["salary_income"] == 3_500_000 + 100_000
    assert document["social_insurance"] == 700_000 - 120_000
    assert document["small_enterprise_mutual_aid"] == 120_000
    assert document["housing_loan_credit"] == 200_000 - 90_000
    assert (document["n_dependent_elderly"], document["n_dependent_elderly_cohabiting"]) == (1, 1)
    assert (document["n_disabled_special"], document["n_disabled_special_cohabiting"]) == (0, 1)
    assert (document["spouse_kind"], document["spouse_deduction"]) == ("general", 380_000)
    assert document["spouse_special_deduction"] is None
    assert document["housing_move_in_on"] == dt.date(2018, 4, 1)
    assert (document["life_insurance"], document["basic_deduction"]) == (120_000, 480_000)  # income tax's own
    assert document["year_end_adjusted"] is True


def test_blank_is_not_zero(line: Any, ingest: Any, people: Any) -> None:
    document = _document(ingest({"給報.csv": [line()]}, people(("給報.csv", "1", "P1", "D1"))))
    assert document["year_end_adjusted"] is False
    blank = (
        "salary_income",
        "social_insurance",
        "spouse_kind",
        "widow",
        "self_disability",
        "housing_loan_credit",
    )
    assert [document[name] for name in blank] == [None] * len(blank)


def test_a_pension_report_is_read(line: Any, ingest: Any, people: Any) -> None:
    told = line(
        "331",
        49,
        paid1="1200000",
        paid2="300000",
        withheld1="10",
        spouse="3",
        specified="1",
        widow="1",
        birth_era="4",
        birth_year="02",
        birth_month="03",
        birth_day="04",
    )
    document = _document(ingest({"年報.csv": [told]}, people(("年報.csv", "1", "P1", "D1"))))
    assert (document["kind"], document["pension_revenue"]) == ("pension_report", 1_500_000)
    assert (document["spouse_kind"], document["widow"], document["n_dependent_specified"]) == (
        "elderly",
        True,
        1,
    )
    assert document["birth_date"] == dt.date(1990, 3, 4)


def test_longer_pension_reports_are_read_where_the_mapping_says_how(
    line: Any, ingest: Any, people: Any
) -> None:
    told = line("331", 49, paid1="1200000", more=("", "1"))
    match = people(("年報.csv", "1", "P1", "D1"))
    unknown = ingest({"年報.csv": [told]}, match)
    assert unknown.quarantine[2025]["reason"].unique().to_list() == [reasons.UNKNOWN_WIDTH]
    own = "channel: eltax\nlayouts: [{form: '331', width: 51, fields: {single_parent: 51}}]"
    assert _document(ingest({"年報.csv": [told]}, match, own))["single_parent"] is True


def test_relatives_become_rows(line: Any, ingest: Any, people: Any) -> None:
    told = line(
        spouse_name=NAME,
        spouse_kind="00",
        dependent1_number="123456789018",
        dependent1_kind="02",
        under16_2_kana="ﾀﾛｳ",
    )
    made = ingest({"給報.csv": [told]}, people(("給報.csv", "1", "P1", "D1", "", "P2", "P3")))
    rows = (
        made.tables[2025]["dependents"]
        .select("line_no", "role", "dependent_person_id", "lives_abroad")
        .rows()
    )
    assert rows == [(1, "spouse", "P2", False), (2, "dependent", "P3", True), (7, "under16", None, None)]


NAME = "花子"


def test_names_addresses_and_numbers_are_dropped(line: Any, ingest: Any, people: Any) -> None:
    secret = {
        "name": "練馬次郎", "address": "豊玉北六丁目", "kana": "ﾈﾘﾏｼﾞﾛｳ", "individual_number": "123456789018",
        "payer_number": "1234567890123", "payer_name": "株式会社見本", "payer_phone": "0399931111",
        "recipient_no": "EMP77777", "remarks": "普Ａ",
        "spouse_name": "練馬花子", "spouse_number": "210987654321",
        "further_dependents": "五郎", "dependent1_kana": "ｻﾌﾞﾛｳ", "previous_name": "前職商店",
    }  # fmt: skip
    slipped = line(**secret).replace(",東京都", ",").split(",")
    slipped = [*slipped[:11], "", *slipped[11:-1]]  # a comma too many in an address, one too few at the end
    lines = [
        line(**secret),
        line(**{**secret, "salary_paid": "五百万"}),
        ",".join(slipped),
        ",".join(slipped[:77]),
    ]
    match = people(*(("給報.csv", str(n), "P1", f"D{n}") for n in (1, 2, 3, 4)))
    made = ingest({"給報.csv": lines}, match)
    assert made.tables[2025]["documents"]["document_id"].to_list() == ["D1"]
    everything = _all_text(made)
    assert [value for value in secret.values() if value in everything] == []
    assert "五百万" not in everything


def test_every_line_is_kept_or_quarantined(line: Any, ingest: Any, people: Any) -> None:
    lines = [
        line(),
        line(salary_paid="1x"),
        line(spouse="7"),
        line(year=5),
        "a,b",
        line()[:-100],
        line(birth_era="1", birth_year="99", birth_month="01", birth_day="01"),
    ]
    rows = [("給報.csv", str(n), "P1", f"D{n}") for n in range(1, 8)]
    made = ingest({"給報.csv": lines}, people(*rows))
    found = next(f for f in made.files if f.table == "documents")
    assert (found.read, found.kept, found.quarantined) == (7, 1, 6)
    by_line = dict(
        made.quarantine[2025].filter(pl.col("table") == "documents").select("line", "reason").rows()
    )
    assert by_line == {
        2: reasons.NO_NUMBER, 3: reasons.UNKNOWN_CODE, 4: reasons.OTHER_INCOME_YEAR, 5: reasons.UNKNOWN_FORM,
        6: reasons.UNKNOWN_WIDTH, 7: reasons.NO_SUCH_DAY,
    }  # fmt: skip


def test_lines_without_a_person_or_with_two_are_put_aside(line: Any, ingest: Any, people: Any) -> None:
    rows = (("給報.csv", "1", "P1", "D1"), ("給報.csv", "1", "P2", "D1"), ("給報.csv", "9", "P2", "D9"))
    made = ingest({"給報.csv": [line(), line(salary_paid="1")]}, people(*rows))
    told = made.quarantine[2025].filter(pl.col("table") == "documents")["reason"].to_list()
    assert told == [reasons.MATCHED_TWICE, reasons.UNMATCHED]
    unused = next(o for o in made.oddities if o.what == "突合せ表にあって資料にない行")
    assert unused.count == 1


def test_lines_may_be_matched_by_the_payers_own_numbers(line: Any, ingest: Any) -> None:
    match = """
    match:
      files: "{year}/突合せ.csv"
      by: {payer: 指定番号, recipient_no: 受給者番号}
      columns: {person_id: 宛名番号}
    """
    made = ingest(
        {"給報.csv": [line(recipient_no="E1")]}, "指定番号,受給者番号,宛名番号\n00012345,E1,P1\n", match=match
    )
    document = _document(made)
    assert (document["person_id"], document["document_id"]) == ("P1", "315:2025/給報.csv:1")
