"""The published layouts of statutory reports: which field stands where in a line of how many fields.

The tables are data beside this file: `fields_315.csv` (salary reports), `fields_331.csv` (pension reports).
A field of kind `refused` (names, addresses, numbers of people and firms) is never read beyond whether it is
filled; one without a place is known by a ward's own layout alone.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["digits", "text", "refused"]
Form = Literal["315", "331"]

FORMS: dict[Form, str] = {"315": "salary_report", "331": "pension_report"}
"""The codes of statutory forms (法定資料の種類), and which kind of document each is."""

_KINDS: dict[str, Kind] = {"digits": "digits", "text": "text", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its label, what may stand in it, and in how many characters at most."""

    name: str
    label: str
    kind: Kind
    length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields stand (from 1) in lines of one form that have `width` fields.

    longer: whether lines may have more fields than that, whose meaning is not known.
    """

    form: Form
    width: int
    places: Mapping[str, int]
    longer: bool = False

    def has(self, name: str) -> bool:
        """Say whether the layout has a place for the field."""
        return name in self.places


@cache
def fields(form: Form) -> dict[str, Field]:
    """Return the fields of a form by name, also those for which no published layout has a place."""
    return {
        row["name"]: Field(row["name"], row["label"], _KINDS[row["kind"]], int(row["length"]))
        for row in _rows(form)
    }


@cache
def published(form: Form) -> tuple[Layout, ...]:
    """Return the layouts of a form, told apart by the number of fields in a line; the longest last."""
    if form == "331":
        return (Layout(form, 49, _places(form, "in_49", 49)),)
    widths = (140, 143, 144)
    newer = [Layout(form, n, _places(form, "in_140", n), longer=n == max(widths)) for n in widths]
    return (Layout(form, 98, _places(form, "in_98", 98)), *newer)


def with_places(form: Form, width: int, places: Mapping[str, int]) -> Layout:
    """Return a ward's own layout: the longest published one with some fields elsewhere, or added."""
    known = published(form)[-1].places
    taken = set(places.values())
    return Layout(form, width, {n: at for n, at in known.items() if at not in taken} | dict(places))


def _places(form: Form, column: str, width: int) -> dict[str, int]:
    told = {row["name"]: int(row[column]) for row in _rows(form) if row[column]}
    return {name: place for name, place in told.items() if place <= width}


@cache
def _rows(form: Form) -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name(f"fields_{form}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
