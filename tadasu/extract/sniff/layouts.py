"""How an unknown file is laid out: encoding, delimiter, line of names, totals below, fixed width."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tadasu.errors import TadasuError
from tadasu.extract import encodings
from tadasu.extract.cut import cut
from tadasu.extract.delimited import Dialect
from tadasu.extract.mapping.model import Layout
from tadasu.extract.sniff.fields import fields

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 2000
_TOP = 8
_VALUE = re.compile(r"[\d０-９,./:\-−△▲ ]+|[MTSHR]\d.*")
_FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet", ".pq": "parquet"}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A layout as guessed, and what a person should look at (Japanese)."""

    layout: Layout
    doubts: tuple[str, ...] = ()


def sniff(path: Path) -> Sniffed | None:
    """Guess the layout of a file; None if it is empty or no table at all."""
    kind = _FORMATS.get(path.suffix.lower())
    if kind == "parquet":
        return Sniffed(Layout(format="parquet"))
    if kind == "xlsx":
        return _sheet(path)
    data = path.read_bytes()
    return _text(data) if data.strip() and b"\x00" not in data[:1000] else None


def _sheet(path: Path) -> Sniffed | None:
    try:
        found = cut(path, Layout(format="xlsx", header=0))
    except TadasuError:
        return None
    rows = [[text or "" for text in row] for row in found.cells.drop("line").head(_SAMPLE).iter_rows()]
    if not rows:
        return None
    header, doubts = _header(rows)
    at = found.cells["line"][header - 1] if header else 0
    return Sniffed(Layout(format="xlsx", header=at, skip=_totals(rows, header)), doubts)


def _text(data: bytes) -> Sniffed | None:
    guess = encodings.guess(data)
    physical = encodings.split(data)
    raw = encodings.decoded(physical.lines[:_SAMPLE], guess.encoding)["raw"].to_list()
    tail = encodings.decoded(physical.lines[-3:], guess.encoding)["raw"].to_list()
    doubts = [] if guess.sure else [f"文字コードは推定（{guess.why}）"]
    if not physical.ended:
        doubts.append("最後の行に改行がない: 途中で切れていないか確かめる")
    last: Literal["ended", "whole"] = "ended" if physical.ended else "whole"
    sign = _delimiter(raw)
    if sign is None:
        return _fixed(physical.lines, guess.encoding, doubts)
    dialect = Dialect(sign)
    rows = [dialect.cells(line) or [] for line in raw]
    header, told = _header(rows)
    ends = [dialect.cells(line) or [] for line in tail]
    skip = _totals([*rows[:header], *rows[header:], *ends], header)
    layout = Layout(encoding=guess.encoding, delimiter=sign, header=header, skip=skip, last_line=last)
    return Sniffed(layout, (*doubts, *told))


def _fixed(lines: list[bytes], encoding: str, doubts: list[str]) -> Sniffed | None:
    usual, times = Counter(len(line) for line in lines).most_common(1)[0]
    if times < 0.9 * len(lines) or len(lines) < 3:
        return None
    first = next(place for place, line in enumerate(lines) if len(line) == usual)
    found = fields([line for line in lines[:_SAMPLE] if len(line) == usual], encoding)
    told = "固定長の項目の境目は推定: 項目定義書と照らして直す"
    layout = Layout("fixed", encoding, header=first, positions=found, last_line="whole")
    return Sniffed(layout, (*doubts, told))


def _delimiter(lines: Sequence[str]) -> str | None:
    """Return the sign that cuts nearly all lines into one and the same number of cells, at least two."""
    best = (0.0, "")
    for sign in _DELIMITERS:
        counts = Counter(len(Dialect(sign).cells(line) or []) for line in lines if line)
        cells, times = counts.most_common(1)[0] if counts else (0, 0)
        share = times / max(1, sum(counts.values()))
        # The totals and headings of a very short file may have fewer cells.
        if cells >= 2 and share >= (0.9 if len(lines) > 20 else 0.4):
            best = max(best, (share + cells / 1000, sign))
    return best[1] or None


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...]]:
    """Return the line of the column names (0 for none): the last of the lines of words before the data."""
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    found = 0
    for place, row in enumerate(rows[:_TOP], 1):
        filled = [cell for cell in row if cell.strip()]
        words = [cell for cell in filled if not _VALUE.fullmatch(cell.strip())]
        full = len(row) == width and len(filled) >= 0.8 * width and len(set(filled)) == len(filled)
        if full and len(words) >= 0.9 * len(filled) and not _recurs(words, rows[place:]):
            found = place
        elif found or (full and len(words) < 0.9 * len(filled)):
            break
    if not found:
        return 0, ("列名の行がない: 列は 1, 2, … の位置で示す",)
    return found, (f"列名は {found} 行目とした",) if found > 1 else ()


def _recurs(words: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether the words of a line stand in other lines too, as values do and names do not."""
    others = {cell for row in below[:200] for cell in row}
    return sum(word in others for word in words) > 0.3 * len(words)


def _totals(rows: Sequence[Sequence[str]], header: int) -> tuple[str, ...]:
    """Return patterns for the last lines, where they are no records: a word where all others have a value."""
    body = rows[header:]
    if len(body) < 4:
        return ()
    width = Counter(len(row) for row in body).most_common(1)[0][0]
    digits = sum(bool(row) and bool(_VALUE.fullmatch(row[0].strip())) for row in body) > 0.9 * len(body)
    patterns = []
    for row in body[-3:]:
        word = re.match(r"[^\d,.\s:：]+", row[0].strip()) if row else None
        if word and (len(row) != width or digits) and not _VALUE.fullmatch(row[0].strip()):
            patterns.append(f"^{re.escape(word[0])}")
    return tuple(dict.fromkeys(patterns))
