"""What was sent is taken back or replaced once, and in the end the record says what stands."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tadasu.extract.outgoing import Sorted, sort_out, why
from tadasu.tables import EXPORTED
from tests.mapping.small_decisions import NOON, decision, decisions, reasons_of, records_of, sent_of


def _lines(found: Sorted) -> list[tuple[str, str | None, str | None, str | None]]:
    return found.lines.select("decision_id", "old_value", "new_value", "reverses").rows()


THERE = ("salary_revenue", "100", "200")
SENT_ONCE = {
    "before": records_of(P1={"salary_revenue": 100}),
    "after": records_of(P1={"salary_revenue": 200}),
}


@pytest.fixture
def sent_once() -> pl.DataFrame:
    """Return what was sent: one decision, 100 → 200."""
    return sent_of(sort_out(decisions(decision(1, THERE)), SENT_ONCE["before"], EXPORTED.empty()))


def test_a_decision_voided_after_it_was_sent_is_taken_back_once(sent_once: pl.DataFrame) -> None:
    undo = decision(2, verdict="no_change", staff_id="0009", decided_at=NOON + dt.timedelta(days=2))
    decided = decisions(decision(1, THERE, voided_by="d2"), undo)
    found = sort_out(decided, SENT_ONCE["after"], sent_once)
    assert _lines(found) == [("d2", "200", "100", "d1")]
    assert found.lines.select("staff_id", "decided_on").row(0) == ("0009", dt.date(2024, 6, 5))
    assert (found.reversals, found.before, found.decided, found.considered) == (1, 1, 1, 1)
    sent = pl.concat([sent_once, sent_of(found, "2", NOON + dt.timedelta(days=3))])
    for now in SENT_ONCE.values():
        again = sort_out(decided, now, sent)
        assert (again.considered, again.before) == (0, 1)


@pytest.mark.parametrize(("record", "reason"), [(100, why.VOIDED), (300, why.CHANGED)])
def test_what_was_sent_is_only_taken_back_where_the_record_has_it(
    sent_once: pl.DataFrame, record: int, reason: str
) -> None:
    decided = decisions(decision(1, THERE, voided_by="d2"))
    found = sort_out(decided, records_of(P1={"salary_revenue": record}), sent_once)
    assert (found.lines.height, reasons_of(found)) == (0, {"d2": reason})
    assert found.conflicts.select("reverses", "record_value").row(0) == ("d1", str(record))


def test_what_another_row_asks_for_as_well_is_not_taken_back() -> None:
    both = (decision(1, THERE), decision(2, THERE))
    sent = sent_of(sort_out(decisions(*both), SENT_ONCE["before"], EXPORTED.empty()))
    for number in (0, 1):
        decided = [{**one, "voided_by": "d9"} if n == number else one for n, one in enumerate(both)]
        found = sort_out(decisions(*decided), SENT_ONCE["after"], sent)
        assert found.considered == 0


@pytest.mark.parametrize("old", ["100", "200"])
@pytest.mark.parametrize("voided", [True, False])
def test_a_later_decision_on_the_row_replaces_what_was_sent(
    sent_once: pl.DataFrame, old: str, voided: bool
) -> None:
    first = decision(1, THERE, voided_by="d2" if voided else None)
    later = decision(2, ("salary_revenue", old, "300"), row_id="r1")
    found = sort_out(decisions(first, later), SENT_ONCE["after"], sent_once)
    assert _lines(found) == [("d2", "200", "300", "d1")]
    assert (found.reversals, found.conflicts.height) == (1, 0)


def test_of_two_decisions_on_a_row_the_later_is_sent() -> None:
    later = decision(2, ("salary_revenue", "100", "300"), row_id="r1")
    found = sort_out(decisions(decision(1, THERE), later), SENT_ONCE["before"], EXPORTED.empty())
    assert _lines(found) == [("d2", "100", "300", None)]
    assert (found.withdrawn, found.decided, found.considered) == (1, 2, 1)


def test_the_way_back_is_a_reversal_whoever_decides_it(sent_once: pl.DataFrame) -> None:
    decided = decisions(decision(1, THERE), decision(2, ("salary_revenue", "200", "100")))
    assert _lines(sort_out(decided, SENT_ONCE["after"], sent_once)) == [("d2", "200", "100", "d1")]


@pytest.mark.parametrize("verdict", ["no_change", "inquire", "defer", "bulk_clear"])
def test_a_row_that_was_taken_up_again_is_not_sent_and_what_was_sent_is_told(
    sent_once: pl.DataFrame, verdict: str
) -> None:
    decided = decisions(decision(1, THERE), decision(2, row_id="r1", verdict=verdict))
    unsent = sort_out(decided, SENT_ONCE["before"], EXPORTED.empty())
    assert reasons_of(unsent) == ({} if verdict == "bulk_clear" else {"d1": why.LEFT})
    after = sort_out(decided, SENT_ONCE["after"], sent_once)
    assert (after.lines.height, reasons_of(after)) == (
        0,
        {"d2": why.DOUBTED} if verdict == "no_change" else {},
    )


VALUES = st.sampled_from(["100", "200", "300"])
STEPS = st.lists(st.tuples(VALUES, VALUES, st.booleans(), VALUES), min_size=1, max_size=6)


@settings(max_examples=40)
@given(STEPS)
def test_whatever_is_decided_each_decision_goes_once_and_only_over_what_it_saw(
    steps: list[tuple[str, str, bool, str]],
) -> None:
    """Each step: a decision's old and new value, whether its export is voided later, and the record then."""
    sent, given_so_far = EXPORTED.empty(), []
    for number, (old, new, voided, record) in enumerate(steps):
        more = {"voided_by": "v"} if voided else {}
        given_so_far.append(decision(number, ("salary_revenue", old, new), **more))
        records = records_of(P1={"salary_revenue": int(record)})
        found = sort_out(decisions(*given_so_far), records, sent)
        assert set(found.lines["old_value"]) <= {record}
        assert found.lines.height <= 1
        places = [*found.lines["decision_id"], *found.repeats["decision_id"], *found.conflicts["decision_id"]]
        assert len(places) == len(set(places))
        before = set(sent["decision_id"])
        assert not before & {*found.lines["decision_id"], *found.repeats["decision_id"]}
        expected = {str(o["decision_id"]) for o in given_so_far if not o.get("voided_by")} - before
        told = found.conflicts.filter(pl.col("reason") != why.VOIDED)["decision_id"]
        assert {*found.lines["decision_id"], *found.repeats["decision_id"], *told} == expected
        sent = pl.concat([sent, sent_of(found, str(number), NOON + dt.timedelta(days=number))])


