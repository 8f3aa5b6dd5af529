"""Text cleaned for reading: the blanks around it gone, full-width signs made plain where that is asked."""

import re

import polars as pl

_UNMAPPABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\ue000-\uf8ff\ufffd]"
_CIRCLES = re.compile("[〇◯⭕]")
_TIME = r"[ T]00:00:00(\.0+)?$"


def stripped(cells: pl.Series) -> pl.Series:
    """Return the cells without blanks around them (full-width ones too); blank ones are null."""
    text = cells.str.strip_chars()
    return text.set(text == "", None)


def plain(cells: pl.Series) -> pl.Series:
    """Return the cells with full-width letters, digits and signs as their plain ones."""
    return cells.str.normalize("NFKC")


def unmappable(cells: pl.Series) -> pl.Series:
    """Say which cells hold a character of the vendor's own (外字) or a control character."""
    return cells.str.contains(_UNMAPPABLE).fill_null(False)


def without_time(cells: pl.Series) -> pl.Series:
    """Take off the midnight that a spreadsheet adds to a date."""
    return cells.str.replace(_TIME, "")


def alike(code: str) -> str:
    """Return a code as it is looked up: signs that look the same are the same (○ 〇 ◯, １ 1)."""
    import unicodedata

    return _CIRCLES.sub("○", unicodedata.normalize("NFKC", code).strip())
