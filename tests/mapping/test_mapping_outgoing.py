"""Which corrections go to the tax system: each once, and only where the record still says what staff saw."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tadasu.errors import TadasuError
from tadasu.extract.outgoing import Sorted, sort_out, why
from tadasu.tables import ASSESSMENTS, DECISIONS, EXPORTED

NOON = dt.datetime(2024, 6, 3, 3, tzinfo=dt.UTC)
Change = tuple[str, str | None, str | None]


def _decision(number: int, *changes: Change, person: str = "P1", **more: object) -> dict[str, object]:
    told = [{"field": field, "old_value": old, "new_value": new} for field, old, new in changes]
    return {
        "decision_id": f"d{number}",
        "tax_year": 2024,
        "row_id": f"r{number}",
        "person_id": person,
        "verdict": "accept",
        "changes": json.dumps(told),
        "staff_id": "0007",
        "arm": "suggested",
        "decided_at": NOON + dt.timedelta(minutes=number),
        **more,
    }


def _decisions(*given: dict[str, object]) -> pl.DataFrame:
    return DECISIONS.arrange(
        pl.DataFrame([{**dict.fromkeys(DECISIONS.schema), **one} for one in given], schema=DECISIONS.schema)
    )


def _records(**people: dict[str, object]) -> dict[int, pl.DataFrame]:
    rows = [
        {**dict.fromkeys(ASSESSMENTS.schema), "person_id": person, "tax_year": 2024, **values}
        for person, values in people.items()
    ]
    return {2024: pl.DataFrame(rows, schema=ASSESSMENTS.schema)}


def _sent(found: Sorted, name: str = "1", at: dt.datetime = NOON) -> pl.DataFrame:
    rows = pl.concat([found.lines, found.repeats])
    stamp = pl.lit(at).cast(EXPORTED.schema["sent_at"])
    return EXPORTED.arrange(rows.with_columns(export_id=pl.lit(name), sent_at=stamp).select(*EXPORTED.schema))


def _reasons(found: Sorted) -> dict[str, str]:
    return dict(found.conflicts.select("decision_id", "reason").iter_rows())


def test_only_decisions_that_correct_are_sent_and_neither_inquiries_nor_voided_ones() -> None:
    change = ("salary_revenue", "100", "200")
    decided = _decisions(
        _decision(1, change),
        _decision(2, change, person="P2", verdict="amend"),
        _decision(3, change, person="P3", verdict="inquire"),
        _decision(4, change, person="P4", voided_by="d9"),
        _decision(5, person="P5", verdict="no_change"),
    )
    records = _records(**{f"P{n}": {"salary_revenue": 100} for n in range(1, 6)})
    found = sort_out(decided, records, EXPORTED.empty())
    assert found.lines.select("line_no", "person_id", "old_value", "new_value").rows() == [
        (1, "P1", "100", "200"),
        (2, "P2", "100", "200"),
    ]
    assert found.conflicts.is_empty()


def test_the_date_is_the_offices_day() -> None:
    late = dt.datetime(2024, 6, 3, 16, tzinfo=dt.UTC)
    decided = _decisions(_decision(1, ("widow", "false", "true"), decided_at=late))
    found = sort_out(decided, _records(P1={"widow": False}), EXPORTED.empty())
    assert found.lines["decided_on"].item() == dt.date(2024, 6, 4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("salary_revenue", "99", "200"), why.CHANGED),
        (("salary_revenue", "99", "100"), why.ALREADY),
        (("salary_revenue", "100", "12O"), why.NO_VALUE),
        (("salary_revenue", "100", "-5"), why.NO_VALUE),
        (("salary_revenue", "100", "100"), why.NOTHING),
        (("spouse_kind", "none", "old"), why.NO_VALUE),
        (("widow", "true", "false"), why.ALREADY),
    ],
)
def test_what_is_not_sent_and_why(change: Change, reason: str) -> None:
    records = _records(P1={"salary_revenue": 100, "spouse_kind": None, "widow": False})
    found = sort_out(_decisions(_decision(1, change)), records, EXPORTED.empty())
    assert (found.lines.height, _reasons(found)) == (0, {"d1": reason})


def test_a_conflict_says_what_the_record_has_now() -> None:
    decided = _decisions(_decision(1, ("salary_revenue", "99", "200")), _decision(2, person="P2"))
    found = sort_out(decided, _records(P1={"salary_revenue": 100}), EXPORTED.empty())
    assert found.conflicts["record_value"].item() == "100"
    stranger = _decisions(_decision(1, ("salary_revenue", "1", "2"), person="P9"))
    assert _reasons(sort_out(stranger, _records(P1={}), EXPORTED.empty())) == {"d1": why.NO_RECORD}


@pytest.mark.parametrize(
    ("change", "record"),
    [
        (("business_income", "100", "-5"), {"business_income": 100}),
        (("spouse_kind", "none", "general"), {"spouse_kind": None}),
        (("n_dependent_general", None, "1"), {"n_dependent_general": 0}),
        (("medical_expense", "5", None), {"medical_expense": 5}),
    ],
)
def test_what_is_not_stated_is_zero_and_losses_are_lawful(change: Change, record: dict[str, object]) -> None:
    found = sort_out(_decisions(_decision(1, change)), _records(P1=record), EXPORTED.empty())
    assert found.lines.height == 1


def test_rows_that_say_the_same_go_as_one_line_and_such_that_disagree_do_not_go() -> None:
    same = ("salary_revenue", "100", "200")
    decided = _decisions(
        _decision(1, same),
        _decision(2, same),
        _decision(3, same, person="P2"),
        _decision(4, ("salary_revenue", "100", "300"), person="P2"),
    )
    records = _records(P1={"salary_revenue": 100}, P2={"salary_revenue": 100})
    found = sort_out(decided, records, EXPORTED.empty())
    assert found.lines.select("decision_id", "line_no").rows() == [("d1", 1)]
    assert found.repeats.select("decision_id", "line_no").rows() == [("d2", 1)]
    assert _reasons(found) == {"d3": why.DISAGREE, "d4": why.DISAGREE}


def test_nothing_is_sent_twice_whatever_the_record_says_since() -> None:
    decided = _decisions(*(_decision(n, ("salary_revenue", "100", "200")) for n in (1, 2)))
    first = sort_out(decided, _records(P1={"salary_revenue": 100}), EXPORTED.empty())
    more = pl.concat([decided, _decisions(_decision(3, ("salary_revenue", "100", "200")))])
    for now in (100, 200, 300):
        again = sort_out(more, _records(P1={"salary_revenue": now}), _sent(first))
        assert (again.lines.height, again.before) == (0, 2)
        expected = ["d3"] if now != 300 else []
        assert again.repeats["decision_id"].to_list() == expected


def test_a_correction_of_a_correction_waits_until_the_record_has_the_first() -> None:
    first, then = ("salary_revenue", "100", "200"), ("salary_revenue", "200", "300")
    decided = _decisions(_decision(1, first), _decision(2, then))
    before, after = _records(P1={"salary_revenue": 100}), _records(P1={"salary_revenue": 200})
    found = sort_out(decided, before, EXPORTED.empty())
    assert (found.lines["decision_id"].to_list(), _reasons(found)) == (["d1"], {"d2": why.WAITING})
    assert _reasons(sort_out(decided, before, _sent(found))) == {"d2": why.WAITING}
    assert sort_out(decided, after, _sent(found)).lines["decision_id"].to_list() == ["d2"]


def test_back_and_forth_is_sent_each_time() -> None:
    there, back = ("salary_revenue", "100", "200"), ("salary_revenue", "200", "100")
    decided = _decisions(_decision(1, there))
    sent = _sent(sort_out(decided, _records(P1={"salary_revenue": 100}), EXPORTED.empty()))
    decided = pl.concat([decided, _decisions(_decision(2, back))])
    second = sort_out(decided, _records(P1={"salary_revenue": 200}), sent)
    sent = pl.concat([sent, _sent(second, "2", NOON + dt.timedelta(days=1))])
    decided = pl.concat([decided, _decisions(_decision(3, there))])
    third = sort_out(decided, _records(P1={"salary_revenue": 100}), sent)
    assert [second.lines["decision_id"].item(), third.lines["decision_id"].item()] == ["d2", "d3"]


def test_another_value_than_the_one_sent_is_a_conflict_until_the_record_moves() -> None:
    decided = _decisions(_decision(1, ("salary_revenue", "100", "200")))
    records = _records(P1={"salary_revenue": 100})
    sent = _sent(sort_out(decided, records, EXPORTED.empty()))
    other = pl.concat([decided, _decisions(_decision(2, ("salary_revenue", "100", "300")))])
    assert _reasons(sort_out(other, records, sent)) == {"d2": why.OTHER_SENT}


def _refused(lines: pl.DataFrame, reason: str) -> pl.DataFrame:
    return lines.select("decision_id", "field", "reverses", reason=pl.lit(reason))


def _lines(found: Sorted) -> list[tuple[str, str | None, str | None, str | None]]:
    return found.lines.select("decision_id", "old_value", "new_value", "reverses").rows()


THERE = ("salary_revenue", "100", "200")
SENT_ONCE = {"before": _records(P1={"salary_revenue": 100}), "after": _records(P1={"salary_revenue": 200})}


@pytest.fixture
def sent_once() -> pl.DataFrame:
    """Return what was sent: one decision, 100 → 200."""
    return _sent(sort_out(_decisions(_decision(1, THERE)), SENT_ONCE["before"], EXPORTED.empty()))


def test_a_decision_voided_after_it_was_sent_is_taken_back_once(sent_once: pl.DataFrame) -> None:
    undo = _decision(2, verdict="no_change", staff_id="0009", decided_at=NOON + dt.timedelta(days=2))
    decided = _decisions(_decision(1, THERE, voided_by="d2"), undo)
    found = sort_out(decided, SENT_ONCE["after"], sent_once)
    assert _lines(found) == [("d2", "200", "100", "d1")]
    assert found.lines.select("staff_id", "decided_on").row(0) == ("0009", dt.date(2024, 6, 5))
    assert (found.reversals, found.before, found.decided, found.considered) == (1, 1, 1, 1)
    sent = pl.concat([sent_once, _sent(found, "2", NOON + dt.timedelta(days=3))])
    for now in SENT_ONCE.values():
        again = sort_out(decided, now, sent)
        assert (again.considered, again.before) == (0, 1)


@pytest.mark.parametrize(("record", "reason"), [(100, why.VOIDED), (300, why.CHANGED)])
def test_what_was_sent_is_only_taken_back_where_the_record_has_it(
    sent_once: pl.DataFrame, record: int, reason: str
) -> None:
    decided = _decisions(_decision(1, THERE, voided_by="d2"))
    found = sort_out(decided, _records(P1={"salary_revenue": record}), sent_once)
    assert (found.lines.height, _reasons(found)) == (0, {"d2": reason})
    assert found.conflicts.select("reverses", "record_value").row(0) == ("d1", str(record))


def test_what_another_row_asks_for_as_well_is_not_taken_back() -> None:
    both = (_decision(1, THERE), _decision(2, THERE))
    sent = _sent(sort_out(_decisions(*both), SENT_ONCE["before"], EXPORTED.empty()))
    for number in (0, 1):
        decided = [{**one, "voided_by": "d9"} if n == number else one for n, one in enumerate(both)]
        found = sort_out(_decisions(*decided), SENT_ONCE["after"], sent)
        assert found.considered == 0


@pytest.mark.parametrize("old", ["100", "200"])
@pytest.mark.parametrize("voided", [True, False])
def test_a_later_decision_on_the_row_replaces_what_was_sent(
    sent_once: pl.DataFrame, old: str, voided: bool
) -> None:
    first = _decision(1, THERE, voided_by="d2" if voided else None)
    later = _decision(2, ("salary_revenue", old, "300"), row_id="r1")
    found = sort_out(_decisions(first, later), SENT_ONCE["after"], sent_once)
    assert _lines(found) == [("d2", "200", "300", "d1")]
    assert (found.reversals, found.conflicts.height) == (1, 0)


def test_of_two_decisions_on_a_row_the_later_is_sent() -> None:
    later = _decision(2, ("salary_revenue", "100", "300"), row_id="r1")
    found = sort_out(_decisions(_decision(1, THERE), later), SENT_ONCE["before"], EXPORTED.empty())
    assert _lines(found) == [("d2", "100", "300", None)]
    assert (found.withdrawn, found.decided, found.considered) == (1, 2, 1)


def test_the_way_back_is_a_reversal_whoever_decides_it(sent_once: pl.DataFrame) -> None:
    decided = _decisions(_decision(1, THERE), _decision(2, ("salary_revenue", "200", "100")))
    assert _lines(sort_out(decided, SENT_ONCE["after"], sent_once)) == [("d2", "200", "100", "d1")]


@pytest.mark.parametrize("verdict", ["no_change", "inquire", "defer", "bulk_clear"])
def test_a_row_that_was_taken_up_again_is_not_sent_and_what_was_sent_is_told(
    sent_once: pl.DataFrame, verdict: str
) -> None:
    decided = _decisions(_decision(1, THERE), _decision(2, row_id="r1", verdict=verdict))
    unsent = sort_out(decided, SENT_ONCE["before"], EXPORTED.empty())
    assert _reasons(unsent) == ({} if verdict == "bulk_clear" else {"d1": why.LEFT})
    after = sort_out(decided, SENT_ONCE["after"], sent_once)
    assert (after.lines.height, _reasons(after)) == (0, {"d2": why.DOUBTED} if verdict == "no_change" else {})


VALUES = st.sampled_from(["100", "200", "300"])
STEPS = st.lists(st.tuples(VALUES, VALUES, st.booleans(), VALUES), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(STEPS)
def test_whatever_is_decided_each_decision_goes_once_and_only_over_what_it_saw(
    steps: list[tuple[str, str, bool, str]],
) -> None:
    """Each step: a decision's old and new value, whether its export is voided later, and the record then."""
    sent, given_so_far = EXPORTED.empty(), []
    for number, (old, new, voided, record) in enumerate(steps):
        more = {"voided_by": "v"} if voided else {}
        given_so_far.append(_decision(number, ("salary_revenue", old, new), **more))
        records = _records(P1={"salary_revenue": int(record)})
        found = sort_out(_decisions(*given_so_far), records, sent)
        assert set(found.lines["old_value"]) <= {record}
        assert found.lines.height <= 1
        places = [*found.lines["decision_id"], *found.repeats["decision_id"], *found.conflicts["decision_id"]]
        assert len(places) == len(set(places))
        before = set(sent["decision_id"])
        assert not before & {*found.lines["decision_id"], *found.repeats["decision_id"]}
        expected = {str(o["decision_id"]) for o in given_so_far if not o.get("voided_by")} - before
        told = found.conflicts.filter(pl.col("reason") != why.VOIDED)["decision_id"]
        assert {*found.lines["decision_id"], *found.repeats["decision_id"], *told} == expected
        sent = pl.concat([sent, _sent(found, str(number), NOON + dt.timedelta(days=number))])


