"""People: everybody of a block of families at one 1 January, as arrays of equal length."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tadasu.simulator.chance import Ids

Days = NDArray[np.int32]
"""Dates as days since 1970-01-01."""
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

NEVER = np.int32(2**30)
"""A date that never comes: of leaving, for who is here; of arriving, for who lives elsewhere."""
NOBODY = np.int64(-1)

SEATS = 16
"""How many numbers a family has: who was born, married in or moved in takes the next."""
GENERATIONS = 16
"""How many families may follow each other in one place."""

MALE, FEMALE = np.int8(0), np.int8(1)
SINGLE, MARRIED, WIDOWED, DIVORCED = (np.int8(code) for code in range(4))
STAYS, MOVED, DIED = (np.int8(code) for code in range(3))
HEAD, SPOUSE, CHILD, PARENT, GRANDPARENT, GRANDCHILD, SIBLING, OTHER = (np.int8(code) for code in range(8))

EPOCH = date(1970, 1, 1).toordinal()


def day(year: int, month: int = 1, of_month: int = 1) -> np.int32:
    """Return a date as days since 1970-01-01."""
    return np.int32(date(year, month, of_month).toordinal() - EPOCH)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Everybody of a block, sorted by number, those included who left or died within three years.

    Attributes:
        number: of the person: place * 256 + generation * 16 + seat.
        place: of the family; its members share it also where they live in several households.
        household: the number of the person whose household it first was.
        sex: MALE, FEMALE.
        birth: date of birth.
        since: date of becoming a resident (NEVER: a relative who lives elsewhere).
        left: date of leaving or death (NEVER: still there).
        reason: why left: STAYS, MOVED, DIED.
        spouse, mother, father: numbers, or NOBODY.
        marital: SINGLE, MARRIED, WIDOWED, DIVORCED.
        is_head: of the household.
        relation: to the head: HEAD, SPOUSE, CHILD ….
        foreign: of foreign nationality.
    """

    number: Ids
    place: Ids
    household: Ids
    sex: Codes
    birth: Days
    since: Days
    left: Days
    reason: Codes
    spouse: Ids
    mother: Ids
    father: Ids
    marital: Codes
    is_head: Flags
    relation: Codes
    foreign: Flags

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.number)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "People":
        """Return those chosen by flags or positions."""
        return People(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    def but(self, **columns: NDArray[Any]) -> "People":
        """Return the same people with columns replaced."""
        return replace(self, **columns)

    def at(self, numbers: Ids) -> NDArray[np.int64]:
        """Return the position of each number, -1 where it is nobody here."""
        if not len(self):
            return np.full(len(numbers), -1)
        found = np.clip(np.searchsorted(self.number, numbers), 0, len(self) - 1)
        return np.where(self.number[found] == numbers, found, -1)

    def alive_on(self, when: np.int32) -> Flags:
        """Return who is born and not dead by a date, wherever they live."""
        return np.asarray((self.birth <= when) & ~((self.reason == DIED) & (self.left <= when)))

    def here_on(self, when: np.int32) -> Flags:
        """Return who is a resident of the ward on a date."""
        return np.asarray((self.since <= when) & (self.left > when) & (self.birth <= when))

    def birthdays(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the year of birth, and the birthday as month * 100 + day."""
        born = self.birth.astype("datetime64[D]")
        month = born.astype("datetime64[M]")
        months, of_month = month.astype(np.int64), (born - month).astype(np.int64) + 1
        return months // 12 + 1970, (months % 12 + 1) * 100 + of_month

    def age_on(self, when: date) -> NDArray[np.int64]:
        """Return the age in completed years on a date."""
        return age_on(self.birthdays(), when)


def age_on(birthdays: tuple[NDArray[np.int64], NDArray[np.int64]], when: date) -> NDArray[np.int64]:
    """Return the age in completed years on a date, by `People.birthdays`."""
    year, birthday = birthdays
    return np.asarray(when.year - year - (birthday > when.month * 100 + when.day), dtype=np.int64)


def joined(*groups: People) -> People:
    """Return all of them as one, sorted by number."""
    columns = {f.name: np.concatenate([getattr(g, f.name) for g in groups]) for f in fields(People)}
    order = np.argsort(columns["number"], kind="stable")
    return People(**{name: values[order] for name, values in columns.items()})


def newcomers(
    number: Ids, household: Ids, sex: Codes, birth: Days, since: Days, **other: NDArray[Any]
) -> People:
    """Return new people, of whom nothing else is known unless said."""
    n = len(number)
    nobody, no = np.full(n, NOBODY), np.zeros(n, dtype=bool)
    known: dict[str, NDArray[Any]] = {
        "left": np.full(n, NEVER),
        "reason": np.zeros(n, dtype=np.int8),
        "spouse": nobody,
        "mother": nobody,
        "father": nobody,
        "marital": np.zeros(n, dtype=np.int8),
        "is_head": no,
        "relation": np.full(n, OTHER),
        "foreign": no,
    }
    return People(
        number=number,
        place=number // (SEATS * GENERATIONS),
        household=household,
        sex=sex.astype(np.int8),
        birth=birth.astype(np.int32),
        since=since.astype(np.int32),
        **(known | other),
    )
