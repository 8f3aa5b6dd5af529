"""Premiums, expenses, loans, gifts, collection: each check on a case that raises it and on a near miss."""

from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("wrong", [True, False], ids=["raised", "near_miss"])


def test_a_return_with_less_insurance_than_the_reports(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", social_insurance=600_000)
    ward.filed("D2", "A", salary_revenue=4_000_000, social_insurance=599_999 if wrong else 650_000)
    ward.asks("D01", wrong, field="social_insurance", stated_value="599999", expected_value="600000")


def test_a_return_with_the_insurance_of_a_pension_twice(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.pension("D1", "A", social_insurance=90_000)
    ward.filed("D2", "A", pension_revenue=2_000_000, social_insurance=180_000 if wrong else 181_000)
    ward.asks("D01", wrong, stated_value="180000", expected_value="90000")


def test_a_life_deduction_that_is_not_of_its_premiums(ward: Any, wrong: bool) -> None:
    ward.person("A")
    # 60,000 / 4 + 20,000 of the income tax; 28,000 of the resident tax.
    ward.report("D1", "A", new_life_premium=60_000, life_insurance=30_000 if wrong else 35_000)
    ward.record("A", life_insurance=28_000)
    ward.asks("D02", wrong, field="life_insurance", stated_value="30000", expected_value="35000")


def test_a_life_deduction_without_premiums(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", life_insurance=40_000, care_premium=None if wrong else 90_000)
    ward.record("A", life_insurance=40_000 if wrong else 28_000)
    ward.asks("D02", wrong, field="life_insurance", stated_value="40000", expected_value=None)


def test_a_spouses_insurance_on_the_return(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.pension("D1", "A", social_insurance=90_000)
    ward.pension("D2", "B", social_insurance=40_000)
    stated = 130_000 if wrong else 120_000
    ward.filed("D3", "A", pension_revenue=2_000_000, social_insurance=stated)
    ward.asks("D01", wrong, person_id="A", related_person_id="B", stated_value="130000")


def test_a_housing_loan_that_is_gone_since_last_year(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    ward.last("A", housing_loan_credit=80_000 if wrong else 0)
    ward.record("A", taxable_income=1_500_000)
    ward.asks("C01", wrong)


def test_a_recorded_life_deduction_of_the_income_tax(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", new_life_premium=60_000, life_insurance=35_000)
    ward.record("A", life_insurance=35_000 if wrong else 28_000)
    ward.asks("D02", wrong, field="life_insurance", stated_value="35000", expected_value="28000")


def test_an_earthquake_deduction_of_the_whole_premium(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", earthquake_premium=30_000, earthquake_insurance=30_000)
    ward.record("A", earthquake_insurance=30_000 if wrong else 15_000)
    ward.asks("D02", wrong, field="earthquake_insurance", stated_value="30000", expected_value="15000")


def test_medical_expenses_beside_self_medication(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.record("A", total_income=5_000_000, medical_expense=50_000, self_medication=10_000 * wrong)
    ward.asks("D03", wrong, field="medical_expense", stated_value="50000")


def test_self_medication_above_its_cap(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.record("A", total_income=50_000_000, self_medication=88_001 if wrong else 88_000)
    ward.asks("D03", wrong, field="self_medication")


def test_deductions_that_do_not_add_up(ward: Any, wrong: bool) -> None:
    ward.person("A")
    total = 1_080_000 if wrong else 1_100_000
    ward.report("D1", "A", social_insurance=620_000, basic_deduction=480_000, deductions_total=total)
    ward.asks("D04", wrong, stated_value="1080000", expected_value="1100000")


def test_a_return_without_the_earthquake_premium_of_the_report(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", earthquake_insurance=20_000)
    ward.filed("D2", "A", earthquake_insurance=None if wrong else 1)
    ward.asks("D07", wrong, field="earthquake_insurance", stated_value="0", expected_value="20000")


def test_a_housing_credit_above_what_the_income_tax_left(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report(
        "D1",
        "A",
        5_000_000,
        salary_income=3_560_000,
        deductions_total=1_560_000,
        housing_loan_deductible=150_000,
        income_tax_before_credits=102_500,
        housing_move_in_on=date(2018, 6, 1),
    )
    ward.record("A", housing_loan_credit=97_500 if wrong else 47_500)
    ward.asks("C01", wrong, field="housing_loan_credit", stated_value="97500", expected_value="47500")


def test_a_housing_loan_without_the_day_of_moving_in(ward: Any, wrong: bool) -> None:
    ward.person("A")
    day = None if wrong else date(2020, 1, 1)
    loan = {"housing_loan_deductible": 100_000, "income_tax_before_credits": 100_000}
    ward.report("D1", "A", housing_move_in_on=day, **loan)
    ward.record("A")
    ward.asks("C01", wrong, stated_value="0", expected_value="0")


def test_a_notice_beside_a_return_without_the_gift(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.gift("G1", "A", 50_000)
    ward.filed("D1", "A", donation_total=0 if wrong else 50_000)
    if not wrong:
        ward.gift("G2", "A", 50_000, source="return", document_id="D1")
    ward.record("A")
    ward.asks("C02", wrong, field="donation_furusato", stated_value="0", expected_value="50000")


def test_notices_to_six_municipalities(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    for number in range(6):
        recipient = f"city {number if wrong else number % 5}"
        ward.gift(f"G{number}", "A", 10_000, recipient_code=recipient)
    ward.record("A", donation_furusato=60_000)
    ward.asks("C02", wrong, stated_value="6", expected_value="5")


def test_a_notice_that_was_not_taken_in(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    ward.gift("G1", "A", 10_000)
    ward.record("A", donation_furusato=0 if wrong else 10_000)
    ward.asks("C02", wrong, stated_value="0", expected_value="10000")


def test_gifts_that_do_not_add_up_to_the_box(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.filed("D1", "A", donation_total=100_000 if wrong else 60_000)
    ward.gift("G1", "A", 60_000, source="return", document_id="D1")
    ward.record("A", donation_furusato=60_000)
    ward.asks("C03", wrong, field="donation_furusato", stated_value="100000", expected_value="60000")


def test_a_gift_to_the_community_chest_recorded_as_furusato(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.filed("D1", "A", donation_total=30_000)
    ward.gift("G1", "A", 30_000, source="return", document_id="D1", kind="community_chest")
    ward.record("A", donation_other=0 if wrong else 30_000, donation_furusato=30_000 * wrong)
    ward.asks("C03", wrong, field="donation_furusato", stated_value="30000", expected_value="0")


def test_special_collection_by_an_employer_who_was_left(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", left_job_on=date(2024, 10, 1) if wrong else None)
    ward.record("A", special_collection=True)
    ward.asks("T01", wrong, field="special_collection", stated_value="1", expected_value="0")


def test_a_record_that_is_not_what_the_return_states(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.filed("D1", "A", real_estate_income=1_200_000)
    ward.record("A", real_estate_income=120_000 if wrong else 1_200_000)
    ward.asks("T04", wrong, field="real_estate_income", stated_value="120000", expected_value="1200000")


def test_insurance_with_a_digit_too_many(ward: Any, wrong: bool) -> None:
    ward.person("A")
    insurance = 6_000_000 if wrong else 600_000
    ward.report("D1", "A", social_insurance=insurance)
    ward.record("A", salary_revenue=4_000_000, social_insurance=insurance)
    ward.asks("T04", wrong, field="social_insurance", stated_value="6000000")