def test_a_line_that_cannot_go_takes_those_that_repeat_it_along() -> None:
    same = ("salary_revenue", "100", "200")
    decided = _decisions(_decision(1, same), _decision(2, same), _decision(3, same, person="P2"))
    records = _records(P1={"salary_revenue": 100}, P2={"salary_revenue": 100})
    found = sort_out(decided, records, EXPORTED.empty())
    left = found.without(_refused(found.lines.filter(person_id="P1"), why.NO_NUMBER))
    assert left.lines.select("decision_id", "line_no").rows() == [("d3", 1)]
    assert left.repeats.is_empty()
    assert _reasons(left) == {"d1": why.NO_NUMBER, "d2": why.NO_NUMBER}


@pytest.mark.parametrize("changes", ["not JSON", '[{"field": "no_field"}]', "[{}]"])
def test_changes_that_are_none_stop(changes: str) -> None:
    with pytest.raises(TadasuError, match="decisions"):
        sort_out(_decisions(_decision(1, changes=changes)), _records(P1={}), EXPORTED.empty())


SEASON = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.sampled_from(["200", "300"]), st.booleans()),
        st.tuples(st.just("void"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("export"), st.booleans(), st.just(value=False)),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(SEASON)
def test_in_the_end_the_record_says_what_stands(steps: list[tuple[str, str | int | bool, bool]]) -> None:
    """A row decided, amended, undone and exported in any order, the tax system now and then late.

    `decide` gives the row's field a value (and voids the decision before, or only comes later); `void` undoes
    one; `export` sends, and the tax system takes in what was sent so far or does so later.
    """
    given_so_far: list[dict[str, object]] = []
    sent, record, taken_in = EXPORTED.empty(), "100", 0
    for number, (what, told, voids) in enumerate([*steps, *[("export", True, False)] * 3]):
        if what == "decide" and told != record:
            if voids and given_so_far and not given_so_far[-1].get("voided_by"):
                given_so_far[-1]["voided_by"] = f"d{number}"
            given_so_far.append(_decision(number, ("salary_revenue", record, str(told)), row_id="r"))
        elif what == "void" and int(told) < len(given_so_far):
            given_so_far[int(told)].setdefault("voided_by", f"u{number}")
        elif what == "export":
            found = sort_out(_decisions(*given_so_far), _records(P1={"salary_revenue": int(record)}), sent)
            assert set(found.lines["old_value"]) <= {record}
            sent = pl.concat([sent, _sent(found, str(number), NOON + dt.timedelta(days=number))])
            if told:
                for line in (
                    sent.filter(pl.col("line_no") > 0).sort("sent_at")[taken_in:].iter_rows(named=True)
                ):
                    assert line["old_value"] == record
                    record, taken_in = line["new_value"], taken_in + 1
    stands = [one for one in given_so_far if not one.get("voided_by")]
    expected = json.loads(str(stands[-1]["changes"]))[0]["new_value"] if stands else "100"
    again = sort_out(_decisions(*given_so_far), _records(P1={"salary_revenue": int(record)}), sent)
    assert again.lines.is_empty()
    # A decision over a value that a line under way has changed since is told, and nothing else is.
    assert again.conflicts["decision_id"].to_list() == (
        [stands[-1]["decision_id"]] if record != expected else []
    )
