"""A folder that nobody knows yet: its files, what each seems to be, and how they hang together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut import cut
from tadasu.extract.sniff.across import codes_of_fields, names_of_fields, same_names
from tadasu.extract.sniff.codes import kind_named
from tadasu.extract.sniff.content import Content, look_all, share
from tadasu.extract.sniff.evidence import Rows, guessed, kind_of
from tadasu.extract.sniff.folders import Group, groups
from tadasu.extract.sniff.layouts import Sniffed, sniff
from tadasu.extract.sniff.match import Fit, best, fit, ranked
from tadasu.extract.sniff.records import Records, find
from tadasu.extract.sniff.scores import Relations
from tadasu.extract.sniff.statutory import Papers, Reports, Sheet, is_returns, matching, reports
from tadasu.extract.sniff.wide import Wide, aside, wide
from tadasu.extract.sniff.words import common_beginning, plain
from tadasu.extract.sniff.years import by_name, by_year
from tadasu.extract.values.texts import stripped
from tadasu.tables import DOCUMENTS

_FEW = 5
_LIKELY = 4
_MOST_CODES = 80
_BETWEEN = r"[;,、，・/｜| 　]"
_RECORDS = ("assessments", "previous_assessments")
_PENSIONS = ("年金", "ネンキン")
_KEYS = {
    "residents": ("person", "person_id"),
    "documents": ("document", "document_id"),
    "inconsistencies": ("row", "row_id"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind: where they lie, how they are laid out, their columns, the table they seem to be.

    coded: what codes may mean by what else stands in their rows, by standard column. wide: relatives in the
    columns of a line. sort: the kind of document, where no column says it.
    """

    group: Group
    sniffed: Sniffed
    contents: tuple[Content, ...]
    fit: Fit | None = None
    coded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    wide: tuple[Wide, ...] = ()
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds. unread: files that are no table, or that cannot be read."""

    folder: Path
    kinds: tuple[Kind, ...]
    unread: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    papers: Papers = field(default_factory=Papers)


def survey(folder: Path, layouts: Sequence[Path] = ()) -> Found:
    """Look at every kind of file below a folder, then at which columns hold keys of which others.

    Args:
        folder: The folder.
        layouts: Record layouts (CSV or Excel) that lie elsewhere; those in the folder are found.

    Raises:
        TadasuError: there is no such folder, or no file that could be a table.
    """
    kinds: list[Kind] = []
    cells: list[pl.DataFrame] = []
    unread = []
    lines: list[Reports] = []
    by_group = groups(folder)
    beside, named = find(path for group in by_group for _, path in group.files), find(layouts)
    records = Records(named.known or beside.known, beside.files | named.files)
    for group in by_group:
        if all(path in records.files for _, path in group.files):
            continue
        if told := reports(group):
            lines.append(told)
            continue
        found = _read(group, records)
        if found is None:
            unread.append(group.pattern)
            continue
        sniffed, frames = found
        # Of one year only: over the years a person's number comes twice, and is a key all the same.
        kinds.append(Kind(group, sniffed, _contents(frames, sniffed)))
        cells.append(pl.concat(frames))
    papers = _papers(lines, kinds, cells)
    tables = [pair for pair in zip(kinds, cells, strict=True) if pair[0].group.pattern not in papers.patterns]
    kinds, cells = [kind for kind, _ in tables], [frame for _, frame in tables]
    kinds = _fitted(kinds, cells)
    layouts_used = tuple(sorted(path.name for path in records.files))
    return Found(folder, tuple(_shared(_once(kinds))), tuple(unread), layouts_used, papers)


def _fitted(kinds: Sequence[Kind], cells: Sequence[pl.DataFrame]) -> list[Kind]:
    """Take each kind of file for a table: alone, then by the keys of the others, then by their names."""
    first = [ranked(kind.group.stem, _own(kind), Relations()) for kind in kinds]
    likely = [best(fits) for fits in first]
    keys, fields = _keys(likely, cells), names_of_fields(likely, [kind.contents for kind in kinds])
    relations = [_relations(frame, keys, fields) for frame in cells]
    second = [_again(*each) for each in zip(kinds, first, cells, relations, strict=True)]
    names = same_names(second)
    fits = [
        found and replace(fit(_own(kind), found.table, of, told), sure=found.sure)
        for kind, found, of, told in zip(kinds, second, relations, names, strict=True)
    ]
    fields_by_code = codes_of_fields(fits)
    return [
        _told(kind, found and _of_pensions(found, kind.group.stem), frame, of, fields_by_code)
        for kind, found, frame, of in zip(kinds, fits, cells, relations, strict=True)
    ]


def _all_codes(content: Content, frames: Sequence[pl.DataFrame]) -> Content:
    """Add the codes that only an earlier year has."""
    if not 0 < content.distinct <= _MOST_CODES or len(frames) == 1:
        return content
    counts = stripped(pl.concat([frame[content.name] for frame in frames])).drop_nulls()
    values = counts.value_counts(sort=True, name="times").head(_MOST_CODES).iter_rows()
    return replace(content, values=tuple((str(value), int(times)) for value, times in values))


def _papers(lines: Sequence[Reports], kinds: Sequence[Kind], cells: Sequence[pl.DataFrame]) -> Papers:
    """Return the statutory files, with the file that says whose report a line is."""
    sheets = [Sheet(k.group, k.contents, frame) for k, frame in zip(kinds, cells, strict=True)]
    returns = tuple(sheet for sheet in sheets if is_returns(sheet.contents))
    return Papers(tuple(lines), returns, matching(sheets, lines) if lines else None)


def _once(kinds: Sequence[Kind]) -> list[Kind]:
    """Doubt which is which where two kinds of files seem to be one table of records."""
    counts = Counter(kind.fit.table.name for kind in kinds if kind.fit)
    doubtful = {name for name in _RECORDS if counts[name] > 1}
    return [
        replace(kind, fit=replace(kind.fit, sure=False))
        if kind.fit and kind.fit.table.name in doubtful
        else kind
        for kind in kinds
    ]


def _shared(kinds: Sequence[Kind]) -> list[Kind]:
    """Take over what the register says of the codes of relationships, which a system has once."""
    told = next((k.coded["relationship"] for k in kinds if "relationship" in k.coded), {})
    return [replace(k, coded={"relationship": told, **k.coded}) if told else k for k in kinds]


def _contents(frames: Sequence[pl.DataFrame], sniffed: Sniffed) -> tuple[Content, ...]:
    """Describe the columns of a file, with what they are called in full, and the codes of all years."""
    found = [_all_codes(c, frames) for c in look_all(frames[0], frames[0].columns)]
    said, meanings = sniffed.said, sniffed.meanings
    told = [replace(c, said=said.get(c.name, ""), meanings=meanings.get(c.name, {})) for c in found]
    common = common_beginning([content.called for content in told])
    return tuple(
        replace(c, said=c.called.removeprefix(common)) if c.called.startswith(common) and common else c
        for c in told
    )


def _again(kind: Kind, fits: Sequence[Fit], cells: pl.DataFrame, relations: Relations) -> Fit | None:
    """Weigh the likeliest tables again, now that it is known which columns hold keys of other files."""
    likely = [fit.table for fit in fits[:_LIKELY]]
    found = best(ranked(kind.group.stem, _own(kind), relations, likely))
    if found and found.table.name in _RECORDS:
        table = by_year(kind.contents, cells, _newest(kind)) or by_name(kind.group.stem)
        if table:
            return replace(fit(_own(kind), table, relations), sure=True)
    return found


def _of_pensions(found: Fit, stem: str) -> Fit:
    """Take the amount paid for a pension where the file is called after pensions and has no other."""
    paid, pensions = found.of("salary_revenue"), any(word in plain(stem) for word in _PENSIONS)
    if not (paid and pensions) or found.of("pension_revenue"):
        return found
    pension = next(c for c in found.table.columns if c.name == "pension_revenue")
    swapped = replace(paid, column=pension, sure=False, others=(paid.column,))
    return replace(found, matches=tuple(swapped if match is paid else match for match in found.matches))


def _told(
    kind: Kind, found: Fit | None, cells: pl.DataFrame, relations: Relations, fields: Mapping[str, str]
) -> Kind:
    """Add the table, what the rows say of codes, the kind of documents, the relatives in their columns."""
    if found is None:
        return kind
    papers = found.table == DOCUMENTS
    named = kind_named(kind.group.stem) if papers else ""
    if named:
        told = tuple(match for match in found.matches if match.sure or match.column.name != "kind")
        found = replace(found, matches=told)
    rows = Rows(found, cells, _newest(kind))
    coded: dict[str, Mapping[str, str]] = {**guessed(rows)}
    if named_by := found.of("field"):
        # A list may name fields that are computed; nobody corrects those.
        coded["field"] = {code: word for code, word in fields.items() if word in named_by.column.values}
    return replace(
        kind,
        fit=found,
        coded=coded,
        wide=wide(kind.contents, relations) if papers else (),
        sort=(named or kind_of(rows)) if papers and found.of("kind") is None else "",
    )


def _own(kind: Kind) -> tuple[Content, ...]:
    """Return the columns without those of relatives side by side."""
    others = aside(kind.contents)
    return tuple(content for content in kind.contents if content.name not in others)


def _newest(kind: Kind) -> int | None:
    return max((year for year, _ in kind.group.files if year), default=None)


def _read(group: Group, records: Records) -> tuple[Sniffed, list[pl.DataFrame]] | None:
    """Read the two newest files that hold records, as they are laid out."""
    frames: list[pl.DataFrame] = []
    chosen: Sniffed | None = None
    for _, path in sorted(group.files, key=lambda file: file[0] or 0, reverse=True):
        sniffed = sniff(path, records, group.stem)
        if sniffed is None:
            continue
        try:
            found = cut(path, sniffed.layout)
        except TadasuError:
            continue
        if chosen is None or not frames or (found.cells.height >= _FEW and frames[0].height < _FEW):
            chosen, frames = sniffed, [found.cells.drop("line")]
        elif found.names == tuple(frames[0].columns):
            frames.append(found.cells.drop("line"))
        if len(frames) == 2:
            break
    return (chosen, frames) if chosen and frames[0].width else None


def _keys(fits: Sequence[Fit | None], cells: Sequence[pl.DataFrame]) -> dict[str, pl.Series]:
    """Return the keys of people, documents and rows of the list, from what seem to be their tables."""
    keys: dict[str, list[pl.Series]] = {}
    for told, frame in zip(fits, cells, strict=True):
        name, column = _KEYS.get(told.table.name, ("", "")) if told else ("", "")
        match = told.of(column) if told and column else None
        if match:
            keys.setdefault(name, []).append(stripped(frame[match.content.name]).drop_nulls().unique())
    return {name: pl.concat(found).unique() for name, found in keys.items()}


def _relations(frame: pl.DataFrame, keys: Mapping[str, pl.Series], fields: pl.Series) -> Relations:
    """Return which columns hold keys of which tables, and which of them names of the record's fields."""
    shares = {}
    for column in frame:
        # A row of the list may name several documents in one cell.
        values = stripped(column).drop_nulls().unique().str.replace(_BETWEEN + ".*", "")
        if values.len():
            shares[column.name] = {n: share(values.is_in(of.implode())) for n, of in keys.items()}
            words = stripped(column).drop_nulls().unique()
            if words.len() >= _FEW:
                shares[column.name]["field"] = share(words.is_in(fields.implode()))
    return Relations(shares)
