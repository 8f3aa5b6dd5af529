"""Statutory files in a folder: reports (315, 331) by their lines, returns by their field codes (ABB00080)."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tadasu.extract import encodings
from tadasu.extract.sniff.content import Content, share
from tadasu.extract.sniff.folders import Group
from tadasu.extract.sniff.scores import phrases
from tadasu.extract.sniff.words import closest
from tadasu.extract.statutory.layout import FORMS, Form, fields, published
from tadasu.extract.statutory.returns import codes
from tadasu.extract.values.texts import stripped
from tadasu.tables import DOCUMENTS

_SAMPLE = 300
_NEARLY = 0.9
_LEAST_CODES = 5
_NAMED = 0.7
_CHANNELS = {
    "disc": ("CD", "DVD", "光", "磁気", "媒体", "DISC", "MO"),
    "paper": ("紙", "OCR", "パンチ", "PAPER", "書面"),
}
_TAKEN = ("person_id", "document_id", "received_on")
_RELATIVES = (("配偶者", "spouse"), *((f"扶養{n}", f"dependent{n}") for n in range(1, 5)),
              *((f"年少{n}", f"under16_{n}") for n in range(1, 5)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reports:
    """Files of report lines: how many of which form, of how many fields, with which mark (訂正表示)."""

    group: Group
    encoding: str
    forms: Counter[str]
    widths: Counter[int]
    marks: Counter[str]
    last_line: str

    @property
    def channel(self) -> tuple[str, bool]:
        """Return how they came in, and whether their name says so."""
        stem = self.group.pattern.upper()
        told = next((c for c, words in _CHANNELS.items() if any(word in stem for word in words)), "")
        return (told, True) if told else ("eltax", "ELTAX" in stem)

    @property
    def odd(self) -> list[tuple[int, int]]:
        """Return numbers of fields that no published layout has, with how many lines have them."""
        known = {layout.width for form in FORMS for layout in published(form)}
        return [(n, times) for n, times in self.widths.items() if n not in known and n < max(known)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file beside statutory ones, such as that which says whose report a line is."""

    group: Group
    contents: tuple[Content, ...]
    cells: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Papers:
    """What a folder has of statutory files. match: the file that says whose report a line is."""

    reports: tuple[Reports, ...] = ()
    returns: tuple[Sheet, ...] = ()
    match: Sheet | None = None

    @property
    def patterns(self) -> frozenset[str]:
        """Return the patterns of files that are read as statutory ones and not as tables."""
        used = [s.group.pattern for s in (*self.returns, *((self.match,) if self.match else ()))]
        return frozenset([*(one.group.pattern for one in self.reports), *used])


def reports(group: Group) -> Reports | None:
    """Return what a group's newest file holds of report lines; None if it holds none."""
    _, path = max(group.files, key=lambda file: file[0] or 0)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".parquet", ".pq"):
        return None
    data = path.read_bytes()
    physical = encodings.split(data)
    encoding = encodings.guess(data).encoding
    lines = encodings.decoded(physical.lines[:_SAMPLE], encoding)["raw"].to_list()
    cells = [cells for line in lines if (cells := _cells(line))]
    if len(cells) < max(1, _NEARLY * len(lines)):
        return None
    return Reports(
        group,
        encoding,
        Counter(row[0] for row in cells),
        Counter(len(row) for row in cells),
        Counter(_field(row, "mark") for row in cells),
        "ended" if physical.ended else "whole",
    )


def _cells(line: str) -> list[str]:
    """Return the fields of a report's line, nothing if it is none; a `prefix@` may stand before it."""
    for body in (line, line.partition("@")[2]):
        cells = body.split(",")
        if cells[0] in FORMS and len(cells) >= published(_form(cells[0]))[0].width:
            return cells
    return []


def _form(word: str) -> Form:
    return next(form for form in FORMS if form == word)


def _field(row: Sequence[str], name: str) -> str:
    form = _form(row[0])
    if name not in fields(form):
        return ""
    fitting = [one for one in published(form) if one.width <= len(row)]
    return row[fitting[-1].places[name] - 1] if fitting and fitting[-1].has(name) else ""


def is_returns(contents: Sequence[Content]) -> bool:
    """Say whether columns are called by the field codes of e-Tax."""
    known = {code for of_column in codes().values() for code in of_column}
    return sum(content.name in known for content in contents) >= _LEAST_CODES


def matching(sheets: Sequence[Sheet], found: Sequence[Reports]) -> Sheet | None:
    """Return the file that names report files and lines, or people and payers of reports."""
    names = {path.name for one in found for _, path in one.group.files}
    stems = {Path(name).stem for name in names}
    return next((s for s in sheets if _naming(s, names | stems)), None)


def _naming(sheet: Sheet, names: set[str]) -> str:
    """Return the column of a sheet whose values are names of files."""
    for column in sheet.cells:
        values = stripped(column).drop_nulls().unique()
        if values.len() and share(values.is_in(sorted(names))) >= _NEARLY / 2:
            return column.name
    return ""


def statutory_lines(papers: Papers) -> Iterator[str]:
    """Return the parts `statutory` and `returns` of a proposal, as docs/statutory_files.md has them."""
    if papers.reports:
        yield "  # 支払報告書の届いたままのファイル（docs/statutory_files.md）"
        yield "  statutory:"
    for place, one in enumerate(papers.reports):
        yield from (f"    {line}" for line in _reports(one, papers, first=place == 0))
    for sheet in papers.returns:
        yield "  # 確定申告書の項目コード（docs/statutory_files.md）"
        yield "  returns:"
        yield from (f"    {line}" for line in _returns(sheet))
    if papers.reports or papers.returns:
        yield ""


