"""Salary, pensions, other incomes: each check on a case that raises it and on a near miss."""

from datetime import date
from typing import Any

import pytest

from tadasu.checks import limits

pytestmark = pytest.mark.parametrize("wrong", [True, False], ids=["raised", "near_miss"])


def test_a_return_that_forgets_a_second_job(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 3_000_000)
    ward.report("D2", "A", 500_000, withholding_column="other", year_end_adjusted=False)
    ward.filed("D3", "A", salary_revenue=3_000_000 if wrong else 3_500_000)
    ward.asks(
        "S01",
        wrong,
        field="salary_revenue",
        stated_value="3000000",
        expected_value="3500000",
        document_ids=["D1", "D2", "D3"],
    )


def test_a_return_counts_a_previous_employer_once(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 1_000_000, payer_id="old", left_job_on=date(2024, 5, 31), year_end_adjusted=False)
    named = None if wrong else "old"
    ward.report("D2", "A", 4_000_000, previous_salary_revenue=1_000_000, previous_payer_id=named)
    ward.filed("D3", "A", salary_revenue=4_000_000)
    ward.asks("S01", wrong, expected_value="5000000")


def test_a_previous_employer_without_a_name(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 1_000_000, payer_id="old", year_end_adjusted=False)
    named = None if wrong else "old"
    ward.report("D2", "A", 4_000_000, previous_salary_revenue=1_000_000, previous_payer_id=named)
    ward.asks("S02", wrong, stated_value="1000000", expected_value="1000000", document_ids=["D1", "D2"])


def test_a_previous_employer_with_another_amount(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 1_000_000 + 90_000 * wrong, payer_id="old", year_end_adjusted=False)
    ward.report("D2", "A", 4_000_000, previous_salary_revenue=1_000_000, previous_payer_id="old")
    ward.asks("S02", wrong, stated_value="1000000", expected_value="1090000")


def test_most_of_the_pay_is_the_previous_employers(ward: Any, wrong: bool) -> None:
    ward.person("A")
    told = 50_000 * limits().previous_percent + wrong
    ward.report("D1", "A", told, payer_id="old", year_end_adjusted=False)
    ward.report("D2", "A", 5_000_000, previous_salary_revenue=told, previous_payer_id="old")
    ward.asks("S02", wrong, stated_value=str(told), expected_value=str(told))


def test_a_job_left_whose_pay_the_next_employer_did_not_take_in(ward: Any, wrong: bool) -> None:
    ward.person("A")
    pay = limits().left_least - (not wrong)
    ward.report("D1", "A", pay, payer_id="old", left_job_on=date(2024, 4, 1), year_end_adjusted=False)
    ward.report("D2", "A", 3_000_000)
    ward.asks("S03", wrong)


def test_a_job_left_whose_pay_the_next_employer_took_in(ward: Any, wrong: bool) -> None:
    ward.person("A")
    pay, told = limits().left_least, None if wrong else limits().left_least
    ward.report("D1", "A", pay, payer_id="old", left_job_on=date(2024, 4, 1), year_end_adjusted=False)
    ward.report("D2", "A", 3_000_000, previous_salary_revenue=told, previous_payer_id=told and "old")
    ward.asks("S03", wrong)


