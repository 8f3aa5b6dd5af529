"""Random numbers without a generator: each is a function of seed, purpose, year and who it is about.

The number of one person never depends on who else is computed with them, so one part equals seven parts
and no order matters. Purposes are words; a new purpose is a new, independent stream.
"""

import hashlib
import math
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

Ids = NDArray[np.int64]
Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_POISSON_MOST = 40


def uniform(seed: int, purpose: str, year: int | None, ids: Ids) -> Reals:
    """Return a number in (0, 1) for each id."""
    mixed = _mix(np.asarray(ids).astype(np.uint64) * _ODD + _key(seed, purpose, year))
    return ((mixed >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normal(seed: int, purpose: str, year: int | None, ids: Ids) -> Reals:
    """Return a standard normal number for each id."""
    return np.asarray(ndtri(uniform(seed, purpose, year, ids)), dtype=np.float64)


def happens(seed: int, purpose: str, year: int | None, ids: Ids, rate: Reals | float) -> NDArray[np.bool_]:
    """Return whether something of this probability happens to each id."""
    return np.asarray(uniform(seed, purpose, year, ids) < rate)


def choice(seed: int, purpose: str, year: int | None, ids: Ids, weights: Reals | Sequence[float]) -> Wholes:
    """Return an index for each id, by `weights` of any sum: one row for all, or one row an id."""
    u, given = uniform(seed, purpose, year, ids), np.asarray(weights, dtype=np.float64)
    upto = np.cumsum(given, axis=-1)
    if given.ndim == 1:
        return np.asarray(np.searchsorted(upto, u * upto[-1], side="right"), dtype=np.int64)
    return np.asarray((u[:, None] * upto[:, -1:] >= upto).sum(axis=1), dtype=np.int64)


def poisson(seed: int, purpose: str, year: int | None, ids: Ids, mean: Reals | float) -> Wholes:
    """Return a Poisson count (at most 40) for each id."""
    u = uniform(seed, purpose, year, ids)
    rate = np.broadcast_to(np.asarray(mean, dtype=np.float64), u.shape)
    term, upto, count = np.exp(-rate), np.exp(-rate), np.zeros(u.shape, dtype=np.int64)
    for k in range(1, _POISSON_MOST + 1):
        above = u > upto
        if not above.any():
            break
        count += above
        term = term * rate / k
        upto = upto + term
    return count


def lognormal(seed: int, purpose: str, year: int | None, ids: Ids, mean: Reals | float, sd: float) -> Reals:
    """Return a log-normal amount for each id whose mean is `mean`; `sd` is that of the logarithm."""
    return mean * np.exp(sd * normal(seed, purpose, year, ids) - sd * sd / 2)


def weighted(years: list[Reals]) -> Reals:
    """Return a standard normal number from those of some years, the first weighing most: it moves slowly."""
    weights = [1 - back / len(years) for back in range(len(years))]
    total = sum(weight * year for weight, year in zip(weights, years, strict=True))
    return np.asarray(total / math.sqrt(sum(weight * weight for weight in weights)), dtype=np.float64)


def numbers(texts: pl.Series) -> Ids:
    """Return the digits of identifiers such as P0012345678 as whole numbers, to draw by."""
    return texts.str.slice(1).cast(pl.Int64).to_numpy()


def _key(seed: int, purpose: str, year: int | None) -> np.uint64:
    text = f"{seed}|{purpose}|{'' if year is None else year}"
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the bits (the finaliser of splitmix64, twice)."""
    for _ in range(2):
        x = (x ^ (x >> np.uint64(30))) * _FIRST
        x = (x ^ (x >> np.uint64(27))) * _SECOND
        x = x ^ (x >> np.uint64(31))
    return x
