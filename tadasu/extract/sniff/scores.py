"""How well a column of a file fits a column of the standard layout: by its name, its cells, its relations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from tadasu.extract.sniff.codes import is_coded, share_known
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.words import closest, terms, vocabulary
from tadasu.tables import PAYER_COLUMNS, PERSON_COLUMNS, Column, Table
from tadasu.tables.columns import HOUSEHOLD_COLUMNS

_NAMELESS = 0.3
_HARDLY, _RATHER_NOT = 0.1, 0.4
_NAMED, _RELATED, _SHOWN, _WORDS = 0.8, 0.4, 0.12, 0.4
_NAMES_FIELDS = 0.6
_FITS = 0.9
_MOSTLY = 0.5
_PEOPLE = 40
_SMALL_SUM = 100
_PADDED = 0.9
_SELDOM = 0.8
_WORD = re.compile(r"[^\x00-\x7f]|[A-Za-z]{3}")
_TEXTS = ("check_name", "message")


@dataclass(frozen=True, slots=True)
class Relations:
    """For each file column, which share of its values are keys of people, documents or rows of the list."""

    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, name: str) -> Mapping[str, float]:
        """Return the shares of a file column by entity."""
        return self.shares.get(name, {})


def entity(column: Column) -> str:
    """Return what a column's values are keys of; nothing for columns of their own."""
    documents = ("document_id", "document_ids", "supersedes")
    names = {**dict.fromkeys(documents, "document"), "row_id": "row"}
    return "person" if column.name in PERSON_COLUMNS else names.get(column.name, "")


def score(content: Content, column: Column, table: Table, relations: Relations) -> float:
    """Return how well a file's column fits, 0 to about 1.3."""
    named = not content.called.split("#")[0].isdigit()
    name = _NAMED * _alike(content.called, column) if named else _NAMELESS
    if column.name == "field" and relations.of(content.name).get("field", 0.0) > _NAMES_FIELDS:
        return 1.0
    if content.counter and table.key != (column.name,):
        return 0.0  # what only numbers the lines may be the table's key, and no other number
    fit = _kind(content, column) * _key(content, column, table)
    shown = (_WORDS if _has_words(content, column) else _SHOWN) * _speaks(content, column)
    return _related(name + shown, content, column, relations) * fit


def called_like(content: Content, column: Column) -> float:
    """Return how alike the names are, 0 to 1."""
    return _alike(content.called, column)


def can_be(content: Content, column: Column) -> bool:
    """Say whether a file's column can be a standard one by what stands in it, whatever it is called."""
    return _kind(content, column) >= _FITS


@cache
def _alike(name: str, column: Column) -> float:
    return closest(name, phrases(column))


def phrases(column: Column) -> tuple[str, ...]:
    """Return the names by which a column is known."""
    told = vocabulary()["columns"]
    # Columns of one name in two tables (the kind of a document, of a donation) have names by their label.
    return (column.name, column.label, *told.get(column.label, told.get(column.name, ())))


def _kind(content: Content, column: Column) -> float:
    """Return 1 where cells can be of the column's type, little where they are of another."""
    if content.kind == "empty":
        return 0.9
    if (content.kind == "date") != (column.dtype == pl.Date()):
        return _HARDLY
    if column.dtype == pl.Date():
        return 1.0
    if is_coded(column):
        most = 80 if column.name == "field" else 24
        of_field = column.name == "field" and content.width
        if content.distinct > most or (content.kind == "number" and not of_field):
            return _HARDLY
        return _RATHER_NOT if _has_words(content, column) and not share_known(content, column) else 1.0
    if column.name in _TEXTS:
        return _text(content, column)
    if (entity(column) or column.name in PAYER_COLUMNS) and _names_nobody(content):
        return _HARDLY
    if column.dtype == pl.String():
        return 1.0 if content.kind != "flag" or not content.numeric else 0.7
    return _amount(content, column)


def _has_words(content: Content, column: Column) -> bool:
    """Say whether a column of codes shows several words, which say what they are."""
    speak = any(_WORD.search(value) for value, _ in content.values)
    return bool(column.values) and not content.numeric and content.distinct > 1 and speak


def _names_nobody(content: Content) -> bool:
    """Say whether codes or names stand in a column: no numbers of people, payers or documents."""
    codes = content.kind in ("code", "flag") and content.numeric and content.large < _SMALL_SUM
    return content.rows > _PEOPLE and (codes or content.kanji > _MOSTLY)


def _text(content: Content, column: Column) -> float:
    """Tell the name of a check, which comes again and again, from its message, which names sums."""
    again = content.distinct < content.filled / 2
    if column.name == "check_name":
        return 1.0 if again else _RATHER_NOT
    return _SELDOM if again else 1.0


def _amount(content: Content, column: Column) -> float:
    if not content.numeric:
        return _HARDLY
    people, called = column.unit == "人", terms(content.called)
    if people and "区分" in called and "人数" not in called:
        return _RATHER_NOT
    if column.unit == "円" and "人数" in called and content.large < _SMALL_SUM:
        return _RATHER_NOT
    if people or column.dtype == pl.Int32():
        return 1.0 if content.large < _PEOPLE or column.dtype == pl.Int32() else _HARDLY
    if content.padded:
        return _PADDED
    if content.kind == "identifier" and content.width:
        return _HARDLY if content.distinct > content.filled / 2 else _RATHER_NOT
    return _RATHER_NOT if 0 < content.large < _SMALL_SUM and content.distinct > 1 else 1.0


def _key(content: Content, column: Column, table: Table) -> float:
    if content.kind == "empty" or not content.rows:
        return 1.0
    if table.key == (column.name,):
        if content.counter:
            return _RATHER_NOT
        return 1.1 if content.unique else (_RATHER_NOT if content.distinct < 0.95 * content.rows else 1.0)
    if content.distinct == 1 and content.rows > _PEOPLE and column.name.endswith(("_id", "_code")):
        return _RATHER_NOT  # one number in every row is the ward's own
    needed = column.filled and content.filled < 0.95 * content.rows
    return _RATHER_NOT if needed else 1.0


def _speaks(content: Content, column: Column) -> float:
    """Return how far the cells themselves say what they are: known words, dates, amounts."""
    if content.kind == "empty":
        return 0.0
    if is_coded(column):
        return share_known(content, column) if content.kind in ("code", "flag") else 0.0
    return 1.0 if column.dtype == pl.Date() else 0.0


def _related(before: float, content: Content, column: Column, relations: Relations) -> float:
    """Weigh in whether the values are keys of another table."""
    shares = relations.of(content.name)
    # The number of a household is often that of its head.
    others = (*PAYER_COLUMNS, *HOUSEHOLD_COLUMNS)
    if not shares or content.distinct < 3 or is_coded(column) or column.name in others:
        return before
    own = shares.get(entity(column), 0.0)
    if entity(column):
        return before + _RELATED * own if own >= 0.5 else before * max(own, _RATHER_NOT)
    return before * _RATHER_NOT if max(shares.values()) >= 0.9 and content.kind == "identifier" else before
