"""Whether a ledger is what was written: finds edits, deletions and insertions, and says at which line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tadasu.chain import GENESIS, Head, bytes_from, locked, parsed, read_head
from tadasu.errors import TadasuError

# What a finding is called on screen.
KINDS = {
    "edited": "改変",
    "inserted": "挿入",
    "missing": "削除・差替え",
    "cut": "末尾の削除",
    "head": "末尾記録の不一致",
    "anchor": "外部控えとの不一致",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the ledger is not what was written; `line` counts from 1, `kind` is one of `KINDS`."""

    line: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head noted elsewhere: that many events, the last with this hash, and where it was noted."""

    events: int
    hash: str
    where: str

    @classmethod
    def of(cls, text: str, where: str) -> "Anchor":
        """Read 'events:hash', as `Head.anchor` writes it.

        Raises:
            TadasuError: it is not an anchor.
        """
        events, _, digest = text.strip().partition(":")
        if not events.isdecimal() or len(digest) != len(GENESIS):
            raise TadasuError(f"{where}: {text!r} is not an anchor of a ledger; expected 'events:hash'.")
        return cls(int(events), digest, where)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit of a ledger found: none of `findings` means sound; `notes` are harmless oddities."""

    head: Head
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether nothing was found."""
        return not self.findings


@dataclass(slots=True)
class _Chain:
    """The lines as walked: the hash that each states (None where it is not an event), and what was found."""

    hashes: list[str | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def found(self, line: int, kind: str, message: str) -> None:
        self.findings.append(Finding(line, kind, f"line {line}: {message}"))

    def line_of(self, digest: str) -> int | None:
        """Return the line (0 before the first) at which the chain has this hash."""
        if digest == GENESIS:
            return 0
        return self.hashes.index(digest) + 1 if digest in self.hashes else None


def verify(path: Path, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Check every line's hash and place, the end against the head file, and all against `anchors`.

    Args:
        path: the ledger.
        anchors: heads noted elsewhere, in any order.

    Raises:
        TadasuError: there is neither a ledger nor a head nor an anchor, or the file cannot be read.
    """
    if path.exists():
        with locked(path) as descriptor:
            content, stated = bytes_from(descriptor, 0), _stated(path)
    elif (stated := _stated(path)) or anchors:
        content = b""
    else:
        raise TadasuError(f"{path}: there is no ledger here. Name the folder of a run with out=DIR.")
    *lines, torn = content.split(b"\n")
    chain = _walked(lines)
    size = len(content) - len(torn)
    head = Head(len(lines), (chain.hashes[-1] or "") if lines else GENESIS, size)
    notes = [*_notes(path, len(lines), torn), *_against_head(chain, head, stated)]
    _against_anchors(chain, sorted(anchors, key=lambda anchor: anchor.events))
    return Verdict(head, tuple(sorted(chain.findings, key=lambda finding: finding.line)), tuple(notes))


def _stated(path: Path) -> Head | None:
    try:
        return read_head(path)
    except TadasuError:  # what is no head is reported like none: as a finding
        return None


def _walked(lines: list[bytes]) -> _Chain:
    chain = _Chain()
    seen = {GENESIS: 0}
    previous: str | None = GENESIS
    for number, line in enumerate(lines, 1):
        try:
            event = parsed(line)
        except ValueError as error:
            chain.found(number, "edited", str(error))
            chain.hashes.append(None)
            previous = None
            continue
        if event.after(event.previous_hash) != event:
            chain.found(number, "edited", "its content is not what was hashed")
        if previous is not None and event.previous_hash != previous:
            _broken(chain, number, seen.get(event.previous_hash))
        previous = event.hash
        seen[event.hash] = number
        chain.hashes.append(event.hash)
    return chain


def _broken(chain: _Chain, number: int, follows: int | None) -> None:
    """Note that line `number` does not continue the one before but, if anything, line `follows`."""
    if follows is None:
        message = f"does not continue line {number - 1}: events before it were deleted or replaced"
        chain.found(number, "missing", message)
    else:
        message = f"lines {follows + 1} to {number - 1} were inserted: line {number} continues line {follows}"
        chain.found(follows + 1, "inserted", message)


def _notes(path: Path, events: int, torn: bytes) -> Iterator[str]:
    if torn:
        yield (
            f"after line {events} stand {len(torn)} bytes of a line that a killed writer left unfinished; "
            "the next append sets them aside"
        )
    for aside in sorted(path.parent.glob(f"{path.stem}.torn-*")):
        yield f"{aside.name} holds an unfinished line that was set aside"


def _against_head(chain: _Chain, head: Head, stated: Head | None) -> Iterator[str]:
    """Compare where the ledger ends with where its head says; yield what a kill explains."""
    at = chain.line_of((stated or Head()).hash)
    if stated == head or (stated is None and head.events == 0):
        return
    if at is not None and head.events == at + 1 and not chain.findings:
        yield f"line {head.events} is not in the head yet: its writer was killed; the next append mends it"
    elif stated is None:
        chain.found(head.events, "head", "the head file is gone or spoilt, so a cut tail would not show")
    elif at is None and head.events < stated.events:
        message = f"{stated.events - head.events} events after this line were deleted, the head says"
        chain.found(head.events, "cut", message)
    elif at is None:
        chain.found(stated.events, "head", "is not the event that the head file names: history was rewritten")
    elif at < head.events:
        chain.found(at + 1, "inserted", "stands past the end that the head file names")
    elif not chain.findings:
        chain.found(at, "head", f"the head file counts {stated.events} events, {stated.bytes} bytes: not so")


def _against_anchors(chain: _Chain, anchors: list[Anchor]) -> None:
    good = 0
    for anchor in anchors:
        at = chain.line_of(anchor.hash)
        if at == anchor.events or (at is not None and chain.findings):
            good = max(good, at)
            continue
        message = f"is not event {anchor.events} of {anchor.where}: lines after {good} were rewritten or cut"
        chain.found(min(anchor.events, len(chain.hashes)), "anchor", message)


__all__ = ["KINDS", "Anchor", "Finding", "Verdict", "verify"]
