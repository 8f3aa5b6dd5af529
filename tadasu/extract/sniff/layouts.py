"""How an unknown file is laid out: encoding, delimiter, line of names, totals below, fixed width."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from tadasu.errors import TadasuError
from tadasu.extract import encodings
from tadasu.extract.cut import cut
from tadasu.extract.cut.shape import distinct
from tadasu.extract.delimited import Dialect
from tadasu.extract.mapping.model import Layout
from tadasu.extract.sniff.fields import fields
from tadasu.extract.sniff.headers import VALUE, header
from tadasu.extract.sniff.records import Item, Record, Records

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 2000
_COVERED = 0.6
_FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet", ".pq": "parquet"}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A layout as guessed, and what a person should look at (Japanese).

    said: by the name of a column what it is called in full: with its group, or in a record layout.
    meanings: by the name of a column what its codes mean, where a record layout says so.
    """

    layout: Layout
    doubts: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def sniff(path: Path, records: Records | None = None, stem: str = "") -> Sniffed | None:
    """Guess the layout of a file; None if it is empty or no table at all.

    Args:
        path: The file.
        records: Layouts of records that lie beside it; the one that is about it says its fields.
        stem: What its name says besides the year.
    """
    told = _sniff(path, records or Records(), stem or path.stem)
    return _described(told, path, records, stem or path.stem) if told and records else told


def _sniff(path: Path, records: Records, stem: str) -> Sniffed | None:
    kind = _FORMATS.get(path.suffix.lower())
    if kind == "parquet":
        return Sniffed(Layout(format="parquet"))
    if kind == "xlsx":
        return _sheet(path)
    data = path.read_bytes()
    return _text(data, records, stem) if data.strip() and b"\x00" not in data[:1000] else None


def _sheet(path: Path) -> Sniffed | None:
    try:
        found = cut(path, Layout(format="xlsx", header=0))
    except TadasuError:
        return None
    rows = [[text or "" for text in row] for row in found.cells.drop("line").head(_SAMPLE).iter_rows()]
    if not rows:
        return None
    told = header(rows)
    at = found.cells["line"][told.at - 1] if told.at else 0
    names = distinct(rows[told.at - 1] if told.at else [None] * len(rows[0]))
    said = {name: text for name, text in zip(names, told.said, strict=False) if text and text != name}
    return Sniffed(Layout(format="xlsx", header=at, skip=_totals(rows, told.at)), _doubts(at), said)


def _doubts(at: int) -> tuple[str, ...]:
    if not at:
        return ("列名の行がない: 列は 1, 2, … の位置で示す",)
    return (f"列名は {at} 行目とした",) if at > 1 else ()


def _text(data: bytes, records: Records, stem: str) -> Sniffed | None:
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
        return _fixed(physical.lines, guess.encoding, doubts, records, stem)
    dialect = Dialect(sign)
    rows = [dialect.cells(line) or [] for line in raw]
    told = header(rows)
    ends = [dialect.cells(line) or [] for line in tail]
    skip = _totals([*rows, *ends], told.at)
    layout = Layout(encoding=guess.encoding, delimiter=sign, header=told.at, skip=skip, last_line=last)
    names = distinct(rows[told.at - 1]) if told.at else []
    said = {name: text for name, text in zip(names, told.said, strict=False) if text and text != name}
    return Sniffed(layout, (*doubts, *_doubts(told.at)), said)


def _fixed(
    lines: list[bytes], encoding: str, doubts: list[str], records: Records, stem: str
) -> Sniffed | None:
    usual, times = Counter(len(line) for line in lines).most_common(1)[0]
    if times < 0.9 * len(lines) or len(lines) < 3:
        return None
    first = next(place for place, line in enumerate(lines) if len(line) == usual)
    fitting = [record for record in records.known if record.positions(usual)]
    if record := records.best(stem, fitting):
        layout = Layout("fixed", encoding, header=first, positions=record.positions(usual), last_line="whole")
        return Sniffed(layout, (*doubts, f"固定長の項目は {record.where} による"))
    named = records.best(stem, [record for record in records.known if record.mentions(stem) == 2])
    if named:
        length = sum(item.length for item in named.items)
        doubts.append(f"{named.where} の桁数の合計 {length} が 1 行の長さ {usual} バイトと合わない")
    found = fields([line for line in lines[:_SAMPLE] if len(line) == usual], encoding)
    told = "固定長の項目の境目は推定: 項目定義書と照らして直す"
    layout = Layout("fixed", encoding, header=first, positions=found, last_line="whole")
    return Sniffed(layout, (*doubts, told))


def _described(sniffed: Sniffed, path: Path, records: Records, stem: str) -> Sniffed:
    """Add what a record layout says of a file's columns: their names in full, what their codes mean."""
    if sniffed.layout.format == "fixed":
        named = {p.name for p in sniffed.layout.positions}
        record = records.best(stem, [one for one in records.known if named == set(one.names)])
        pairs = list(zip(record.names, record.items, strict=True)) if record else []
    else:
        names = cut(path, sniffed.layout).names
        record = records.best(stem, [one for one in records.known if _covers(one, names)])
        pairs = _paired(record, names) if record else []
    said = {name: item.name for name, item in pairs if item.name != name}
    meanings = {name: item.meanings for name, item in pairs if item.meanings}
    return replace(sniffed, said={**sniffed.said, **said}, meanings=meanings)


def _covers(record: Record, names: Sequence[str]) -> bool:
    """Say whether a layout is of a file with these columns: by their names, or their number if nameless."""
    if all(name.isdigit() for name in names):
        return len(names) == len(record.items)
    known = {item.ident for item in record.items} | {item.name for item in record.items}
    return sum(name in known for name in names) >= _COVERED * len(names)


def _paired(record: Record, names: Sequence[str]) -> list[tuple[str, Item]]:
    if all(name.isdigit() for name in names):
        return list(zip(names, record.items, strict=True))
    by_name = {item.name: item for item in record.items} | {i.ident: i for i in record.items if i.ident}
    return [(name, by_name[name]) for name in names if name in by_name]


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


def _totals(rows: Sequence[Sequence[str]], header: int) -> tuple[str, ...]:
    """Return patterns for the last lines, where they are no records: a word where all others have a value."""
    body = rows[header:]
    if len(body) < 4:
        return ()
    width = Counter(len(row) for row in body).most_common(1)[0][0]
    digits = sum(bool(row) and bool(VALUE.fullmatch(row[0].strip())) for row in body) > 0.9 * len(body)
    patterns = []
    for row in body[-3:]:
        word = re.match(r"[^\d,.\s:：]+", row[0].strip()) if row else None
        if word and (len(row) != width or digits) and not VALUE.fullmatch(row[0].strip()):
            patterns.append(f"^{re.escape(word[0])}")
    return tuple(dict.fromkeys(patterns))
