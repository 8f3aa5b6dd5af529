"""The payers of a ward: employers and pension bodies, a small table that follows from seed and size."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from tadasu.simulator import chance
from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.settings import Knobs

CITY = 0
"""The position of the ward office itself."""
_KINDS = ("city", "public", "company", "shop", "pension")


@dataclass(frozen=True, slots=True, eq=False)
class Payers:
    """All payers by position: the ward office, employers by size, then the pension bodies, the state's first.

    Attributes:
        frame: payer_id, kind, size (people of the ward whom it employs, expected; 0 for pension bodies),
            channel, care (0 to 1), software.
        employers: how many of them employ; positions beyond are pension bodies.
        upto: cumulated chance of each employer to be somebody's.
        health: the employee's share of the health insurance at each employer.
    """

    frame: pl.DataFrame
    employers: int
    upto: Reals
    health: Reals

    def employer(self, u: Reals) -> Wholes:
        """Return the position of an employer for each number in (0, 1)."""
        return np.asarray(np.searchsorted(self.upto, u * self.upto[-1], side="right"), dtype=np.int64)

    def pension_body(self, u: Reals) -> Wholes:
        """Return the position of a pension body other than the state's for each number in (0, 1)."""
        others = len(self.frame) - self.employers - 1
        return np.asarray(self.employers + 1 + np.minimum((u**1.6 * others).astype(np.int64), others - 1))

    @property
    def state_pension(self) -> int:
        """Return the position of the state's pension service."""
        return self.employers

    def ids(self, positions: Wholes) -> pl.Series:
        """Return the payer_id at each position; null for negative ones."""
        found = self.frame["payer_id"].gather(np.clip(positions, 0, None))
        return found.zip_with(pl.Series(positions >= 0), pl.Series([None], dtype=pl.String))


def payers(knobs: Knobs) -> Payers:
    """Return the payers of a ward."""
    return _payers(knobs.seed, knobs.ward, knobs.families)


@lru_cache(maxsize=4)
def _payers(seed: int, ward: str, families: int) -> Payers:
    knobs = Knobs(seed=seed, ward=ward)
    section = knobs.rates.section("payers")
    employers = max(60, round(families * section["per_family"]))
    number = np.arange(employers + section["pension_bodies"], dtype=np.int64)
    rank = np.arange(1, employers + 1)
    weight = 1.0 / (rank + section["rank_shift"]) ** section["rank_power"]
    weight[CITY] = 0.0
    size = np.concatenate(
        [weight / weight.sum() * families * section["jobs_per_family"], np.zeros(section["pension_bodies"])]
    )
    size[CITY] = size[1] / 2
    kind = _kinds(seed, section, size, employers)
    frame = pl.DataFrame(
        {
            "payer_id": _payer_ids(number),
            "kind": pl.Series([_KINDS[k] for k in kind]),
            "size": np.ceil(size).astype(np.int64),
            "channel": _channels(knobs, number, size, kind),
            "care": chance.uniform(seed, "care of payer", None, number) ** 0.5,
            "software": chance.choice(seed, "software of payer", None, number, section["softwares"]),
        }
    )
    low, high = knobs.rates.section("social_insurance")["health"]
    health = low + (high - low) * chance.uniform(seed, "health insurance of payer", None, number)
    return Payers(frame, employers, np.cumsum(weight), health)


def _kinds(seed: int, section: dict[str, float], size: Reals, employers: int) -> Wholes:
    number = np.arange(len(size), dtype=np.int64)
    public = chance.uniform(seed, "kind of payer", None, number) < section["public"]
    kind = np.where(public & (size > section["shop_below"]), 1, np.where(size < section["shop_below"], 3, 2))
    kind[CITY] = 0
    kind[employers:] = _KINDS.index("pension")
    return np.asarray(kind, dtype=np.int64)


def _channels(knobs: Knobs, number: Wholes, size: Reals, kind: Wholes) -> pl.Series:
    u = chance.uniform(knobs.seed, "channel of payer", None, number)
    online = np.where(kind == _KINDS.index("pension"), 1.0, knobs.rates.curve("payers.eltax", size))
    disc = online + (1 - online) * knobs.rates.value("payers.disc")
    return pl.Series(np.where(u < online, "eltax", np.where(u < disc, "disc", "paper")))


def _payer_ids(number: Wholes) -> pl.Series:
    """Numbers that do not tell the payer's rank: a permutation of eight digits."""
    return "B" + pl.Series((number * 36_925_181 + 17_031_223) % 10**8).cast(pl.String).str.zfill(8)
