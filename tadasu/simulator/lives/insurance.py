"""Social insurance: withheld from pay and pensions, or paid by oneself; and tax withheld month by month."""

import numpy as np

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.lives.careers import EXECUTIVE, REGULAR
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes


def insured(year: Year, kind: Codes, annual: Reals, payer: Wholes) -> Flags:
    """Return whose main job insures them: full-time, or enough pay at an employer of some size."""
    section = year.rates.section("social_insurance")
    full = (kind == REGULAR) | (kind == EXECUTIVE) | (annual >= section["insured_surely_from"])
    large = year.uniform("insured by employer", ever=True, ids=payer) < section["insured_small"]
    return np.asarray(full | ((annual >= section["insured_from"]) & large))


def of_job(year: Year, who: Wholes, revenue: Wholes, insures: Flags, health: Reals) -> Wholes:
    """Return what is withheld from pay: health, pension, employment, and care insurance by age."""
    section, age = year.rates.section("social_insurance"), year.age[who]
    ages, bonus = section["ages"], revenue * section["bonus_share"]
    monthly = revenue - bonus
    pension, whole = (
        np.minimum(monthly, section[f"{kind}_monthly_cap"]) + np.minimum(bonus, section[f"{kind}_bonus_cap"])
        for kind in ("pension", "health")
    )
    care = np.where((age >= ages["care_from"]) & (age < ages["senior"]), section["care"], 0.0)
    amount = pension * section["pension"] * (age < ages["pension_to"])
    amount = amount + whole * (health + care) * (age < ages["health_to"]) + revenue * section["employment"]
    return np.where(insures, np.floor(amount), 0).astype(np.int64)


def withheld(year: Year, revenue: Wholes, annual: Reals, social: Wholes, main: Flags) -> Wholes:
    """Return the income tax that the payer withheld month by month, before any adjustment."""
    rate = np.where(
        main, year.rates.curve("withholding.main", annual), year.rates.curve("withholding.other", annual)
    )
    return np.floor((revenue - social) * rate / 10).astype(np.int64) * 10


def by_oneself(year: Year, covered: Flags, total_income: Wholes) -> Wholes:
    """Return national pension and health insurance that people pay themselves.

    Wives of little income are insured by their husband's employment.
    """
    section, age = year.rates.section("social_insurance"), year.age.astype(np.float64)
    ages, health = section["ages"], section["national_health"]
    share = year.rates.curve("social_insurance.national_pension_paid", age)
    by_husband = year.married & ~year.men & (total_income < section["spouse_covered_below"])
    alone = year.alive & ~covered & ~by_husband & (age >= ages["adult"])
    pays = (
        alone & (year.uniform("pays national pension", ever=True) < share) & (age < ages["pension_free_to"])
    )
    by_income = health["per_head"] + health["rate"] * np.maximum(total_income - health["free"], 0)
    own = np.where(alone & (age < ages["health_to"]), np.minimum(by_income, health["cap"]), 0)
    amount = np.where(pays, section["national_pension"], 0) + own
    return (np.floor(amount / 100) * 100).astype(np.int64)


def of_pension(year: Year, revenue: Wholes, total_income: Wholes) -> Wholes:
    """Return care and late-elderly premiums that the pension body withholds (特別徴収)."""
    section, income = year.rates.section("social_insurance"), total_income.astype(np.float64)
    ages, late = section["ages"], section["late_elderly"]
    care = year.rates.curve("social_insurance.care_premium", income) * (year.age >= ages["senior"])
    by_income = late["per_head"] + late["rate"] * np.maximum(income - late["free"], 0)
    amount = care + np.where(year.age >= ages["health_to"], np.minimum(by_income, late["cap"]), 0)
    withheld_here = np.where(revenue >= section["special_collection_from"], amount, 0)
    return np.asarray(np.floor(withheld_here / 100) * 100, dtype=np.int64)
