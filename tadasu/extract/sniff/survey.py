"""A folder that nobody knows yet: its files, what each seems to be, and how they hang together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut import cut
from tadasu.extract.sniff.content import Content, look_all, share
from tadasu.extract.sniff.folders import Group, groups
from tadasu.extract.sniff.layouts import Sniffed, sniff
from tadasu.extract.sniff.match import Fit, best, ranked
from tadasu.extract.sniff.scores import Relations
from tadasu.extract.values.texts import stripped

_FEW = 5
_LIKELY = 4
_BETWEEN = ";"
_KEYS = {
    "residents": ("person", "person_id"),
    "documents": ("document", "document_id"),
    "inconsistencies": ("row", "row_id"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind: where they lie, how they are laid out, their columns, the table they seem to be."""

    group: Group
    sniffed: Sniffed
    contents: tuple[Content, ...]
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds. unread: files that are no table, or that cannot be read."""

    folder: Path
    kinds: tuple[Kind, ...]
    unread: tuple[str, ...] = ()


def survey(folder: Path) -> Found:
    """Look at every kind of file below a folder, then at which columns hold keys of which others.

    Raises:
        TadasuError: there is no such folder, or no file that could be a table.
    """
    kinds: list[Kind] = []
    cells: list[pl.DataFrame] = []
    unread = []
    for group in groups(folder):
        found = _read(group)
        if found is None:
            unread.append(group.pattern)
            continue
        sniffed, frames = found
        # Of one year only: over the years a person's number comes twice, and is a key all the same.
        kinds.append(Kind(group, sniffed, tuple(look_all(frames[0], frames[0].columns))))
        cells.append(pl.concat(frames))
    first = [ranked(kind.group.stem, kind.contents, Relations()) for kind in kinds]
    keys = _keys([best(fits) for fits in first], cells)
    kinds = [
        replace(kind, fit=_again(kind, fits, _relations(frame, keys)))
        for kind, fits, frame in zip(kinds, first, cells, strict=True)
    ]
    return Found(folder, tuple(kinds), tuple(unread))


def _again(kind: Kind, fits: Sequence[Fit], relations: Relations) -> Fit | None:
    """Weigh the likeliest tables again, now that it is known which columns hold keys of other files."""
    likely = [fit.table for fit in fits[:_LIKELY]]
    return best(ranked(kind.group.stem, kind.contents, relations, likely))


def _read(group: Group) -> tuple[Sniffed, list[pl.DataFrame]] | None:
    """Read the two newest files that hold records, as they are laid out."""
    frames: list[pl.DataFrame] = []
    chosen: Sniffed | None = None
    for _, path in sorted(group.files, key=lambda file: file[0] or 0, reverse=True):
        sniffed = sniff(path)
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
    for fit, frame in zip(fits, cells, strict=True):
        name, column = _KEYS.get(fit.table.name, ("", "")) if fit else ("", "")
        match = fit.of(column) if fit and column else None
        if match:
            keys.setdefault(name, []).append(stripped(frame[match.content.name]).drop_nulls().unique())
    return {name: pl.concat(found).unique() for name, found in keys.items()}


def _relations(frame: pl.DataFrame, keys: Mapping[str, pl.Series]) -> Relations:
    shares = {}
    for column in frame:
        # A row of the list may name several documents in one cell.
        values = stripped(column).drop_nulls().unique().str.split(_BETWEEN).list.first()
        if values.len():
            shares[column.name] = {n: share(values.is_in(of.implode())) for n, of in keys.items()}
    return Relations(shares)
