"""The ledger keeps every event under concurrency and kills, and its audit finds each kind of tampering."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tadasu import chain, ledger
from tadasu.errors import TadasuError

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

WRITER = """
import sys
from pathlib import Path
from tadasu import ledger
path, actor, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    ledger.append(path, actor=actor, event="count", subject=str(number), detail={"pad": "x" * 4000})
    print(number, flush=True)
"""


def wrote(path: Path, events: int) -> list[ledger.Event]:
    """Return `events` events, appended a minute apart."""
    return [
        ledger.append(
            path,
            actor="train",
            event="stage",
            subject=f"年度{n}",
            detail={"n": n},
            at=NOON + timedelta(minutes=n),
        )
        for n in range(events)
    ]


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def kinds(verdict: ledger.Verdict) -> list[tuple[int, str]]:
    return [(finding.line, finding.kind) for finding in verdict.findings]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "ledger.jsonl"


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


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_a_changed_value_is_found_at_its_line(path: Path) -> None:
    wrote(path, 5)
    path.write_bytes(path.read_bytes().replace(b'"n":2', b'"n":9'))
    assert kinds(ledger.verify(path)) == [(3, "edited")]
    with pytest.raises(TadasuError, match="line 3 has a content that its hash does not belong to"):
        ledger.read(path)


@pytest.mark.parametrize("spelling", [b'{"n": 2}', b'{"n":3,"n":2}', b'{"n":2.0}'])
def test_even_another_spelling_of_the_same_value_is_found(path: Path, spelling: bytes) -> None:
    wrote(path, 5)
    path.write_bytes(path.read_bytes().replace(b'{"n":2}', spelling))
    assert (3, "edited") in kinds(ledger.verify(path))


def test_a_replaced_event_with_a_matching_hash_breaks_the_next_line(path: Path) -> None:
    events = wrote(path, 5)
    forged = chain.Event(events[2].at, "somebody", "stage", "年度2", {"n": 2}).after(events[1].hash)
    lines = lines_of(path)
    path.write_bytes(b"".join([*lines[:2], forged.line(), *lines[3:]]))
    assert kinds(ledger.verify(path))[0] == (4, "missing")


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_a_deleted_line_is_found_where_it_stood(path: Path, gone: int) -> None:
    wrote(path, 5)
    lines = lines_of(path)
    path.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
    assert kinds(ledger.verify(path)) == [(gone + 1, "missing")]


def test_an_inserted_event_is_found_though_it_is_well_formed(path: Path) -> None:
    events = wrote(path, 5)
    forged = chain.Event(events[2].at, "somebody", "stage", "s", {}).after(events[2].hash)
    lines = lines_of(path)
    path.write_bytes(b"".join([*lines[:3], forged.line(), *lines[3:]]))
    assert kinds(ledger.verify(path)) == [(4, "inserted")]


@pytest.mark.parametrize("junk", [b"\n", b"not json\n", b"{}\n", b"[" * 100_000 + b"\n", b"\xff\n"])
def test_an_inserted_line_that_is_no_event_is_found(path: Path, junk: bytes) -> None:
    wrote(path, 4)
    lines = lines_of(path)
    path.write_bytes(b"".join([*lines[:2], junk, *lines[2:]]))
    assert kinds(ledger.verify(path)) == [(3, "edited")]


def test_swapped_lines_are_found(path: Path) -> None:
    wrote(path, 5)
    one, two, three, four, five = lines_of(path)
    path.write_bytes(b"".join([one, three, two, four, five]))
    assert kinds(ledger.verify(path))[0][0] == 2


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_cut_tail_is_found_by_the_head_file(path: Path, left: int) -> None:
    wrote(path, 5)
    path.write_bytes(b"".join(lines_of(path)[:left]))
    verdict = ledger.verify(path)
    assert kinds(verdict) == [(left, "cut")]
    assert f"{5 - left} events after this line were deleted" in verdict.findings[0].message


def test_a_cut_in_the_middle_of_the_last_line_is_no_accident(path: Path) -> None:
    wrote(path, 5)
    path.write_bytes(path.read_bytes()[:-10])
    assert kinds(ledger.verify(path)) == [(4, "cut")]
    with pytest.raises(TadasuError, match="nothing is appended"):
        wrote(path, 1)


def test_a_deleted_ledger_is_found_by_its_head(path: Path) -> None:
    wrote(path, 2)
    path.unlink()
    assert kinds(ledger.verify(path)) == [(0, "cut")]


@pytest.mark.parametrize("spoil", ["delete", "junk"])
def test_a_lost_head_file_is_found(path: Path, spoil: str) -> None:
    wrote(path, 3)
    if spoil == "delete":
        chain.head_path(path).unlink()
    else:
        chain.head_path(path).write_text("[]")
    assert kinds(ledger.verify(path)) == [(3, "head")]
    with pytest.raises(TadasuError, match=r"nothing is appended|Restore it from a backup"):
        wrote(path, 1)


def test_events_past_the_head_are_refused_and_found(path: Path) -> None:
    events = wrote(path, 2)
    third = chain.Event(events[1].at, "x", "e", "s", {}).after(events[1].hash)
    fourth = chain.Event(events[1].at, "x", "e", "s", {}).after(third.hash)
    with path.open("ab") as stream:
        stream.write(third.line() + fourth.line())
    assert kinds(ledger.verify(path)) == [(3, "inserted")]
    with pytest.raises(TadasuError, match="nothing is appended"):
        wrote(path, 1)


def test_one_event_past_the_head_that_does_not_follow_it_is_refused(path: Path) -> None:
    events = wrote(path, 2)
    with path.open("ab") as stream:
        stream.write(chain.Event(events[1].at, "x", "e", "s", {}).after(events[0].hash).line())
    assert kinds(ledger.verify(path)) == [(2, "inserted"), (3, "inserted")]
    with pytest.raises(TadasuError, match="nothing is appended"):
        wrote(path, 1)


def test_a_rewrite_that_forgets_the_head_is_found(path: Path) -> None:
    wrote(path, 4)
    head = chain.head_path(path).read_bytes()
    rewritten(path, 4)
    chain.head_path(path).write_bytes(head)
    assert kinds(ledger.verify(path)) == [(4, "head")]


def test_a_head_with_another_count_is_found(path: Path) -> None:
    wrote(path, 4)
    chain.head_path(path).write_text(chain.Head(3, ledger.head(path).hash, 10).text())
    assert kinds(ledger.verify(path)) == [(4, "head")]


def rewritten(path: Path, upto: int) -> None:
    """Write a whole false history with a matching head, as one who may write both files could."""
    path.unlink()
    chain.head_path(path).unlink()
    for n in range(upto):
        ledger.append(
            path, actor="train", event="stage", subject=f"年度{n}", detail={"n": n + (n == 3)}, at=NOON
        )


def test_a_whole_rewrite_passes_alone_and_fails_against_an_anchor(path: Path) -> None:
    wrote(path, 2)
    early = ledger.Anchor.of(ledger.head(path).anchor, "run a")
    wrote(path, 4)
    late = ledger.Anchor.of(ledger.head(path).anchor, "run b")
    assert ledger.verify(path, [late, early]).ok
    rewritten(path, 6)
    assert ledger.verify(path).ok
    verdict = ledger.verify(path, [late, early])
    assert kinds(verdict) == [(2, "anchor"), (6, "anchor")]
    assert "run a" in verdict.findings[0].message


def test_an_anchor_finds_a_tail_cut_together_with_its_head(path: Path) -> None:
    wrote(path, 3)
    kept = path.read_bytes(), chain.head_path(path).read_bytes()
    middle = ledger.Anchor.of(ledger.head(path).anchor, "run a")
    wrote(path, 2)
    end = ledger.Anchor.of(ledger.head(path).anchor, "run b")
    path.write_bytes(kept[0])
    chain.head_path(path).write_bytes(kept[1])
    verdict = ledger.verify(path, [middle, end])
    assert kinds(verdict) == [(3, "anchor")]
    assert "lines after 3 were rewritten or cut" in verdict.findings[0].message


def test_what_is_no_anchor_is_refused() -> None:
    with pytest.raises(TadasuError, match="run a: '12' is not an anchor"):
        ledger.Anchor.of("12", "run a")


def test_a_folder_without_ledger_is_said_to_have_none(path: Path) -> None:
    for look in (ledger.verify, ledger.read, ledger.head):
        with pytest.raises(TadasuError, match="there is no ledger here"):
            look(path)


def test_a_line_torn_at_any_byte_is_set_aside_and_the_chain_goes_on(path: Path) -> None:
    wrote(path, 1)
    kept, head = path.read_bytes(), chain.head_path(path).read_bytes()
    wrote(path, 1)
    second = path.read_bytes()[len(kept) :]
    for cut in range(1, len(second)):
        path.write_bytes(kept + second[:cut])
        chain.head_path(path).write_bytes(head)
        torn = ledger.verify(path)
        assert torn.ok
        assert f"{cut} bytes of a line" in torn.notes[0]
        assert len(ledger.read(path)) == 1
        wrote(path, 1)
        events = ledger.read(path)
        assert [event.event for event in events] == ["stage", "ledger.torn_line", "stage"]
        aside = path.parent / events[1].subject
        assert aside.read_bytes() == second[:cut]
        assert ledger.verify(path).ok
        aside.unlink()


def test_a_torn_line_longer_than_what_follows_leaves_no_rest(path: Path) -> None:
    wrote(path, 1)
    with path.open("ab") as stream:
        stream.write(b"x" * 20_000)
    wrote(path, 1)
    assert len(ledger.read(path)) == 3
    assert path.read_bytes().count(b"x") == 0


def test_a_writer_killed_between_line_and_head_loses_nothing(path: Path) -> None:
    for before in (0, 1):
        wrote(path, before)
        head = chain.head_path(path).read_bytes() if before else None
        events = wrote(path, 1)
        chain.head_path(path).unlink() if head is None else chain.head_path(path).write_bytes(head)
        verdict = ledger.verify(path)
        assert verdict.ok
        assert "its writer was killed" in verdict.notes[0]
        later = wrote(path, 1)
        assert ledger.read(path)[-2:] == [*events, *later]
        assert ledger.verify(path) == ledger.Verdict(ledger.head(path))


def test_a_full_disk_takes_the_line_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(path, 2)
    before = path.read_bytes()
    real = os.pwrite
    calls: list[int] = []

    def half(descriptor: int, data: bytes, offset: int) -> int:
        calls.append(offset)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[:20], offset)

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", half)
        with pytest.raises(TadasuError, match="No space left on device"):
            wrote(path, 1)
    assert path.read_bytes() == before
    assert ledger.verify(path) == ledger.Verdict(ledger.head(path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TadasuError, match="cannot be opened"):
        wrote(tmp_path / "file" / "ledger.jsonl", 1)


def _writer(path: Path, actor: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(path), actor, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_that_append_at_once_lose_and_mix_nothing(path: Path) -> None:
    writers = [_writer(path, f"p{n}", 40) for n in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
    events = ledger.read(path)
    assert len(events) == 120
    for n in range(3):
        assert [event.subject for event in events if event.actor == f"p{n}"] == [str(k) for k in range(40)]
    assert ledger.verify(path).ok


def test_threads_of_one_process_wait_for_each_other_too(path: Path) -> None:
    threads = [threading.Thread(target=wrote, args=(path, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.read(path)) == 100
    assert ledger.verify(path).ok


def test_a_reader_beside_a_writer_always_sees_a_sound_ledger(path: Path) -> None:
    wrote(path, 1)
    with _writer(path, "p", 150) as writer:
        looks = 0
        while writer.poll() is None:
            verdict = ledger.verify(path)
            assert verdict.ok
            assert not verdict.notes
            looks += 1
        assert looks > 0
    assert len(ledger.read(path)) == 151


def test_a_killed_writer_loses_no_event_that_it_was_told_is_written(path: Path) -> None:
    chance = random.Random(20260601)
    told = 0
    for _ in range(8):
        with _writer(path, "p", 100_000) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.05))
            writer.send_signal(signal.SIGKILL)
            told += 1 + len(writer.stdout.readlines())
        assert ledger.verify(path).ok
        wrote(path, 1)
        told += 1
    kept = [event for event in ledger.read(path) if event.event != "ledger.torn_line"]
    # A killed writer may have finished one more event than it could tell of.
    assert told <= len(kept) <= told + 8
    assert ledger.verify(path).ok
