"""The audit of the ledger finds each kind of tampering, by the head file or by an anchor kept elsewhere."""

from pathlib import Path

import pytest

from tadasu import chain, ledger
from tadasu.errors import TadasuError
from tests.ledger.conftest import NOON, kinds, lines_of, wrote


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
