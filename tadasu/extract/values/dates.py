"""Dates in Western years and in eras, read by the forms that a mapping names; a day must exist in its era."""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from tadasu.extract.forms import DateForm, eras
from tadasu.extract.values.texts import plain, without_time

_SEPARATORS = (("-", "-", ""), ("/", "/", ""), (".", ".", ""), ("年", "月", "日"), ("", "", ""))
UNAMBIGUOUS = tuple(
    DateForm(style, separators) for style in ("western", "letter", "name") for separators in _SEPARATORS
)
"""What is tried where a mapping names no form: an era digit alone is ambiguous, and never among them."""


def dates(
    cells: pl.Series, forms: Sequence[DateForm], digits: Mapping[str, str]
) -> tuple[pl.Series, pl.Series]:
    """Read dates.

    Returns:
        The dates (null where blank or unreadable), and whether a cell has the form of a date at all: one that
        has but is none, such as 平成36年 or 30 February, is no such day.
    """
    unique = cells.drop_nulls().unique(maintain_order=True)
    if unique.is_empty():
        return pl.Series([None] * cells.len(), dtype=pl.Date()), cells.is_not_null() & False
    told = without_time(plain(unique)).str.strip_chars().str.to_uppercase()
    frame = pl.DataFrame({"text": told, "iso": pl.Series([None] * told.len(), dtype=pl.String())})
    for form in forms or UNAMBIGUOUS:
        frame = frame.with_columns(iso=pl.coalesce("iso", _iso(pl.col("text"), form, digits)))
    days = frame["iso"].str.to_date("%Y-%m-%d", strict=False)
    days = days.set((days.dt.year() < 1).fill_null(False), None)
    key = unique.to_list()
    return (
        cells.replace_strict(key, days, default=None, return_dtype=pl.Date()),
        cells.replace_strict(key, frame["iso"].is_not_null(), default=False, return_dtype=pl.Boolean()),
    )


def _iso(text: pl.Expr, form: DateForm, digits: Mapping[str, str]) -> pl.Expr:
    """Return year-month-day as text where the text has this form, else null (the day may not exist)."""
    groups = text.str.extract_groups(_pattern(form, digits))
    year = groups.struct.field("year").str.replace("元", "1", literal=True).cast(pl.Int64(), strict=False)
    if form.style != "western":
        era = groups.struct.field("era")
        year = _western(era, year, form, digits)
    month, day = (groups.struct.field(part).str.zfill(2) for part in ("month", "day"))
    there = groups.struct.field("month").is_not_null()
    iso = pl.concat_str([year.cast(pl.String()).str.zfill(4).fill_null("none"), month, day], separator="-")
    return pl.when(there).then(iso)


def _western(era: pl.Expr, year: pl.Expr, form: DateForm, digits: Mapping[str, str]) -> pl.Expr:
    """Return the Western year; null beyond the last year of the era (平成33年) and for year 0."""
    named = {e.letter: e for e in eras()} if form.style == "letter" else {e.name: e for e in eras()}
    if form.style == "digit":
        named = {digit: next(e for e in eras() if e.name == name) for digit, name in digits.items()}
    signs = list(named)
    first = era.replace_strict(
        signs, [named[s].first.year for s in signs], default=None, return_dtype=pl.Int64()
    )
    last = era.replace_strict(
        signs, [named[s].last_year for s in signs], default=None, return_dtype=pl.Int64()
    )
    western = first + year - 1
    return pl.when((year >= 1) & (western <= last)).then(western)


def _pattern(form: DateForm, digits: Mapping[str, str]) -> str:
    first, second, last = (re.escape(separator) for separator in form.separators)
    count = "{2}" if form.packed else "{1,2}"
    signs = {
        "western": [],
        "letter": [era.letter for era in eras()],
        "name": [era.name for era in eras()],
        "digit": [re.escape(digit) for digit in digits],
    }[form.style]
    era = f"(?P<era>{'|'.join(signs)})" if form.style != "western" else "(?P<era>)"
    year = "[0-9]{4}" if form.style == "western" else f"[0-9]{count}" + ("" if form.packed else "|元")
    space = "" if form.packed else r"\s*"
    closing = f"(?:{last})?" if last else ""
    month, day = f"(?P<month>[0-9]{count})", f"(?P<day>[0-9]{count})"
    return f"^{era}(?P<year>{year}){first}{space}{month}{second}{space}{day}{closing}$"
