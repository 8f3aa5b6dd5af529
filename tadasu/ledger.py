"""The audit trail (監査証跡): events in a file that only grows, each chained to the one before by its hash.

`ledger.jsonl` holds one event a line; `ledger.head.json` beside it says how many there are and how the last
one hashes, so that a cut tail shows as well as an edit, a deletion or an insertion in the middle.

What this cannot do by itself: whoever may write both files can write a whole new history and a head to match.
Such a rewrite changes the hash of every event from the first change on, so it is found by comparing with a
head noted where that person cannot write: `head(path).anchor` is short enough for a tag of the MLflow run, a
printed report or a letter, and `verify(path, anchors)` compares. An anchor is worth as much as the place
where it lies: one in the same folder stops a hasty hand, one on another machine or on paper stops an
administrator. What came after the last anchor such a person can still rewrite unseen. And nothing here says
that an event was true when it was written, nor who sat at the keyboard: `actor` is what the caller says.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tadasu.audit import Anchor, Finding, Verdict, verify
from tadasu.chain import Event, Head, bytes_from, head_path, locked, read_head, sound, spelt
from tadasu.errors import TadasuError
from tadasu.store import write_bytes, write_text

TORN = "ledger.torn_line"


def append(
    path: Path, *, actor: str, event: str, subject: str, detail: Mapping[str, Any], at: datetime | None = None
) -> Event:
    """Add one event at the end, on disk before this returns; writers wait for each other.

    A last line that a killed writer left unfinished is first moved to a file of its own beside the ledger,
    and an event of its own says so.

    Args:
        path: the ledger; made with its folder when it is not there.
        actor: who did it: a stage, or a member of staff by identifier.
        event: what was done, such as `train` or `decision.accept`.
        subject: to what: a year, a row, a model.
        detail: particulars as JSON (no NaN); personal data do not belong here.
        at: when, with a time zone; now by default.

    Raises:
        TadasuError: the folder is not writable, or the ledger and its head disagree; nothing was added.
        ValueError, TypeError: `detail` is not JSON, or `at` has no time zone; nothing was added.
    """
    at = at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ValueError(f"ledger event {event!r}: the time {at} has no time zone")
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds")
    plain = json.loads(spelt(detail, sort=True))
    new = Event(stamp, actor, event, subject, plain)
    new.line()  # what cannot be spelt fails here, before the file is touched
    with locked(path, write=True) as descriptor:
        end = _mended(path, descriptor, stamp)
        return _add(path, descriptor, end, new)[1]


def _add(path: Path, descriptor: int, end: Head, event: Event) -> tuple[Head, Event]:
    """Write the line, then the head: after a kill in between the next append takes the line up."""
    chained = event.after(end.hash)
    new = end.after(chained)
    try:
        _write_all(descriptor, chained.line(), end.bytes)
        os.fsync(descriptor)
        write_text(head_path(path), new.text())
    except (OSError, TadasuError):
        os.ftruncate(descriptor, end.bytes)
        raise
    _sync(path.parent)
    return new, chained


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written


def _sync(folder: Path) -> None:
    """Put the folder on disk: until then a power cut may bring an older head back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mended(path: Path, descriptor: int, stamp: str) -> Head:
    """Return where to append, once what a killed writer left past the head is taken up or set aside."""
    end = read_head(path) or Head()
    rest = bytes_from(descriptor, end.bytes)
    if not rest and os.fstat(descriptor).st_size == end.bytes:
        return end
    if rest and b"\n" not in rest:
        return _set_aside(path, descriptor, end, rest, stamp)
    if rest and (left := _one_event(rest, end)):
        os.fsync(descriptor)
        write_text(head_path(path), end.after(left).text())
        return end.after(left)
    raise TadasuError(
        f"{path}: the ledger does not end where {head_path(path).name} says ({end.events} events, "
        f"{end.bytes} bytes), so nothing is appended. `tadasu ledger verify` says where they differ. Keep "
        "both files for the auditor, move them to another folder, and the next run begins a new ledger."
    )


def _one_event(rest: bytes, end: Head) -> Event | None:
    try:
        event = sound(rest.removesuffix(b"\n"))
    except ValueError:
        return None
    return event if event.previous_hash == end.hash else None


def _set_aside(path: Path, descriptor: int, end: Head, rest: bytes, stamp: str) -> Head:
    digest = hashlib.sha256(rest).hexdigest()
    aside = path.with_name(f"{path.stem}.torn-{digest[:16]}")
    write_bytes(aside, rest)
    os.ftruncate(descriptor, end.bytes)
    detail = {"bytes": len(rest), "sha256": digest}
    return _add(path, descriptor, end, Event(stamp, "tadasu", TORN, aside.name, detail))[0]


def head(path: Path) -> Head:
    """Return where the ledger ends; its `anchor` is the text to note elsewhere.

    Raises:
        TadasuError: there is no ledger with a head.
    """
    found = read_head(path)
    if found is None:
        raise TadasuError(
            f"{head_path(path)}: there is no ledger here. Name the folder of a run with out=DIR."
        )
    return found


def read(path: Path) -> list[Event]:
    """Return all events, oldest first; an unfinished last line is no event.

    Raises:
        TadasuError: there is no ledger, or a line is not a sound event.
    """
    with locked(path) as descriptor:
        lines = bytes_from(descriptor, 0).split(b"\n")[:-1]
    events = []
    for number, line in enumerate(lines, 1):
        try:
            events.append(sound(line))
        except ValueError as error:
            raise TadasuError(f"{path}: line {number} {error}. Run `tadasu ledger verify`.") from error
    return events


__all__ = ["Anchor", "Event", "Finding", "Head", "Verdict", "append", "head", "read", "verify"]
