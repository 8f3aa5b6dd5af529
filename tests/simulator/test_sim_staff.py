"""Staff record what is right but for their noise: inquiries, seconds, unopened rows, second opinions."""

from datetime import date

import polars as pl
import pytest

from tadasu.law import Law, assess
from tadasu.simulator.staff import Desk, errors, final, right_lines, truth_lines, work
from tadasu.tables import CORRECTIONS

YEAR = 2024
LAW = Law.of(YEAR)
N = 4_000


def _record(**fields: pl.Series | int | str) -> pl.DataFrame:
    people = pl.DataFrame({"person_id": [f"P{number:010d}" for number in range(N)]})
    return people.with_columns(
        pl.lit(5_000_000).alias("salary_revenue"),
        pl.lit(700_000).alias("social_insurance"),
        n_dependent_general=pl.lit(0),
        spouse_kind=pl.lit("none"),
        widow=pl.lit(value=False),
    ).with_columns(**{name: pl.lit(value) for name, value in fields.items()})


def _rows(record: pl.DataFrame, asks: str = "M") -> pl.DataFrame:
    number = pl.int_range(pl.len(), dtype=pl.Int64)
    return record.select(
        pl.format("R{}", number).alias("row_id"),
        "person_id",
        number.alias("key"),
        number.alias("person"),
        check=pl.lit("S01"),
        asks=pl.lit(asks),
        detected_on=pl.lit(date(YEAR, 4, 10)),
        field=pl.lit("salary_revenue"),
        recorded=pl.lit("5000000"),
        expected_value=pl.lit("5400000"),
    )


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return _rows(_record())


@pytest.fixture(scope="module")
def right() -> pl.DataFrame:
    number = pl.int_range(pl.len())
    record = _record()
    truth = record.with_columns(
        pl.when(number % 5 == 0).then(5_400_000).otherwise("salary_revenue").alias("salary_revenue")
    )
    return right_lines(_rows(record), errors(record, truth), pl.DataFrame(schema=_BLAME))


_BLAME = {"person_id": pl.String(), "check": pl.String(), "field": pl.String(), "document_id": pl.String()}


def _desk(noise: float = 0.02) -> Desk:
    return Desk(seed=3, expected_rows=N, noise=noise)


def test_an_error_has_one_line_and_what_follows_has_none() -> None:
    record, truth = (
        _record(),
        _record(salary_revenue=6_000_000, n_dependent_general=1, spouse_kind="general", widow=True),
    )
    record = record.with_columns(salary_income=pl.lit(3_560_000))
    truth = truth.with_columns(salary_income=pl.lit(4_360_000))
    found = errors(record.head(1), truth.head(1))
    assert found.select("field", "old_value", "new_value").rows() == [
        ("salary_revenue", "5000000", "6000000"),
        ("spouse_kind", "none", "general"),
        ("widow", "false", "true"),
        ("n_dependent_general", "0", "1"),
    ]


def test_a_row_gets_the_errors_that_its_check_is_about_and_no_others() -> None:
    record = _record().head(2)
    truth = record.with_columns(salary_revenue=pl.lit(6_000_000), n_dependent_general=pl.lit(1))
    rows = _rows(record).with_columns(
        check=pl.Series(["S01", "F03"]), field=pl.Series([None, None], dtype=pl.String)
    )
    found = right_lines(rows, errors(record, truth), pl.DataFrame(schema=_BLAME))
    assert found.select("row_id", "field").rows() == [("R0", "salary_revenue"), ("R1", "n_dependent_general")]


def test_without_noise_staff_record_the_truth(rows: pl.DataFrame, right: pl.DataFrame) -> None:
    recorded = work(rows, right, _desk(noise=0.0), YEAR).corrections
    said = recorded.filter(pl.col("outcome") == "corrected").select("row_id", "field", "new_value")
    bulk = recorded.filter(pl.col("staff_id") == "9999")["row_id"]
    opened = recorded.filter(~pl.col("row_id").is_in(bulk.implode()))
    still_open = (
        opened.group_by("row_id").agg(pl.col("outcome").last()).filter(pl.col("outcome") == "inquiry")
    )
    expected = right.filter(
        pl.col("row_id").is_in(opened["row_id"].implode())
        & ~pl.col("row_id").is_in(still_open["row_id"].implode())
    )
    assert said.sort("row_id").rows() == expected.select("row_id", "field", "new_value").sort("row_id").rows()


def test_noise_makes_some_records_wrong_in_both_directions(rows: pl.DataFrame, right: pl.DataFrame) -> None:
    recorded = work(rows, right, _desk(), YEAR).corrections
    wrong = set(right["row_id"])
    corrected = set(recorded.filter(pl.col("outcome") == "corrected")["row_id"])
    closed = set(recorded.filter(pl.col("outcome") == "no_change", pl.col("staff_id") != "9999")["row_id"])
    assert 0.02 < len(closed & wrong) / len(wrong) < 0.12
    assert 0 < len(corrected - wrong) / (N - len(wrong)) < 0.03