def _reports(one: Reports, papers: Papers, *, first: bool) -> Iterator[str]:
    told = "、".join(f"{form}（{times:,}件）" for form, times in one.forms.items())
    widths = "、".join(f"{width} 項目（{times:,}行）" for width, times in sorted(one.widths.items()))
    yield f"# {told}、{widths}（先頭 {_SAMPLE} 行）"
    yield f"- files: {json.dumps(one.group.pattern, ensure_ascii=False)}"
    if not one.group.dated:
        yield "  year: 2025   # ？ 名前に年がない: 課税年度を書く"
    yield f"  encoding: {one.encoding}"
    if one.last_line == "whole":
        yield "  last_line: whole   # ？ 最後の行に改行がない: 途中で切れていないか確かめる"
    channel, sure = one.channel
    yield f"  channel: {channel}" + ("" if sure else "   # ？ eltax / disc / paper のどれか")
    if channel != "eltax" or not sure:
        yield from (f"  {line}" for line in _marks(one))
    for width, times in one.odd:
        yield f"  # ？ {width} 項目の行（{times:,}行）の配置は公表されていない: layouts に書く"
    yield from _match(papers, first=first)


def _marks(one: Reports) -> Iterator[str]:
    """Return what marks mean: only that 0 is new is known; what differs between systems is put aside."""
    yield "marks:   # 訂正表示の意味: new / addition / correction / cancellation / unclear"
    yield '  "0": new'
    for mark, times in sorted(one.marks.items()):
        if mark not in ("", "0"):
            note = f"{times:,}件 ？ 要確認: システムにより意味が違う（unclear は隔離）"
            yield f"  {json.dumps(mark)}: unclear   # {note}"


def _match(papers: Papers, *, first: bool) -> Iterator[str]:
    if papers.match and not first:
        yield "  match: *match"
        return
    if papers.match is None:
        yield "  # ？ 未定: どの行が誰のものかを示すファイル（突合せ）が見つからない"
        yield "  match:"
        yield '    files: "{year}/突合せ.csv"   # ？ ファイル名'
        yield "    by: {file: ファイル名, line: 行番号}   # ？ または {payer: …, recipient_no: …}"
        yield "    columns: {person_id: 宛名番号, document_id: 資料番号}   # ？"
        return
    sheet = papers.match
    names = {path.name for report in papers.reports for _, path in report.group.files}
    file = _naming(sheet, names | {Path(name).stem for name in names})
    yield "  match: &match"
    yield f"    files: {json.dumps(sheet.group.pattern, ensure_ascii=False)}"
    line = _line(sheet, file)
    yield f"    by: {{file: {_text(file)}, line: {_text(line or '行番号')}}}   # ？"
    columns = _called(sheet)
    told = ", ".join(f"{name}: {_text(column)}" for name, column in columns.items())
    lacks = "" if "person_id" in columns else " 未定: person_id（宛名番号）"
    yield f"    columns: {{{told}}}   # ？{lacks}"
    if relatives := _relatives(sheet, set(columns.values())):
        told = ", ".join(f"{slot}: {_text(column)}" for slot, column in relatives.items())
        yield f"    relatives: {{{told}}}   # ？"


def _line(sheet: Sheet, file: str) -> str:
    """Return the column of the lines' numbers: whole numbers, with the file's name one of a kind."""
    rows = [c for c in sheet.contents if c.numeric and c.name != file and c.filled == c.rows]
    named = sorted(rows, key=lambda c: -closest(c.called, ("行番号", "行", "レコード番号")))
    return named[0].name if named and closest(named[0].called, ("行番号", "行", "レコード番号")) > 0 else ""


def _called(sheet: Sheet) -> dict[str, str]:
    """Return the columns of people, papers and days of receipt, by what they are called."""
    found: dict[str, str] = {}
    known = {column.name: column for column in DOCUMENTS.columns}
    for name in _TAKEN:
        likes = [(closest(c.called, phrases(known[name])), -n, c.name) for n, c in enumerate(sheet.contents)]
        best = max(likes, default=(0.0, 0, ""))
        if best[0] >= _NAMED and best[2] not in found.values():
            found[name] = best[2]
    return found


def _relatives(sheet: Sheet, taken: set[str]) -> dict[str, str]:
    digits = str.maketrans("０１２３４５６７８９", "0123456789")
    found = {}
    for word, slot in _RELATIVES:
        name = next((c.name for c in sheet.contents if word in c.called.translate(digits)), "")
        if name and name not in taken:
            found[slot] = name
    return found


def _returns(sheet: Sheet) -> Iterator[str]:
    yield f"files: {json.dumps(sheet.group.pattern, ensure_ascii=False)}"
    if not sheet.group.dated:
        yield "year: 2025   # ？ 名前に年がない: 課税年度を書く"
    columns = _called(sheet)
    number = columns.get("document_id") or next((c.name for c in sheet.contents if c.unique), "受付番号")
    columns = {"document_id": number, **columns}
    yield f"id: {_text(number)}   # ？ 申告書の番号"
    told = ", ".join(f"{name}: {_text(column)}" for name, column in columns.items())
    lacks = "" if "person_id" in columns else " 未定: person_id（宛名番号）"
    yield f"columns: {{{told}}}   # ？{lacks}"
    yield "# ？ 第二表（扶養の人数・配偶者区分）のファイルがあれば second_page に書く"


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
