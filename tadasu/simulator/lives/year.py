"""One income year of a block: its people, their ages and family, its law, and the ways to draw by them."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tadasu.law import Law
from tadasu.simulator import chance
from tadasu.simulator.chance import Ids, Reals
from tadasu.simulator.people import MARRIED, NEVER, People, age_on, day
from tadasu.simulator.settings import Knobs, Rates

Flags = NDArray[np.bool_]
_DRIFTS = 5
"""Years whose chances make what drifts."""


@dataclass(slots=True, eq=False)
class Year:
    """What the parts of a life need to know of a tax year (its income year is the one before).

    Attributes:
        knobs, tax_year, law: of the simulation.
        people: everybody who lived in some part of the income year, relatives elsewhere included.
        age: on 31 December of the income year as the law counts (a year is complete on the eve of the
            birthday): the common age on 1 January.
        resident: is a resident of the ward on 1 January of the tax year.
        alive: on 31 December of the income year.
        far: a relative who never lived in the ward.
        youngest: age of the youngest child at home (99: none).
    """

    knobs: Knobs
    tax_year: int
    law: Law
    people: People
    age: NDArray[np.int64] = field(init=False)
    resident: Flags = field(init=False)
    alive: Flags = field(init=False)
    far: Flags = field(init=False)
    youngest: NDArray[np.int64] = field(init=False)
    _birthdays: tuple[Ids, Ids] = field(init=False)
    _normals: dict[tuple[str, int | None], Reals] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Work out ages and who is here."""
        p = self.people
        self._birthdays = p.birthdays()
        self.age = self.age_on(date(self.tax_year, 1, 1))
        self.resident = p.here_on(day(self.tax_year))
        self.alive = p.alive_on(np.int32(day(self.tax_year) - 1))
        self.far = p.since == NEVER
        self.youngest = self._youngest()

    @property
    def income_year(self) -> int:
        """Return the calendar year whose income is taxed."""
        return self.tax_year - 1

    @property
    def rates(self) -> Rates:
        """Return the ward's rates."""
        return self.knobs.rates

    @property
    def n(self) -> int:
        """Return how many people there are."""
        return len(self.people)

    @property
    def men(self) -> Flags:
        """Return who is a man."""
        return np.asarray(self.people.sex == 0)

    @property
    def married(self) -> Flags:
        """Return who is married on 31 December."""
        return np.asarray(self.people.marital == MARRIED)

    def age_on(self, when: date) -> NDArray[np.int64]:
        """Return the age in completed years on a date."""
        return age_on(self._birthdays, when)

    def uniform(
        self, purpose: str, *, ever: bool = False, ids: Ids | None = None, at: int | None = None
    ) -> Reals:
        """Return a number in (0, 1) each: of this income year (or `at`), or the same `ever`."""
        year = None if ever else self.income_year if at is None else at
        return chance.uniform(self.knobs.seed, purpose, year, self.people.number if ids is None else ids)

    def normal(self, purpose: str, *, ever: bool = False, at: int | None = None) -> Reals:
        """Return a standard normal number each: of this income year (or `at`), or the same `ever`."""
        key = (purpose, None if ever else self.income_year if at is None else at)
        if key not in self._normals:
            self._normals[key] = chance.normal(self.knobs.seed, *key, self.people.number)
        return self._normals[key]

    def lasting(self, purpose: str, at: int | None = None) -> Reals:
        """Return a standard normal number each that is mostly the same from year to year, with drift."""
        memory, year = self.rates.value("work.memory"), self.income_year if at is None else at
        moving = chance.weighted([self.normal(purpose, at=year - back) for back in range(_DRIFTS)])
        return np.asarray(memory * self.normal(purpose, ever=True) + np.sqrt(1 - memory**2) * moving)

    def by_sex(self, path: str, at: Reals) -> Reals:
        """Return a curve of `path`_men or `path`_women at each argument."""
        return np.where(self.men, self.rates.curve(f"{path}_men", at), self.rates.curve(f"{path}_women", at))

    def amount(self, mean: Reals | float, spread: float, purpose: str, *, ever: float = 0.8) -> Reals:
        """Return a log-normal amount each; the share `ever` of the spread is the person's for good."""
        stream = f"amount of {purpose}"  # whether somebody has it is drawn apart
        z = np.sqrt(ever) * self.normal(stream, ever=True) + np.sqrt(1 - ever) * self.normal(stream)
        return np.asarray(mean * np.exp(spread * z - spread * spread / 2))

    def _youngest(self) -> NDArray[np.int64]:
        p = self.people
        youngest = np.full(self.n, 99)
        for parent in (p.mother, p.father):
            at = p.at(parent)
            home = (at >= 0) & self.alive
            home &= p.household == p.household[np.clip(at, 0, None)]
            np.minimum.at(youngest, at[home], self.age[home])
        return youngest
