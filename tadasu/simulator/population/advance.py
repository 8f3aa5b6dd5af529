"""One year in the life of a block's people: deaths, births, marriages, moves, and who comes instead."""

import numpy as np
from numpy.typing import NDArray

from tadasu.simulator import chance
from tadasu.simulator.chance import Ids, Reals
from tadasu.simulator.people import (
    CHILD,
    DIED,
    DIVORCED,
    FEMALE,
    GENERATIONS,
    HEAD,
    MALE,
    MARRIED,
    MOVED,
    NEVER,
    NOBODY,
    SEATS,
    SINGLE,
    WIDOWED,
    People,
    day,
    joined,
    newcomers,
)
from tadasu.simulator.population import raking
from tadasu.simulator.population.cells import Cells
from tadasu.simulator.population.families import FIRST_FREE, YEAR, draw
from tadasu.simulator.population.relations import related
from tadasu.simulator.settings import Knobs

_KEPT_YEARS = 3
"""For how long who left stays among the people: papers may still come for them."""


def advance(people: People, knobs: Knobs, year: int) -> People:
    """Return the people of 1 January `year` + 1 from those of 1 January `year`."""
    one = _Year(people, knobs, year)
    for event in (one.deaths, one.families_move, one.children_leave, one.divorces, one.marriages, one.births):
        event()
    one.places_fill()
    return related(one.kept())


