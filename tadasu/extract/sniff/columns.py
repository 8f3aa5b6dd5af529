"""A file's columns as lines of a proposal: what each is taken for, its codes, what is to be confirmed."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from tadasu.extract.mapping.columns import LISTS
from tadasu.extract.sniff.coded import coded_lines
from tadasu.extract.sniff.codes import guess, is_coded
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.match import Fit, Match
from tadasu.extract.sniff.notes import DOUBT, named, quoted, scalar, shown, word
from tadasu.extract.sniff.scores import called_like, can_be, entity
from tadasu.extract.sniff.survey import Kind
from tadasu.extract.sniff.wide import Wide
from tadasu.tables import ASSESSMENTS, PAYER_COLUMNS, Column

_MOST_NEAR, _NEAR = 2, 0.5
_MOSTLY = 0.6
_VALUES = ("old_value", "new_value")
_LIST_SIGNS = re.compile(r"[,、，・/｜| 　]")


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole export shows.

    widths: how many digits identifiers have, by what they are of. cases: how the values of a correction are
    read that are codes of the record, by field, as the keys of a reading. names: what the record calls its
    columns.
    """

    widths: Mapping[str, int] = field(default_factory=dict)
    cases: Mapping[str, str] = field(default_factory=dict)
    names: Collection[str] = ()


def columns(kind: Kind, known: Known) -> Iterator[str]:
    """Return the lines of a source's columns."""
    assert kind.fit
    for match in kind.fit.matches:
        yield from _column(match, kind.coded.get(match.column.name, {}), known, kind)
    yield from _missing(kind)
    aside = {name for wide in kind.wide for name in wide.columns} | _listed_beside(kind)
    left = [c for c in kind.contents if not (_used(c, kind) or c.name in aside or is_refused(c, kind))]
    told = "kind" if kind.sort else ""
    free = [c for c in kind.fit.table.columns if _free(c, kind.fit) and c.name != told]
    for content in left:
        yield f"# 対応づけなし: {named(content)}（{shown(content)}）{_near(content, free)}"
    if left and free:
        yield f"# まだ空いている標準の列: {'、'.join(f'{c.name}（{c.label}）' for c in free)}"
    if not kind.wide and (beside := _beside(kind, aside)):
        yield f"# {DOUBT} 横に並ぶ列らしい: {'、'.join(beside)}…（docs/mapping.md の repeat）"


def _free(column: Column, fit: Fit) -> bool:
    return column.name != "tax_year" and fit.of(column.name) is None


def _near(content: Content, free: Sequence[Column]) -> str:
    """Return which free columns a column that was taken for none is called most like."""
    if content.called.split("#")[0].isdigit() or content.distinct < 2:
        return ""
    likes = sorted((called_like(content, c), c.name, c.label) for c in free if can_be(content, c))
    near = [f"{name}（{label}）" for like, name, label in reversed(likes[-_MOST_NEAR:]) if like >= _NEAR]
    return f" 近い列: {'、'.join(near)}" if near else ""


def _listed_beside(kind: Kind) -> set[str]:
    """Return the columns side by side that a list is joined of."""
    assert kind.fit
    lists = [match.content.name for match in kind.fit.matches if match.column.name in LISTS]
    return {c.name for c in kind.contents for name in lists if _numbered(c.name) == _numbered(name)}


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
    free = [column for column in wide.fit.table.columns if _free(column, wide.fit)]
    for content in wide.unused:
        name = wide.column(content.name)
        yield f"# 対応づけなし: {name}（{shown(content)}）{_near(content, free)}"


def cases(fit: Fit) -> dict[str, str]:
    """Return how the codes of a record are read, by column: a correction's values are written so too."""
    found = {}
    for match in fit.matches:
        told = guess(match.content, match.column) if is_coded(match.column) else None
        if told and told.needed and told.known and not told.open:
            pairs = ", ".join(f"{quoted(k)}: {word(v)}" for k, v in told.known.items())
            found[match.column.name] = f"{{codes: {{{pairs}}}}}"
    return found


def is_refused(content: Content, kind: Kind) -> bool:
    """Say whether a column must not be read: by its name or content; free text that nothing needs, too."""
    assert kind.fit
    beside = any(content.name in wide.taken for wide in kind.wide)
    return surely_refused(content, kind) or (not _used(content, kind) and not beside and _prose(content))


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


def _beside(kind: Kind, aside: Collection[str]) -> list[str]:
    """Return names that differ in a number only: several people in one line."""
    others = [content for content in kind.contents if content.name not in aside]
    sorts = Counter(_numbered(content.name) for content in others)
    named = [c.name for c in others if not c.name.isdigit() and re.search(r"[0-9０-９]", c.name)]
    return [name for name in named if sorts[_numbered(name)] >= 2 and "#" not in name][:4]


def _column(match: Match, coded: Mapping[str, str], known: Known, kind: Kind | None) -> Iterator[str]:
    column, content = match.column, match.content
    notes = [column.label, *([f"列「{content.said}」"] if content.said else [])]
    if not match.sure:
        others = "、".join(f"{other.name}（{other.label}）" for other in match.others)
        notes.append(
            f"{DOUBT} 列の対応は推定" + (f"; ほかの候補 {others}" if others else f"; {shown(content)}")
        )
    if column.name == "field" and _mostly({value for value, _ in content.values}, known.names):
        told = f"{{from: {scalar(content.name)}, codes: {ASSESSMENTS.name}}}"
        yield f"{column.name}: {told}   # {'; '.join(notes)}; {DOUBT} {ASSESSMENTS.label}の列の名前で読む"
        return
    if is_coded(column):
        yield from coded_lines(match, coded, notes)
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


def _mostly(words: Collection[str], names: Collection[str]) -> bool:
    return bool(words) and sum(word in names for word in words) >= _MOSTLY * len(words)


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
    return f"{{from: {scalar(content.name)}, separator: {quoted(signs.most_common(1)[0][0])}{told}}}"


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
