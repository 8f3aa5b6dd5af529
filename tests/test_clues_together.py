"""Clues about a repair as a whole: every field of the family it moves, and the person's other rows."""

from datetime import date

import polars as pl

from features.last_claims import dropped, dropped_after, last_papers
from features.repairs import Proposed, propose
from features.repairs.causes import counts
from features.repairs.sources import Sources, sources
from features.together import family_after, moved, rows_touched
from tadasu.law import Law
from tests.small_ward import YEAR, Cells, Tables, record, report, row, ward

CHILD, OLDER = date(2015, 5, 5), date(2007, 5, 5)
HOME: Cells = {"household_id": "H1", "sex": "F"}


def _family() -> Tables:
    """One child claimed as 一般, another whom nobody claims, of whom a row of the list speaks."""
    return ward(
        inconsistencies=[
            row("n_dependent_general"),
            row("n_dependent_under16") | {"row_id": "R2", "check_code": "K2"},
        ],
        residents=[
            {"person_id": "P1", "relationship": "head", "birth_date": date(1980, 1, 1)} | HOME,
            {"person_id": "P2", "relationship": "child", "birth_date": OLDER} | HOME,
            {"person_id": "P3", "relationship": "child", "birth_date": CHILD} | HOME,
        ],
        documents=[report("D1", n_dependent_general=1)],
        dependents=[
            {"document_id": "D1", "line_no": 1, "role": "dependent", "relationship": "child"}
            | {"dependent_person_id": "P2", "birth_date": OLDER}
        ],
        assessments=[
            *record(n_dependent_general=1),
            {"tax_year": YEAR, "person_id": "P2", "total_income": 900_000},
        ],
        previous_assessments=[
            {"tax_year": YEAR - 1, "person_id": "P1", "n_dependent_general": 0, "n_dependent_under16": 1}
        ],
    )


def _of(made: pl.DataFrame, proposed: Proposed, signature: str) -> dict[str, object]:
    """Return what `made` says of the repair of row R1 with these changes ('' for 'leave')."""
    repair = proposed.repairs.filter((pl.col("row") == 0) & (pl.col("signature") == signature))
    return made.join(repair.select("row", "repair_id"), on=["row", "repair_id"]).to_dicts()[0]


def _signature(prepared: Sources, **after: int) -> str:
    from features.values import NUMBER

    assert prepared.rows.height
    return "|".join(sorted(f"{NUMBER[name]:02d}={value}" for name, value in after.items()))


def test_a_repair_is_told_apart_by_every_field_of_the_family_that_it_moves() -> None:
    """One child out; one out and the other in: the main change is the same."""
    prepared = sources(_family(), Law.of(YEAR))
    made = propose(prepared)
    both = _signature(prepared, n_dependent_general=0, n_dependent_under16=1)
    one = _of(moved(made), made, _signature(prepared, n_dependent_general=0))
    two = _of(moved(made), made, both)
    assert (one["moved_n_dependent_general"], one["moved_n_dependent_under16"]) == (-1, 0)
    assert (two["moved_n_dependent_general"], two["moved_n_dependent_under16"]) == (-1, 1)
    assert _of(moved(made), made, "")["moved_n_dependent_general"] == 0


def test_the_family_after_a_repair_is_held_against_last_years_and_against_the_household() -> None:
    """Last year nobody was 一般 and one child was under 16: only the repair in both fields comes to that."""
    prepared = sources(_family(), Law.of(YEAR))
    made = propose(prepared)
    after = family_after(made, prepared)
    both = _of(after, made, _signature(prepared, n_dependent_general=0, n_dependent_under16=1))
    leave = _of(after, made, "")
    assert (leave["class_gap_last"], leave["free_left"], leave["free_taken"]) == (2, 1, 0)
    assert (both["class_gap_last"], both["free_left"], both["free_taken"]) == (0, 0, 1)


def test_the_persons_other_rows_are_touched_or_left() -> None:
    """The other row names the field of the second child: with its record of earlier years."""
    prepared = sources(_family(), Law.of(YEAR))
    made = propose(prepared)
    history = pl.DataFrame({"row_id": ["R1", "R2"], "code_corrected_share": [0.2, 0.7]})
    told = rows_touched(made, prepared, history)
    both = _of(told, made, _signature(prepared, n_dependent_general=0, n_dependent_under16=1))
    half = _of(told, made, _signature(prepared, n_dependent_general=0))
    assert (both["beside_touched"], both["beside_left"]) == (1, 0)
    assert (half["beside_touched"], half["beside_left"]) == (0, 1)
    assert half["beside_left_share"] == 0.7


def test_who_was_claimed_last_year_and_by_nobody_now_is_told() -> None:
    """Both children stood on last year's paper; this year's names the elder alone."""
    this = _family()
    before = ward(
        documents=[report("B1") | {"tax_year": YEAR - 1}],
        dependents=[
            {"document_id": "B1", "line_no": line, "role": "under16", "relationship": "child"}
            | {"dependent_person_id": person}
            for line, person in enumerate(("P2", "P3"), 1)
        ],
    )
    prepared = sources(this, Law.of(YEAR))
    lost, known = dropped(prepared, this, before), last_papers(prepared, before)
    made = propose(prepared)
    told = dropped_after(made, lost, known)
    leave = _of(told, made, "")
    assert (leave["dropped"], leave["dropped_here"], leave["dropped_left"], leave["given"]) == (1, 0, 1, 0)
    taken_in = _of(told, made, _signature(prepared, n_dependent_under16=1))
    assert (taken_in["dropped_here"], taken_in["dropped_left"]) == (1, 0)
    nothing = dropped_after(made, dropped(prepared, this, None), last_papers(prepared, None))
    assert _of(nothing, made, "")["dropped"] is None


def test_a_combination_tells_its_moves_by_their_cause() -> None:
    """The elder leaves the class by the register, the younger is taken in: two moves, two causes."""
    prepared = sources(_family(), Law.of(YEAR))
    made = propose(prepared)
    both = _signature(prepared, n_dependent_general=0, n_dependent_under16=1)
    repair = made.repairs.filter((pl.col("row") == 0) & (pl.col("signature") == both))
    told = repair.select(**counts(pl.col("moves"))).to_dicts()[0]
    assert sum(told.values()) == 2
    assert told["children"] + told["unclaimed"] == 1
    leave = made.repairs.filter((pl.col("row") == 0) & (pl.col("repair_id") == 0))
    assert leave["moves"].to_list() == [None]


def test_many_moves_of_one_cause_do_not_run_over_into_the_next() -> None:
    """Nine children whom no register knows go at once: a digit holds seven."""
    lines = [
        {"document_id": "D1", "line_no": line, "role": "under16", "relationship": "child"}
        | {"birth_date": date(2012, 1, line)}
        for line in range(1, 10)
    ]
    tables = ward(
        inconsistencies=[row("n_dependent_under16")],
        residents=[{"person_id": "P1", "relationship": "head", "birth_date": date(1980, 1, 1)} | HOME],
        documents=[report("D1", n_dependent_under16=9)],
        dependents=lines,
        assessments=record(n_dependent_under16=9),
    )
    prepared = sources(tables, Law.of(YEAR))
    made = propose(prepared)
    none = made.repairs.filter(pl.col("signature") == _signature(prepared, n_dependent_under16=0))
    told = none.select(**counts(pl.col("moves"))).to_dicts()[0]
    assert {name: number for name, number in told.items() if number} == {"out_unknown": 7}
