"""What is appended to the ledger is read back as it was, or refused without a trace."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tadasu import chain, ledger
from tadasu.errors import TadasuError
from tests.ledger.conftest import lines_of, wrote


def test_what_is_appended_is_read_back_in_order(path: Path) -> None:
    events = wrote(path, 3)
    assert ledger.read(path) == events
    assert [event.previous_hash for event in events] == [chain.GENESIS, events[0].hash, events[1].hash]
    assert ledger.verify(path).ok
    assert ledger.head(path).anchor == f"3:{events[2].hash}"


def test_the_columns_are_those_of_the_design_and_japanese_stays_readable(path: Path) -> None:
    wrote(path, 1)
    (line,) = lines_of(path)
    columns = ["at", "actor", "event", "subject", "detail", "previous_hash", "hash"]
    assert list(json.loads(line)) == columns
    assert "年度0" in line.decode()


def test_times_are_kept_in_utc_and_a_time_without_zone_is_refused(path: Path) -> None:
    tokyo = timezone(timedelta(hours=9))
    at = datetime(2026, 6, 1, 9, 0, tzinfo=tokyo)
    event = ledger.append(path, actor="a", event="e", subject="s", detail={}, at=at)
    assert event.at == "2026-06-01T00:00:00.000000+00:00"
    with pytest.raises(ValueError, match="no time zone"):
        ledger.append(path, actor="a", event="e", subject="s", detail={}, at=at.replace(tzinfo=None))


@pytest.mark.parametrize("detail", [{"x": float("nan")}, {"x": object()}, {"x": "\ud800"}, {"x": {1, 2}}])
def test_a_detail_that_is_not_json_is_refused_and_leaves_no_trace(
    path: Path, detail: dict[str, object]
) -> None:
    wrote(path, 1)
    before = path.read_bytes()
    with pytest.raises((ValueError, TypeError)):
        ledger.append(path, actor="a", event="e", subject="s", detail=detail)
    assert path.read_bytes() == before
    assert ledger.verify(path).ok


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(details=st.lists(st.dictionaries(st.text(), json_values, max_size=3), min_size=1, max_size=4))
def test_any_json_detail_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, details: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    try:
        for detail in details:
            ledger.append(path, actor="a", event="e", subject="s", detail=detail)
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        return
    assert [event.detail for event in ledger.read(path)] == details
    assert ledger.verify(path).ok


def test_a_folder_without_ledger_is_said_to_have_none(path: Path) -> None:
    for look in (ledger.verify, ledger.read, ledger.head):
        with pytest.raises(TadasuError, match="there is no ledger here"):
            look(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TadasuError, match="cannot be opened"):
        wrote(tmp_path / "file" / "ledger.jsonl", 1)
