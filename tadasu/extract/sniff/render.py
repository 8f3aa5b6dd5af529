"""A proposal as the text of a ward's file: what was guessed, and in Japanese what a person should look at."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tadasu.extract.forms import ISO, DateForm
from tadasu.extract.mapping.model import Layout, Position
from tadasu.extract.sniff.columns import (
    Known,
    cases,
    columns,
    is_refused,
    surely_refused,
    wide_columns,
)
from tadasu.extract.sniff.notes import DOUBT, scalar
from tadasu.extract.sniff.scores import entity
from tadasu.extract.sniff.statutory import statutory_lines
from tadasu.extract.sniff.survey import Found, Kind, survey
from tadasu.tables import ASSESSMENTS, DEPENDENTS, DOCUMENTS, EXTRACT, PAYER_COLUMNS, Table

_HEAD = """\
# 対応づけの案（tadasu connect が {folder} を調べて書いた）。キーの意味は docs/mapping.md。
# 「{doubt}」の行は自信がない: 項目定義書と照らし、正しければ「{doubt}」を消す。
# 直したら:  tadasu connect --check {file}
name: {name}
folder: {folder}
synthetic: false
ordinance: tokyo_ward       # {doubt} 条例（tadasu/law/ordinances のファイル名）
bulk_staff: []              # 一括処理に使った担当者番号があれば並べる

