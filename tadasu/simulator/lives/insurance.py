"""Social insurance: withheld from pay and pensions, or paid by oneself; and tax withheld month by month."""

import numpy as np

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.lives.careers import EXECUTIVE, REGULAR
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes

_CARE_FROM, _PENSION_TO, _HEALTH_TO, _SENIOR = 40, 70, 75, 65


def insured(year: Year, kind: Codes, annual: Reals, payer: Wholes) -> Flags:
    """Return whose main job insures them: full-time, or enough pay at an employer of some size."""
    section = year.rates.section("social_insurance")
    full = (kind == REGULAR) | (kind == EXECUTIVE) | (annual >= section["insured_surely_from"])
    large = year.uniform("insured by employer", ever=True, ids=payer) < section["insured_small"]
    return np.asarray(full | ((annual >= section["insured_from"]) & large))


def of_job(year: Year, who: Wholes, revenue: Wholes, insures: Flags, health: Reals) -> Wholes:
    """Return what is withheld from pay: health, pension, employment, and care insurance from 40 to 64."""
    section, age = year.rates.section("social_insurance"), year.age[who]
    bonus = revenue * section["bonus_share"]
    monthly = revenue - bonus
    for_pension = np.minimum(monthly, section["pension_monthly_cap"]) + np.minimum(
        bonus, section["pension_bonus_cap"]
    )
    for_health = np.minimum(monthly, section["health_monthly_cap"]) + np.minimum(
        bonus, section["health_bonus_cap"]
    )
    care = np.where((age >= _CARE_FROM) & (age < _SENIOR), section["care"], 0.0)
    amount = for_pension * section["pension"] * (age < _PENSION_TO)
    amount = amount + for_health * (health + care) * (age < _HEALTH_TO) + revenue * section["employment"]
    return np.where(insures, np.floor(amount), 0).astype(np.int64)


def withheld(year: Year, revenue: Wholes, annual: Reals, social: Wholes, main: Flags) -> Wholes:
    """Return the income tax that the payer withheld month by month, before any adjustment."""
    rate = np.where(
        main, year.rates.curve("withholding.main", annual), year.rates.curve("withholding.other", annual)
    )
    return np.floor((revenue - social) * rate / 10).astype(np.int64) * 10


def by_oneself(year: Year, covered: Flags, total_income: Wholes) -> Wholes:
    """Return national pension and health insurance that people pay themselves."""
    section, age = year.rates.section("social_insurance"), year.age.astype(np.float64)
    pays = year.uniform("pays national pension", ever=True) < year.rates.curve(
        "social_insurance.national_pension_paid", age
    )
    pension = np.where((age >= 20) & (age < 60) & pays & ~covered, section["national_pension"], 0)
    health = section["national_health"]
    by_income = health["per_head"] + health["rate"] * np.maximum(total_income - health["free"], 0)
    spouse_covered = (
        year.married & ~year.men & (total_income < section["spouse_covered_below"]) & (age < _HEALTH_TO)
    )
    own = np.where(
        (age >= 20) & (age < _HEALTH_TO) & ~covered & ~spouse_covered, np.minimum(by_income, health["cap"]), 0
    )
    pension = np.where(spouse_covered, 0, pension)
    return (np.floor((pension + own) / 100) * 100 * year.alive).astype(np.int64)


def of_pension(year: Year, revenue: Wholes, total_income: Wholes) -> Wholes:
    """Return care and late-elderly premiums that the pension body withholds (特別徴収)."""
    section, age = year.rates.section("social_insurance"), year.age
    care = np.where(
        age >= _SENIOR, year.rates.curve("social_insurance.care_premium", total_income.astype(np.float64)), 0
    )
    late = section["late_elderly"]
    by_income = late["per_head"] + late["rate"] * np.maximum(total_income - late["free"], 0)
    amount = care + np.where(age >= _HEALTH_TO, np.minimum(by_income, late["cap"]), 0)
    return np.where(revenue >= section["special_collection_from"], np.floor(amount / 100) * 100, 0).astype(
        np.int64
    )
