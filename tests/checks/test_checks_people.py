"""Whose paper it is, who is taxed here: each check on a case that raises it and on a near miss."""

from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("wrong", [True, False], ids=["raised", "near_miss"])


def test_a_paper_with_the_birth_date_of_another_member_of_the_household(ward: Any, wrong: bool) -> None:
    ward.couple(birth_date=date(1982, 2, 2))
    ward.report("D1", "A", birth_date=date(1982, 2, 2) if wrong else date(1980, 5, 5))
    ward.asks(
        "N02",
        wrong,
        field="salary_revenue",
        stated_value="1982-02-02",
        expected_value="1980-05-05",
        related_person_id="B",
        document_ids=["D1"],
    )


def test_recorded_as_resident_who_moved_away_last_summer(ward: Any, wrong: bool) -> None:
    ward.person("A", left_on=date(2024, 7, 1), left_reason="moved")
    ward.record("A", is_resident=wrong)
    ward.asks("N03", wrong, field="is_resident", stated_value="1", expected_value="0")


def test_a_move_close_to_the_assessment_date(ward: Any, wrong: bool) -> None:
    ward.person("A", resident_since=date(2024, 12, 20) if wrong else date(2024, 12, 1))
    ward.record("A")
    ward.asks("N03", wrong, expected_value="1")


def test_a_child_born_at_new_year_has_not_moved(ward: Any, wrong: bool) -> None:
    ward.person("A", birth_date=date(2024, 12, 28), resident_since=date(2024, 12, 28 + wrong))
    ward.record("A")
    ward.asks("N03", wrong)


def test_papers_of_somebody_whom_the_register_does_not_have(ward: Any, wrong: bool) -> None:
    if not wrong:
        ward.person("A")
    ward.report("D1", "A")
    ward.record("A")
    ward.asks("N04", wrong, field="is_resident")


def test_who_died_in_the_income_year_is_recorded_as_resident(ward: Any, wrong: bool) -> None:
    ward.person("A", left_on=date(2024, 11, 3), left_reason="died")
    ward.record("A", is_resident=wrong)
    ward.asks("N05", wrong, stated_value="2024-11-03", expected_value="2025-01-01")


def test_who_died_in_january_is_taxed_and_asked_about(ward: Any, wrong: bool) -> None:
    ward.person("A", left_on=date(2025, 1, 9) if wrong else date(2025, 2, 9), left_reason="died")
    ward.record("A")
    ward.asks("N05", wrong)


def test_two_reports_of_one_employer(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 4_000_000, payer_id="X")
    ward.report("D2", "A", 4_100_000, payer_id="X" if wrong else "Y")
    ward.asks("N06", wrong, field="salary_revenue", stated_value="4100000", document_ids=["D1", "D2"])


def test_the_same_figures_from_two_branches(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.report("D1", "A", 4_000_000, social_insurance=600_000)
    ward.report("D2", "A", 4_000_000, social_insurance=600_000 if wrong else 600_001)
    ward.asks("N06", wrong, stated_value="4000000", expected_value="4000000")


def test_a_corrected_report_replaces_the_first(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.pension("D1", "A", payer_id="X")
    ward.pension("D2", "A", payer_id="X", supersedes=None if wrong else "D1")
    ward.asks("N06", wrong, field="pension_revenue")


def test_a_taxpayer_of_last_year_without_papers(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.last("A", salary_revenue=3_000_000, resident_tax=100_000 if wrong else 0)
    ward.asks("N07", wrong, field="salary_revenue", expected_value="3000000", document_ids=[])


def test_who_is_claimed_this_year_needs_no_papers(ward: Any, wrong: bool) -> None:
    ward.couple()
    ward.last("B", salary_revenue=3_000_000, resident_tax=100_000)
    ward.report("D1", "A", spouse_kind="general")
    ward.line("D1", None if wrong else "B", role="spouse", relationship="spouse")
    ward.asks("N07", wrong)


def test_taxable_income_beside_public_assistance(ward: Any, wrong: bool) -> None:
    ward.person("A", public_assistance=True)
    ward.record("A", total_income=900_000, income_levy_before_credits=40_000 if wrong else 0)
    ward.asks("N08", wrong, stated_value="900000")


def test_a_tax_return_and_a_resident_return(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.filed("D1", "A")
    ward.paper("D2", "A", "resident_return", is_cancelled=not wrong)
    ward.asks("N09", wrong, stated_value="2", document_ids=["D1", "D2"])


def test_a_report_received_after_the_merge(ward: Any, wrong: bool) -> None:
    ward.person("A")
    ward.merged_on = date(2025, 4, 1)
    ward.report("D1", "A", received_on=date(2025, 4, 2) if wrong else date(2025, 4, 1))
    ward.asks("N12", wrong, field="salary_revenue", expected_value="4000000")
