"""Housing loans: who has one, since when, and how much of the year's tax it may take."""

from dataclasses import dataclass

import numpy as np

from tadasu.simulator import chance
from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives.year import Flags, Year

_LOOKBACK = 13
_SHRINKS = 0.028
"""Share of the first loan that is paid back each year."""


@dataclass(frozen=True, slots=True, eq=False)
class Loans:
    """Housing loans of the year.

    Attributes:
        deductible: 住宅借入金等特別控除可能額 (yen), 0 without a loan.
        moved_in: days since 1970, -1 without.
        first_year: the first year, which needs a return.
    """

    deductible: Wholes
    moved_in: Wholes
    first_year: Flags


def loans(year: Year, total_income: Wholes, salary: Wholes) -> Loans:
    """Return the loans of who bought a home in the last thirteen years and earns enough."""
    section = year.rates.section("housing")
    since = _since(year)
    able = year.uniform("could buy", ever=True) < np.clip(salary / section["buys_surely_from"], 0.15, 1.0)
    has = (
        (since > 0)
        & able
        & (total_income >= section["income_least"])
        & year.alive
        & ~year.far
        & (year.age < 75)
    )
    alone = year.uniform("buys alone", ever=True) < section["single_share"]
    has &= year.married | alone
    own = (year.men & year.married) | ~year.married | (year.uniform("her loan too", ever=True) < 0.3)
    has &= own
    when = _moved_in(year, since)
    until, rate, cap, lasts = (np.array(column) for column in zip(*section["rate_until"], strict=True))
    which = np.clip(np.searchsorted(until, since * 10_000 + 1231), 0, len(until) - 1)
    has &= year.income_year - since < lasts[which]
    loan = year.amount(
        np.clip(salary, 2_500_000, 15_000_000) * section["loan_times"], section["spread"], "loan", ever=1.0
    )
    left = np.clip(1 - _SHRINKS * (year.income_year - since), 0.2, 1)
    amount = np.floor(np.minimum(loan * left * rate[which], cap[which]) / 100) * 100
    return Loans(
        np.where(has, amount, 0).astype(np.int64),
        np.where(has, when, -1),
        np.asarray(has & (since == year.income_year)),
    )


def _since(year: Year) -> Wholes:
    """Return the calendar year in which each one began a loan, the first of the last years; 0 for none."""
    since = np.zeros(year.n, dtype=np.int64)
    for back in reversed(range(_LOOKBACK)):
        age = (year.age - back).astype(np.float64)
        rate = year.rates.curve("housing.starts", age)
        begins = chance.happens(
            year.knobs.seed, "housing loan", year.income_year - back, year.people.number, rate
        )
        since = np.where((since == 0) & begins, year.income_year - back, since)
    return since


def _moved_in(year: Year, since: Wholes) -> Wholes:
    """Return the day of moving in: by chance within that year."""
    key = year.people.number * 4096 + since
    u = chance.uniform(year.knobs.seed, "day of moving in", None, key)
    first = (since - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(first + 5 + u * 355).astype(np.int64)
