"""Whether a file is this year's record or the last one's: by the year in its rows, or by its name."""

from collections.abc import Sequence

import polars as pl

from tadasu.extract.forms import eras, year_of
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.words import terms
from tadasu.extract.values.texts import stripped
from tadasu.tables import ASSESSMENTS, PREVIOUS_ASSESSMENTS, Table

_NAMES = ("年度", "年分", "NENDO")
_LAST = "前年"


def by_year(contents: Sequence[Content], cells: pl.DataFrame, year: int | None) -> Table | None:
    """Return the table of records that a file of tax year `year` is, None where no column says so.

    `cells` begin with the lines of that year; those of an older file may follow.
    """
    if year is None:
        return None
    for content in contents:
        named = any(word in content.called.upper() for word in _NAMES)
        if named and content.distinct == 1 and content.values:
            told = _year(stripped(cells[content.name]).drop_nulls()[0], year)
            if told in (year, year - 1):
                return ASSESSMENTS if told == year else PREVIOUS_ASSESSMENTS
    return None


def by_name(stem: str) -> Table | None:
    """Return last year's records where the file's name speaks of last year."""
    return PREVIOUS_ASSESSMENTS if _LAST in terms(stem) else None


def _year(text: str, near: int) -> int | None:
    """Return the year that a cell says; digits alone count in the era of the year nearby."""
    if text.isdigit() and len(text) <= 2:
        era = [era for era in eras() if era.first.year <= near][-1]
        return era.first.year - 1 + int(text)
    return year_of(text)
