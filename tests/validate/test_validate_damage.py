"""Each kind of damage to an extract is found by the expectation meant for it, and by no accident before."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.expectations import EXPECTATIONS
from pipelines.expectations.columns import columns_of
from pipelines.expectations.declare import Limits, Scope

NEWEST = 2026
Damage = Callable[..., None]
Unexpected = Callable[..., int]


@pytest.mark.parametrize(
    ("expectation", "changes"),
    [
        ("residents.birth_plausible", {"birth_date": date(1880, 1, 1)}),
        ("residents.birth_stays", {"birth_date": date(1981, 1, 2)}),
        ("residents.one_head", {"relationship": "child"}),
        ("residents.left_with_reason", {"left_on": date(2025, 3, 1)}),
        ("residents.left_after_arrival", {"left_on": date(2019, 3, 1), "resident_since": date(2020, 1, 1)}),
        ("residents.coded", {"sex": "X"}),
        ("documents.person_known", {"person_id": "nobody"}),
        ("documents.birth_agrees", {"birth_date": date(1980, 2, 1)}),
        ("documents.payer_filled", {"payer_id": None}),
        ("documents.revenue_stated", {"salary_revenue": None}),
        ("documents.received_plausible", {"received_on": date(2016, 1, 30)}),
        ("documents.amended_known", {"supersedes": "gone"}),
        ("documents.amended_own", {"supersedes": "D2026-P003"}),
        ("documents.amended_own", {"supersedes": "D2026-P000"}),
        ("documents.salary_in_yen", {"salary_revenue": 5_000}),
        ("documents.salary_income_within", {"salary_income": 5_000_001}),
        ("documents.not_negative", {"medical_expense": -1}),
        ("documents.amount_plausible", {"business_income": -10_000_000_001}),
        ("documents.count_plausible", {"n_dependent_general": 21}),
        ("documents.year_agrees", {"tax_year": 2025}),
        ("dependents.document_known", {"document_id": "gone"}),
        ("dependents.person_known", {"dependent_person_id": "nobody"}),
        ("dependents.not_oneself", {"dependent_person_id": "P000"}),
        ("dependents.birth_plausible", {"birth_date": date(2026, 1, 1)}),
        ("dependents.coded", {"role": "cousin"}),
        ("donations.person_known", {"person_id": "nobody"}),
        ("donations.document_known", {"document_id": "gone"}),
        ("donations.document_own", {"document_id": "D2026-P003"}),
        ("donations.document_by_source", {"source": "return"}),
        ("donations.not_negative", {"amount": -1}),
        ("assessments.document_exists", {"person_id": "nobody"}),
        ("assessments.seen_before", {"person_id": "nobody"}),
        ("assessments.tax_adds_up", {"resident_tax": 195_001}),
        ("assessments.taxable_within", {"taxable_income": 3_560_001}),
        ("previous_assessments.year_agrees", {"tax_year": 2026}),
        ("previous_assessments.person_known", {"person_id": "nobody"}),
        ("inconsistencies.person_known", {"person_id": "nobody"}),
        ("inconsistencies.record_known", {"person_id": "nobody"}),
        ("inconsistencies.documents_known", {"document_ids": "D2026-P000;gone"}),
        ("inconsistencies.documents_of_case", {"document_ids": "D2026-P000;D2026-P003"}),
        ("inconsistencies.related_known", {"related_person_id": "nobody"}),
        ("inconsistencies.detected_in_year", {"detected_on": date(2025, 12, 31)}),
        ("inconsistencies.filled", {"check_code": None}),
    ],
)  # fmt: skip
def test_damage_is_found(
    damage: Damage, unexpected: Unexpected, expectation: str, changes: dict[str, Any]
) -> None:
    assert unexpected(expectation) == 0
    damage(NEWEST, expectation.split(".")[0], changes)
    assert unexpected(expectation) == 1


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("row_known", {"row_id": "gone"}),
        ("correction_stated", {"new_value": None}),
        ("not_twice", {"row_id": "R2025-P001", "action_no": 2}),
        ("old_as_recorded", {"old_value": "650000"}),
        ("changes_something", {"new_value": "700000"}),
        ("new_legal", {"new_value": "-650000"}),
        ("new_legal", {"field": "spouse_kind", "new_value": "2"}),
        ("new_legal", {"field": "one_stop", "new_value": "1"}),
        ("field_entered", {"field": "basic_deduction"}),
        ("document_known", {"document_id": "gone"}),
        ("after_detection", {"decided_on": date(2025, 4, 7)}),
        ("time_plausible", {"work_seconds": 90_000}),
    ],
)
def test_damage_to_labels_is_found(
    damage: Damage, unexpected: Unexpected, name: str, changes: dict[str, Any]
) -> None:
    assert unexpected(f"corrections.{name}", NEWEST - 1) == 0
    damage(NEWEST - 1, "corrections", changes)
    assert unexpected(f"corrections.{name}", NEWEST - 1) == 1


def test_what_is_not_recorded_counts_as_none(damage: Damage, unexpected: Unexpected) -> None:
    changes = {"field": "spouse_kind", "old_value": "none", "new_value": "general"}
    damage(NEWEST - 1, "corrections", changes)
    assert unexpected("corrections.old_as_recorded", NEWEST - 1) == 0


def test_an_inquiry_may_come_before_either_verdict(damage: Damage, unexpected: Unexpected) -> None:
    damage(NEWEST - 1, "corrections", {"outcome": "inquiry", "field": None, "new_value": None})
    assert unexpected("corrections.one_verdict", NEWEST - 1) == 0
    damage(NEWEST - 1, "corrections", {"outcome": "no_change", "row_id": "R2025-P001"})
    assert unexpected("corrections.one_verdict", NEWEST - 1) == 2


def test_documents_of_the_related_person_belong_to_the_case(damage: Damage, unexpected: Unexpected) -> None:
    changes = {"document_ids": "D2026-P000; D2026-P003", "related_person_id": "P003"}
    damage(NEWEST, "inconsistencies", changes)
    assert unexpected("inconsistencies.documents_of_case") == 0
    assert unexpected("inconsistencies.documents_known") == 0


def test_what_is_plausible_is_a_setting(ward: dict[int, dict[str, pl.DataFrame]]) -> None:
    expected = next(e for e in EXPECTATIONS["assessments"] if e.name == "amount_plausible")
    for limits, count in ((Limits(), 0), (Limits(amount=4_999_999), 20)):
        scope = Scope("assessments", NEWEST, ward[NEWEST], None, limits)
        flag = scope.rows.select(columns_of(expected, scope))[expected.name]
        assert (flag == 0).sum() == count
