"""Record layouts (項目定義書): names, places and lengths of fields, as CSV or Excel beside an export."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import fastexcel

from tadasu.errors import TadasuError
from tadasu.extract import encodings
from tadasu.extract.cut import cut
from tadasu.extract.cut.shape import distinct
from tadasu.extract.delimited import Dialect
from tadasu.extract.mapping.model import Layout, Position

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "ident": ("項目ID", "項目コード", "物理名", "物理項目", "カラム", "列ID", "フィールドID", "英字名"),
    "name": ("項目名", "論理名", "データ項目", "日本語名", "フィールド名", "名称", "項目"),
    "length": ("バイト", "BYTE", "桁", "長さ", "文字数", "LENGTH", "サイズ"),
    "at": ("開始", "位置", "FROM", "オフセット"),
    "sort": ("属性", "型", "データ型", "タイプ"),
    "note": ("備考", "説明", "内容", "コード", "設定値", "値", "摘要"),
    "file": ("ファイル", "レコード", "テーブル", "帳票"),
}
_MOST_ABOVE = 8
_LARGEST = 3_000_000
_SHEETS = 60
_WIDE = re.compile(r"N|全角|漢字|日本語|G", re.IGNORECASE)
_BLANK = ("空白", "ブランク", "スペース")
_CODE = rf"(?<![0-9A-Za-z])([0-9A-Za-z]{{1,4}}|{'|'.join(_BLANK)})\s*[:=→]\s*"
_MEANING = re.compile(_CODE + r"([^\s,、;；]+?)(?=[/／]" + _CODE + r"|[\s,、;；]|$)")


@dataclass(frozen=True, slots=True)
class Item:
    """A field as a layout describes it. ident: its name in Latin letters. length: 0 where it is not told."""

    name: str
    ident: str = ""
    at: int = 0
    length: int = 0
    wide: bool = False
    note: str = ""

    @property
    def meanings(self) -> dict[str, str]:
        """Return what codes mean, where the note says it: `1:男 2:女`."""
        return _meanings(self.note)


def _meanings(note: str) -> dict[str, str]:
    """Return what codes mean; a bracket that closes the whole remark is no part of the last."""
    found = _MEANING.findall(unicodedata.normalize("NFKC", note))
    surplus = {word: ")" * max(0, word.count(")") - word.count("(")) for _, word, _ in found}
    return {"" if code in _BLANK else code: word.removesuffix(surplus[word]) for code, word, _ in found}


@dataclass(frozen=True, slots=True)
class Record:
    """One record layout. title: words that say which file it is about. where: its file, for messages."""

    title: str
    items: tuple[Item, ...]
    where: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the fields, all different."""
        return tuple(distinct([item.name for item in self.items]))

    def mentions(self, stem: str) -> int:
        """Say whether the layout names a file: 2 where it does so exactly, 1 where in part, 0 if not."""
        told, own = _plain(self.title), _plain(stem)
        words = set(re.findall(r"[^\s|:：・、,()（）「」]+", told))
        if own in words:
            return 2
        return int(any(len(word) >= 3 and (word in own or own in word) for word in words) and bool(own))

    def positions(self, length: int) -> tuple[Position, ...]:
        """Return the fields of lines of `length` bytes; nothing if the lengths do not add up to them.

        A length of full-width signs may be told in signs: they are two bytes each.
        """
        told = [item for item in self.items if item.length]
        for lengths in ([i.length for i in told], [i.length * (2 if i.wide else 1) for i in told]):
            placed = _placed(told, lengths)
            if placed and placed[-1].at + placed[-1].length - 1 == length:
                return placed
        return ()


@dataclass(frozen=True, slots=True)
class Records:
    """All layouts that lie in a folder, and the files that they were read from."""

    known: tuple[Record, ...] = ()
    files: frozenset[Path] = field(default_factory=frozenset)

    def best(self, stem: str, fits: Iterable[Record]) -> Record | None:
        """Return the fitting layout that names a file, or the only one that fits at all."""
        chosen = sorted(fits, key=lambda record: -record.mentions(stem))
        if not chosen:
            return None
        first = chosen[0].mentions(stem)
        return chosen[0] if first > (chosen[1].mentions(stem) if len(chosen) > 1 else -1) else None


def find(paths: Iterable[Path]) -> Records:
    """Read the layouts among files; what is no layout is left alone."""
    known: list[Record] = []
    files = set()
    for path in paths:
        found = [record for title, rows in _sheets(path) for record in _records(title, rows, path.name)]
        known += found
        if found:
            files.add(path)
    return Records(tuple(_resolved(known)), frozenset(files))


