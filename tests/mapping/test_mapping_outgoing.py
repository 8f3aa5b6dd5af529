"""Which corrections go to the tax system: each once, and only where the record still says what staff saw."""

import datetime as dt

import polars as pl
import pytest

from tadasu.errors import TadasuError
from tadasu.extract.outgoing import sort_out, why
from tadasu.tables import EXPORTED
from tests.mapping.small_decisions import NOON, Change, decision, decisions, reasons_of, records_of, sent_of


def test_only_decisions_that_correct_are_sent_and_neither_inquiries_nor_voided_ones() -> None:
    change = ("salary_revenue", "100", "200")
    decided = decisions(
        decision(1, change),
        decision(2, change, person="P2", verdict="amend"),
        decision(3, change, person="P3", verdict="inquire"),
        decision(4, change, person="P4", voided_by="d9"),
        decision(5, person="P5", verdict="no_change"),
    )
    records = records_of(**{f"P{n}": {"salary_revenue": 100} for n in range(1, 6)})
    found = sort_out(decided, records, EXPORTED.empty())
    assert found.lines.select("line_no", "person_id", "old_value", "new_value").rows() == [
        (1, "P1", "100", "200"),
        (2, "P2", "100", "200"),
    ]
    assert found.conflicts.is_empty()


def test_the_date_is_the_offices_day() -> None:
    late = dt.datetime(2024, 6, 3, 16, tzinfo=dt.UTC)
    decided = decisions(decision(1, ("widow", "false", "true"), decided_at=late))
    found = sort_out(decided, records_of(P1={"widow": False}), EXPORTED.empty())
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
    records = records_of(P1={"salary_revenue": 100, "spouse_kind": None, "widow": False})
    found = sort_out(decisions(decision(1, change)), records, EXPORTED.empty())
    assert (found.lines.height, reasons_of(found)) == (0, {"d1": reason})


def test_a_conflict_says_what_the_record_has_now() -> None:
    decided = decisions(decision(1, ("salary_revenue", "99", "200")), decision(2, person="P2"))
    found = sort_out(decided, records_of(P1={"salary_revenue": 100}), EXPORTED.empty())
    assert found.conflicts["record_value"].item() == "100"
    stranger = decisions(decision(1, ("salary_revenue", "1", "2"), person="P9"))
    assert reasons_of(sort_out(stranger, records_of(P1={}), EXPORTED.empty())) == {"d1": why.NO_RECORD}


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
    found = sort_out(decisions(decision(1, change)), records_of(P1=record), EXPORTED.empty())
    assert found.lines.height == 1


def test_rows_that_say_the_same_go_as_one_line_and_such_that_disagree_do_not_go() -> None:
    same = ("salary_revenue", "100", "200")
    decided = decisions(
        decision(1, same),
        decision(2, same),
        decision(3, same, person="P2"),
        decision(4, ("salary_revenue", "100", "300"), person="P2"),
    )
    records = records_of(P1={"salary_revenue": 100}, P2={"salary_revenue": 100})
    found = sort_out(decided, records, EXPORTED.empty())
    assert found.lines.select("decision_id", "line_no").rows() == [("d1", 1)]
    assert found.repeats.select("decision_id", "line_no").rows() == [("d2", 1)]
    assert reasons_of(found) == {"d3": why.DISAGREE, "d4": why.DISAGREE}


def test_nothing_is_sent_twice_whatever_the_record_says_since() -> None:
    decided = decisions(*(decision(n, ("salary_revenue", "100", "200")) for n in (1, 2)))
    first = sort_out(decided, records_of(P1={"salary_revenue": 100}), EXPORTED.empty())
    more = pl.concat([decided, decisions(decision(3, ("salary_revenue", "100", "200")))])
    for now in (100, 200, 300):
        again = sort_out(more, records_of(P1={"salary_revenue": now}), sent_of(first))
        assert (again.lines.height, again.before) == (0, 2)
        expected = ["d3"] if now != 300 else []
        assert again.repeats["decision_id"].to_list() == expected


def test_a_correction_of_a_correction_waits_until_the_record_has_the_first() -> None:
    first, then = ("salary_revenue", "100", "200"), ("salary_revenue", "200", "300")
    decided = decisions(decision(1, first), decision(2, then))
    before, after = records_of(P1={"salary_revenue": 100}), records_of(P1={"salary_revenue": 200})
    found = sort_out(decided, before, EXPORTED.empty())
    assert (found.lines["decision_id"].to_list(), reasons_of(found)) == (["d1"], {"d2": why.WAITING})
    assert reasons_of(sort_out(decided, before, sent_of(found))) == {"d2": why.WAITING}
    assert sort_out(decided, after, sent_of(found)).lines["decision_id"].to_list() == ["d2"]


def test_back_and_forth_is_sent_each_time() -> None:
    there, back = ("salary_revenue", "100", "200"), ("salary_revenue", "200", "100")
    decided = decisions(decision(1, there))
    sent = sent_of(sort_out(decided, records_of(P1={"salary_revenue": 100}), EXPORTED.empty()))
    decided = pl.concat([decided, decisions(decision(2, back))])
    second = sort_out(decided, records_of(P1={"salary_revenue": 200}), sent)
    sent = pl.concat([sent, sent_of(second, "2", NOON + dt.timedelta(days=1))])
    decided = pl.concat([decided, decisions(decision(3, there))])
    third = sort_out(decided, records_of(P1={"salary_revenue": 100}), sent)
    assert [second.lines["decision_id"].item(), third.lines["decision_id"].item()] == ["d2", "d3"]


def test_another_value_than_the_one_sent_is_a_conflict_until_the_record_moves() -> None:
    decided = decisions(decision(1, ("salary_revenue", "100", "200")))
    records = records_of(P1={"salary_revenue": 100})
    sent = sent_of(sort_out(decided, records, EXPORTED.empty()))
    other = pl.concat([decided, decisions(decision(2, ("salary_revenue", "100", "300")))])
    assert reasons_of(sort_out(other, records, sent)) == {"d2": why.OTHER_SENT}


def _refused(lines: pl.DataFrame, reason: str) -> pl.DataFrame:
    return lines.select("decision_id", "field", "reverses", reason=pl.lit(reason))


def test_a_line_that_cannot_go_takes_those_that_repeat_it_along() -> None:
    same = ("salary_revenue", "100", "200")
    decided = decisions(decision(1, same), decision(2, same), decision(3, same, person="P2"))
    records = records_of(P1={"salary_revenue": 100}, P2={"salary_revenue": 100})
    found = sort_out(decided, records, EXPORTED.empty())
    left = found.without(_refused(found.lines.filter(person_id="P1"), why.NO_NUMBER))
    assert left.lines.select("decision_id", "line_no").rows() == [("d3", 1)]
    assert left.repeats.is_empty()
    assert reasons_of(left) == {"d1": why.NO_NUMBER, "d2": why.NO_NUMBER}


@pytest.mark.parametrize("changes", ["not JSON", '[{"field": "no_field"}]', "[{}]"])
def test_changes_that_are_none_stop(changes: str) -> None:
    with pytest.raises(TadasuError, match="decisions"):
        sort_out(decisions(decision(1, changes=changes)), records_of(P1={}), EXPORTED.empty())
