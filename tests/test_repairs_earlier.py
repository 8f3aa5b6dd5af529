"""Repairs that rest on earlier years' papers, and on what the two taxes' schedules have in common."""

from datetime import date

import polars as pl

from tadasu.law import Law
from tests.small_ward import YEAR, Cells, proposed, record, report, row, ward

MOVED_IN = date(2018, 4, 1)


def _loan(person: str, year: int, deductible: int | None, **more: object) -> Cells:
    paper = report(f"D{person}{year}", housing_loan_deductible=deductible) | {"person_id": person}
    return paper | {"housing_move_in_on": MOVED_IN if deductible else None} | more


def test_a_loan_that_is_left_out_goes_on_as_loans_as_old_do() -> None:
    """Loans as old fell by a tenth: 200,000 is 180,000 this year, less the income tax of 120,000."""
    others = [(f"Q{number}", 100_000 + 20_000 * number) for number in range(6)]
    own = _loan("P1", YEAR, None, salary_income=4_000_000, deductions_total=1_500_000)
    tables = ward(
        inconsistencies=[
            row("housing_loan_credit"),
            *(row(None) | {"row_id": f"R{name}", "person_id": name} for name, _ in others),
        ],
        documents=[
            own | {"income_tax_before_credits": 120_000},
            *(_loan(name, YEAR, amount * 9 // 10) for name, amount in others),
        ],
        assessments=record(housing_loan_credit=0),
    )
    before = ward(
        documents=[
            _loan("P1", YEAR - 1, 200_000),
            *(_loan(name, YEAR - 1, amount) for name, amount in others),
        ]
    )
    found = proposed(tables, {YEAR - 1: before})
    amounts = {changes[0][1] for changes in found if changes[0][0] == "housing_loan_credit"}
    assert {"59900", "60000", "60100"} <= amounts
    assert "60000" not in {changes[0][1] for changes in proposed(tables)}


def _pension(person: str, payer: str, amount: int) -> Cells:
    paper = report(f"D{person}{payer}", kind="pension_report", pension_revenue=amount, payer_id=payer)
    return paper | {"person_id": person}


def test_a_pension_that_never_changes_is_put_back_to_what_it_was() -> None:
    """A corporate pension stays as it is: 700,000 after 500,000 is odd; the public one is revised yearly."""
    others = [f"Q{number}" for number in range(6)]
    tables = ward(
        inconsistencies=[
            row("pension_revenue"),
            *(row(None) | {"row_id": f"R{name}", "person_id": name} for name in others),
        ],
        documents=[
            _pension("P1", "CORPORATE", 700_000),
            _pension("P1", "PUBLIC", 1_010_000),
            *(_pension(name, payer, amount) for name in others for payer, amount in _both(1_010_000)),
        ],
        assessments=record(pension_revenue=1_710_000),
    )
    before = ward(
        documents=[
            _pension("P1", "CORPORATE", 500_000),
            _pension("P1", "PUBLIC", 1_000_000),
            *(_pension(name, payer, amount) for name in others for payer, amount in _both(1_000_000)),
        ]
    )
    added = proposed(tables, {YEAR - 1: before}) - proposed(tables)
    assert (("pension_revenue", "1510000"),) in added
    assert (("pension_revenue", "1700000"),) not in added


def _both(public: int) -> tuple[tuple[str, int], ...]:
    return (("CORPORATE", 300_000), ("PUBLIC", public))


def test_where_the_schedules_run_parallel_the_split_of_the_premiums_does_not_matter() -> None:
    """30,000 and 50,000 of two new contracts: 4,000 and 6,000 less in the resident tax, however split."""
    law = Law.of(YEAR)
    premiums = (pl.lit(30_000), pl.lit(0), pl.lit(50_000), pl.lit(0), pl.lit(0))
    right = pl.select(law.life_insurance(*premiums)).item()
    stated = right + 4_000 + 6_000
    tables = ward(
        inconsistencies=[row("life_insurance")],
        documents=[report("D1", life_insurance=stated)],
        assessments=record(life_insurance=stated),
    )
    assert (("life_insurance", str(right)),) in proposed(tables)
    far = [{"person_id": "P1", "tax_year": YEAR - 1, "life_insurance": 20_000}]
    assert (("life_insurance", str(right)),) not in proposed(tables | {"previous_assessments": _last(far)})


def _last(lines: list[Cells]) -> pl.DataFrame:
    return ward(previous_assessments=lines)["previous_assessments"]


def test_a_small_salary_is_mended_by_the_employment_insurance() -> None:
    """45,379 with 1,306 withheld, where others pay .3 %, lacks a digit: 435,379."""
    others = [
        report(f"E{number}", salary_revenue=pay, social_insurance=pay * 3 // 1000)
        | {"person_id": f"Q{number}"}
        for number, pay in enumerate((400_000, 600_000, 800_000))
    ]
    tables = ward(
        inconsistencies=[
            row("salary_revenue"),
            *(row(None) | {"row_id": f"R9{number}", "person_id": f"Q{number}"} for number in range(3)),
        ],
        documents=[report("D1", salary_revenue=45_379, social_insurance=1_306), *others],
        assessments=record(salary_revenue=45_379),
    )
    assert (("salary_revenue", "435379"),) in proposed(tables)


def test_one_paper_of_many_can_be_the_only_one_of_the_person() -> None:
    """Six reports, five of them of others with the number: each alone is proposed with its insurance."""
    reports = [
        report(f"D{number}", salary_revenue=1_000_000 + 111_111 * number, social_insurance=10_000 + number)
        for number in range(6)
    ]
    total = sum(range(6))
    tables = ward(
        inconsistencies=[row("salary_revenue")],
        documents=reports,
        assessments=record(salary_revenue=6_000_000 + 111_111 * total, social_insurance=60_000 + total),
    )
    assert (("salary_revenue", "1333333"), ("social_insurance", "10003")) in proposed(tables)


def test_a_return_that_left_out_a_report_and_its_insurance_is_mended_in_both() -> None:
    """The return has one report's salary and the insurance paid oneself: the rest of both is added."""
    tables = ward(
        inconsistencies=[row("salary_revenue")],
        documents=[
            report("D1", salary_revenue=2_000_000, social_insurance=300_000),
            report("D2", salary_revenue=1_500_000, social_insurance=200_000),
            report("D3", kind="tax_return", salary_revenue=2_000_000, social_insurance=250_000),
        ],
        assessments=record(salary_revenue=2_000_000, social_insurance=250_000),
    )
    assert (("salary_revenue", "3500000"), ("social_insurance", "750000")) in proposed(tables)


def test_the_adjustment_follows_the_salary_that_a_report_states() -> None:
    """The record counts a previous employer twice; the adjustment is right for the report's 8,861,000."""
    tables = ward(
        inconsistencies=[row("income_adjustment")],
        documents=[report("D1", salary_revenue=8_861_000)],
        assessments=record(salary_revenue=11_001_875, income_adjustment=0),
    )
    assert (("income_adjustment", "36100"),) in proposed(tables)


def test_medical_expenses_push_the_self_medication_deduction_out() -> None:
    """Nobody has both: where the amount is put right the other deduction goes (租税特別措置法41条の17)."""
    tables = ward(
        inconsistencies=[row("medical_expense")],
        documents=[
            report("D1", kind="tax_return", medical_expense=125_681, self_medication=32_406),
        ],
        assessments=record(medical_expense=87_977, self_medication=32_406),
    )
    assert (("medical_expense", "125681"), ("self_medication", "0")) in proposed(tables)


def test_two_incomes_can_have_changed_places_on_a_row_about_the_change_from_last_year() -> None:
    """Business and real estate exchanged: the row names the salary, which it is not about."""
    tables = ward(
        inconsistencies=[row("salary_revenue")],
        assessments=record(business_income=772_280, real_estate_income=1_305_000),
    )
    assert (("business_income", "1305000"), ("real_estate_income", "772280")) in proposed(tables)
