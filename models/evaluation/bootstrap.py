"""Intervals by resampling households: members of one household share causes, so they are drawn together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.measures import Array

AT_ONCE = 40
"""Sets of weights in memory at a time."""
ENDS = (0.025, 0.975)
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the ends of its 95 % interval; NaN where it could not be measured."""

    value: float
    low: float
    high: float


def draws(block: npt.NDArray[np.int64], resamples: int, seed: int) -> Iterator[Array]:
    """Yield sets of row weights (at most `AT_ONCE` × rows): how often each row's block was drawn.

    Args:
        block: number of each row's household, 0 to blocks - 1.
        resamples: how many sets in all.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    blocks = int(block.max()) + 1
    for start in range(0, resamples, AT_ONCE):
        sets = min(AT_ONCE, resamples - start)
        counts = [np.bincount(generator.integers(0, blocks, blocks), minlength=blocks) for _ in range(sets)]
        yield np.stack(counts).astype(np.float64)[:, block]


def intervals(
    of: Callable[[Array], Mapping[str, Array]],
    block: npt.NDArray[np.int64],
    resamples: int,
    seed: int,
    progress: Progress = lambda _share: None,
) -> dict[str, tuple[Array, Array, Array]]:
    """Return value, low and high of each figure that `of` computes from weights (sets × rows).

    `of` returns by name an array whose first axis are the sets; the other axes stay. A figure that cannot be
    computed in some sets is NaN there and its interval is of the others.
    """
    values = of(np.ones((1, len(block))))
    drawn: dict[str, list[Array]] = {name: [] for name in values}
    for number, weights in enumerate(draws(block, resamples, seed)):
        progress(number * AT_ONCE / resamples)
        for name, found in of(weights).items():
            drawn[name].append(found)
    return {name: (value[0], *_ends(np.concatenate(drawn[name]))) for name, value in values.items()}


def _ends(sets: Array) -> tuple[Array, Array]:
    """Return the ends of the interval along the first axis, NaN where no set has a value."""
    known = ~np.isnan(sets)
    filled = np.where(known.any(axis=0), sets, 0.0)
    low, high = np.nanquantile(filled, ENDS, axis=0)
    some = known.any(axis=0)
    return np.where(some, low, np.nan), np.where(some, high, np.nan)