class _Year:
    """The events of one year, in order; each sees what those before it left."""

    def __init__(self, people: People, knobs: Knobs, year: int) -> None:
        self.people, self.knobs, self.rates, self.year = people, knobs, knobs.rates, year
        self.places = np.unique(people.place)

    def uniform(self, purpose: str, ids: Ids) -> Reals:
        return chance.uniform(self.knobs.seed, purpose, self.year, ids)

    def age(self) -> Reals:
        return np.asarray((day(self.year, 7) - self.people.birth) // YEAR, dtype=np.float64)

    def some_day(self, purpose: str, ids: Ids) -> NDArray[np.int32]:
        """A day of the year that is not 1 January, late March being the most common."""
        u = self.uniform(f"day of {purpose}", ids)
        spring = self.uniform(f"spring of {purpose}", ids) < 0.3
        of_year = np.where(spring, 74 + u * 22, 1 + u * 363)
        return np.asarray(day(self.year) + of_year, dtype=np.int32)

    def here(self) -> NDArray[np.bool_]:
        """Who is a resident still at the end of the year, as far as known."""
        return self.people.here_on(np.int32(day(self.year + 1) - 1))

    def deaths(self) -> None:
        p, age = self.people, self.age()
        rate = np.where(
            p.sex == MALE,
            self.rates.curve("events.death.men", age),
            self.rates.curve("events.death.women", age),
        )
        dies = (self.uniform("death", p.number) < rate) & (p.reason != DIED)
        when = np.asarray(day(self.year) + 1 + self.uniform("day of death", p.number) * 363, dtype=np.int32)
        partner = p.at(p.spouse)
        widowed = (partner >= 0) & dies[partner] & ~dies & (p.marital == MARRIED)
        gone_before = p.left < day(self.year)
        self.people = p.but(
            left=np.where(dies & ~gone_before, when, p.left),
            reason=np.where(dies, DIED, p.reason),
            marital=np.where(widowed, WIDOWED, p.marital).astype(np.int8),
        )

    def families_move(self) -> None:
        """Whole households leave the ward; the young and the single more often."""
        p = self.people
        head = p.take(p.is_head & self.here())
        rate = self.rates.curve("events.family_moves", (day(self.year, 7) - head.birth) / YEAR)
        times = np.where(head.marital == MARRIED, 1.0, self.rates.value("events.single_moves_times"))
        goes = head.household[self.uniform("household moves", head.number) < rate * times]
        leaves = np.isin(p.household, goes) & self.here()
        when = self.some_day("household moves", p.household)
        when = np.maximum(when, np.maximum(p.since, p.birth) + 1).astype(np.int32)
        self._leave(leaves & (when < day(self.year + 1)), when)

    def _leave(self, who: NDArray[np.bool_], when: NDArray[np.int32]) -> None:
        p = self.people
        self.people = p.but(
            left=np.where(who, when, p.left), reason=np.where(who, MOVED, p.reason).astype(np.int8)
        )

    def children_leave(self) -> None:
        """Grown children leave home: most of them the ward, some for a household of their own in it."""
        p, age = self.people, self.age()
        may = self.here() & (p.relation == CHILD) & ~p.is_head & (p.marital == SINGLE)
        rate = self.rates.curve("events.child_leaves", age) * (age >= 18)
        goes = may & (self.uniform("child leaves", p.number) < rate)
        stays = goes & (
            self.uniform("child stays", p.number) < self.rates.value("events.child_stays_in_ward")
        )
        stays &= age >= 20
        when = self.some_day("child leaves", p.number)
        goes &= when > p.since
        self._leave(goes & ~stays, when)
        p = self.people
        self.people = p.but(
            household=np.where(stays, p.number, p.household),
            is_head=p.is_head | stays,
        )

    def divorces(self) -> None:
        """One of a couple leaves; children stay with the mother more often."""
        p, age = self.people, self.age()
        partner = p.at(p.spouse)
        here = self.here()
        first = here & (partner >= 0) & (p.marital == MARRIED) & (p.number < p.spouse)
        first &= here[partner] & (self.uniform("divorce", p.number) < self.rates.curve("events.divorce", age))
        pair = np.where(first)[0]
        man = np.where(p.sex[pair] == MALE, pair, partner[pair])
        woman = np.where(p.sex[pair] == MALE, partner[pair], pair)
        mother = self.uniform("custody", p.number[woman]) < self.rates.value("events.custody_mother")
        goes, stays = np.where(mother, man, woman), np.where(mother, woman, man)
        near = self.uniform("divorced stays", p.number[goes]) < self.rates.value(
            "events.divorced_stays_in_ward"
        )
        when = self.some_day("divorce", p.number)
        left, reason, household = p.left.copy(), p.reason.copy(), self._apart(goes[near], stays[near])
        head, marital, spouse = p.is_head.copy(), p.marital.copy(), p.spouse.copy()
        away = goes[~near]
        left[away], reason[away] = np.maximum(when[away], p.since[away] + 1), MOVED
        head[away], head[goes[near]], head[stays] = False, True, True
        for side in (goes, stays):
            marital[side], spouse[side] = DIVORCED, NOBODY
        self.people = p.but(
            left=left, reason=reason, household=household, is_head=head, marital=marital, spouse=spouse
        )

    def _apart(self, goes: Ids, stays: Ids) -> Ids:
        """Return the households once some (positions) live alone near by.

        Where a household bore the number of who goes, it takes the number of who stays.
        """
        p = self.people
        household = p.household.copy()
        own = p.number[goes] == household[goes]
        if own.any():
            old, new = household[goes[own]], p.number[stays[own]]
            order = np.argsort(old)
            at = np.clip(np.searchsorted(old[order], household), 0, len(old) - 1)
            household = np.where(old[order][at] == household, new[order][at], household)
        household[goes] = p.number[goes]
        return household

    def marriages(self) -> None:
        """Heads who live alone marry somebody from outside, who moves in."""
        p, age = self.people, self.age()
        _, inverse, count = np.unique(
            np.where(self.here(), p.household, NOBODY), return_inverse=True, return_counts=True
        )
        may = self.here() & p.is_head & (count[inverse] == 1) & (p.spouse == NOBODY)
        weds = may & (self.uniform("marriage", p.number) < self.rates.curve("events.marriage", age))
        seat = self._free_seats(p.number[weds])
        mine = np.where(weds)[0][seat >= 0]
        number = seat[seat >= 0]
        gap = 2.0 + 3.0 * chance.normal(self.knobs.seed, "age of bride or groom", self.year, number)
        older = np.where(p.sex[mine] == FEMALE, gap, -gap)
        birth = np.minimum(p.birth[mine] - older * 365, day(self.year - 18)).astype(np.int32)
        spouse, marital = p.spouse.copy(), p.marital.copy()
        spouse[mine], marital[mine] = number, MARRIED
        when = np.maximum(self.some_day("marriage", number), p.since[mine])
        new = newcomers(
            number, p.household[mine], 1 - p.sex[mine], birth, when,
            spouse=p.number[mine], marital=np.full(len(mine), MARRIED), foreign=p.foreign[mine],
        )  # fmt: skip
        self.people = joined(p.but(spouse=spouse, marital=marital), new)

    def _free_seats(self, who: Ids) -> Ids:
        """Return the next free number in each one's family, -1 where there is none; one a family."""
        p = self.people
        families = p.number // SEATS
        first_family = families.min()  # a late block of a large ward has large numbers
        top = np.full(int(families.max() - first_family) + 1, FIRST_FREE - 1)
        np.maximum.at(top, families - first_family, p.number % SEATS)
        family = who // SEATS
        _, first = np.unique(family, return_index=True)
        only = np.zeros(len(who), dtype=bool)
        only[first] = True
        seat = top[family - first_family] + 1
        return np.where(only & (seat < SEATS), family * SEATS + seat, -1)

    def births(self) -> None:
        p, age = self.people, self.age()
        mother = self.here() & (p.sex == FEMALE) & (p.marital == MARRIED) & (age < 46)
        children = np.bincount(p.at(p.mother)[p.at(p.mother) >= 0], minlength=len(p))
        rate = np.select(
            [children == 0, children == 1, children == 2],
            [self.rates.curve(f"events.birth.{order}", age) for order in ("first", "next", "third")],
            0.0,
        )
        bears = mother & (self.uniform("birth", p.number) < rate)
        seat = self._free_seats(p.number[bears])
        mine, number = np.where(bears)[0][seat >= 0], seat[seat >= 0]
        born = np.asarray(day(self.year) + 1 + self.uniform("day of birth", number) * 363, dtype=np.int32)
        sex = np.where(self.uniform("sex at birth", number) < 0.513, MALE, FEMALE)
        new = newcomers(
            number, p.household[mine], sex, born, born, mother=p.number[mine], father=p.spouse[mine],
            relation=np.full(len(mine), CHILD), foreign=p.foreign[mine],
        )  # fmt: skip
        self.people = joined(p, new)

    def places_fill(self) -> None:
        """Where a family is gone, another moves in, younger than those who leave."""
        p = self.people
        lived_in = np.unique(p.place[self.here()])
        empty = np.setdiff1d(self.places, lived_in)
        generation = np.zeros(len(empty), dtype=np.int64)
        at = np.searchsorted(empty, p.place)
        mine = np.isin(p.place, empty)
        np.maximum.at(generation, at[mine], (p.number[mine] // SEATS) % GENERATIONS)
        generation = (generation + 1) % GENERATIONS
        cells = Cells.of(self.rates)
        middle = (cells.from_age + cells.to_age) / 2
        weight = raking.weights(self.rates) * self.rates.curve("events.family_moves", middle)
        weight = weight * self.rates.curve("events.newcomers", middle)
        family = empty * GENERATIONS + generation
        cell = chance.choice(self.knobs.seed, "cell of newcomers", self.year, family, weight)
        new = draw(
            self.knobs.seed, self.rates, family, cell, day(self.year + 1), self.year,
            self.rates.value("events.newcomers_younger"),
        )  # fmt: skip
        since = self.some_day("arrival", new.number // SEATS)
        since = np.where(new.since == NEVER, NEVER, np.maximum(since, new.birth)).astype(np.int32)
        self.people = joined(p, new.but(since=since))

    def kept(self) -> People:
        """Return all but those who left more than three years ago and whom nobody here may still claim."""
        p = self.people
        long_gone = p.left < day(self.year + 1 - _KEPT_YEARS)
        student = (p.reason == MOVED) & (p.relation == CHILD) & (p.birth > day(self.year + 1 - 24))
        far_dead = (p.since == NEVER) & (p.reason == DIED)
        family_here = np.isin(p.number // SEATS, np.unique(p.number[self.here()] // SEATS))
        far_lost = (p.since == NEVER) & ~family_here
        return p.take(~((long_gone & ~(student & family_here)) | far_dead | far_lost))


__all__ = ["HEAD", "advance"]