def _resolved(known: Sequence[Record]) -> list[Record]:
    """Give a field whose remark says 'as that other field' the codes of the other."""
    codes = {item.name: item.note for record in known for item in record.items if item.meanings}

    def note(item: Item) -> str:
        named = [name for name in codes if name in item.note]
        as_other = "同じ" in item.note and not item.meanings and named
        return codes[max(named, key=len)] if as_other else item.note

    return [
        replace(record, items=tuple(replace(item, note=note(item)) for item in record.items))
        for record in known
    ]


def _sheets(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Return the sheets of a file with their names, as rows of text."""
    sort = path.suffix.lower()
    if path.stat().st_size > _LARGEST:
        return
    if sort in (".xlsx", ".xlsm"):
        try:
            names = fastexcel.read_excel(path).sheet_names[:_SHEETS]
            for name in names:
                found = cut(path, Layout(format="xlsx", header=0, sheet=name)).cells.drop("line").head(2000)
                yield f"{path.stem} {name}", [[text or "" for text in row] for row in found.iter_rows()]
        except (TadasuError, fastexcel.FastExcelError, OSError, ValueError):
            return
    elif sort in (".csv", ".tsv", ".txt"):
        data = path.read_bytes()
        raw = encodings.decoded(encodings.split(data).lines[:3000], encodings.guess(data).encoding)["raw"]
        dialect = Dialect("\t" if "\t" in "".join(raw.head(30).to_list()) else ",")
        yield path.stem, [dialect.cells(line) or [] for line in raw]


def _records(title: str, rows: Sequence[Sequence[str]], where: str) -> Iterator[Record]:
    """Return the layouts in a sheet: below each line that has headings of a layout."""
    starts = [(place, told) for place, row in enumerate(rows) if (told := _headings(row))]
    if not starts or starts[0][0] > 30:
        return
    ends = [place for place, _ in starts[1:]] + [len(rows)]
    last = 0
    for (place, told), end in zip(starts, ends, strict=True):
        above = [cell for row in rows[max(last, place - _MOST_ABOVE) : place] for cell in row if cell.strip()]
        by_file: dict[str, list[Item]] = {}
        name = ""
        for row in rows[place + 1 : end]:
            cells = {key: row[at].strip() for key, at in told.items() if at < len(row)}
            name = cells.get("file") or name
            if item := _item({**cells, "note": _note(row, cells)}):
                by_file.setdefault(name, []).append(item)
                last = place
        for about, items in by_file.items():
            if len(items) >= 3:
                yield Record(" | ".join(filter(None, (title, about, *above))), _from_one(items), where)


def _headings(row: Sequence[str]) -> dict[str, int]:
    """Return which cells of a line head which column of a layout; nothing if it is no such line."""
    found: dict[str, int] = {}
    cells = [_plain(cell) for cell in row]
    for key, words in _HEADINGS.items():
        for word in words:
            at = next((n for n, c in enumerate(cells) if c.startswith(word) and n not in found.values()), -1)
            if at >= 0:
                found[key] = at
                break
    is_one = "name" in found and (
        "length" in found or ("ident" in found and ("sort" in found or "note" in found))
    )
    return found if is_one and all(len(cell) < 20 for cell in cells) else {}


def _note(row: Sequence[str], cells: Mapping[str, str]) -> str:
    """Return what is said of a field's codes: in its remark, or else in whichever cell says it."""
    note = cells.get("note", "")
    others = (cell for cell in row if len(_meanings(cell)) > 1)
    return note if _meanings(note) else next(others, note)


def _item(cells: Mapping[str, str]) -> Item | None:
    name = cells.get("name", "")
    length, at = _number(cells.get("length", ""), last=True), _number(cells.get("at", ""))
    if not name or ("length" in cells and not length):
        return None
    sort = unicodedata.normalize("NFKC", cells.get("sort", ""))
    wide = bool(_WIDE.match(sort)) and not sort.upper().startswith(("NUM", "NO"))
    return Item(name, cells.get("ident", ""), at, length, wide, cells.get("note", ""))


def _from_one(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the fields with places that count from 1."""
    from_zero = any(item.at for item in items) and items[0].at == 0
    if not from_zero:
        return tuple(items)
    return tuple(Item(i.name, i.ident, i.at + 1, i.length, i.wide, i.note) for i in items)


def _number(text: str, *, last: bool = False) -> int:
    found = re.findall(r"\d+", unicodedata.normalize("NFKC", text).split(".")[0])
    return int(found[-1 if last else 0]) if found else 0


def _placed(items: Sequence[Item], lengths: Sequence[int]) -> tuple[Position, ...]:
    """Return where fields lie: where the layout says, otherwise one after the other."""
    names = distinct([item.name for item in items])
    at = 1
    found: list[Position] = []
    for item, name, length in zip(items, names, lengths, strict=True):
        at = item.at or at
        if found and at < found[-1].at + found[-1].length:
            return ()
        found.append(Position(name, at, length))
        at += length
    return tuple(found)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
