"""Incomes that only returns tell: businesses, rents, dividends, shares, land, and the odd rest."""

import numpy as np
from scipy.special import ndtr

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.lives.careers import OUT, SELF_EMPLOYED
from tadasu.simulator.lives.year import Year
from tadasu.simulator.people import Codes

KINDS = (
    "business_income",
    "agricultural_income",
    "real_estate_income",
    "interest_income",
    "dividend_income",
    "other_misc_income",
    "comprehensive_transfer_income",
    "temporary_income",
    "separate_transfer_income",
    "stock_income",
)


def other_incomes(year: Year, kind: Codes, standing: Reals) -> dict[str, Wholes]:
    """Return a column a kind of income (yen of the year), and `loss_carryforward`.

    Args:
        year: the income year.
        kind: each one's career.
        standing: a standard normal number each: who stands higher has more of these incomes.
    """
    here = ~year.far & (year.age >= 20) & year.alive
    incomes = {name: _mostly_none(year, name.removesuffix("_income"), standing) * here for name in KINDS[1:]}
    incomes["business_income"] = _business(year, kind) * here
    incomes["real_estate_income"] = _real_estate(year, standing) * here
    carried = year.rates.section("other_income.loss_carried")
    lost = (incomes["business_income"] > 0) & (year.uniform("loss before", at=year.income_year - 1) < 0.05)
    lost &= year.uniform("loss carried") < carried["share"]
    incomes["loss_carryforward"] = _whole(
        year.amount(carried["mean"], carried["spread"], "loss carried") * lost
    )
    return {name: incomes[name] for name in (*KINDS, "loss_carryforward")}


def _business(year: Year, kind: Codes) -> Wholes:
    section, side = (
        year.rates.section("other_income.business"),
        year.rates.section("other_income.side_business"),
    )
    income = year.amount(section["mean"], section["spread"], "business", ever=0.8)
    loses = ndtr(year.lasting("business loses")) < section["loss"]
    loss = -year.amount(section["loss_mean"], 0.8, "business loss")
    own = np.where(loses, loss, income) * (kind == SELF_EMPLOYED)
    besides = (
        (year.uniform("side business", ever=True) < side["share"]) & (kind != OUT) & (kind != SELF_EMPLOYED)
    )
    return _whole(own + year.amount(side["mean"], side["spread"], "side business") * besides)


def _real_estate(year: Year, standing: Reals) -> Wholes:
    """Landlords stay landlords; some years cost more than they bring."""
    section = year.rates.section("other_income.real_estate")
    share = year.rates.curve("other_income.real_estate.share", year.age.astype(np.float64))
    owns = year.uniform("landlord", ever=True) < share * _by_wealth(year, standing)
    income = year.amount(section["mean"], section["spread"], "rents", ever=0.93)
    loses = ndtr(year.lasting("rents lose")) < section["loss"]
    loss = -year.amount(section["loss_mean"], 0.7, "loss of rents")
    return _whole(np.where(loses, loss, income) * owns)


def _mostly_none(year: Year, name: str, standing: Reals) -> Wholes:
    """Return an income that few have: some of them every year, some once."""
    section = year.rates.section(f"other_income.{name}")
    if not isinstance(section["share"], int | float):
        return np.zeros(year.n, dtype=np.int64)
    share = (
        section["share"]
        * _by_wealth(year, standing)
        * np.interp(year.age, [20, 45, 65, 90], [0.4, 1.0, 1.4, 1.4])
    )
    for_good = year.uniform(name, ever=True) < share * 4
    has = for_good & (year.uniform(name) < 0.25)
    loss = year.uniform(f"{name} loses") < section.get("loss", 0.0)
    return _whole(
        year.amount(section["mean"], section["spread"], name, ever=0.6) * np.where(loss, -0.4, 1.0) * has
    )


def _by_wealth(year: Year, standing: Reals) -> Reals:
    pull = year.rates.value("other_income.wealth")
    return np.asarray(np.exp(pull * standing - pull * pull / 2))


def _whole(amount: Reals) -> Wholes:
    return np.rint(amount).astype(np.int64)
