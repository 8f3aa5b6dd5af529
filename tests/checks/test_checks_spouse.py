"""Spouses: each check on a case that raises it and on a near miss."""

from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("wrong", [True, False], ids=["raised", "near_miss"])


def test_a_spouse_who_earned_too_much(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.report("D1", "A", spouse_kind="general")
    ward.line("D1", "B", role="spouse", stated_income=450_000)
    ward.record("A", spouse_kind="general")
    ward.record("B", total_income=480_001 if wrong else 480_000)
    ward.asks("F04", wrong, field="spouse_kind", stated_value="450000", expected_value="480001")


def test_a_spouse_special_deduction_of_another_income(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.report("D1", "A")
    ward.line("D1", "B", role="spouse", stated_income=1_000_000)
    ward.record("A", total_income=4_000_000, spouse_special_deduction=330_000)
    ward.record("B", total_income=1_040_000 if wrong else 990_000)
    ward.asks(
        "F05", wrong, field="spouse_special_deduction", stated_value="1000000", expected_value="1040000"
    )


def test_a_spouse_of_seventy(ward: Any, wrong: bool) -> None:
    ward.couple(birth_date=date(1955, 1, 1) if wrong else date(1955, 1, 2))
    ward.report("D1", "A", spouse_kind="general")
    ward.line("D1", "B", role="spouse")
    ward.record("A", spouse_kind="general")
    ward.asks("F05", wrong, field="spouse_kind", stated_value="1", expected_value="2")


def test_a_spouse_named_without_a_deduction(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.report("D1", "A")
    ward.line("D1", "B", role="spouse", stated_income=300_000)
    ward.record("A", total_income=10_000_000 + (not wrong))
    ward.asks("F05", wrong, field="spouse_special_deduction", expected_value="300000")


def test_an_income_above_ten_million_beside_a_spouse(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", salary_income=9_900_000)
    ward.record("A", total_income=10_000_001 if wrong else 10_000_000, spouse_kind="general")
    ward.asks("F06", wrong, field="spouse_kind", stated_value="10000001", expected_value="10000000")


def test_spouses_who_claim_each_other(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.report("D1", "A")
    ward.line("D1", "B", role="spouse")
    ward.report("D2", "B")
    ward.line("D2", "A" if wrong else None, role="spouse")
    found = ward.rows("F07").to_dicts()
    assert [(row["person_id"], row["related_person_id"]) for row in found] == [("A", "B"), ("B", "A")] * wrong


def test_a_spouse_whom_a_child_claims_too(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.person("C", household_id="H", relationship="child")
    ward.report("D1", "A")
    ward.line("D1", "B", role="spouse")
    ward.report("D2", "C")
    ward.line("D2", "B" if wrong else "A", relationship="parent")
    ward.asks("F07", wrong, person_id="A", related_person_id="C")


def test_the_spouse_of_a_trader_with_a_round_salary(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.filed("D1", "A", spouse_kind="general")
    ward.line("D1", "B", role="spouse")
    ward.record("A", business_income=5_000_000, spouse_kind="general")
    ward.report("D2", "B", 960_000 if wrong else 961_000)
    ward.asks("F16", wrong, field="spouse_kind", related_person_id="B", expected_value="960000")


def test_a_return_without_the_spouse_of_the_report(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", spouse_kind="general")
    ward.filed("D2", "A", spouse_kind="none" if wrong else "general")
    ward.asks("F19", wrong, field="spouse_kind", stated_value="0", expected_value="1")


def test_a_spouse_whom_the_register_does_not_have(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", spouse_kind="general")
    ward.line("D1", None, role="spouse", lives_apart=not wrong)
    ward.record("A", spouse_kind="general")
    ward.asks("F23", wrong, field="spouse_kind")
