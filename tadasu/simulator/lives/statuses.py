"""Statuses: disability (register and claim), widow, single parent, working student, minor."""

import numpy as np

from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives.careers import STUDENT
from tadasu.simulator.lives.claims import DEPENDENT, UNDER16, Claims
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import DIVORCED, FEMALE, MARRIED, WIDOWED, Codes

DISABILITIES = ("none", "ordinary", "special", "special_cohabiting")
NOT_DISABLED, ORDINARY, SPECIAL, COHABITING = (np.int8(code) for code in range(4))


def card(year: Year) -> Codes:
    """Return the disability in the ward's register: for good once it is there."""
    ages, u = year.age.astype(np.float64), year.uniform("disability", ever=True)
    special = year.rates.curve("disability.special", ages)
    ordinary = year.rates.curve("disability.ordinary", ages)
    return np.select([u < special, u > 1 - ordinary], [SPECIAL, ORDINARY], NOT_DISABLED).astype(np.int8)


def disability(year: Year, in_register: Codes) -> Codes:
    """Return the true disability for the tax: the register's, or one that the ward certified for care."""
    share = year.rates.curve("claims.disability_without_card", year.age.astype(np.float64))
    certified = (in_register == NOT_DISABLED) & (year.uniform("certified for care", ever=True) < share)
    heavy = year.uniform("heavy care", ever=True) < 0.4
    return np.where(certified, np.where(heavy, SPECIAL, ORDINARY), in_register).astype(np.int8)


def of_relatives(year: Year, claims: Claims, true: Codes) -> Codes:
    """Return the disability of each claim: special ones who live with the claimant are so counted."""
    p = year.people
    together = (p.household[claims.who] == p.household[claims.whom]) & ~year.far[claims.whom]
    together &= year.resident[claims.whom] == year.resident[claims.who]
    own = true[claims.whom]
    return np.where((own == SPECIAL) & together, COHABITING, own).astype(np.int8)


def ground_for_adjustment(year: Year, claims: Claims, relatives: Codes, own: Codes) -> Flags:
    """Return who has a ground for the adjustment of a high salary: a young relative, a special disability.

    A couple may both have it for the same child.
    """
    n, before = year.n, year.law.ages.specified_before.value
    young = np.isin(claims.role, [DEPENDENT, UNDER16]) & (year.age[claims.whom] < before)
    grounds = young | (relatives >= SPECIAL)
    mine = np.bincount(claims.who[grounds], minlength=n) > 0
    partner = year.people.at(year.people.spouse)
    theirs = (partner >= 0) & mine[np.clip(partner, 0, None)] & year.married
    return np.asarray(mine | theirs | (own == SPECIAL))


def widow_or_parent(year: Year, claims: Claims, total: Wholes, carried: Flags) -> tuple[Flags, Flags]:
    """Return who is a widow and who a single parent, within the income limits, and says so."""
    law, p, n = year.law, year.people, year.n
    alone = (p.marital != MARRIED) & year.alive & carried
    child = (claims.relation == 1) & np.isin(claims.role, [DEPENDENT, UNDER16])
    has_child = np.bincount(claims.who[child], minlength=n) > 0
    has_relative = np.bincount(claims.who[np.isin(claims.role, [DEPENDENT, UNDER16])], minlength=n) > 0
    parent = alone & has_child & (total <= law.income_limits.single_parent.value)
    parent &= year.uniform("says single parent", ever=True) < year.rates.value("claims.single_parent")
    widow = alone & ~parent & ~has_child & (p.sex == FEMALE) & (total <= law.income_limits.widow.value)
    widow &= (p.marital == WIDOWED) | ((p.marital == DIVORCED) & has_relative)
    widow &= year.uniform("says widow", ever=True) < year.rates.value("claims.widow")
    return parent, widow


def working_student(year: Year, career: Codes, total: Wholes, others: Wholes, carried: Flags) -> Flags:
    """Return who is 勤労学生 and says so."""
    limit = year.law.income_limits.working_student.value
    says = year.uniform("says working student") < year.rates.value("claims.working_student")
    return np.asarray((career == STUDENT) & (total <= limit) & (others == 0) & carried & says & (total > 0))
