"""Taxable public and company pensions of an income year, by who pays them."""

from dataclasses import dataclass

import numpy as np

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.lives.payers import Payers
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import MARRIED, WIDOWED, Codes

_MONTHS = 12
BODIES = ("employee", "national", "servant", "company")
"""What pays: the state for a former employee or for others, a servants' union, a company's fund."""


@dataclass(slots=True, eq=False)
class Pensions:
    """Pensions by position of the person: who, payer (positions), revenue and withheld tax in yen.

    `main` marks the state's, from which premiums are withheld and where relatives are declared; `body` says
    what pays: a position in `BODIES`.
    """

    who: Wholes
    payer: Wholes
    revenue: Wholes
    main: Flags
    body: Codes

    def sum_by(self, n: int, amount: Wholes) -> Wholes:
        """Return the sum of an amount over the pensions of each of `n` people."""
        return np.bincount(self.who, weights=amount, minlength=n).astype(np.int64)


def pensions(year: Year, payers: Payers) -> Pensions:
    """Return all pensions of the year."""
    section, ages = year.rates.section("pension"), year.age.astype(np.float64)
    months = _months(year, section["from_age"])
    employee = _employee(year, ages)
    receives = (months > 0) & (year.uniform("receives pension", ever=True) < section["receives"])
    servant = employee & (year.uniform("public servant", ever=True) < section["public_servant"])
    base = np.where(employee, _employee_month(year), _national_month(year))
    base = base * year.rates.curve("pension.by_year", np.array([year.income_year]))[0]
    whole = np.floor(base) * months
    second = np.where(servant, np.floor(whole * section["public_servant_share"]), 0)
    share = np.where(year.men, section["company_pension"]["men"], section["company_pension"]["women"])
    company = employee & receives & (year.uniform("company pension", ever=True) < share)
    extra = (
        year.amount(section["company_mean"], section["company_spread"], "company pension", ever=0.99)
        * months
        / _MONTHS
    )
    body = payers.pension_body(year.uniform("company pension body", ever=True))
    servants_body = payers.pension_body(year.uniform("servants' pension body", ever=True) * 0.2)
    n, state = np.arange(year.n), np.full(year.n, payers.state_pension)
    parts = [
        (receives, state, whole - second, True, np.where(employee, 0, 1)),
        (receives & servant, servants_body, second, False, np.full(year.n, 2)),
        (company & (body != servants_body), body, np.floor(extra), False, np.full(year.n, 3)),
    ]
    order = np.argsort(np.concatenate([n[has] for has, *_ in parts]), kind="stable")
    return Pensions(
        who=np.concatenate([n[has] for has, *_ in parts])[order],
        payer=np.concatenate([payer[has] for has, payer, *_ in parts])[order],
        revenue=np.concatenate([revenue[has] for has, _, revenue, *_ in parts])[order].astype(np.int64),
        main=np.concatenate([np.full(has.sum(), main) for has, _, _, main, _ in parts])[order],
        body=np.concatenate([body[has] for has, *_, body in parts])[order].astype(np.int8),
    )


def withheld(year: Year, who: Wholes, revenue: Wholes, social: Wholes) -> Wholes:
    """Return the income tax that a pension body withholds."""
    section = year.rates.section("pension")
    free = year.rates.steps("pension.withheld_from", year.age[who].astype(np.float64))
    tax = np.floor(np.maximum(revenue - social - free, 0) * section["withheld_rate"] / 10) * 10
    return np.asarray(tax, dtype=np.int64)


def declares(year: Year, revenue: Wholes) -> Flags:
    """Return whose pension is high enough that the state's body asks for their relatives."""
    free = year.rates.steps("pension.withheld_from", year.age.astype(np.float64))
    return np.asarray(revenue >= free)


def _months(year: Year, from_age: int) -> Wholes:
    """Return for how many months of the year a pension is paid: from the month after the birthday on."""
    early = year.uniform("early pension", ever=True)
    begins = np.full(year.n, from_age)
    for age in range(60, from_age):
        begins = np.where(
            (begins == from_age) & (early < year.rates.curve("pension.early", np.array([age]))[0]),
            age,
            begins,
        )
    begins = np.where(early > 1 - year.rates.value("pension.late"), from_age + 5, begins)
    birthday = year.people.birth.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    first = np.where(year.age == begins, _MONTHS - 1 - birthday, _MONTHS)
    lived = np.where(
        year.alive,
        _MONTHS,
        np.maximum(
            (year.people.left.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12), 1
        ),
    )
    return np.where(year.age < begins, 0, np.minimum(first, lived))


def _employee(year: Year, ages: Reals) -> Flags:
    share = year.by_sex("pension.employees", ages) * np.where(_wives(year), _times(year)["employee"], 1.0)
    return np.asarray(year.uniform("was employee", ever=True) < share)


def _wives(year: Year) -> Flags:
    """Return who is or was a wife: many of them were insured by their husband's employment."""
    return np.asarray(~year.men & ((year.people.marital == MARRIED) | (year.people.marital == WIDOWED)))


def _times(year: Year) -> dict[str, float]:
    return year.rates.section("pension.married_woman_times")


def _employee_month(year: Year) -> Reals:
    """A normal spread around the official mean of each sex; at least what a short career gives."""
    section = year.rates.section("pension")
    mean = np.where(year.men, section["employee_month"]["men"], section["employee_month"]["women"])
    had_wife = (year.people.marital == MARRIED) | (year.people.marital == WIDOWED)
    men = np.where(had_wife, section["married_man"], section["single_man"])
    men = men * year.rates.curve("pension.employee_by_age", year.age.astype(np.float64))
    women = np.where(_wives(year), _times(year)["month"], section["single_woman_times"])
    mean = mean * np.where(year.men, men, women)
    spread = np.where(year.men, section["employee_spread"]["men"], section["employee_spread"]["women"])
    z = 0.85 * year.normal("employee pension", ever=True) + 0.527 * year.normal("standing", ever=True)
    return np.asarray(mean * np.clip(1 + spread * z, 0.3, 2.0))


def _national_month(year: Year) -> Reals:
    section = year.rates.section("pension")
    mean = np.where(year.men, section["national_month"]["men"], section["national_month"]["women"])
    z = year.normal("national pension", ever=True)
    month = mean * np.clip(1.04 + section["national_spread"] * z, 0.2, 2.0)
    return np.asarray(np.minimum(month, section["national_most"]))
