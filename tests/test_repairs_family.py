"""Repairs of a family as a whole: several relatives, their disabilities, those nobody claims."""

from datetime import date

from tests.small_ward import YEAR, Cells, proposed, record, report, row, ward

HOME = {"household_id": "H1"}
HEAD: Cells = {"person_id": "P1", "relationship": "head", "birth_date": date(1980, 5, 5)} | HOME
SPOUSE: Cells = {"person_id": "P2", "relationship": "spouse", "birth_date": date(1982, 5, 5)} | HOME
YOUNG, OLDER = date(2015, 5, 5), date(2007, 5, 5)


def _child(name: str, born: date, **more: object) -> Cells:
    return {"person_id": name, "relationship": "child", "birth_date": born} | HOME | more


def _claim(line: int, name: str | None, born: date, role: str = "dependent", **more: object) -> Cells:
    plain: Cells = {"document_id": "D1", "line_no": line, "role": role, "relationship": "child"}
    return plain | {"dependent_person_id": name, "birth_date": born} | more


def test_children_whom_nobody_claims_are_taken_in_with_their_disability() -> None:
    """Two children of the household, one of them disabled by the ward's register: all at once."""
    tables = ward(
        inconsistencies=[row("n_dependent_under16")],
        residents=[HEAD, _child("P3", YOUNG, disability="ordinary"), _child("P4", OLDER)],
        documents=[report("D1", salary_revenue=4_000_000)],
        assessments=record(total_income=2_800_000),
    )
    taken_in = (("n_dependent_general", "1"), ("n_dependent_under16", "1"), ("n_disabled_ordinary", "1"))
    assert taken_in in proposed(tables)


def test_disabilities_go_back_to_last_years() -> None:
    """A certificate does not lapse from one year to the next: last year's counts as a whole."""
    last = {"person_id": "P1", "tax_year": YEAR - 1, "n_disabled_ordinary": 1}
    tables = ward(
        inconsistencies=[row("n_dependent_general")],
        residents=[HEAD],
        documents=[report("D1", n_disabled_special=1)],
        assessments=record(n_disabled_special=1, n_dependent_general=1),
        previous_assessments=[last],
    )
    assert (("n_disabled_ordinary", "1"), ("n_disabled_special", "0")) in proposed(tables)


def test_a_relative_keeps_the_claim_and_loses_the_disability_beside_the_spouse_s_repair() -> None:
    """The spouse earns too much, and the child's disability is on no register: both in one repair."""
    own = {"spouse_kind": "general", "n_disabled_ordinary": 1, "total_income": 9_600_000}
    tables = ward(
        inconsistencies=[row("spouse_kind", related_person_id="P2")],
        residents=[HEAD, SPOUSE, _child("P3", YOUNG)],
        documents=[report("D1", spouse_kind="general", n_disabled_ordinary=1)],
        dependents=[
            _claim(1, "P2", date(1982, 5, 5), role="spouse"),
            _claim(2, "P3", YOUNG, role="under16", disability="ordinary"),
        ],
        assessments=[*record(**own), {"tax_year": YEAR, "person_id": "P2", "total_income": 2_000_000}],
    )
    assert (("n_disabled_ordinary", "0"), ("spouse_kind", "none")) in proposed(tables)


def test_counts_by_the_papers_own_lines_are_proposed_with_a_removal() -> None:
    """Two are counted as 特定; the lines say one 一般, one 特定, and the latter earns too much."""
    student, grown = date(2005, 2, 14), date(2001, 11, 28)
    tables = ward(
        inconsistencies=[row("n_dependent_general", related_person_id="P4")],
        residents=[HEAD, _child("P3", grown), _child("P4", student)],
        documents=[report("D1", n_dependent_specified=2)],
        dependents=[_claim(1, "P3", grown), _claim(2, "P4", student)],
        assessments=[
            *record(n_dependent_specified=2),
            {"tax_year": YEAR, "person_id": "P4", "total_income": 0},
        ],
    )
    assert (("n_dependent_general", "1"), ("n_dependent_specified", "0")) in proposed(tables)


def test_counts_follow_the_papers_own_classes_where_the_register_has_another() -> None:
    """The parent, claimed as living together, died before the year, registered elsewhere; nobody is 特定."""
    born = date(1935, 2, 21)
    parent: Cells = {"person_id": "P5", "household_id": "H2", "relationship": "head", "birth_date": born}
    tables = ward(
        inconsistencies=[row("n_dependent_elderly_cohabiting", related_person_id="P5")],
        residents=[
            HEAD,
            _child("P3", YOUNG),
            parent | {"left_on": date(YEAR - 5, 11, 30), "left_reason": "died"},
        ],
        documents=[
            report("D1", n_dependent_specified=1, n_dependent_elderly_cohabiting=1, n_dependent_under16=1)
        ],
        dependents=[
            _claim(1, "P5", born) | {"relationship": "parent"},
            _claim(2, "P3", YOUNG, role="under16"),
        ],
        assessments=record(n_dependent_specified=1, n_dependent_elderly_cohabiting=1, n_dependent_under16=1),
    )
    assert (("n_dependent_elderly_cohabiting", "0"), ("n_dependent_specified", "0")) in proposed(tables)


def test_a_row_about_the_spouse_may_be_about_a_parent_who_earns_too_much_as_well() -> None:
    """A family employee claimed as spouse, and a parent over the limit: one repair settles both."""
    born = date(1949, 10, 18)
    parent: Cells = {"person_id": "P5", "relationship": "parent", "birth_date": born} | HOME
    tables = ward(
        inconsistencies=[row("spouse_kind", related_person_id="P2")],
        residents=[HEAD, SPOUSE, parent],
        documents=[report("D1", kind="tax_return", spouse_kind="general", n_dependent_elderly_cohabiting=1)],
        dependents=[
            _claim(1, "P2", date(1982, 5, 5), role="spouse"),
            _claim(2, "P5", born) | {"relationship": "parent"},
        ],
        assessments=[
            *record(spouse_kind="general", n_dependent_elderly_cohabiting=1),
            {"tax_year": YEAR, "person_id": "P5", "total_income": 815_199},
        ],
    )
    assert (("n_dependent_elderly_cohabiting", "0"), ("spouse_kind", "none")) in proposed(tables)


def test_nobody_is_claimed_however_the_paper_counts_them() -> None:
    """The paper counts a student as 一般, so single removals find no one in their class: all go at once."""
    tables = ward(
        inconsistencies=[row("n_dependent_general")],
        residents=[HEAD],
        documents=[report("D1", n_dependent_general=1, n_dependent_under16=1)],
        assessments=record(n_dependent_general=1, n_dependent_under16=1),
    )
    assert (("n_dependent_general", "0"), ("n_dependent_under16", "0")) in proposed(tables)
