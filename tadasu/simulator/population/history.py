"""The people of a block at each 1 January: drawn once at the origin, then year by year."""

from functools import lru_cache

import numpy as np

from tadasu.simulator import chance
from tadasu.simulator.people import GENERATIONS, People, day
from tadasu.simulator.population import raking
from tadasu.simulator.population.advance import advance
from tadasu.simulator.population.families import draw
from tadasu.simulator.population.relations import related
from tadasu.simulator.settings import Knobs


def people_of(knobs: Knobs, block: int, tax_year: int) -> People:
    """Return everybody of a block on 1 January of a tax year, and who left or died in the three years before.

    Any year follows from the knobs alone: nothing is kept between processes. Within one, the last states are
    remembered, so that years asked for in order cost one step each.
    """
    last = min((block + 1) * knobs.block_size, knobs.families)
    key = (knobs.seed, knobs.ward, knobs.origin)
    return _state(key, block * knobs.block_size, last, tax_year)


@lru_cache(maxsize=4)
def _state(key: tuple[int, str, int], first: int, last: int, tax_year: int) -> People:
    seed, ward, origin = key
    knobs = Knobs(seed=seed, ward=ward, origin=origin, years=(origin + 1,))
    if tax_year <= origin:
        return _origin(knobs, first, last)
    return advance(_state(key, first, last, tax_year - 1), knobs, tax_year - 1)


def _origin(knobs: Knobs, first: int, last: int) -> People:
    families = np.arange(first, last, dtype=np.int64) * GENERATIONS
    weights = raking.weights(knobs.rates)
    cell = chance.choice(knobs.seed, "cell of first families", None, families, weights)
    return related(draw(knobs.seed, knobs.rates, families, cell, day(knobs.origin), None))