def test_an_inquiry_comes_first_and_some_stay_open(rows: pl.DataFrame, right: pl.DataFrame) -> None:
    hard = rows.with_columns(asks=pl.lit("Q"))
    recorded = work(hard, right, _desk(), YEAR).corrections.sort("row_id", "action_no")
    order = recorded.group_by("row_id", maintain_order=True).agg("outcome", "action_no", "decided_on")
    asked = order.filter(pl.col("outcome").list.contains("inquiry"))
    assert 0.2 < asked.height / N < 0.5
    assert (asked["outcome"].list.first() == "inquiry").all()
    still_open = asked.filter(pl.col("outcome").list.len() == 1)
    assert 0.03 < still_open.height / asked.height < 0.12
    answered = asked.filter(pl.col("outcome").list.len() > 1)
    days = answered["decided_on"].list.get(1) - answered["decided_on"].list.first()
    assert days.dt.total_days().min() >= 1


def test_seconds_stand_on_the_first_line_and_differ_by_what_came_of_it(
    rows: pl.DataFrame, right: pl.DataFrame
) -> None:
    recorded = work(rows, right, _desk(), YEAR).corrections
    assert (
        recorded.filter(pl.col("action_no") > 1)["work_seconds"].null_count()
        == (recorded["action_no"] > 1).sum()
    )
    first = recorded.filter(pl.col("action_no") == 1, pl.col("staff_id") != "9999")
    assert 0.28 < first["work_seconds"].null_count() / first.height < 0.40
    means = dict(first.group_by("outcome").agg(pl.col("work_seconds").mean()).rows())
    assert 50 < means["no_change"] < 75
    assert 115 < means["corrected"] < 165
    assert 200 < means["inquiry"] < 380


def test_a_few_rows_are_never_opened_and_some_closed_in_bulk_whatever_they_were(
    rows: pl.DataFrame, right: pl.DataFrame
) -> None:
    recorded = work(rows, right, _desk(), YEAR).corrections
    unopened = N - recorded["row_id"].n_unique()
    bulk = recorded.filter(pl.col("staff_id") == "9999")
    assert 0.002 < unopened / N < 0.012
    assert 0.008 < bulk.height / N < 0.025
    assert set(bulk["outcome"]) == {"no_change"}
    assert bulk["work_seconds"].null_count() == bulk.height
    assert set(bulk["row_id"]) & set(right["row_id"])


def test_another_officer_judges_one_row_in_a_hundred_and_mostly_agrees(
    rows: pl.DataFrame, right: pl.DataFrame
) -> None:
    done = work(rows, right, _desk(), YEAR)
    again = done.second_opinions
    assert 0.005 < again["row_id"].n_unique() / N < 0.016
    both = done.corrections.join(again, on=["row_id", "action_no"], suffix="_again")
    assert both.height
    assert (both["staff_id"] != both["staff_id_again"]).all()
    assert (both["outcome"] == both["outcome_again"]).mean() > 0.8


def test_work_of_one_row_does_not_depend_on_the_others(rows: pl.DataFrame, right: pl.DataFrame) -> None:
    whole = work(rows, right, _desk(), YEAR)
    parts = [work(rows.filter(pl.col("key") % 7 == part), right, _desk(), YEAR) for part in range(7)]
    for table in ("corrections", "second_opinions"):
        together = CORRECTIONS.arrange(pl.concat([getattr(part, table) for part in parts]))
        assert together.equals(getattr(whole, table))


def test_the_books_hold_what_was_corrected_and_what_follows() -> None:
    register = pl.DataFrame({"person_id": ["P1", "P2"], "birth_date": [date(1980, 5, 5)] * 2}).with_columns(
        sex=pl.lit("F"), public_assistance=pl.lit(value=False)
    )
    record = assess(
        register.with_columns(
            salary_revenue=pl.lit(5_000_000, pl.Int64),
            salary_income=pl.lit(3_560_000, pl.Int64),
            n_dependent_general=pl.lit(1, pl.Int64),
        ),
        LAW,
    ).drop("birth_date", "sex", "public_assistance")
    lines = pl.DataFrame(
        [
            ("P2", "salary_revenue", "7000000"),
            ("P2", "salary_revenue", "6000000"),
            ("P2", "n_dependent_general", "0"),
        ],
        schema=["person_id", "field", "new_value"],
        orient="row",
    )
    after = final(record, lines, register, LAW)
    assert after["salary_revenue"].to_list() == [5_000_000, 6_000_000]
    assert after["salary_income"].to_list() == [3_560_000, 4_360_000]
    assert after["dependent_deduction"].to_list() == [330_000, 0]
    assert after["resident_tax"][1] > after["resident_tax"][0] == record["resident_tax"][0]


def test_the_truth_is_in_the_contract_of_corrections(rows: pl.DataFrame, right: pl.DataFrame) -> None:
    said = truth_lines(right, rows, date(YEAR, 6, 10))
    assert said.schema == pl.Schema(CORRECTIONS.schema)
    assert said["row_id"].n_unique() == N
    assert set(said["outcome"]) == {"corrected", "no_change"}
    assert said["staff_id"].null_count() == said.height
