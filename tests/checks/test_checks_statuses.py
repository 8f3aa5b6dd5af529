"""Statuses and the basic deduction: each check on a case that raises it and on a near miss."""

from datetime import date
from typing import Any

import pytest

from tests.checks.conftest import CHILD

pytestmark = pytest.mark.parametrize("wrong", [True, False], ids=["raised", "near_miss"])


def test_a_disability_without_a_certificate(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", self_disability="none" if wrong else "ordinary")
    ward.record("A", self_disability="ordinary")
    ward.asks("F12", wrong, field="self_disability", stated_value="1", expected_value="0")


def test_a_disability_of_last_year_has_vanished(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", self_disability="special" if wrong else "none")
    ward.record("A")
    ward.asks("F12", wrong, field="self_disability", stated_value="0", expected_value="2")


def test_a_disabled_relative_who_is_not_counted(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", n_disabled_ordinary=0 if wrong else 1)
    ward.line("D1", None, disability="ordinary")
    ward.asks("F12", wrong, field="n_disabled_ordinary", stated_value="0", expected_value="1")


def test_a_single_parent_with_a_spouse_in_the_register(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.person("C", household_id="H", relationship="child", birth_date=CHILD)
    name = "A" if wrong else "C"
    ward.report("D1", name)
    ward.line("D1", "X")
    ward.record(name, single_parent=True)
    ward.asks("F13", wrong, field="single_parent", stated_value="1")


def test_a_widow_with_a_child_is_a_single_parent(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    ward.line("D1", None, birth_date=CHILD, relationship="child" if wrong else "parent")
    ward.record("A", widow=True, total_income=2_000_000)
    ward.asks("F13", wrong, field="widow")


def test_a_single_parent_of_last_year_who_does_not_say_so(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    ward.line("D1", None, birth_date=CHILD)
    ward.last("A", single_parent=wrong)
    ward.record("A", total_income=2_000_000)
    ward.asks("F13", wrong, field="single_parent", stated_value="0")


def test_a_widow_above_five_million(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.record("A", widow=True, total_income=5_000_001 if wrong else 5_000_000)
    ward.asks("F13", wrong, field="widow")


def test_a_student_who_worked_too_much(ward: Any, wrong: bool) -> None:
    ward.person("A", birth_date=date(2004, 4, 4))
    income = 750_001 if wrong else 750_000
    ward.record("A", working_student=True, salary_income=income, total_income=income)
    ward.asks("F14", wrong, field="working_student", stated_value="750001", expected_value="750000")


def test_a_minor_who_came_of_age(ward: Any, wrong: bool) -> None:
    ward.person("A", birth_date=date(2007, 1, 2) if wrong else date(2007, 1, 3))
    ward.record("A", minor=True)
    ward.asks("F14", wrong, field="minor", stated_value="1", expected_value="0")


def test_two_incomes_that_together_cost_the_basic_deduction(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 25_000_000, salary_income=23_050_000)
    ward.pension("D2", "A")
    ward.record("A", total_income=24_000_001 if wrong else 24_000_000)
    ward.asks("F20", wrong, field="basic_deduction", stated_value="24000001", expected_value="24000000")
