"""A ledger made for a test, and what its audit found."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tadasu import ledger

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


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
    """Return the lines of the file, each with its end."""
    return path.read_bytes().splitlines(keepends=True)


def kinds(verdict: ledger.Verdict) -> list[tuple[int, str]]:
    """Return what was found: line and kind."""
    return [(finding.line, finding.kind) for finding in verdict.findings]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the place of a ledger that is not there yet."""
    return tmp_path / "out" / "ledger.jsonl"
