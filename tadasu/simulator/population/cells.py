"""Kinds of families by the age band of their head, with their shares as far as estimates go."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.settings import Rates


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Every kind of family by the age band of its head.

    Attributes:
        prior: share of each cell by the estimates alone.
        kind: the kind's position in `rates.yaml: families.kinds`.
        from_age, to_age: the band.
    """

    prior: Reals
    kind: Wholes
    from_age: Reals
    to_age: Reals

    @staticmethod
    @cache
    def of(rates: Rates) -> "Cells":
        """Return the cells of a ward."""
        section = rates.section("families")
        lower = np.array(section["head_from"], dtype=np.float64)
        upper = np.append(lower[1:], section["head_to"])
        kinds = list(section["kinds"].values())
        middle = (lower + upper) / 2
        prior = np.stack([kind["share"] * _shape(middle, upper - lower, kind["peaks"]) for kind in kinds])
        which = np.repeat(np.arange(len(kinds)), len(lower))
        return Cells(
            prior.ravel() / prior.sum(), which, np.tile(lower, len(kinds)), np.tile(upper, len(kinds))
        )


def _shape(age: Reals, width: Reals, peaks: list[list[float]]) -> Reals:
    density = sum(np.exp(-(((age - middle) / spread) ** 2) / 2) / spread for middle, spread in peaks)
    mass = np.asarray(density, dtype=np.float64) * width + 1e-6
    return np.asarray(mass / mass.sum())
