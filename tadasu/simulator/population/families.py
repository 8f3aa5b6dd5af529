"""Families as they stand on the day they are first drawn: who they are, how old, since when in the ward."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tadasu.simulator import chance
from tadasu.simulator.chance import Ids, Reals, Wholes
from tadasu.simulator.people import (
    CHILD,
    DIVORCED,
    FEMALE,
    GRANDPARENT,
    HEAD,
    MALE,
    MARRIED,
    NEVER,
    NOBODY,
    PARENT,
    SEATS,
    SIBLING,
    SINGLE,
    SPOUSE,
    WIDOWED,
    People,
    joined,
    newcomers,
)
from tadasu.simulator.population.cells import Cells
from tadasu.simulator.settings import Rates

YEAR = 365.2425
"""Days."""

_HEAD, _SPOUSE, _CHILDREN = 0, 1, (2, 3, 4)
_FATHER, _MOTHER, _SIBLING, _FAR_FATHER, _FAR_MOTHER, _FAR_CHILD = 5, 6, 7, 8, 9, 10
FIRST_FREE = 11
"""The first seat that nobody takes when a family is drawn."""
_OLDEST = 104.0
_SETTLED = (27.0, 42.0)
"""Between these ages newcomers begin to be younger than who lives here: the young move anyway."""


def draw(
    seed: int, rates: Rates, families: Ids, cell: Wholes, when: np.int32, year: int | None, younger: float = 0
) -> People:
    """Return the people of families (number = place * 16 + generation), drawn for a day.

    Args:
        seed: of the ward.
        rates: of the ward.
        families: numbers of families.
        cell: the cell of each (see `Cells`).
        when: the day.
        year: the tax year of the draw where they move in that year; None for the first people of the ward.
        younger: years by which heads are younger than their cell says.
    """
    drawn = _Drawn(seed, rates, families, cell, when, year, younger)
    return joined(*drawn.everybody())


class _Drawn:
    """One drawing: the couple first, then those whose age hangs on theirs."""

    def __init__(
        self,
        seed: int,
        rates: Rates,
        families: Ids,
        cell: Wholes,
        when: np.int32,
        year: int | None,
        younger: float,
    ) -> None:
        self.seed, self.rates, self.families, self.when, self.year = seed, rates, families, when, year
        self.section = rates.section("families")
        cells, kinds = Cells.of(rates), list(self.section["kinds"].values())
        kind = cells.kind[cell]
        self.n_children, self.n_parents, self.n_nearby, self.n_siblings = (
            np.array([k.get(name, 0) for k in kinds])[kind]
            for name in ("children", "parents", "nearby", "siblings")
        )
        self.couple = np.array([k.get("couple", False) for k in kinds])[kind]
        head = np.array([k.get("head", "") for k in kinds])[kind]
        man = np.where(self.couple, self.uniform("man is head") < self.section["man_is_head"], head == "M")
        self.sex = np.where(man, MALE, FEMALE)
        band = cells.to_age[cell] - cells.from_age[cell]
        u = self.uniform("age of head")
        if year is None:  # who moves in this young is of any age of the band
            youngest = cells.from_age[cell] == self.section["head_from"][0]
            u = np.where(youngest, u ** self.section["youngest_heads"], u)
        age = cells.from_age[cell] + band * u
        self.age = age - younger * np.clip((age - _SETTLED[0]) / (_SETTLED[1] - _SETTLED[0]), 0, 1)
        older = self.section["husband_older"]
        gap = older["mean"] + older["sd"] * self.normal("age of spouse")
        self.spouse_age = np.clip(self.age + np.where(man, -gap, gap), 18.5, _OLDEST)
        self.tenure = self._tenure()

    def uniform(self, purpose: str) -> Reals:
        return chance.uniform(self.seed, purpose, self.year, self.families)

    def normal(self, purpose: str) -> Reals:
        return chance.normal(self.seed, purpose, self.year, self.families)

    def seat(self, seat: int) -> Ids:
        return self.families * SEATS + seat

    def _tenure(self) -> NDArray[np.int32]:
        """Since when the family lives in the ward; who moves in this year arrives on the day itself."""
        if self.year is not None:
            return np.full(len(self.families), self.when)
        years = self.section["resident_years"]
        mean = np.where(self.couple, years["couple"], years["man"])
        lived = np.minimum(-np.log(self.uniform("tenure")) * mean, np.maximum(self.age - 18, 0.3))
        return np.asarray(self.when - 1 - lived * YEAR, dtype=np.int32)

    def everybody(self) -> list[People]:
        nearby = self.n_nearby > 0
        return [
            self._head(),
            self._spouse(),
            *(self._child(order) for order in range(len(_CHILDREN))),
            *self._parents(self.n_parents + self.n_nearby, nearby),
            self._sibling(),
            *self._far_parents(),
            self._far_child(),
        ]

    def _one(
        self,
        who: NDArray[np.bool_],
        seat: int,
        sex: NDArray[np.int8],
        age: Reals,
        relation: NDArray[np.int8] | np.int8,
        **more: NDArray[Any],
    ) -> People:
        days = np.asarray(np.clip(age, 0, _OLDEST) * YEAR, dtype=np.int32)
        birth = np.asarray(self.when - 1 - days, dtype=np.int32)
        columns: dict[str, NDArray[Any]] = {
            "relation": np.broadcast_to(np.asarray(relation, dtype=np.int8), len(who)),
            "foreign": self.uniform("foreign") < self.section["foreign"],
            **more,
        }
        household = columns.pop("household", self.seat(_HEAD))
        since = columns.pop("since", np.maximum(birth, self.tenure))
        return newcomers(self.seat(seat), household, sex, birth, since, **columns).take(who)

    def _head(self) -> People:
        n = len(self.families)
        here, far = self.n_parents + self.n_nearby, self._alive_far()
        father = np.where(here > 1, self.seat(_FATHER), np.where(far[0], self.seat(_FAR_FATHER), NOBODY))
        mother = np.where(here > 0, self.seat(_MOTHER), np.where(far[1], self.seat(_FAR_MOTHER), NOBODY))
        return self._one(
            np.ones(n, dtype=bool), _HEAD, self.sex, self.age, HEAD,
            is_head=np.ones(n, dtype=bool), father=father, mother=mother, marital=self._marital(),
            spouse=np.where(self.couple, self.seat(_SPOUSE), NOBODY),
        )  # fmt: skip

    def _marital(self) -> NDArray[np.int8]:
        """Who has no partner was never married, is widowed or divorced, by age; parents otherwise."""
        section, u = self.section, self.uniform("marital")
        widowed, divorced = self._by_sex("widowed"), self._by_sex("divorced")
        alone = np.where(u < widowed, WIDOWED, np.where(u < widowed + divorced, DIVORCED, SINGLE))
        lost, never = np.maximum(section["widowed_parent"], widowed), section["never_married_parent"]
        parent = np.where(u < lost, WIDOWED, np.where(u > 1 - never, SINGLE, DIVORCED))
        free = np.where(
            self.n_children > 0,
            parent,
            np.where(self.n_parents > 0, np.where(u < 0.2, DIVORCED, SINGLE), alone),
        )
        return np.where(self.couple, MARRIED, free).astype(np.int8)

    def _by_sex(self, state: str) -> Reals:
        men, women = (self.rates.curve(f"families.{state}.{sex}", self.age) for sex in ("men", "women"))
        return np.where(self.sex == MALE, men, women)

    def _spouse(self) -> People:
        n = len(self.families)
        return self._one(
            self.couple, _SPOUSE, 1 - self.sex, self.spouse_age, SPOUSE,
            spouse=self.seat(_HEAD), marital=np.full(n, MARRIED),
        )  # fmt: skip

    def _child(self, order: int) -> People:
        seat = _CHILDREN[order]
        man = self.sex == MALE
        mother_age = np.where(man, np.where(self.couple, self.spouse_age, self.age - 2), self.age)
        age = self._child_age(mother_age, order)
        sex = np.where(
            chance.uniform(self.seed, "sex of child", self.year, self.seat(seat)) < 0.513, MALE, FEMALE
        )
        father = np.where(man, self.seat(_HEAD), np.where(self.couple, self.seat(_SPOUSE), NOBODY))
        mother = np.where(man, np.where(self.couple, self.seat(_SPOUSE), NOBODY), self.seat(_HEAD))
        return self._one(self.n_children > order, seat, sex, age, CHILD, father=father, mother=mother)

    def _child_age(self, mother_age: Reals, order: int) -> Reals:
        """Ages at which a child of this mother is likely, and likely still at home."""
        at_birth, ages = self.section["mother_at_birth"], np.arange(0.0, 61.0)
        born_at = mother_age[:, None] - ages[None, :]
        likely = np.exp(-(((born_at - at_birth["mean"]) / at_birth["sd"]) ** 2) / 2) + 1e-9
        likely *= (born_at >= at_birth["least"]) & (born_at <= at_birth["most"])
        likely += 1e-12 * (ages[None, :] == 0)
        home = self.rates.curve("families.child_at_home", ages)
        which = chance.choice(
            self.seed, "age of child", self.year, self.seat(_CHILDREN[order]), likely * home
        )
        part = chance.uniform(self.seed, "month of child", self.year, self.seat(_CHILDREN[order]))
        return np.asarray(np.minimum(which, len(ages) - 1) + part)

    def _parents(self, count: Wholes, nearby: NDArray[np.bool_]) -> list[People]:
        mother_age, father_age = self._parent_ages()
        alone = np.where(count > 1, MARRIED, WIDOWED)
        relation = np.where(nearby, HEAD, PARENT)
        own = self.seat(_MOTHER)
        household = np.where(nearby, np.where(count > 1, self.seat(_FATHER), own), self.seat(_HEAD))
        father = self._one(
            count > 1, _FATHER, np.full(len(count), MALE), father_age, relation,
            marital=alone, spouse=own, household=household, is_head=nearby & (count > 1),
        )  # fmt: skip
        mother = self._one(
            count > 0, _MOTHER, np.full(len(count), FEMALE), mother_age,
            np.where(nearby & (count > 1), SPOUSE, relation),
            marital=alone, spouse=np.where(count > 1, self.seat(_FATHER), NOBODY), household=household,
            is_head=nearby & (count == 1),
        )  # fmt: skip
        return [father, mother]

    def _parent_ages(self) -> tuple[Reals, Reals]:
        older = self.section["parent_older"]
        mother = self.age + np.maximum(older["mean"] + older["sd"] * self.normal("age of parent"), 18)
        return mother, mother + older["father"] + 2 * self.normal("age of father")

    def _sibling(self) -> People:
        age = np.maximum(self.age + 3 * self.normal("age of sibling"), 18.0)
        sex = np.where(self.uniform("sex of sibling") < 0.5, MALE, FEMALE)
        return self._one(self.n_siblings > 0, _SIBLING, sex, age, SIBLING)

    def _alive_far(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        no = (self.n_parents + self.n_nearby) == 0
        no &= self.uniform("far parents known") < self.section["far_parents_known"]
        father = self.uniform("father alive") < self.rates.curve("families.father_alive", self.age)
        mother = self.uniform("mother alive") < self.rates.curve("families.mother_alive", self.age)
        return no & father, no & mother

    def _far_parents(self) -> list[People]:
        """Parents of the head who live elsewhere: nobody in the register, but they may be claimed."""
        (father, mother), (mother_age, father_age) = self._alive_far(), self._parent_ages()
        n, never = len(self.families), np.full(len(self.families), NEVER)
        both = father & mother
        marital = np.where(both, MARRIED, WIDOWED)
        dad, mum = self.seat(_FAR_FATHER), self.seat(_FAR_MOTHER)
        return [
            self._one(
                father, _FAR_FATHER, np.full(n, MALE), father_age, GRANDPARENT,
                since=never, marital=marital, spouse=np.where(both, mum, NOBODY), household=dad,
            ),
            self._one(
                mother, _FAR_MOTHER, np.full(n, FEMALE), mother_age, GRANDPARENT,
                since=never, marital=marital, spouse=np.where(both, dad, NOBODY),
                household=np.where(both, dad, mum),
            ),
        ]  # fmt: skip

    def _far_child(self) -> People:
        """A child of a couple who lives elsewhere: nobody in the register, but claimed while a student."""
        man = self.sex == MALE
        mother_age = np.where(man, self.spouse_age, self.age)
        has = self.couple & (self.uniform("far child") < self.rates.curve("families.far_child", mother_age))
        youngest, oldest = self.section["far_child_ages"]
        age = youngest + (oldest - youngest) * self.uniform("age of far child")
        sex = np.where(self.uniform("sex of far child") < 0.5, MALE, FEMALE)
        head, spouse = self.seat(_HEAD), self.seat(_SPOUSE)
        return self._one(
            has & (mother_age - age > self.section["mother_at_birth"]["least"]), _FAR_CHILD, sex, age, CHILD,
            since=np.full(len(self.families), NEVER), household=self.seat(_FAR_CHILD),
            mother=np.where(man, spouse, head), father=np.where(man, head, spouse),
        )  # fmt: skip


def family_of(number: Ids) -> Ids:
    """Return the family (place * 16 + generation) of people."""
    return number // SEATS