def test_two_main_employers(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    ward.report(
        "D2", "A", 2_000_000, withholding_column="main" if wrong else "other", year_end_adjusted=wrong
    )
    ward.record("A", salary_revenue=6_000_000)
    ward.asks("S03", wrong, stated_value="6000000")


def test_a_side_job_alone(ward: Any, wrong: bool) -> None:
    ward.person("A")
    column = "other" if wrong else "main"
    ward.report("D1", "A", withholding_column=column, year_end_adjusted=False)
    ward.asks("S03", wrong)


def test_a_salary_income_that_is_not_the_laws(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 4_000_000, salary_income=2_670_000 if wrong else 2_760_000)
    ward.asks("S04", wrong, field="salary_income", stated_value="2670000", expected_value="2760000")


def test_the_adjustment_of_a_high_salary_without_a_relative(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.person("C", household_id="HA", relationship="child", birth_date=date(2004, 5, 5))
    ward.report("D1", "A", 11_000_000, n_dependent_specified=1)
    if not wrong:
        ward.line("D1", "C", birth_date=date(2004, 5, 5))
    ward.record("A", salary_revenue=11_000_000, income_adjustment=150_000)
    ward.asks("S05", wrong, field="income_adjustment", stated_value="150000", expected_value="0")


def test_both_parents_of_one_household_have_the_adjustment_for_a_child(ward: Any, wrong: bool) -> None:
    ward.couple(household_id="elsewhere" if wrong else "H")
    ward.report("D1", "A", 12_000_000, n_dependent_specified=1)
    ward.line("D1", None, birth_date=date(2004, 5, 5))
    ward.report("D2", "B", 12_000_000)
    for name in ("A", "B"):
        ward.record(name, salary_revenue=12_000_000, income_adjustment=150_000)
    ward.asks("S05", wrong, person_id="B", stated_value="150000", expected_value="0")


def test_the_adjustment_beside_a_pension_is_missing(ward: Any, wrong: bool) -> None:
    ward.person("A", birth_date=date(1955, 1, 1))
    amounts = {"salary_income": 1_000_000, "pension_income": 500_000}
    ward.record("A", income_adjustment=0 if wrong else 100_000, **amounts)
    ward.asks("S06", wrong, stated_value="0", expected_value="100000")


def test_a_job_without_year_end_adjustment_and_no_return(ward: Any, wrong: bool) -> None:
    ward.person("A")
    pay, left = limits().unadjusted_least, None if wrong else date(2024, 9, 30)
    ward.report("D1", "A", pay, year_end_adjusted=False, left_job_on=left)
    ward.record("A", salary_revenue=pay, taxable_income=2_000_000)
    ward.asks("S09", wrong, stated_value=str(pay))


def test_a_report_with_deductions_and_without_the_mark_of_adjustment(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", year_end_adjusted=False, deductions_total=1_000_000 if wrong else None)
    ward.record("A", salary_revenue=4_000_000, taxable_income=2_000_000)
    ward.asks("S09", wrong, stated_value="4000000")


def test_a_return_that_forgets_a_pension(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.pension("D1", "A", 1_500_000)
    ward.pension("D2", "A", 300_000)
    ward.filed("D3", "A", pension_revenue=1_500_000 if wrong else 1_800_000)
    ward.asks("P01", wrong, field="pension_revenue", stated_value="1500000", expected_value="1800000")


def test_a_pension_income_of_the_wrong_age(ward: Any, wrong: bool) -> None:
    # 65 is reached by who is born on 1 January 1960, the eve of the birthday counting.
    ward.person("A", birth_date=date(1960, 1, 1) if wrong else date(1960, 1, 2))
    ward.record("A", pension_revenue=2_000_000, pension_income=1_225_000)
    ward.asks("P02", wrong, stated_value="1225000", expected_value="900000")


def test_a_pension_that_stays_away(ward: Any, wrong: bool) -> None:
    ward.person("A", birth_date=date(1950, 3, 3))
    ward.last("A", pension_revenue=1_900_000)
    ward.record("A", salary_revenue=800_000, pension_revenue=1_329_999 + (not wrong))
    ward.asks("P03", wrong, stated_value="1329999", expected_value="1900000")


def test_a_salary_ten_times_last_years(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", salary_revenue=4_000_000)
    ward.record("A", salary_revenue=4_000_000 * limits().change_ratio - (not wrong))
    ward.asks("I01", wrong, field="salary_revenue", expected_value="4000000")


def test_a_first_job_is_no_jump(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", salary_revenue=400_000 if wrong else 0)
    ward.record("A", salary_revenue=4_000_000)
    ward.asks("I01", wrong)


def test_a_levy_credit_above_five_percent_of_the_dividends(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.filed("D1", "A", dividend_income=100_001, dividend_levy_credit=5_001)
    ward.record("A", dividend_income=100_001 - wrong * 1_000, dividend_levy_credit=5_001)
    ward.asks("I02", wrong, field="dividend_levy_credit", stated_value="5001", expected_value="4951")


def test_business_of_last_year_has_become_miscellaneous(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", business_income=2_000_000, other_misc_income=0 if wrong else 10_000)
    ward.record("A", other_misc_income=2_100_000)
    ward.asks("I03", wrong, stated_value="0", expected_value="2100000")


def test_a_total_income_that_does_not_add_up(ward: Any, wrong: bool) -> None:
    ward.person("A")
    incomes = {"business_income": 3_000_000, "real_estate_income": -400_000}
    ward.filed("D1", "A", total_income=3_000_000 if wrong else 2_600_000, **incomes)
    ward.asks("I04", wrong, stated_value="3000000", expected_value="2600000")


def test_a_loss_carried_forward_from_nowhere(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", business_income=100_000 if wrong else -700_000)
    ward.record("A", loss_carryforward=700_000)
    ward.asks("I05", wrong, stated_value="700000", expected_value="0")
