"""Bad input: one bad row never stops a ward, a bad column always does, and nothing becomes zero silently."""

from datetime import date

import polars as pl
import pytest

from tadasu.law import WORKING, CheckError, FrameError, Law, LawError, assess, check

LAW = Law.of(2026)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("n_dependent_general", -1),
        ("n_dependent_general", 1000),
        ("salary_income", -1),
        ("salary_revenue", 10**18),
        ("business_income", -(10**15)),
        ("social_insurance", 2**63 - 1),
        ("spouse_kind", "maybe"),
        ("self_disability", ""),
        ("sex", "X"),
    ],
)
def test_a_row_that_cannot_be_computed_has_nulls_and_says_why(column: str, value: object) -> None:
    good = {"salary_income": 3000000, column: None}
    frame = pl.DataFrame([good, {"salary_income": 3000000} | {column: value}, good], infer_schema_length=None)
    result = assess(frame, LAW)
    assert result["error"].is_null().to_list() == [True, False, True]
    message = result["error"][1]
    assert message.startswith(f"{column}: ")
    assert str(value) in message
    bad = result.row(1, named=True)
    assert all(bad[line] is None for line in (*WORKING, "contradictions"))
    assert result["resident_tax"][0] is not None
    assert result["resident_tax"][0] == result["resident_tax"][2]
    assert assess(frame.lazy(), LAW).collect().equals(result)


def test_an_error_names_every_bad_cell_of_the_row() -> None:
    result = assess(pl.DataFrame({"widow": [True], "n_abroad": [-2], "salary_income": [-3]}), LAW)
    assert result["error"][0].count("; ") == 1


def test_check_raises_with_row_column_value_and_what_was_expected() -> None:
    frame = pl.DataFrame({"salary_income": [1, -5], "spouse_kind": ["x", None]})
    for given in (frame, frame.lazy()):
        with pytest.raises(CheckError) as caught:
            check(given, LAW)
        assert caught.value.faults.rows() == [
            (0, "spouse_kind", "x", "none・general・elderlyのいずれか"),
            (1, "salary_income", "-5", "0以上100,000,000,000以下の整数"),
        ]
        assert "row 1, column salary_income: found -5, expected" in str(caught.value)


def test_check_shows_at_most_twenty_cells() -> None:
    with pytest.raises(CheckError, match="… and 80 more"):
        check(pl.DataFrame({"salary_income": [-1] * 100}), LAW)


def test_check_passes_what_assess_computes() -> None:
    check(
        pl.DataFrame({"salary_income": [1], "business_income": [-5], "birth_date": [date(1990, 1, 1)]}), LAW
    )
    check(pl.DataFrame(), LAW)


@pytest.mark.parametrize("use", [assess, check])
@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("salary_income", "3,000,000", "salary_income holds String, expected whole numbers"),
        ("salary_income", 1.5, "salary_income holds Float64"),
        ("n_dependent_general", True, "n_dependent_general holds Boolean"),
        ("widow", 1, "widow holds Int64, expected true or false"),
        ("spouse_kind", 1, "spouse_kind holds Int64, expected text"),
        ("birth_date", "1990-01-01", "birth_date holds String, expected dates"),
        ("tax_year", "2026", "tax_year holds String"),
    ],
)
@pytest.mark.parametrize("lazy", [False, True])
def test_a_wrong_type_raises_at_once(use: object, column: str, cell: object, said: str, lazy: bool) -> None:
    frame = pl.DataFrame({column: [cell]})
    with pytest.raises(FrameError, match=said):
        use(frame.lazy() if lazy else frame, LAW)  # type: ignore[operator]


@pytest.mark.parametrize("use", [assess, check])
def test_rows_of_a_year_without_law_raise_at_once(use: object) -> None:
    with pytest.raises(LawError, match="no law of 2031"):
        use(pl.DataFrame({"tax_year": [2026, 2031]}), LAW)  # type: ignore[operator]


def test_all_wrong_columns_are_named_together() -> None:
    with pytest.raises(FrameError, match=r"salary_income.*; .*widow"):
        assess(pl.DataFrame({"salary_income": [1.0], "widow": ["yes"]}), LAW)


def test_a_whole_column_without_values_counts_as_missing() -> None:
    frame = pl.DataFrame(
        {"salary_income": [3000000], "spouse_kind": [None], "widow": [None], "n_abroad": [None]}
    )
    assert assess(frame, LAW)["resident_tax"].equals(
        assess(frame.select("salary_income"), LAW)["resident_tax"]
    )


def test_in_a_lazy_frame_a_row_of_a_year_without_law_gets_an_error() -> None:
    result = assess(pl.LazyFrame({"tax_year": [2026, 2031]}), LAW).collect()
    assert result["error"].is_null().to_list() == [True, False]
    assert "tax_year: 2031" in result["error"][1]
