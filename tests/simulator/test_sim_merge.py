"""The merge makes of papers what a tax system makes of them: precedence, sums, what is void."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from tadasu.law import Law
from tadasu.simulator.merge import merge
from tadasu.simulator.papers import Papers
from tadasu.tables import ASSESSMENTS, DEPENDENTS, DOCUMENTS, DONATIONS, RESIDENTS, Table

YEAR = 2025
LAW = Law.of(YEAR)
BORN = date(1980, 6, 1)


def table(kind: Table, *rows: dict[str, Any]) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows), schema_overrides={n: t for n, t in kind.schema.items() if n in rows[0]})
    blank = [pl.lit(None, t).alias(n) for n, t in kind.schema.items() if n not in frame.columns]
    return frame.with_columns(blank).select(kind.schema.keys())


def document(kind: str, day: int, **stated: Any) -> dict[str, Any]:
    whose = {"person_id": "P0000000001", "tax_year": YEAR, "is_cancelled": False}
    return whose | {"document_id": f"D{day:03d}", "kind": kind, "received_on": date(YEAR, 1, day)} | stated


def report(
    day: int, revenue: int, payer: str = "B1", *, adjusted: bool = True, **stated: Any
) -> dict[str, Any]:
    of = {"payer_id": payer, "withholding_column": "main", "year_end_adjusted": adjusted}
    return document(
        "salary_report", day, **(of | {"salary_revenue": revenue, "spouse_kind": "none"} | stated)
    )


def pension(day: int, revenue: int, **stated: Any) -> dict[str, Any]:
    return document("pension_report", day, payer_id="B9", pension_revenue=revenue, **stated)


def tax_return(day: int, **stated: Any) -> dict[str, Any]:
    return document("tax_return", day, **({"spouse_kind": "none"} | stated))


def notice(number: int, place: str, amount: int = 10_000) -> dict[str, Any]:
    return {
        "donation_id": f"G{number}", "tax_year": YEAR, "person_id": "P0000000001", "source": "one_stop",
        "recipient_code": place, "kind": "furusato", "amount": amount,
    }  # fmt: skip


def merged(
    *documents: dict[str, Any],
    relatives: tuple[dict[str, Any], ...] = (),
    donations: tuple[dict[str, Any], ...] = (),
    **resident: Any,
) -> dict[str, Any]:
    """The record of one person, or nothing where there is none."""
    person = {"person_id": "P0000000001", "birth_date": BORN, "sex": "F", "resident_since": date(2010, 4, 1)}
    names = list(dict.fromkeys(name for paper in documents for name in paper))
    papers = Papers(
        table(DOCUMENTS, *({name: paper.get(name) for name in names} for paper in documents)),
        table(DEPENDENTS, *relatives) if relatives else DEPENDENTS.empty(),
        table(DONATIONS, *donations) if donations else DONATIONS.empty(),
    )
    records = merge(table(RESIDENTS, person | resident), papers, LAW).to_dicts()
    return records[0] if records else {}


def test_salaries_of_all_reports_are_added_and_their_income_computed_of_the_sum() -> None:
    record = merged(
        report(5, 3_000_000, "B1", social_insurance=400_000), report(6, 500_000, "B2", social_insurance=1_000)
    )
    assert record["salary_revenue"] == 3_500_000
    assert record["salary_income"] == 3_500_000 * 7 // 10 - 80_000
    assert record["social_insurance"] == 401_000


def test_an_amended_and_a_cancelled_report_contribute_nothing() -> None:
    record = merged(
        report(5, 9_000_000, "B1"),
        report(8, 3_000_000, "B1", supersedes="D005"),
        report(9, 4_000_000, "B2", is_cancelled=True),
    )
    assert record["salary_revenue"] == 3_000_000


def test_an_amendment_that_was_cancelled_lets_the_first_report_stand() -> None:
    record = merged(report(5, 9_000_000), report(8, 3_000_000, supersedes="D005", is_cancelled=True))
    assert record["salary_revenue"] == 9_000_000


def test_who_has_no_paper_in_force_has_no_record() -> None:
    assert merged(report(5, 1_000_000, is_cancelled=True)) == {}


def test_a_previous_employer_that_the_remarks_name_is_not_counted_twice() -> None:
    now = report(5, 5_000_000, "B1", previous_salary_revenue=2_000_000, previous_payer_id="B2")
    record = merged(now, report(6, 2_000_000, "B2", adjusted=False))
    assert record["salary_revenue"] == 5_000_000


def test_a_previous_employer_that_the_remarks_do_not_name_is_counted_twice() -> None:
    now = report(5, 5_000_000, "B1", previous_salary_revenue=2_000_000)
    assert merged(now, report(6, 2_000_000, "B2", adjusted=False))["salary_revenue"] == 7_000_000


def test_a_tax_return_fixes_the_incomes_also_where_it_leaves_some_out() -> None:
    record = merged(
        report(5, 5_000_000),
        report(6, 800_000, "B2"),
        tax_return(20, salary_revenue=5_000_000, salary_income=3_560_000),
    )
    assert (record["salary_revenue"], record["salary_income"]) == (5_000_000, 3_560_000)


def test_where_a_return_is_silent_on_a_kind_of_income_the_reports_speak() -> None:
    record = merged(report(5, 5_000_000), tax_return(20, real_estate_income=300_000))
    assert (record["salary_revenue"], record["real_estate_income"]) == (5_000_000, 300_000)


CLAIM = {"n_dependent_general": 1}
OTHER = {"n_dependent_elderly": 1}
SECOND = {"withholding_column": "other", "adjusted": False}


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (tax_return(10, **CLAIM), document("resident_return", 20, **OTHER)),
        (document("resident_return", 10, **CLAIM), report(20, 3_000_000, **OTHER)),
        (report(10, 3_000_000, **CLAIM), pension(20, 2_000_000, spouse_kind="none", **OTHER)),
        (pension(10, 2_000_000, **CLAIM), report(20, 3_000_000, adjusted=False, **OTHER)),
        (report(10, 1_000_000, adjusted=False, **CLAIM), report(20, 3_000_000, **SECOND, **OTHER)),
        (tax_return(20, **CLAIM), tax_return(10, **OTHER)),
        (report(10, 3_000_000, **CLAIM), report(20, 2_000_000, "B2", **OTHER)),
        (pension(10, 500_000, spouse_kind="none", **CLAIM), pension(20, 1_500_000, **OTHER)),
    ],
    ids=[
        "tax return before resident return", "resident return before adjusted report",
        "adjusted report before pension report", "pension report before report without adjustment",
        "main column before the other", "later return before earlier", "greater salary before smaller",
        "pension with a declaration before one without",
    ],
)  # fmt: skip
def test_claims_come_from_the_stronger_paper_alone(stronger: dict[str, Any], weaker: dict[str, Any]) -> None:
    for papers in ((stronger, weaker), (weaker, stronger)):
        record = merged(*papers)
        assert (record["n_dependent_general"], record["n_dependent_elderly"]) == (1, 0)


def test_premiums_give_the_resident_tax_deduction_and_a_bare_deduction_its_cap() -> None:
    by_premium = merged(report(5, 5_000_000, life_insurance=40_000, new_life_premium=90_000))
    assert by_premium["life_insurance"] == 28_000
    assert merged(report(5, 5_000_000, life_insurance=110_000))["life_insurance"] == 70_000


def test_a_special_deduction_for_a_spouse_is_turned_into_the_resident_taxs() -> None:
    record = merged(report(5, 5_000_000, spouse_special_deduction=360_000, spouse_total_income=980_000))
    assert record["spouse_special_deduction"] == 330_000


def test_each_specified_relative_counts_by_the_income_that_its_line_states() -> None:
    law = Law.of(2026)
    line = {"document_id": "D005", "role": "dependent", "birth_date": date(2005, 5, 1)}
    papers = Papers(
        table(DOCUMENTS, report(5, 6_000_000, specified_relative_special=740_000)),
        table(
            DEPENDENTS,
            line | {"line_no": 1, "stated_income": 600_000},
            line | {"line_no": 2, "stated_income": 1_120_000},
        ),
        DONATIONS.empty(),
    )
    person = {"person_id": "P0000000001", "birth_date": BORN, "resident_since": date(2010, 4, 1)}
    assert (
        merge(table(RESIDENTS, person), papers, law)["specified_relative_special"].item() == 450_000 + 110_000
    )


LOAN = {
    "housing_loan_deductible": 200_000, "income_tax_before_credits": 150_000, "salary_income": 3_560_000,
    "deductions_total": 1_060_000, "housing_move_in_on": date(2018, 5, 1),
}  # fmt: skip


def test_the_housing_loan_credit_is_what_income_tax_left() -> None:
    assert merged(report(5, 5_000_000, **LOAN))["housing_loan_credit"] == 50_000


def test_the_housing_loan_of_a_report_stands_beside_a_resident_return_but_not_beside_a_tax_return() -> None:
    assert (
        merged(report(5, 5_000_000, **LOAN), document("resident_return", 9))["housing_loan_credit"] == 50_000
    )
    assert merged(report(5, 5_000_000, **LOAN), tax_return(9))["housing_loan_credit"] == 0


def test_losses_lower_the_base_by_which_the_loans_cap_goes() -> None:
    stated = LOAN | {"total_income": 3_560_000, "income_tax_before_credits": 50_000}
    assert merged(tax_return(9, **stated))["housing_loan_credit"] == 136_500
    assert merged(tax_return(9, **stated, loss_carryforward=1_500_000))["housing_loan_credit"] == 70_000


def test_one_stop_notices_count_up_to_five_municipalities_however_many_they_are() -> None:
    five = tuple(notice(n, f"0000{n % 5}") for n in range(7))
    record = merged(report(5, 5_000_000), donations=five)
    assert (record["donation_furusato"], record["one_stop"]) == (70_000, True)
    six = tuple(notice(n, f"0000{n}") for n in range(6))
    record = merged(report(5, 5_000_000), donations=six)
    assert (record["donation_furusato"], record["one_stop"]) == (0, False)


@pytest.mark.parametrize("kind", ["tax_return", "resident_return"])
def test_a_return_of_either_kind_makes_one_stop_notices_void(kind: str) -> None:
    record = merged(report(5, 5_000_000), document(kind, 20), donations=(notice(1, "00001"),))
    assert (record["donation_furusato"], record["one_stop"]) == (0, False)


def test_gifts_of_a_return_count_by_kind_and_once() -> None:
    first, second = tax_return(10, donation_total=40_000), tax_return(20, donation_total=40_000)
    lines = (
        notice(1, "00001", 30_000) | {"source": "return", "document_id": "D010"},
        notice(2, "C0001", 10_000) | {"source": "return", "document_id": "D010", "kind": "community_chest"},
    )
    record = merged(first, second, donations=lines)
    assert (record["donation_furusato"], record["donation_other"], record["one_stop"]) == (
        30_000,
        10_000,
        False,
    )


def test_an_adjustment_that_an_employer_stated_is_computed_of_all_pay() -> None:
    stated = report(5, 8_600_000, income_adjustment=10_000)
    assert merged(stated, report(6, 300_000, "B2", adjusted=False))["income_adjustment"] == 40_000
    silent = report(5, 8_600_000)
    assert merged(silent, report(6, 300_000, "B2", adjusted=False))["income_adjustment"] == 0


def test_an_adjustment_that_no_employer_could_state_follows_the_relatives_of_the_paper() -> None:
    child = {"document_id": "D005", "line_no": 1, "role": "under16", "birth_date": date(2015, 5, 1)}
    pay = (report(5, 8_400_000), report(6, 300_000, "B2", adjusted=False))
    assert merged(*pay, relatives=(child,))["income_adjustment"] == 20_000
    unadjusted = (report(5, 8_400_000, adjusted=False), pay[1])
    assert merged(*unadjusted, relatives=(child,))["income_adjustment"] == 0
    assert merged(*pay)["income_adjustment"] == 0


def test_salary_beside_a_pension_is_adjusted_by_the_system() -> None:
    record = merged(report(5, 3_000_000), pension(6, 1_900_000), birth_date=date(1955, 1, 2))
    assert record["income_adjustment"] == 100_000


@pytest.mark.parametrize(
    ("left", "here"),
    [(None, True), (date(2024, 12, 31), False), (date(2025, 1, 1), True), (date(2025, 3, 1), True)],
)
def test_residence_goes_by_the_register_on_the_assessment_date(left: date | None, here: bool) -> None:
    record = merged(report(5, 5_000_000), left_on=left)
    assert record["is_resident"] is here
    assert (record["resident_tax"] > 0) is here


def test_the_record_is_the_standard_table() -> None:
    assert pl.DataFrame(merged(report(5, 1_000_000)), schema=ASSESSMENTS.schema).columns == list(
        ASSESSMENTS.schema
    )
