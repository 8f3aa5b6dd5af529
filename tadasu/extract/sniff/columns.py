"""A file's columns as lines of a proposal: what each is taken for, its codes, what is to be confirmed."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl
import yaml

from tadasu.extract.mapping.columns import LISTS
from tadasu.extract.sniff.codes import guess, is_coded
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.match import Fit, Match
from tadasu.extract.sniff.scores import entity
from tadasu.extract.sniff.survey import Kind
from tadasu.extract.sniff.wide import Wide
from tadasu.tables import PAYER_COLUMNS

DOUBT = "？"
"""The mark of what a person should confirm."""

_MOST_CODES = 80
_VALUES = ("old_value", "new_value")
_MOST_VALUES = 4
_LIST_SIGNS = re.compile(r"[,、，・/｜| 　]")


def scalar(text: str) -> str:
    """Write a text so that YAML reads it back as the same text."""
    bare = re.fullmatch(r"[\w\u3000-\u9fff\uff00-\uffef][\w\u3000-\u9fff\uff00-\uffef.·/()（）*-]*", text)
    try:
        same = bool(bare) and yaml.safe_load(f"[{text}]") == [text]
    except yaml.YAMLError:
        same = False
    return text if same else json.dumps(text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole export shows.

    widths: how many digits identifiers have, by what they are of. cases: how the values of a correction are
    read that are codes of the record, by field, as the keys of a reading.
    """

    widths: Mapping[str, int] = field(default_factory=dict)
    cases: Mapping[str, str] = field(default_factory=dict)


def columns(kind: Kind, known: Known) -> Iterator[str]:
    """Return the lines of a source's columns."""
    assert kind.fit
    for match in kind.fit.matches:
        yield from _column(match, kind.coded.get(match.column.name, {}), known, kind)
    yield from _missing(kind)
    for content in kind.contents:
        used = any(match.content.name == content.name for match in kind.fit.matches)
        aside = any(content.name in wide.columns for wide in kind.wide)
        if not used and not aside and not is_refused(content, kind):
            yield f"# 対応づけなし: {_named(content)}（{_shown(content)}）"
    if not kind.wide and (beside := _beside(kind)):
        yield f"# {DOUBT} 横に並ぶ列らしい: {'、'.join(beside)}…（docs/mapping.md の repeat）"


def wide_columns(wide: Wide, kind: Kind, known: Known) -> Iterator[str]:
    """Return the lines of the columns of relatives that stand side by side."""
    number = kind.fit.of("document_id") if kind.fit else None
    if number:
        told = _reading_of_key(number, known.widths)
        yield f"document_id: {_from(number.content.name, told)}   # 資料番号"
    yield "line_no: {number: true}"
    role = wide.told or wide.fit.of("role") is None
    if role:
        yield 'role: {constant: "{role}"}'
    for match in wide.fit.matches:
        if match.column.name in ("document_id", "line_no") or (role and match.column.name == "role"):
            continue
        called = replace(match, content=replace(match.content, name=wide.column(match.content.name)))
        yield from _column(called, kind.coded.get(match.column.name, {}), known, None)


def cases(fit: Fit) -> dict[str, str]:
    """Return how the codes of a record are read, by column: a correction's values are written so too."""
    found = {}
    for match in fit.matches:
        told = guess(match.content, match.column) if is_coded(match.column) else None
        if told and told.needed and told.known and not told.open:
            pairs = ", ".join(f"{_quoted(k)}: {_word(v)}" for k, v in told.known.items())
            found[match.column.name] = f"{{codes: {{{pairs}}}}}"
    return found


def is_refused(content: Content, kind: Kind) -> bool:
    """Say whether a column must not be read: by its name or content; free text that nothing needs, too."""
    assert kind.fit
    return surely_refused(content, kind) or (not _used(content, kind) and _prose(content))


def surely_refused(content: Content, kind: Kind) -> bool:
    """Say whether a column is refused by its name, or since it holds Individual Numbers."""
    return content.refused or (not _used(content, kind) and content.forbidden)


def _used(content: Content, kind: Kind) -> bool:
    assert kind.fit
    return any(match.content.name == content.name for match in kind.fit.matches)


def _prose(content: Content) -> bool:
    return content.kind == "text" and content.kanji > 0.5


def _missing(kind: Kind) -> Iterator[str]:
    """Return lines for columns that the table cannot do without and that were not found."""
    assert kind.fit
    table = kind.fit.table
    for column in table.columns:
        needed = (column.filled or column.name in table.key) and column.name != "tax_year"
        if not needed or kind.fit.of(column.name):
            continue
        if column.name == "kind" and kind.sort:
            note = f"{column.label}; {DOUBT} 中身からの推定: この種の資料だけらしい"
            yield f"kind: {{constant: {kind.sort}}}   # {note}"
            continue
        known = f"（{' / '.join(column.values)}）" if column.values else ""
        yield f"# {DOUBT} 未定: {column.name}: （{column.label}{known}）必ず要る列"


def _beside(kind: Kind) -> list[str]:
    """Return names that differ in a number only: several people in one line."""
    sorts = Counter(_numbered(content.name) for content in kind.contents)
    named = [c.name for c in kind.contents if not c.name.isdigit() and re.search(r"[0-9０-９]", c.name)]
    return [name for name in named if sorts[_numbered(name)] >= 2 and "#" not in name][:4]


