"""Knobs of a demo ward, and the rates and distributions behind them (`rates.yaml`)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tadasu.errors import TadasuError
from tadasu.simulator.chance import Reals

RATES = Path(__file__).parent / "rates.yaml"


class SettingsError(TadasuError, ValueError):
    """A knob, or a rate in `rates.yaml`, is not what the simulator accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerBug:
    """A mistake in one software that employers use: it hits all their people in the years named."""

    software: int
    slip: str
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What can be set of a demo ward; everything else is in `rates.yaml`.

    Attributes:
        seed: the same seed gives the same ward, to the byte.
        rows: about how many rows the list of the last year has; the ward's size follows from it.
        years: the tax years to write, in order, each with law entered (`tadasu.law`).
        origin: the tax year on whose 1 January the ward's people are first drawn; earlier than every year
            written by at least one, so that last year's records exist. What is true of a year does not
            depend on which other years are written.
        ward: which ward it is like: `nerima`, or `chuo` (much richer and smaller), of `rates.yaml: wards`.
        base_rate: share of the list's rows that need a correction (estimate: none is published).
        noise: share of rows that staff judge otherwise than the truth (estimate).
        reform_year: a tax year in which papers still follow the year before's rules more often; None: none.
        payer_bug: a mistake in an employers' software; None: none.
        missing_payer: share of all payers with ten people or more whose whole delivery is lost (0: none).
        renumber: the tax year from which a new tax system gives all checks other codes; None: none.
        block_size: families that are computed together; only memory and time depend on it.
    """

    seed: int = 1
    rows: int = 8_000
    years: tuple[int, ...] = (2022, 2023, 2024, 2025)
    origin: int = 2021
    ward: str = "nerima"
    base_rate: float = 0.20
    noise: float = 0.02
    reform_year: int | None = None
    payer_bug: PayerBug | None = None
    missing_payer: float = 0.0
    renumber: int | None = None
    block_size: int = 26_000

    def __post_init__(self) -> None:
        """Refuse what no ward can be made of.

        Raises:
            SettingsError: a knob is out of range; says which, what was found and what is expected.
        """
        shares = {"base_rate": self.base_rate, "noise": self.noise, "missing_payer": self.missing_payer}
        if wrong := [
            f"{name}: {value}, expected 0 to 1" for name, value in shares.items() if not 0 <= value <= 1
        ]:
            raise SettingsError("; ".join(wrong))
        if not self.years or min(self.years) <= self.origin:
            raise SettingsError(f"years: {self.years}, expected years after origin {self.origin}")
        if self.rows < 1 or self.block_size < 1:
            raise SettingsError(f"rows {self.rows}, block_size {self.block_size}: expected 1 or more")
        if self.ward not in wards():
            raise SettingsError(
                f"ward: {self.ward!r}, expected one of {', '.join(wards())} ({RATES.name}: wards)"
            )

    @property
    def families(self) -> int:
        """Return how many families the ward has: by rows per taxpayer and taxpayers per family."""
        size = self.rates.section("size")
        return max(
            1, round(self.rows / float(size["rows_per_taxpayer"]) / float(size["taxpayers_per_family"]))
        )

    @property
    def blocks(self) -> int:
        """Return into how many blocks the families fall."""
        return -(-self.families // self.block_size)

    @property
    def rates(self) -> "Rates":
        """Return the rates of this ward."""
        return _rates(self.ward)


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """The content of `rates.yaml`, with what a ward's profile sets otherwise."""

    content: dict[str, Any]

    def section(self, path: str) -> dict[str, Any]:
        """Return a section by its dotted path.

        Raises:
            SettingsError: there is none.
        """
        node: Any = self.content
        for key in path.split("."):
            if not isinstance(node, dict) or key not in node:
                raise SettingsError(f"{RATES.name}: no section {path} (looked for {key})")
            node = node[key]
        if not isinstance(node, dict):
            raise SettingsError(f"{RATES.name}: {path} is {node!r}, expected a section")
        return node

    def value(self, path: str) -> float:
        """Return a number by its dotted path."""
        *above, last = path.split(".")
        found = self.section(".".join(above)).get(last)
        if not isinstance(found, int | float):
            raise SettingsError(f"{RATES.name}: {path} is {found!r}, expected a number")
        return float(found)

    def curve(self, path: str, at: Reals) -> Reals:
        """Return the value of a curve (a section of argument: value) at each argument, linear between."""
        points = {float(k): float(v) for k, v in self.section(path).items() if k != "source"}
        return np.interp(at, list(points), list(points.values()))

    def steps(self, path: str, at: Reals) -> Reals:
        """Return the value of the last step (a section of from: value) that each argument reaches."""
        points = {float(k): float(v) for k, v in self.section(path).items() if k != "source"}
        index = np.searchsorted(np.array(list(points)), at, side="right") - 1
        return np.array(list(points.values()))[np.clip(index, 0, None)]


def wards() -> tuple[str, ...]:
    """Return the names of the wards that `rates.yaml` describes."""
    return tuple(_content()["wards"])


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(RATES.read_text(encoding="utf-8"))
    return content


@cache
def _rates(ward: str) -> Rates:
    return Rates(_over(_content(), _content()["wards"][ward] or {}))


def _over(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with the leaves of `other` in their place."""
    merged = dict(base)
    for key, value in other.items():
        old = base.get(key)
        merged[key] = _over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
