"""Renewal: what follows from an entered change, for all rows alike or for each row its own."""

from datetime import date

import polars as pl
import pytest

from tadasu.law import FrameError, Law, assess, renew

LAW = Law.of(2026)
OLD = date(1950, 5, 5)
FRAME = pl.DataFrame(
    {
        "salary_revenue": [5000000, 5000000],
        "salary_income": [1, 1],
        "pension_revenue": [1550000, 1550000],
        "pension_income": [2, 2],
        "spouse_kind": ["general", "none"],
        "spouse_deduction": [0, 330000],
        "spouse_total_income": [100, 100],
        "n_dependent_general": [1, 0],
        "dependent_deduction": [0, 0],
        "birth_date": [OLD, OLD],
    }
)


def test_revenue_renews_its_income_and_nothing_else() -> None:
    result = renew(FRAME, {"salary_revenue"}, LAW)
    assert result["salary_income"].to_list() == [3560000, 3560000]
    assert result["pension_income"].to_list() == [2, 2]
    assert result["dependent_deduction"].to_list() == [0, 0]
    assert result["spouse_deduction"].to_list() == [330000, 0], "goes by the taxpayer's income"


def test_an_income_entered_on_its_own_stays() -> None:
    result = renew(FRAME, {"salary_revenue", "salary_income"}, LAW)
    assert result["salary_income"].to_list() == [1, 1]


def test_three_ways_to_say_what_changed_give_the_same() -> None:
    rows = FRAME.with_columns(
        changed=pl.Series([["salary_revenue"], ["n_dependent_general", "pension_revenue"]])
    )
    first = pl.col("spouse_kind") == "general"
    by_flag = renew(
        FRAME, {"salary_revenue": first, "n_dependent_general": ~first, "pension_revenue": ~first}, LAW
    )
    by_list = renew(rows, pl.col("changed"), LAW)
    one_by_one = pl.concat(
        [
            renew(FRAME[0], ["salary_revenue"], LAW).with_columns(renew_error=pl.lit(None, pl.String)),
            renew(FRAME[1], ["n_dependent_general", "pension_revenue"], LAW),
        ],
        how="diagonal",
    )
    shared = one_by_one.columns
    assert by_flag.select(shared).equals(one_by_one)
    assert by_list.select(shared).equals(one_by_one)
    assert by_list["salary_income"].to_list() == [3560000, 1]
    assert by_list["pension_income"].to_list() == [2, 450000]


def test_counts_and_statuses_renew_their_deductions() -> None:
    causes = ["n_dependent_general", "self_disability", "widow", "single_parent", "working_student"]
    frame = FRAME.with_columns(
        self_disability=pl.lit("special"), widow=True, single_parent=False, working_student=True
    )
    row = renew(frame, causes, LAW).row(0, named=True)
    assert row["dependent_deduction"] == 330000
    assert (row["disability_deduction"], row["widow_deduction"]) == (300000, 260000)
    assert (row["single_parent_deduction"], row["working_student_deduction"]) == (0, 260000)


@pytest.mark.parametrize(
    ("known", "expected"),
    [(None, [100, None]), (480000, [480000, None]), (pl.col("salary_income"), [1, None])],
)
def test_the_spouses_income_is_emptied_or_what_is_known(known: object, expected: list[int | None]) -> None:
    result = renew(FRAME, ["spouse_kind"], LAW, spouse_total_income=known)  # type: ignore[arg-type]
    assert result["spouse_total_income"].to_list() == expected


def test_the_pension_goes_by_the_income_without_it() -> None:
    rich = FRAME.with_columns(salary_income=pl.lit(15000000))
    assert renew(rich, ["pension_revenue"], LAW)["pension_income"].to_list() == [550000, 550000]


def test_a_pension_needs_a_date_of_birth() -> None:
    with pytest.raises(FrameError, match="birth_date is missing"):
        renew(FRAME.drop("birth_date"), ["pension_revenue"], LAW)
    unknown = FRAME.with_columns(birth_date=pl.lit(None, pl.Date))
    result = renew(unknown, ["pension_revenue"], LAW)
    assert result["pension_income"].to_list() == [2, 2]
    taxed = assess(result, LAW)
    assert "birth_date" in taxed["error"][0]
    assert taxed["resident_tax"].null_count() == 2
    assert "renew_error" not in taxed.columns
    assert assess(renew(result, ["salary_revenue"], LAW), LAW)["error"].null_count() == 2


def test_lazy_frames_stay_lazy_and_no_rows_are_no_rows() -> None:
    lazy = renew(FRAME.lazy(), ["salary_revenue"], LAW)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(renew(FRAME, ["salary_revenue"], LAW))
    assert renew(FRAME.clear(), ["salary_revenue"], LAW).height == 0


def test_nothing_changed_is_nothing_renewed() -> None:
    assert renew(FRAME, [], LAW).equals(FRAME)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no tax field is called salary"):
        renew(FRAME, ["salary"], LAW)
    with pytest.raises(ValueError, match="expected a collection"):
        renew(FRAME, "salary_revenue", LAW)


def test_without_dates_of_birth_only_the_rows_that_need_one_get_an_error() -> None:
    frame = FRAME.drop("birth_date").with_columns(
        changed=pl.Series([["pension_revenue"], ["salary_revenue"]])
    )
    result = renew(frame, pl.col("changed"), LAW)
    assert result["renew_error"].is_null().to_list() == [False, True]
    assert result["salary_income"].to_list() == [1, 3560000]
