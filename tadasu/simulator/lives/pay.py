"""What a full year of work pays, by what people do and who they are."""

import numpy as np
from scipy.special import ndtr

from tadasu.simulator import chance
from tadasu.simulator.chance import Reals
from tadasu.simulator.lives.careers import EXECUTIVE, OTHER_JOB, REGULAR, STUDENT
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes


def annual_pay(year: Year, kind: Codes) -> Reals:
    """Return the pay (yen) of a full year, by career, age, sex, family, and each one's standing."""
    pay, ages = year.rates.section("pay"), year.age.astype(np.float64)
    standing, moving = year.normal("standing", ever=True), year.lasting("pay")
    tail = year.uniform("tail", ever=True) < pay["tail"]["share"]
    spread = pay["spread"] * standing + pay["drift"] * moving - (pay["spread"] ** 2 + pay["drift"] ** 2) / 2
    spread = spread + np.where(
        tail, pay["tail"]["spread"] * np.abs(year.normal("length of tail", ever=True)), 0
    )
    regular = pay["level"] * year.by_sex("pay.regular", ages) * np.exp(spread) * _by_family(year)
    leads = pay["level"] * year.amount(
        pay["executive"]["mean"], pay["executive"]["spread"], "pay of executive", ever=0.95
    )
    other = np.where(year.men, pay["other"]["men"], pay["other"]["women"])
    other = year.amount(other, pay["other"]["spread"], "pay of other job", ever=0.85)
    other = np.where(_short_hours(year), _short_pay(year), other)
    student = year.amount(pay["student"]["mean"], pay["student"]["spread"], "pay of student", ever=0.6)
    general = year.rates.curve("pay.by_year", np.array([year.income_year]))[0]
    return np.asarray(
        general
        * np.select(
            [kind == REGULAR, kind == EXECUTIVE, kind == OTHER_JOB, kind == STUDENT],
            [regular, leads, other, student],
            0.0,
        )
    )


def _by_family(year: Year) -> Reals:
    """Married men earn more than single ones of their age, mothers alone less than others."""
    pay = year.rates.section("pay")
    single = np.where(year.age >= 30, pay["single_man_from_30"], 1.0)
    mother = np.where(~year.married & (year.youngest < 23), pay["single_mother"], 1.0)
    married = pay["married_man"] * np.where(year.youngest < 23, pay["father"], 1.0)
    return np.where(year.men, np.where(year.married, married, single), mother)


def _short_hours(year: Year) -> Flags:
    """Return who keeps hours short: married women, to stay within a limit, and people of age."""
    section = year.rates.section("pay.part_time")
    share = np.where(
        year.married & ~year.men, section["married_woman"], np.where(year.age >= 65, section["senior"], 0.05)
    )
    return np.asarray(year.uniform("short hours", ever=True) < share)


def _short_pay(year: Year) -> Reals:
    """Return a pay just below one of the limits that people have in mind, or well below it."""
    pay = year.rates.section("pay")
    limits = pay["part_time_limits"]
    since = [begun for begun in limits if begun <= year.income_year]
    which = chance.choice(
        year.knobs.seed, "limit in mind", None, year.people.number, pay["part_time_weights"]
    )
    knows = year.uniform("knows the new limits", ever=True) < pay["knows_new_limits"]
    limit = np.where(knows, np.array(limits[max(since)])[which], np.array(limits[min(since)])[which])
    below = 1 - 0.16 * year.uniform("below the limit") ** 2
    below = np.where(
        year.uniform("far below", ever=True) < 0.25, below * (0.4 + 0.5 * year.uniform("far below by")), below
    )
    over = ndtr(year.lasting("above the limit")) < 0.06
    return np.asarray(limit * np.where(over, 1 + 0.12 * year.uniform("above by"), below))