def _column(match: Match, coded: Mapping[str, str], known: Known, kind: Kind | None) -> Iterator[str]:
    column, content = match.column, match.content
    notes = [column.label, *([f"列「{content.said}」"] if content.said else [])]
    if not match.sure:
        others = "、".join(f"{other.name}（{other.label}）" for other in match.others)
        notes.append(
            f"{DOUBT} 列の対応は推定" + (f"; ほかの候補 {others}" if others else f"; {_shown(content)}")
        )
    if is_coded(column):
        yield from _coded(match, coded, notes)
        return
    if column.name in LISTS and (told := _of_list(match, kind, known)):
        yield f"{column.name}: {told}   # {'; '.join([*notes, f'{DOUBT} 1 行に複数: この読み方でよいか'])}"
        return
    if column.name in _VALUES and kind and kind.fit and kind.fit.of("field"):
        cases = ", ".join([*(f"{name}: {told}" for name, told in known.cases.items()), '"*": number'])
        notes.append(f"{DOUBT} 区分の値は合算結果のコードで読む")
        told = f"by: field, cases: {{{cases}}}"
        yield f"{column.name}: {_from(content.name, told)}   # {'; '.join(notes)}"
        return
    lost = kind is not None and kind.sniffed.layout.format == "xlsx" and bool(entity(column))
    told = _reading_of_key(match, known.widths)
    if lost and told and match.sure:
        notes.append(f"{DOUBT} 表計算は頭の 0 を落とす: 元の桁数を確かめる")
    yield f"{column.name}: {_from(content.name, told)}   # {'; '.join(notes)}"


def _of_list(match: Match, kind: Kind | None, known: Known) -> str:
    """Return how several items of a row are read: from columns side by side, or cut at a sign; '' if one."""
    content = match.content
    width = known.widths.get("document")
    told = f", width: {width}" if width and content.numeric else ""
    alike = [c.name for c in kind.contents if _numbered(c.name) == _numbered(content.name)] if kind else []
    if len(alike) > 1 and _numbered(content.name) != content.name:
        return f"{{join: [{', '.join(scalar(name) for name in alike)}]{told}}}"
    signs = Counter(sign for value, _ in content.values for sign in set(_LIST_SIGNS.findall(value)))
    if not signs:
        return ""
    return f"{{from: {scalar(content.name)}, separator: {_quoted(signs.most_common(1)[0][0])}{told}}}"


def _numbered(name: str) -> str:
    return re.sub(r"[0-9０-９]+", "0", name)


def _from(name: str, told: str) -> str:
    return f"{{from: {scalar(name)}, {told}}}" if told else scalar(name)


def _reading_of_key(match: Match, widths: Mapping[str, int]) -> str:
    """Return the keys that say how a column without codes is read: an identifier's width, empty dates."""
    column, content = match.column, match.content
    kind = entity(column) or ("payer" if column.name in PAYER_COLUMNS else "")
    width = widths.get(kind) or content.width
    if kind and content.numeric and width and column.dtype == pl.String() and column.name != "document_ids":
        return f"width: {width}"
    return "zero: empty" if content.zero and content.kind == "date" else ""


def _coded(match: Match, coded: Mapping[str, str], notes: list[str]) -> Iterator[str]:
    """Return the lines of a column of codes: in one where all are known, otherwise one for each code."""
    column, content = match.column, match.content
    told = guess(content, column)
    name = scalar(content.name)
    if not told.needed:
        yield f"{column.name}: {name}   # {'; '.join(notes)}"
        return
    if not told.open and (told.sure or not content.filled):
        pairs = ", ".join(f"{_quoted(k)}: {_word(v)}" for k, v in told.known.items())
        yield f"{column.name}: {{from: {name}, codes: {{{pairs}}}}}   # {'; '.join(notes)}"
        return
    yield f"{column.name}:   # {'; '.join(notes)}"
    yield f"  from: {name}"
    more = f" …（ほか{len(column.values) - 12}、docs/data_dictionary.md）" if len(column.values) > 12 else ""
    yield f"  codes:   # 標準の値: {' / '.join(column.values[:12]) or 'true / false'}{more}"
    yield from (f"    {line}" for line in _listed(content, told.known, coded, sure=told.spoken))


def _listed(
    content: Content, known: Mapping[str, str], coded: Mapping[str, str], *, sure: bool
) -> Iterator[str]:
    """Return a line for each code with its count: known, guessed by what stands beside it, or open."""
    yield f'"": {_word(known.get("", ""))}   # 空欄'
    for value, times in content.values[:_MOST_CODES]:
        if value in coded:
            yield f"{_quoted(value)}: {_word(coded[value])}   # {times:,}件 {DOUBT} 要確認: 中身からの推定"
        elif value in known:
            mark = "" if sure else f" {DOUBT} 要確認: コードの意味は推定"
            yield f"{_quoted(value)}: {_word(known[value])}   # {times:,}件{mark}"
        else:
            yield f"# {_quoted(value)}:    # {times:,}件 {DOUBT} 未定: 行頭の # を消し、標準の値を書く"
    seen = {value for value, _ in content.values}
    for value in known:
        if value and value not in seen:
            yield f"{_quoted(value)}: {_word(known[value])}   # 0件"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _word(word: str) -> str:
    return json.dumps(word) if word in ("", "true", "false") else word


def _named(content: Content) -> str:
    return f"{content.name}「{content.said}」" if content.said else content.name


def _shown(content: Content) -> str:
    """Say what stands in a column: of codes the values, of all else the sort only."""
    kinds = {"date": "日付", "number": "数", "identifier": "番号", "text": "文字", "empty": "空"}
    if content.kind not in ("code", "flag"):
        return kinds[content.kind]
    return "値 " + "・".join(_cut(value, 10) for value, _ in content.values[:_MOST_VALUES])


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most] + "…"
