"""How dates and years are written in Japan, each form known by an example such as `R05.12.31` or 令和5年度.

The eras and the two official tables of era digits are data: `eras.yaml` beside this file.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

_DATE = re.compile(
    r"(?P<era>[A-Z]|[^\W\d_A-Za-z]{2})?(?P<year>\d+|元)(?P<first>年|[-/.])(?P<month>\d{1,2})(?P<second>月|[-/.])"
    r"(?P<day>\d{1,2})(?P<last>日?)"
)
_PACKED = re.compile(r"(?P<era>[A-Z]|[^\W\d_A-Za-z]{2})?(?P<digits>\d{6,8})")
_YEAR = re.compile(r"(?P<era>[A-Z]|[^\W\d_A-Za-z]{2})?(?P<year>\d{1,4}|元)(?P<suffix>年度分?|年分?|)")

Style = Literal["western", "letter", "name", "digit"]


@dataclass(frozen=True, slots=True)
class Era:
    """An era: its name, the letter it is abbreviated by, its first day, the last year that it touches."""

    name: str
    letter: str
    first: dt.date
    last_year: int


@dataclass(frozen=True, slots=True)
class DateForm:
    """A way to write a date. style: how the year is told (western, R, 令和, or an era digit).

    separators: between year, month and day, and after the day; all empty in a row of digits.
    padded: whether months, days and era years are written with two digits (both are read).
    """

    style: Style
    separators: tuple[str, str, str]
    padded: bool = True

    @property
    def packed(self) -> bool:
        """Say whether the date is a row of digits."""
        return not self.separators[0]

    def write(self, day: dt.date, digits: Mapping[str, str]) -> str:
        """Return `day` in this form; `digits` names the era of each era digit."""
        two = "02" if self.padded else ""
        first, second, last = self.separators
        year = f"{day.year:04}" if self.style == "western" else self._era_year(day, digits, two)
        return f"{year}{first}{day.month:{two}}{second}{day.day:{two}}{last}"

    def _era_year(self, day: dt.date, digits: Mapping[str, str], two: str) -> str:
        era = era_of(day)
        digit = {name: digit for digit, name in digits.items()}.get(era.name, "?")
        sign = {"letter": era.letter, "name": era.name}.get(self.style, digit)
        return f"{sign}{day.year - era.first.year + 1:{two}}"


ISO = DateForm("western", ("-", "-", ""))


@cache
def eras() -> tuple[Era, ...]:
    """Return the eras, oldest first."""
    told = list(_told()["eras"].items())
    after = [era["first_day"].year for _, era in told[1:]] + [dt.MAXYEAR]
    return tuple(
        Era(name, era["letter"], era["first_day"], last)
        for (name, era), last in zip(told, after, strict=True)
    )


@cache
def digit_tables() -> dict[str, dict[str, str]]:
    """Return the official tables of era digits, by name: digit → era."""
    return {name: dict(table) for name, table in _told()["digits"].items()}


@cache
def _told() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("eras.yaml").read_text(encoding="utf-8")
    )
    return content


def era_of(day: dt.date) -> Era:
    """Return the era that a day lies in (the first for days before it)."""
    return next((era for era in reversed(eras()) if day >= era.first), eras()[0])


def date_form(example: str) -> DateForm | None:
    """Return the form that a date is written in, None if it is none that we know.

    >>> date_form("R05.12.31")
    DateForm(style='letter', separators=('.', '.', ''), padded=True)
    """
    text = unicodedata.normalize("NFKC", example).strip()
    if found := _PACKED.fullmatch(text):
        style = _style(found["era"], len(found["digits"]) == 8, digit=len(found["digits"]) == 7)
        usual = {"western": 8, "digit": 7, "letter": 6, "name": 6}
        return DateForm(style, ("", "", "")) if style and len(found["digits"]) == usual[style] else None
    if not (found := _DATE.fullmatch(text)):
        return None
    style = _style(found["era"], len(found["year"]) == 4, digit=False)
    padded = all(len(found[part]) == 2 for part in ("month", "day"))
    if style and style != "western":
        padded = padded and len(found["year"]) == 2 and found["year"] != "元"
    return DateForm(style, (found["first"], found["second"], found["last"]), padded) if style else None


def _style(era: str | None, western: bool, *, digit: bool) -> Style | None:
    if era is None:
        return "western" if western else "digit" if digit else None
    known = {"letter": [e.letter for e in eras()], "name": [e.name for e in eras()]}
    return "letter" if era in known["letter"] else "name" if era in known["name"] else None


def year_of(text: str) -> int | None:
    """Return the western year that a name such as `2023`, `R05` or `令和5年度` says, else None."""
    found = _YEAR.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if not found:
        return None
    number = 1 if found["year"] == "元" else int(found["year"])
    if found["era"] is None:
        return number if len(found["year"]) == 4 else None
    era = next((era for era in eras() if found["era"] in (era.letter, era.name)), None)
    return era.first.year + number - 1 if era and number else None


def year_text(year: int, example: str) -> str:
    """Return a year as `example` writes one.

    >>> year_text(2023, "R05年度")
    'R05年度'
    """
    found = _YEAR.fullmatch(unicodedata.normalize("NFKC", example).strip().upper())
    assert found, f"{example}: not checked with `year_of` before"
    if found["era"] is None:
        return f"{year:04}{found['suffix']}"
    era = era_of(dt.date(year, 12, 31))
    sign = era.letter if len(found["era"]) == 1 else era.name
    two = "02" if len(found["year"]) == 2 else ""
    return f"{sign}{year - era.first.year + 1:{two}}{found['suffix']}"