mapping:
"""
_NAMES = {"\t": "tab", ";": "semicolon", "|": "pipe", ",": "comma"}
_EXAMPLE = "2023-12-31"


def render(found: Found, name: str, file: str) -> str:
    """Return the text of the file; `file` is where it will lie, for the comment that says what to do next."""
    lines = [_HEAD.format(doubt=DOUBT, folder=found.folder.as_posix(), file=file, name=scalar(name))]
    lines += _years(found)
    lines += _identifiers(name)
    records = [kind for kind in found.kinds if kind.fit and kind.fit.table == ASSESSMENTS]
    names = frozenset(content.name for kind in records for content in kind.contents)
    known, era = Known(_widths(found), _cases(found), names), _era(found)
    lines += statutory_lines(found.papers)
    lines.append("  tables:")
    by_table: dict[str, list[Kind]] = {}
    for kind in found.kinds:
        if kind.fit:
            by_table.setdefault(kind.fit.table.name, []).append(kind)
    for table in EXTRACT:
        kinds = by_table.pop(table.name, [])
        beside = [kind for kind in found.kinds if kind.wide] if table == DEPENDENTS else []
        if kinds or beside:
            lines += _table(table, kinds, beside, known, era)
        elif table.mandatory and not (found.papers.patterns and table in (DOCUMENTS, DEPENDENTS)):
            lines += ["", f"    # {DOUBT} 見つからない表: {table.name}（{table.label}）。必ず要る"]
    for kinds in by_table.values():
        assert kinds[0].fit
        lines += _table(kinds[0].fit.table, kinds, [], known, era)
    return "\n".join([*lines, *_rest(found)]) + "\n"


def _years(found: Found) -> Iterator[str]:
    examples = Counter(kind.group.example for kind in found.kinds if kind.group.example)
    if examples:
        form = examples.most_common(1)[0][0]
        yield f"  year_form: {scalar(form)}"
        yield f"  year_offset: 0            # {DOUBT} 名前の年が年分（所得の年）なら 1"


def _identifiers(name: str) -> Iterator[str]:
    """Return the part that says how numbers are hidden: ingest stops without it."""
    yield f"  # 番号（宛名・事業所・世帯）を仮名にする鍵。一度だけ作る:  tadasu key ~/keys/{name}.key"
    yield "  # 作ると表示される check の行を下に写す。番号が既に仮名なら identifiers: none とする。"
    yield "  identifiers:"
    yield f"    key: ~/keys/{name}.key   # {DOUBT} 鍵を作ったら「{DOUBT}」を消す"
    yield "    # check: （tadasu key が表示する値）"
    yield ""


def _widths(found: Found) -> dict[str, int]:
    """Return how many digits the numbers of people, payers … have: the most that any file shows.

    Spreadsheets lose the zeros in front; a file that kept them tells how many there were.
    """
    widths: dict[str, int] = {}
    for kind in found.kinds:
        for match in kind.fit.matches if kind.fit else ():
            told = entity(match.column) or ("payer" if match.column.name in PAYER_COLUMNS else "")
            if told and match.sure and match.content.numeric and match.column.name != "document_ids":
                widths[told] = max(widths.get(told, 0), match.content.width)
    return widths


def _cases(found: Found) -> dict[str, str]:
    fits = [k.fit for k in found.kinds if k.fit and k.fit.table == ASSESSMENTS]
    return cases(fits[0]) if fits else {}


def _era(found: Found) -> str:
    """Return the table of era digits that some file of the export shows, '' where none does."""
    sure = {
        c.eras for k in found.kinds for c in k.contents if c.form and c.form.style == "digit" and c.eras_sure
    }
    return sure.pop() if len(sure) == 1 else ""


def _table(
    table: Table, kinds: Sequence[Kind], beside: Sequence[Kind], known: Known, era: str
) -> Iterator[str]:
    yield ""
    yield f"    {table.name}:               # {table.label}"
    for kind in kinds:
        yield from _source(kind, known, era)
    for kind in beside:
        yield from _beside(kind, known, era)


def _source(kind: Kind, known: Known, era: str) -> Iterator[str]:
    assert kind.fit
    if not kind.fit.sure:
        yield f"      # {DOUBT} この表かどうか自信がない（{kind.group.stem}）"
    if kind.group.by_day:
        yield f"      # {DOUBT} 名前の日付の年を課税年度とした: 違うなら年度のフォルダーに分ける"
    for doubt in kind.sniffed.doubts:
        yield f"      # {DOUBT} {doubt}"
    keys = list(_keys(kind, era))
    yield f"      - {keys[0]}"
    yield from (f"        {key}" for key in keys[1:])
    yield "        columns:"
    yield from (f"          {line}" for line in columns(kind, known))


def _beside(kind: Kind, known: Known, era: str) -> Iterator[str]:
    """Return the second source on a file whose lines have relatives in columns."""
    for wide in kind.wide:
        keys = list(_keys(kind, era))
        yield f"      # {DOUBT} 横に並ぶ親族: 区分（role）と列を確かめる"
        yield f"      - {keys[0]}"
        yield from (f"        {key}" for key in keys[1:])
        slots = ", ".join(
            f"{{n: {json.dumps(n, ensure_ascii=False)}, role: {role or 'dependent'}}}"
            for n, role in wide.slots
        )
        yield f"        repeat: [{slots}]"
        yield "        columns:"
        yield from (f"          {line}" for line in wide_columns(wide, kind, known))


def _keys(kind: Kind, era: str) -> Iterator[str]:
    yield f"files: {json.dumps(kind.group.pattern, ensure_ascii=False)}"
    if not kind.group.dated:
        yield f"year: 2025                # {DOUBT} 名前に年がない: 課税年度を書く"
    yield "optional: true            # この種のファイルがない年度があってもよい"
    yield from _layout(kind.sniffed.layout)
    forms = Counter(c.form for c in kind.contents if c.form)
    if forms:
        examples = [json.dumps(_example(form), ensure_ascii=False) for form, _ in forms.most_common()]
        yield f"dates: [{', '.join(examples)}]"
    yield from _eras(kind, era)
    refused = [c for c in kind.contents if is_refused(c, kind)]
    doubted = [c for c in refused if not surely_refused(c, kind)]
    if refused:
        mark = (
            f"   # {DOUBT} 文章らしいので受け入れない: {'、'.join(c.name for c in doubted)}"
            if doubted
            else ""
        )
        yield f"refuse: [{', '.join(scalar(c.name) for c in refused)}]{mark}"


def _layout(layout: Layout) -> Iterator[str]:
    if layout.format != "csv":
        yield f"format: {layout.format}"
    if layout.format in ("csv", "fixed"):
        yield f"encoding: {layout.encoding}"
    if layout.format == "csv" and layout.delimiter != ",":
        yield f"delimiter: {_NAMES[layout.delimiter]}"
    if layout.format != "parquet" and layout.header != (0 if layout.format == "fixed" else 1):
        yield f"header: {layout.header or 'none'}"
    if layout.last_line == "whole":
        yield "last_line: whole"
    if layout.skip:
        yield f"skip: [{', '.join(json.dumps(p, ensure_ascii=False) for p in layout.skip)}]"
    if layout.positions:
        yield f"fields: {{{', '.join(_fields(layout.positions))}}}"


def _fields(positions: Sequence[Position]) -> Iterator[str]:
    """Write fields one after the other, and where they begin if there are gaps between them."""
    ends = [1, *(p.at + p.length for p in positions)]
    gapless = all(p.at == end for p, end in zip(positions, ends, strict=False))
    for p in positions:
        name = json.dumps(p.name, ensure_ascii=False) if p.name.isdigit() else scalar(p.name)
        yield f"{name}: {p.length}" if gapless else f"{name}: {{at: {p.at}, length: {p.length}}}"


def _eras(kind: Kind, era: str) -> Iterator[str]:
    digits = [c for c in kind.contents if c.form and c.form.style == "digit"]
    if digits:
        told = next((c for c in digits if c.eras_sure), None)
        mark = "は書き出しのほかのファイルによる" if era else "（statutory か etax か）は中身から決まらない"
        note = "" if told else f"   # {DOUBT} 元号の数字{mark}"
        yield f"era_digits: {told.eras if told else era or digits[0].eras}{note}"


def _example(form: DateForm) -> str:
    if form == ISO:
        return _EXAMPLE
    return form.write(dt.date(2023, 12, 31), {"5": "令和"})


def _rest(found: Found) -> Iterator[str]:
    unknown = [kind.group.pattern for kind in found.kinds if kind.fit is None]
    for pattern in unknown:
        yield f"    # {DOUBT} どの表か分からない: {pattern}"
    for name in found.layouts:
        yield f"    # 項目定義書として使った: {name}"
    for pattern in found.unread:
        yield f"    # 表として読めない: {pattern}"


def propose(folder: Path, name: str, file: str) -> str:
    """Look at a folder and return the text of a file that maps it."""
    return render(survey(folder), name, file)