SEASON = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.sampled_from(["200", "300"]), st.booleans()),
        st.tuples(st.just("void"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("export"), st.booleans(), st.just(value=False)),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=20)
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
            given_so_far.append(decision(number, ("salary_revenue", record, str(told)), row_id="r"))
        elif what == "void" and int(told) < len(given_so_far):
            given_so_far[int(told)].setdefault("voided_by", f"u{number}")
        elif what == "export":
            found = sort_out(decisions(*given_so_far), records_of(P1={"salary_revenue": int(record)}), sent)
            assert set(found.lines["old_value"]) <= {record}
            sent = pl.concat([sent, sent_of(found, str(number), NOON + dt.timedelta(days=number))])
            if told:
                for line in (
                    sent.filter(pl.col("line_no") > 0).sort("sent_at")[taken_in:].iter_rows(named=True)
                ):
                    assert line["old_value"] == record
                    record, taken_in = line["new_value"], taken_in + 1
    stands = [one for one in given_so_far if not one.get("voided_by")]
    expected = json.loads(str(stands[-1]["changes"]))[0]["new_value"] if stands else "100"
    again = sort_out(decisions(*given_so_far), records_of(P1={"salary_revenue": int(record)}), sent)
    assert again.lines.is_empty()
    # A decision over a value that a line under way has changed since is told, and nothing else is.
    assert again.conflicts["decision_id"].to_list() == (
        [stands[-1]["decision_id"]] if record != expected else []
    )
