"""A proposal as the text of a ward's file: what was guessed, and in Japanese what a person should look at."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import yaml

from tadasu.extract.forms import ISO, DateForm
from tadasu.extract.mapping.model import Layout
from tadasu.extract.sniff.codes import guess, is_coded
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.match import Match
from tadasu.extract.sniff.scores import entity
from tadasu.extract.sniff.survey import Found, Kind, survey
from tadasu.extract.sniff.words import must_not_enter
from tadasu.tables import EXTRACT, PAYER_COLUMNS, Table

DOUBT = "？"
"""The mark of what a person should confirm."""

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
_MOST_OPEN = 12
_MOST_VALUES = 4


def render(found: Found, name: str, file: str) -> str:
    """Return the text of the file; `file` is where it will lie, for the comment that says what to do next."""
    lines = [_HEAD.format(doubt=DOUBT, folder=found.folder.as_posix(), file=file, name=scalar(name))]
    lines += _years(found)
    lines.append("  tables:")
    by_table: dict[str, list[Kind]] = {}
    for kind in found.kinds:
        if kind.fit:
            by_table.setdefault(kind.fit.table.name, []).append(kind)
    for table in EXTRACT:
        kinds = by_table.pop(table.name, [])
        if kinds:
            lines += _table(table, kinds)
        elif table.mandatory:
            lines += ["", f"    # {DOUBT} 見つからない表: {table.name}（{table.label}）。必ず要る"]
    for kinds in by_table.values():
        assert kinds[0].fit
        lines += _table(kinds[0].fit.table, kinds)
    return "\n".join([*lines, *_rest(found)]) + "\n"


def scalar(text: str) -> str:
    """Write a text so that YAML reads it back as the same text."""
    bare = re.fullmatch(r"[\w\u3000-\u9fff\uff00-\uffef][\w\u3000-\u9fff\uff00-\uffef.·/()（）*-]*", text)
    try:
        same = bool(bare) and yaml.safe_load(f"[{text}]") == [text]
    except yaml.YAMLError:
        same = False
    return text if same else json.dumps(text, ensure_ascii=False)


def _years(found: Found) -> Iterator[str]:
    examples = Counter(kind.group.example for kind in found.kinds if kind.group.example)
    if examples:
        form = examples.most_common(1)[0][0]
        yield f"  year_form: {scalar(form)}"
        yield f"  year_offset: 0            # {DOUBT} 名前の年が年分（所得の年）なら 1"


def _table(table: Table, kinds: list[Kind]) -> Iterator[str]:
    yield ""
    yield f"    {table.name}:               # {table.label}"
    for kind in kinds:
        yield from _source(kind)


def _source(kind: Kind) -> Iterator[str]:
    assert kind.fit
    if not kind.fit.sure:
        yield f"      # {DOUBT} この表かどうか自信がない（{kind.group.stem}）"
    for doubt in kind.sniffed.doubts:
        yield f"      # {DOUBT} {doubt}"
    keys = list(_keys(kind))
    yield f"      - {keys[0]}"
    yield from (f"        {key}" for key in keys[1:])
    yield "        columns:"
    yield from (f"          {line}" for line in _columns(kind))


def _keys(kind: Kind) -> Iterator[str]:
    yield f"files: {json.dumps(kind.group.pattern, ensure_ascii=False)}"
    if not kind.group.dated:
        yield f"year: 2025                # {DOUBT} 名前に年がない: 課税年度を書く"
    yield "optional: true            # この種のファイルがない年度があってもよい"
    yield from _layout(kind.sniffed.layout)
    forms = Counter(c.form for c in kind.contents if c.form)
    if forms:
        examples = [json.dumps(_example(form), ensure_ascii=False) for form, _ in forms.most_common()]
        yield f"dates: [{', '.join(examples)}]"
    yield from _eras(kind)
    refused = [c.name for c in kind.contents if _refused(c, kind)]
    if refused:
        yield f"refuse: [{', '.join(scalar(name) for name in refused)}]"


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
        fields = ", ".join(f'"{p.name}": {p.length}' for p in layout.positions)
        yield f"fields: {{{fields}}}"


def _eras(kind: Kind) -> Iterator[str]:
    digits = [c for c in kind.contents if c.form and c.form.style == "digit"]
    if digits:
        told = next((c for c in digits if c.eras_sure), digits[0])
        mark = (
            "" if told.eras_sure else f"   # {DOUBT} 元号の数字（statutory か etax か）は中身から決まらない"
        )
        yield f"era_digits: {told.eras}{mark}"


def _example(form: DateForm) -> str:
    if form == ISO:
        return _EXAMPLE
    return form.write(dt.date(2023, 12, 31), {"5": "令和"})


def _refused(content: Content, kind: Kind) -> bool:
    """Say whether a column must not be read: by its name or content; free text that nothing needs, too."""
    assert kind.fit
    used = any(match.content.name == content.name for match in kind.fit.matches)
    prose = content.kind == "text" and content.kanji > 0.5
    return content.refused or (not used and (must_not_enter(content.name) or prose))


def _columns(kind: Kind) -> Iterator[str]:
    assert kind.fit
    for match in kind.fit.matches:
        yield from _column(match)
    table = kind.fit.table
    for column in table.columns:
        needed = (column.filled or column.name in table.key) and column.name != "tax_year"
        if needed and kind.fit.of(column.name) is None:
            known = f"（{' / '.join(column.values)}）" if column.values else ""
            yield f"# {DOUBT} 未定: {column.name}: （{column.label}{known}）必ず要る列"
    for content in kind.contents:
        used = any(match.content.name == content.name for match in kind.fit.matches)
        if not used and not _refused(content, kind):
            yield f"# 対応づけなし: {content.name}（{_shown(content)}）"
    if beside := _beside(kind):
        yield f"# {DOUBT} 横に並ぶ列らしい: {'、'.join(beside)}…（docs/mapping.md の repeat）"


def _beside(kind: Kind) -> list[str]:
    """Return names that differ in a number only: several people in one line."""
    sorts = Counter(re.sub(r"[0-9０-９]+", "0", content.name) for content in kind.contents)
    named = [c.name for c in kind.contents if not c.name.isdigit() and re.search(r"[0-9０-９]", c.name)]
    return [name for name in named if sorts[re.sub(r"[0-9０-９]+", "0", name)] >= 2 and "#" not in name][:4]


def _column(match: Match) -> Iterator[str]:
    column, content = match.column, match.content
    notes = [column.label]
    told, open_codes = _reading(match)
    value = scalar(content.name) if not told else f"{{from: {scalar(content.name)}, {told}}}"
    if not match.sure:
        others = "、".join(f"{other.name}（{other.label}）" for other in match.others)
        notes.append(
            f"{DOUBT} 列の対応は推定" + (f"; ほかの候補 {others}" if others else f"; {_shown(content)}")
        )
    elif is_coded(column) and content.filled and not guess(content, column).sure and not open_codes:
        notes.append(f"{DOUBT} コードの意味は推定")
    yield f"{column.name}: {value}   # {'; '.join(notes)}"
    if open_codes:
        listed = "、".join(f"{scalar(v)}（{n:,}件）" for v, n in open_codes[:_MOST_OPEN])
        words = " / ".join(column.values) or "true / false"
        yield f"# {DOUBT} 未定のコード: {listed} ← 標準の値: {_cut(words)}"


def _reading(match: Match) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return the keys that say how the column is read, and the codes that nobody could guess."""
    column, content = match.column, match.content
    if is_coded(column):
        told = guess(content, column)
        if not told.needed:
            return "", ()
        pairs = ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_word(v)}" for k, v in told.known.items())
        return f"codes: {{{pairs}}}", told.open
    identifies = entity(column) or column.name in PAYER_COLUMNS
    if identifies and content.numeric and content.width and column.dtype == pl.String():
        return f"width: {content.width}", ()
    return ("zero: empty", ()) if content.zero and content.kind == "date" else ("", ())


def _word(word: str) -> str:
    return json.dumps(word) if word in ("", "true", "false") else word


def _shown(content: Content) -> str:
    """Say what stands in a column: of codes the values, of all else the sort only."""
    kinds = {"date": "日付", "number": "数", "identifier": "番号", "text": "文字", "empty": "空"}
    if content.kind not in ("code", "flag"):
        return kinds[content.kind]
    return "値 " + "・".join(_cut(value, 10) for value, _ in content.values[:_MOST_VALUES])


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _rest(found: Found) -> Iterator[str]:
    unknown = [kind.group.pattern for kind in found.kinds if kind.fit is None]
    for pattern in unknown:
        yield f"    # {DOUBT} どの表か分からない: {pattern}"
    for pattern in found.unread:
        yield f"    # 表として読めない: {pattern}"


def propose(folder: Path, name: str, file: str) -> str:
    """Look at a folder and return the text of a file that maps it."""
    return render(survey(folder), name, file)
