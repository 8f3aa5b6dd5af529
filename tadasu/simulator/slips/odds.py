"""How often slips happen: rates of `rates.yaml`, times what the ward's knobs ask for."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tadasu.errors import TadasuError
from tadasu.simulator.settings import Knobs, PayerBug
from tadasu.simulator.slips.slip import Slip

FILE = Path(__file__).with_name("rates.yaml")


class RateError(TadasuError, ValueError):
    """`rates.yaml` lacks the rate of a slip, or a rate is no share."""


@dataclass(frozen=True, slots=True)
class Odds:
    """The chances of slips in one ward.

    Attributes:
        rates: of a place and year, by name of the slip.
        wrong, innocent: factors of all slips that falsify, and of all innocent causes.
        reform_year: the tax year in which slips of the year before's rules are `reform_factor` times as many.
        repeats: the share of the chances that is the same every year.
        bug, missing_payer: see `tadasu.simulator.settings.Knobs`.
    """

    rates: dict[str, float]
    wrong: float
    innocent: float
    repeats: float
    reform_factor: float
    reform_year: int | None = None
    bug: PayerBug | None = None
    missing_payer: float = 0.0

    @staticmethod
    def of_ward(knobs: Knobs, wrong: float = 1.0, innocent: float = 1.0) -> "Odds":
        """Return the odds of a ward, with factors that steer its base rate."""
        content = _content()
        return Odds(
            rates=content["rates"],
            wrong=wrong,
            innocent=innocent,
            repeats=content["repeats"],
            reform_factor=content["reform_factor"],
            reform_year=knobs.reform_year,
            bug=knobs.payer_bug,
            missing_payer=knobs.missing_payer,
        )

    @staticmethod
    def only(name: str, rate: float = 1.0) -> "Odds":
        """Return odds under which one slip happens and no other."""
        return Odds({name: rate}, wrong=1.0, innocent=1.0, repeats=0.0, reform_factor=1.0)

    def of(self, slip: Slip, year: int) -> float:
        """Return the chance of a slip at a place in a year, 0 to 1.

        Raises:
            RateError: `rates.yaml` does not name the slip.
        """
        if slip.name not in self.rates:
            raise RateError(
                f"{FILE.name}: no rate for {slip.name}; add it under `rates` (a share of places a year)"
            )
        factor = self.wrong if slip.fields else self.innocent
        if slip.reform and year == self.reform_year:
            factor *= self.reform_factor
        return min(1.0, self.rates[slip.name] * factor)

    def again(self, slip: Slip) -> float:
        """Return which share of a slip's chance is the same every year."""
        return 0.0 if slip.per == "payer" else self.repeats


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    # 1e-5 without a dot is a text in YAML
    wrong = {
        name: rate
        for name, rate in content["rates"].items()
        if not isinstance(rate, int | float) or not 0 <= rate <= 1
    }
    if wrong:
        raise RateError(f"{FILE.name}: {wrong}: expected shares from 0 to 1, written with a decimal point")
    return content
