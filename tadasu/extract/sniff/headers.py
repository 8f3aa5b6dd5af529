"""Where a table's column names stand: one line of names, or groups above names as in printed lists."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

VALUE = re.compile(r"[\d０-９,./:\-−△▲ ]+|[MTSHR]\d.*")
"""What a cell looks like that is a number, a date or a code, not a name."""

_TOP = 12
_ABOVE = 2
_TITLE = re.compile(r"令和|平成|昭和|20[0-9]{2}|[:：]|ページ|頁|一覧表")

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The line of the names, counted from 1 (0: there is none).

    said: what each column is called with its group (収入金額 給与), empty where the line says it all.
    """

    at: int
    said: tuple[str, ...] = ()


def header(rows: Sequence[Row]) -> Header:
    """Find the line of the column names: the last of the lines of words before the data."""
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    at = _single(rows, width) or _stacked(rows, width)
    return Header(at, _grouped(rows, at, width) if at else ())


def _single(rows: Sequence[Row], width: int) -> int:
    """Return the last full line of words that are all different, 0 if there is none."""
    found = 0
    for place, row in enumerate(rows[:_TOP], 1):
        filled = [cell for cell in row if cell.strip()]
        words = [cell for cell in filled if not VALUE.fullmatch(cell.strip())]
        full = len(row) == width and len(filled) >= 0.8 * width and len(set(filled)) == len(filled)
        if full and len(words) >= 0.9 * len(filled) and not _recurs(words, rows[place:]):
            found = place
        elif found or (full and len(words) < 0.9 * len(filled)):
            break
    return found


def _stacked(rows: Sequence[Row], width: int) -> int:
    """Return the line above the first data, where it is a line of words that groups above it complete."""
    place = next((place for place, row in enumerate(rows[: _TOP + 1]) if _is_data(row)), 0)
    if not place or not _words(rows[place - 1]) or len(rows[place - 1]) != width:
        return 0
    named = [*_grouped(rows, place, width)]
    whole = sum(bool(name) for name in named) >= 0.9 * width and len(set(named)) >= 0.9 * width
    return place if whole else 0


def _is_data(row: Row) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) >= 2 and sum(bool(VALUE.fullmatch(cell)) for cell in filled) > 0.2 * len(filled)


def _grouped(rows: Sequence[Row], at: int, width: int) -> tuple[str, ...]:
    """Return the names with the words of the merged cells above them, nothing if no groups stand there."""
    names = [cell.strip() for cell in rows[at - 1]]
    found = False
    for above in range(at - 2, max(-1, at - 2 - _ABOVE), -1):
        row = [cell.strip() for cell in rows[above]]
        if len(row) != width or not _groups(row):
            break
        names = [" ".join(filter(None, pair)) for pair in zip(_spread(row, names), names, strict=True)]
        found = True
    return tuple(names) if found else ()


def _groups(row: Row) -> bool:
    """Say whether a line holds names of groups rather than the title of a list."""
    filled = [cell for cell in row if cell]
    return len(filled) >= 3 and _words(row) and not any(_TITLE.search(cell) for cell in filled)


def _spread(groups: Row, names: Row) -> list[str]:
    """Give each column its group: a merged cell's word stands over its first column alone.

    A column without a name of its own is merged downwards, and ends the group before it.
    """
    told = []
    now = ""
    for group, name in zip(groups, names, strict=True):
        now = group or (now if name else "")
        told.append(now)
        if group and not name:
            now = ""
    return told


def _words(row: Row) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) >= 2 and sum(not VALUE.fullmatch(cell) for cell in filled) >= 0.9 * len(filled)


def _recurs(words: Sequence[str], below: Sequence[Row]) -> bool:
    """Say whether the words of a line stand in other lines too, as values do and names do not."""
    others = {cell for row in below[:200] for cell in row}
    return sum(word in others for word in words) > 0.3 * len(words)
