"""Dependants: each check on a case that raises it and on a near miss."""

from datetime import date
from typing import Any

import pytest

from tests.checks.conftest import CHILD, PARENT

pytestmark = pytest.mark.parametrize("wrong", [True, False], ids=["raised", "near_miss"])


def test_a_child_claimed_by_both_parents(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.person("C", household_id="H", relationship="child", birth_date=CHILD)
    ward.report("D1", "A")
    ward.line("D1", "C")
    ward.report("D2", "B", is_cancelled=not wrong)
    ward.line("D2", "C")
    found = ward.rows("F01").to_dicts()
    assert [(row["person_id"], row["related_person_id"]) for row in found] == [("A", "B"), ("B", "A")] * wrong
    assert {row["field"] for row in found} <= {"n_dependent_general"}


def test_a_parent_whom_the_other_parent_claims_as_spouse(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.person("C", household_id="H", relationship="child")
    ward.report("D1", "A")
    ward.line("D1", "B" if wrong else None, role="spouse")
    ward.report("D2", "C")
    ward.line("D2", "B", relationship="parent")
    ward.asks("F01", wrong, person_id="C", related_person_id="A", document_ids=["D1", "D2"])


def test_a_dependant_who_earned_too_much(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.person("C", relationship="child", birth_date=CHILD)
    ward.report("D1", "A")
    ward.line("D1", "C", stated_income=400_000)
    ward.report("D2", "C")
    ward.record("C", total_income=480_001 if wrong else 480_000)
    ward.asks(
        "F03",
        wrong,
        field="n_dependent_general",
        related_person_id="C",
        stated_value="400000",
        expected_value="480001",
        document_ids=["D1", "D2"],
    )


def test_a_student_counted_in_the_general_class(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", n_dependent_general=1)
    # Nineteen on 31 December counts who is born on 1 January 2006.
    ward.line("D1", None, birth_date=date(2006, 1, 1) if wrong else date(2006, 1, 2))
    ward.asks("F08", wrong, field="n_dependent_general")


def test_a_parent_counted_as_living_together(ward: Any, wrong: bool) -> None:
    ward.person("A")
    home = "elsewhere" if wrong else "HA"
    ward.person("P", household_id=home, relationship="parent", birth_date=PARENT)
    ward.report("D1", "A", n_dependent_elderly_cohabiting=1)
    ward.line("D1", "P", relationship="parent")
    ward.asks(
        "F09",
        wrong,
        field="n_dependent_elderly_cohabiting",
        related_person_id="P",
        stated_value="1",
        expected_value="0",
    )


def test_a_child_that_the_count_leaves_out(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", n_dependent_under16=1 if wrong else 2)
    for _ in range(2):
        ward.line("D1", None, role="under16", birth_date=date(2015, 5, 5))
    ward.asks("F10", wrong, field="n_dependent_under16", stated_value="1", expected_value="2")


def test_a_return_that_leaves_out_the_child_on_the_report(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", n_dependent_under16=1)
    ward.filed("D2", "A", n_dependent_under16=None if wrong else 1)
    if not wrong:
        ward.line("D2", None, role="under16", birth_date=date(2015, 5, 5))
    ward.asks("F10", wrong, stated_value="0", expected_value="1", document_ids=["D1", "D2"])


def test_the_deduction_for_a_student_who_earned_more_than_stated(ward_2026: Any, wrong: bool) -> None:
    ward = ward_2026
    ward.person("A")
    ward.person("C", relationship="child", birth_date=date(2005, 5, 5))
    ward.report("D1", "A")
    ward.line("D1", "C", stated_income=900_000)
    ward.record("A", specified_relative_special=450_000)
    ward.record("C", total_income=1_020_000 if wrong else 940_000)
    ward.asks(
        "F11", wrong, field="specified_relative_special", stated_value="450000", expected_value="1020000"
    )


def test_more_dependants_than_names(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", n_dependent_general=2 if wrong else 1)
    ward.line("D1", None, birth_date=CHILD)
    ward.asks("F15", wrong, field="n_dependent_general", stated_value="2", expected_value="1")


def test_a_brother_abroad_of_forty(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    # Thirty is reached on the eve of the birthday.
    ward.line("D1", None, birth_date=date(1995, 1, 1) if wrong else date(1995, 1, 2), lives_abroad=True)
    ward.asks("F17", wrong, field="n_dependent_general", document_ids=["D1"])


def test_a_relative_at_home_whom_the_register_does_not_have(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A")
    ward.line("D1", None, birth_date=CHILD, lives_apart=not wrong)
    ward.asks("F18", wrong, document_ids=["D1"])


def test_a_child_whom_nobody_claims_any_more(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.person("C", household_id="HA", relationship="child", birth_date=date(2009, 1, 2 - (not wrong)))
    ward.last("A", n_dependent_under16=1)
    ward.record("A")
    ward.asks("F21", wrong, field="n_dependent_under16", related_person_id="C", expected_value="1")


def test_a_newborn_whom_nobody_claims(ward: Any, wrong: bool) -> None:
    ward.person("A")
    born = date(2024, 8, 1) if wrong else date(2023, 8, 1)
    ward.person("C", household_id="HA", relationship="child", birth_date=born, resident_since=born)
    ward.record("A")
    ward.asks("F21", wrong, related_person_id="C", stated_value="0", expected_value="1")


def test_a_new_dependant_elsewhere(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", n_dependent_elderly=0 if wrong else 1)
    ward.report("D1", "A", n_dependent_elderly=1)
    ward.line("D1", None, birth_date=PARENT, relationship="parent", lives_apart=True)
    ward.record("A", n_dependent_elderly=1)
    ward.asks("F18", wrong)


def test_a_parent_who_moved_away_before_the_new_year(ward: Any, wrong: bool) -> None:
    ward.person("A")
    gone = date(2024, 12, 31) if wrong else date(2025, 1, 1)
    ward.person("P", birth_date=PARENT, left_on=gone, left_reason="moved")
    ward.report("D1", "A")
    ward.line("D1", "P", relationship="parent")
    ward.asks("F22", wrong, field="n_dependent_elderly_cohabiting", related_person_id="P")
