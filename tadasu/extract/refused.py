"""Columns that must not enter: those that the mapping names, and any that holds Individual Numbers."""

import re
import unicodedata
from fnmatch import fnmatchcase

import polars as pl

from tadasu.extract.values.texts import plain

LEAST = 20
"""How many filled values a column needs before its content says anything."""

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_LENGTHS = (12, 14, 36, 42)
"""Bytes of twelve digits: plain, in groups of four, full-width, full-width in groups."""


def is_refused(name: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a column's name fits one of the patterns (`*氏名*`)."""
    told = unicodedata.normalize("NFKC", re.sub(r"#\d+$", "", name))
    return any(fnmatchcase(told, unicodedata.normalize("NFKC", pattern)) for pattern in patterns)


def individual_numbers(cells: pl.DataFrame) -> list[str]:
    """Return the columns of `cells` (text) in which more than half of the filled values are such numbers.

    A number is twelve digits the last of which is the check digit of the others; a column needs `LEAST`
    filled values.
    """
    return [column.name for column in cells if column.dtype == pl.String() and _mostly(column)]


def _mostly(column: pl.Series) -> bool:
    filled = column.drop_nulls()
    if filled.len() < LEAST:
        return False
    longer = filled.filter(filled.str.len_bytes() >= min(_LENGTHS))
    if longer.len() * 2 <= filled.len():
        return False
    text = filled.filter(filled.str.strip_chars() != "")
    if text.len() < LEAST:
        return False
    digits = plain(text).str.replace_all(r"[\s‐–—―−-]", "").str.replace(r"\.0+$", "")
    return int(_valid(digits).sum()) * 2 > text.len()


def _valid(digits: pl.Series) -> pl.Series:
    twelve = digits.filter(digits.str.contains(r"^[0-9]{12}$").fill_null(False))
    places = [twelve.str.slice(place, 1).cast(pl.Int64()) for place in range(12)]
    total = pl.Series([0], dtype=pl.Int64()).new_from_index(0, twelve.len())
    for digit, weight in zip(places, _WEIGHTS, strict=False):
        total = total + digit * weight
    check = 11 - total % 11
    return check.set(check > 9, 0) == places[11]
