"""Which column of a file is which of the standard layout, which table a file is, and how sure that is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import polars as pl

from tadasu.extract.mapping.load import TABLES
from tadasu.extract.sniff.codes import share_known
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.scores import Relations, can_be, score
from tadasu.extract.sniff.words import closest, vocabulary
from tadasu.tables import Column, Table

_SURE, _PERHAPS = 0.6, 0.36
_MARGIN = 0.1
_TABLE_MARGIN = 1.15
_NO_TABLE = 0.2
_STEM = 0.6
_SPEAKS = 0.3
_FEW_WORDS = 6
_ELSEWHERE = 0.3
NOWHERE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Match:
    """A file's column taken for a standard one. others: the next best standard columns."""

    content: Content
    column: Column
    score: float
    sure: bool
    others: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """A file taken for a table. matches: its columns, in the file's order; score: to compare tables by."""

    table: Table
    matches: tuple[Match, ...]
    score: float
    sure: bool = True

    def of(self, column: str) -> Match | None:
        """Return the match of a standard column."""
        return next((match for match in self.matches if match.column.name == column), None)


def ranked(
    stem: str, contents: Sequence[Content], relations: Relations, tables: Iterable[Table] = TABLES.values()
) -> list[Fit]:
    """Return the tables that a file may be, the best fit first."""
    fits = [_weighed(stem, fit(contents, table, relations), contents) for table in tables]
    return sorted(fits, key=lambda one: -one.score)


def best(fits: Sequence[Fit]) -> Fit | None:
    """Return the best of ranked fits, None if the file hardly fits any table."""
    first, second = fits[0], fits[1]
    if first.score < _NO_TABLE or not first.matches:
        return None
    return Fit(first.table, first.matches, first.score, first.score >= _TABLE_MARGIN * second.score)


def fit(
    contents: Sequence[Content],
    table: Table,
    relations: Relations,
    elsewhere: Mapping[str, str] = NOWHERE,
) -> Fit:
    """Match the columns of a file with those of a table, the best pair first.

    `elsewhere`: what a name is taken for in the other files of the export.
    """
    usable = [c for c in contents if not c.refused and not (c.forbidden and not _is_key(c, relations))]
    wanted = [column for column in table.columns if column.name != "tax_year"]
    own = {(c.name, w.name): score(c, w, table, relations) for c in usable for w in wanted}
    grid = dict(own)
    for c, w in ((c, w) for c in usable for w in wanted if elsewhere.get(c.called) == w.name):
        grid[c.name, w.name] += _ELSEWHERE if can_be(c, w) else 0.0
    by_column = {w.name: w for w in wanted}
    taken: dict[str, tuple[str, float]] = {}
    for (name, column), value in sorted(grid.items(), key=lambda pair: -pair[1]):
        if value >= _PERHAPS and name not in taken and column not in {c for c, _ in taken.values()}:
            taken[name] = (column, value)
    matches = []
    for content in usable:
        if content.name in taken:
            column, value = taken[content.name]
            rivals = _rivals(grid, content.name, column, taken)
            others = tuple(by_column[w] for w, v in rivals[0] if v >= value - _MARGIN)
            clear = not others and all(v < value - _MARGIN for v in rivals[1])
            sure = own[content.name, column] >= _SURE and clear and not content.called.split("#")[0].isdigit()
            matches.append(Match(content, by_column[column], value, sure, others[:3]))
    matches += _last(usable, wanted, matches, table)
    return Fit(table, tuple(matches), sum(match.score for match in matches))


def _last(
    usable: Sequence[Content], wanted: Sequence[Column], matches: Sequence[Match], table: Table
) -> list[Match]:
    """Match what is left where there is but one of its sort on both sides: a date, the key, known codes."""
    contents = [c for c in usable if c.name not in {m.content.name for m in matches} and c.filled]
    columns = [w for w in wanted if w.name not in {m.column.name for m in matches}]
    found: list[Match] = []
    for is_content, is_column in _sorts(table):
        left = [c for c in contents if is_content(c) and c.name not in {m.content.name for m in found}]
        open_columns = [w for w in columns if is_column(w) and w.name not in {m.column.name for m in found}]
        if len(left) == 1 and len(open_columns) == 1:
            found.append(Match(left[0], open_columns[0], _PERHAPS, sure=False))
    return found


def _sorts(table: Table) -> list[tuple[Callable[[Content], bool], Callable[[Column], bool]]]:
    single = table.key[0] if len(table.key) == 1 else ""
    sorts: list[tuple[Callable[[Content], bool], Callable[[Column], bool]]] = [
        (lambda c: c.kind == "date", lambda w: w.dtype == pl.Date()),
        (lambda c: c.kind == "code" and c.numeric, lambda w: w.dtype == pl.Int32()),
        (lambda c: c.unique and c.kind == "identifier", lambda w: w.name == single),
    ]
    coded = [column for column in table.columns if column.values]
    sorts += [(partial(_speaks_of, column=c), partial(_is, name=c.name)) for c in coded]
    return [*sorts, (_few_words, lambda w: bool(w.values) and w.filled)]


def _few_words(content: Content) -> bool:
    return content.kind == "code" and not content.numeric and 1 < content.distinct <= _FEW_WORDS


def _speaks_of(content: Content, column: Column) -> bool:
    return content.kind in ("code", "flag") and share_known(content, column) > _SPEAKS and not content.numeric


def _is(column: Column, name: str) -> bool:
    return column.name == name


def _is_key(content: Content, relations: Relations) -> bool:
    """Say whether a column that is called like an Individual Number is a number of the ward's own."""
    return content.kind == "identifier" and (
        content.unique or relations.of(content.name).get("person", 0) > 0.5
    )


def _rivals(
    grid: dict[tuple[str, str], float], name: str, column: str, taken: dict[str, tuple[str, float]]
) -> tuple[list[tuple[str, float]], list[float]]:
    """Return what else the file's column could be, and what else of the file could be the standard column.

    What is taken with a better score elsewhere is no rival.
    """
    placed = dict(taken.values())
    others = [(w, v) for (n, w), v in grid.items() if n == name and w != column and v >= placed.get(w, 0.0)]
    files = [v for (n, w), v in grid.items() if w == column and n != name and v >= taken.get(n, ("", 0.0))[1]]
    return sorted(others, key=lambda pair: -pair[1]), files


def _weighed(stem: str, found: Fit, contents: Sequence[Content]) -> Fit:
    """Score a table: how much of the file it explains, by rare columns, and by the file's name."""
    table = found.table
    told = sum(min(match.score, 1.0) * _rarity(match.column) for match in found.matches)
    share = told / max(1, len([c for c in contents if not c.forbidden]))
    needed = [c.name for c in table.columns if (c.filled or c.name in table.key) and c.name != "tax_year"]
    there = sum(found.of(name) is not None for name in needed) / len(needed)
    name = closest(PurePath(stem).name, (table.label, *vocabulary()["tables"].get(table.name, ())))
    usual = 1.0 if table.mandatory else 0.9
    return Fit(table, found.matches, (share * (0.4 + 0.6 * there) + _STEM * name) * usual)


def _rarity(column: Column) -> float:
    tables = sum(any(c.name == column.name for c in table.columns) for table in TABLES.values())
    return 1.2 if tables == 1 else 1.0 if tables <= 3 else 0.6
