"""One event of the ledger, how its hash is made, and the head file that says where the ledger ends."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from tadasu.errors import TadasuError

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when (UTC), who did it, what it was, to what, and the particulars."""

    at: str
    actor: str
    event: str
    subject: str
    detail: Mapping[str, Any]
    previous_hash: str = GENESIS
    hash: str = ""

    def after(self, previous_hash: str) -> "Event":
        """Return the event chained to the one before, with the hash that all its other columns give."""
        chained = replace(self, previous_hash=previous_hash)
        content = chained.columns()
        del content["hash"]
        return replace(chained, hash=hashlib.sha256(spelt(content)).hexdigest())

    def columns(self) -> dict[str, Any]:
        """Return the columns by name, in order."""
        return {name: getattr(self, name) for name in COLUMNS}

    def line(self) -> bytes:
        """Return the one spelling that the event has in the file, with its line end."""
        return spelt(self.columns()) + b"\n"


COLUMNS = tuple(column.name for column in fields(Event))


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger ends: number of events, hash of the last one, length of the file in bytes."""

    events: int = 0
    hash: str = GENESIS
    bytes: int = 0

    @property
    def anchor(self) -> str:
        """Return the head as text to be noted elsewhere: 'events:hash'."""
        return f"{self.events}:{self.hash}"

    def after(self, event: Event) -> "Head":
        """Return the head once `event` stands at the end."""
        return Head(self.events + 1, event.hash, self.bytes + len(event.line()))

    def text(self) -> str:
        """Return the content of the head file."""
        return json.dumps(asdict(self)) + "\n"


def spelt(content: object, *, sort: bool = False) -> bytes:
    """Return JSON in its one spelling: no spaces, UTF-8, no NaN.

    Raises:
        ValueError, TypeError: it cannot be JSON.
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=sort)
    return text.encode()


def parsed(line: bytes) -> Event:
    """Return the event that a line (without its end) spells; whether its hash is right is another question.

    Raises:
        ValueError: it is not an event in the one spelling that an event has.
    """
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(content, dict) or tuple(content) != COLUMNS:
        raise ValueError("does not have the columns " + ", ".join(COLUMNS))
    event = Event(**content)
    if event.line() != line + b"\n":
        raise ValueError("is not spelt as the ledger spells")
    return event


def sound(line: bytes) -> Event:
    """Return the event that a line spells, its hash checked.

    Raises:
        ValueError: the line is not an event, or its content is not what was hashed.
    """
    event = parsed(line)
    if event.after(event.previous_hash) != event:
        raise ValueError("has a content that its hash does not belong to")
    return event


def head_path(path: Path) -> Path:
    """Return the name of the head file beside the ledger."""
    return path.with_name(f"{path.stem}.head.json")


def read_head(path: Path) -> Head | None:
    """Return where the ledger says that it ends, or None without a head file.

    Raises:
        TadasuError: the head file is not one.
    """
    try:
        content = json.loads(head_path(path).read_bytes())
        return Head(int(content["events"]), str(content["hash"]), int(content["bytes"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise TadasuError(
            f"{head_path(path)}: is not a ledger's head. Restore it from a backup, together with {path.name}."
        ) from error


@contextmanager
def locked(path: Path, *, write: bool = False) -> Iterator[int]:
    """Open the ledger for one writer or for many readers, and give its file descriptor.

    The lock is on the open file, so it also holds between the threads of one process, and a killed process
    leaves none behind.

    Raises:
        TadasuError: the file is not there or cannot be opened or written.
    """
    flags = os.O_RDWR | os.O_CREAT if write else os.O_RDONLY
    try:
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o644)
    except FileNotFoundError as error:
        raise TadasuError(
            f"{path}: there is no ledger here. Name the folder of a run with out=DIR."
        ) from error
    except OSError as error:
        raise TadasuError(f"{path}: the ledger cannot be opened ({error.strerror}). Unlock it.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if write else fcntl.LOCK_SH)
        yield descriptor
    except OSError as error:
        raise TadasuError(
            f"{path}: the ledger cannot be {'written' if write else 'read'} ({error.strerror}); "
            "free or unlock that folder."
        ) from error
    finally:
        os.close(descriptor)


def bytes_from(descriptor: int, offset: int) -> bytes:
    """Return what the open file holds from `offset` on."""
    with open(descriptor, "rb", closefd=False) as stream:
        stream.seek(offset)
        return stream.read()
