"""Where the fields of lines of fixed width begin: at blanks that end, and around what is surely a date."""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from tadasu.extract.mapping.model import Position

_BLANK = ord(" ")
_ZERO = ord("0")
_MANY = 8
_MOST = 0.98
_YEARS = range(1900, 2100)


def fields(lines: Sequence[bytes], encoding: str) -> tuple[Position, ...]:
    """Return the fields, named by their place, from lines of one length.

    A field begins where a blank ends in most of the lines that have one there, or where eight digits are a
    day in nearly all lines. Fields of digits that touch each other cannot be told apart: they stay one.
    """
    length = len(lines[0])
    table = np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(len(lines), length)
    blank = (table == _BLANK) | (table == 0)
    starts = {0, *_after_blanks(blank), *_alignments(blank), *_zeros(table)}
    for at in _dates(lines, length):
        starts -= set(range(at + 1, at + 8))
        starts |= {at, at + 8}
    inside = _inside_characters(lines[:300], encoding)
    ordered = sorted(start for start in starts if start < length and start not in inside)
    ends = [*ordered[1:], length]
    return tuple(
        Position(str(place), start + 1, end - start)
        for place, (start, end) in enumerate(zip(ordered, ends, strict=True), 1)
    )


def _after_blanks(blank: np.ndarray) -> list[int]:
    """Return the places where text begins after a blank in every line that does not stay blank."""
    before, here = blank[:, :-1], blank[:, 1:]
    begins = (before & ~here).sum(axis=0)
    goes_on = (~before & ~here).sum(axis=0)
    return [int(at) + 1 for at in np.flatnonzero((begins > 0) & (goes_on <= 0.02 * begins))]


def _alignments(blank: np.ndarray) -> list[int]:
    """Return the places where a column that is always filled follows one that is now and then blank."""
    filled = ~blank
    share = filled.mean(axis=0)
    return [int(at) + 1 for at in np.flatnonzero((share[1:] > _MOST) & (share[:-1] < 0.9))]


def _zeros(table: np.ndarray) -> list[int]:
    """Return the places where a number with zeros in front follows a digit that takes many values."""
    found = []
    for at in range(1, table.shape[1]):
        before = table[:, at - 1]
        digits = np.unique(before[(before >= _ZERO) & (before <= _ZERO + 9)]).size
        if digits >= _MANY and (before >= _ZERO).mean() > _MOST and (table[:, at] == _ZERO).mean() > 0.95:
            found.append(at)
    return found


def _inside_characters(lines: Sequence[bytes], encoding: str) -> set[int]:
    """Return the places that lie inside a character of some line."""
    found: set[int] = set()
    for line in lines:
        if not line.isascii():
            at = 0
            for sign in line.decode(encoding, errors="ignore"):
                size = len(sign.encode(encoding))
                found.update(range(at + 1, at + size))
                at += size
    return found


def _dates(lines: Sequence[bytes], length: int) -> list[int]:
    """Return the places of eight digits that are a day (or blank, or zero) in nearly all lines."""
    found: list[int] = []
    chosen = [line.decode("latin-1") for line in lines[:300]]
    at = 0
    while at <= length - 8:
        pieces = [line[at : at + 8] for line in chosen]
        days = [piece for piece in pieces if piece.strip(" 0")]
        if len(days) >= 0.05 * len(pieces) and days and _share(days) >= _MOST:
            found.append(at)
            at += 8
        else:
            at += 1
    return found


def _share(pieces: Sequence[str]) -> float:
    return sum(_is_day(piece) for piece in pieces) / len(pieces)


def _is_day(piece: str) -> bool:
    if not re.fullmatch(r"\d{8}", piece) or int(piece[:4]) not in _YEARS:
        return False
    try:
        date(int(piece[:4]), int(piece[4:6]), int(piece[6:]))
    except ValueError:
        return False
    return True
