"""The ledger keeps every event under concurrency, kills and a full disk."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tadasu import chain, ledger
from tadasu.errors import TadasuError
from tests.ledger.conftest import wrote

WRITER = """
import sys
from pathlib import Path
from tadasu import ledger
path, actor, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    ledger.append(path, actor=actor, event="count", subject=str(number), detail={"pad": "x" * 4000})
    print(number, flush=True)
"""


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
