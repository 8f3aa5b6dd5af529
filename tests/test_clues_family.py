"""Clues about a family: the partner, the couple's children, disability by three sources, the dead."""

from datetime import date

from features.couple import couple
from features.disabled import disabled_relatives
from features.evidence import family_evidence
from features.repairs.sources import Sources, sources
from tadasu.law import Law
from tests.small_ward import ward

Cells = dict[str, object]
YEAR = 2025


def _prepared(**tables: list[Cells]) -> Sources:
    row: Cells = {"row_id": "R1", "tax_year": YEAR, "person_id": "P1", "check_code": "K1"}
    return sources(ward(**{"inconsistencies": [row], **tables}), Law.of(YEAR))


def _resident(person: str, relationship: str, **more: object) -> Cells:
    plain: Cells = {"person_id": person, "household_id": "H1", "relationship": relationship, "sex": "F"}
    return plain | {"birth_date": date(1980, 1, 1)} | more


def _record(person: str, **values: object) -> Cells:
    return {"person_id": person, "tax_year": YEAR, **values}


def test_a_partner_who_died_and_children_within_the_limit_are_seen() -> None:
    """A widow with one child without income and one who earns above the limit."""
    prepared = _prepared(
        residents=[
            _resident("P1", "spouse"),
            _resident("P2", "head", left_on=date(YEAR - 1, 3, 1), left_reason="died"),
            _resident("C1", "child"),
            _resident("C2", "child"),
        ],
        assessments=[_record("P1"), _record("C2", total_income=2_000_000)],
    )
    told = couple(prepared).row(0, named=True)
    assert (told["partner_here"], told["partner_died"], told["partner_left_days"]) == (False, True, 60)
    assert (told["own_children"], told["own_children_over"]) == (1, 1)


def test_disability_is_weighed_by_the_register_and_the_relatives_own_record() -> None:
    """One claim rests on the register, one on the relative's own record, one on nothing; one is left out."""
    claims: list[Cells] = [
        {
            "document_id": "D1",
            "line_no": place,
            "role": "dependent",
            "relationship": "child",
            "dependent_person_id": f"C{place}",
            "disability": "none" if place == 4 else "ordinary",
        }
        for place in range(1, 5)
    ]
    prepared = _prepared(
        residents=[
            _resident("P1", "head"),
            _resident("C1", "child", disability="ordinary"),
            _resident("C2", "child", disability="none"),
            _resident("C3", "child", disability="none"),
            _resident("C4", "child", disability="special"),
        ],
        documents=[
            {
                "document_id": "D1",
                "tax_year": YEAR,
                "person_id": "P1",
                "kind": "tax_return",
                "is_cancelled": False,
            }
        ],
        dependents=claims,
        assessments=[_record("P1"), _record("C2", self_disability="ordinary")],
    )
    told = disabled_relatives(prepared).row(0, named=True)
    assert told == {
        "person": 0,
        "disabled_register": 1,
        "disabled_own": 1,
        "disabled_nobody": 1,
        "disabled_unclaimed": 1,
    }


def test_only_a_death_before_the_income_year_ends_a_claim() -> None:
    """Who died in the income year was a dependant on that day; who died before was not."""
    dead = {"left_reason": "died"}
    prepared = _prepared(
        residents=[
            _resident("P1", "head"),
            _resident("C1", "parent", left_on=date(YEAR - 1, 11, 12), **dead),
            _resident("C2", "parent", left_on=date(YEAR - 3, 1, 12), **dead),
        ],
        documents=[
            {
                "document_id": "D1",
                "tax_year": YEAR,
                "person_id": "P1",
                "kind": "tax_return",
                "is_cancelled": False,
            }
        ],
        dependents=[
            {
                "document_id": "D1",
                "line_no": place,
                "role": "dependent",
                "relationship": "parent",
                "dependent_person_id": f"C{place}",
            }
            for place in (1, 2)
        ],
        assessments=[_record("P1")],
    )
    told = family_evidence(prepared).row(0, named=True)
    assert (told["family_left"], told["family_died_before"]) == (2, 1)
