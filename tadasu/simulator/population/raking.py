"""Weights of the kinds of families by the age of their head, such that the ward's census comes out.

The kinds and their rough shares are estimates; the census is not. Iterative scaling finds the weights
nearest to the estimates under which people by age and sex, and households by size, are the census's.
"""

from functools import cache

import numpy as np

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.people import People, day
from tadasu.simulator.population.cells import Cells
from tadasu.simulator.population.families import draw, family_of
from tadasu.simulator.settings import Knobs, Rates

_PILOT = 120
"""Families drawn of each kind and age to learn whom they consist of."""
_ROUNDS = 3_000
_PILOT_YEAR = 2000


@cache
def weights(rates: Rates) -> Reals:
    """Return the share of each cell (kind of family by age of head, see `Cells`), summing to 1."""
    cells = Cells.of(rates)
    inside = _composition(rates, cells)
    wanted = _census(rates)
    weight = cells.prior * wanted[-_sizes(rates) :].sum()
    longest = np.maximum(inside.sum(axis=1, keepdims=True), 1e-9)
    for _ in range(_ROUNDS):
        found = np.maximum(weight @ inside, 1e-9)
        weight = weight * np.exp((inside / longest) @ np.log(wanted / found))
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def counted(people: People, rates: Rates, year: int) -> Reals:
    """Return residents by sex and age, then households by size, of 1 January, as the census counts."""
    here = people.take(people.here_on(day(year)))
    return np.asarray(_counts(here, np.zeros(len(here), dtype=np.int64), 1, rates, year)[0])


def _composition(rates: Rates, cells: Cells) -> Reals:
    n = len(cells.prior) * _PILOT
    which = np.arange(n) // _PILOT
    people = draw(Knobs().seed, rates, np.arange(n), which, day(_PILOT_YEAR), None)
    here = people.take(people.here_on(day(_PILOT_YEAR)))
    return _counts(here, which[family_of(here.number)], len(cells.prior), rates, _PILOT_YEAR) / _PILOT


def _census(rates: Rates) -> Reals:
    """People are scaled to those who live in households: the census also knows institutions and no ages."""
    census = rates.section("census")
    sizes = np.array(census["households"], dtype=np.float64)
    people = np.array([*census["men"], *census["women"]], dtype=np.float64)
    in_households = (sizes * np.arange(1, len(sizes) + 1)).sum()
    return np.concatenate([people * in_households / people.sum(), sizes])


def _sizes(rates: Rates) -> int:
    return len(rates.section("census")["households"])


def _counts(here: People, group: Wholes, groups: int, rates: Rates, year: int) -> Reals:
    ages, sizes = np.array(rates.section("census")["from_age"]), _sizes(rates)
    age = (day(year) - here.birth) / 365.2425
    band = np.searchsorted(ages, age, side="right") - 1 + here.sex.astype(np.int64) * len(ages)
    by_age = np.zeros((groups, 2 * len(ages)))
    np.add.at(by_age, (group, band), 1)
    _, first, count = np.unique(here.household, return_index=True, return_counts=True)
    by_size = np.zeros((groups, sizes))
    np.add.at(by_size, (group[first], np.clip(count, 1, sizes) - 1), 1)
    return np.concatenate([by_age, by_size], axis=1)
