"""Everything that is true of everybody's year: incomes, then claims, statuses and what is deducted."""

from dataclasses import dataclass

import numpy as np

from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives import insurance, spending, statuses
from tadasu.simulator.lives.careers import OUT, SELF_EMPLOYED
from tadasu.simulator.lives.claims import Claims, claims
from tadasu.simulator.lives.earned import Earned, earned
from tadasu.simulator.lives.filing import NO_PAPER, ON_ADJUSTED, ON_RETURN, TAX_RETURN
from tadasu.simulator.lives.housing import Loans
from tadasu.simulator.lives.totals import Totals
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes

_PAYS_WITHOUT_WORK = 60
"""From this age people without work keep their insurance contracts."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Claims and statuses: arrays by position in the year's people (`relatives`: by claim).

    Attributes:
        card: disability in the ward's register.
        disability: the person's own, as a paper of theirs states it.
        claims, relatives: who claims whom, and the disability of each relative claimed.
        ground: a ground for the adjustment of a high salary.
        single_parent, widow, working_student: statuses that a paper states.
    """

    card: Codes
    disability: Codes
    claims: Claims
    relatives: Codes
    ground: Flags
    single_parent: Flags
    widow: Flags
    working_student: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """A year of everybody, arrays by position in the year's people; yen.

    Attributes:
        earned, family, totals: incomes, claims, and the incomes by law.
        social: social insurance that people pay themselves and a paper states.
        pension_social: social insurance withheld from the state's pension.
        spending: premiums, mutual aid, medicine, losses by name.
        loans: housing loans that a paper states.
        assisted: lives on public assistance.
    """

    earned: Earned
    family: Family
    totals: Totals
    social: Wholes
    pension_social: Wholes
    spending: dict[str, Wholes]
    loans: Loans
    assisted: Flags

    @property
    def year(self) -> Year:
        """Return the year."""
        return self.earned.year


def life(year: Year) -> Life:
    """Return the year of everybody."""
    its = earned(year)
    family = _family(its)
    final = its.totals(family.ground)
    total, stated = final.total_income, _stated(its)
    covered = its.jobs.sum_by(year.n, its.jobs.social_insurance) > 0
    return Life(
        earned=its,
        family=family,
        totals=final,
        social=np.where(stated, insurance.by_oneself(year, covered, total), 0),
        pension_social=insurance.of_pension(year, its.state_pension, total),
        spending=_spending(its, total, stated),
        loans=_stated_loans(its),
        assisted=_assisted(year, total),
    )


def _stated(its: Earned) -> Flags:
    """Return who has a paper that states premiums."""
    return np.isin(its.carrier, [ON_RETURN, ON_ADJUSTED])


def _family(its: Earned) -> Family:
    year, carried = its.year, its.carrier != NO_PAPER
    total = its.totals(np.zeros(year.n, dtype=bool)).total_income
    card = statuses.card(year)
    true = statuses.disability(year, card)
    own = np.where(carried, true, statuses.NOT_DISABLED).astype(np.int8)
    who = claims(year, total, its.carrier)
    relatives = statuses.of_relatives(year, who, true)
    ground = statuses.ground_for_adjustment(year, who, relatives, own) & _stated(its)
    final = its.totals(ground).total_income
    parent, widow = statuses.widow_or_parent(year, who, final, carried)
    return Family(
        card=card,
        disability=own,
        claims=who,
        relatives=relatives,
        ground=ground,
        single_parent=parent,
        widow=widow,
        working_student=statuses.working_student(year, its.career, final, its.told, carried),
    )


def _spending(its: Earned, total: Wholes, stated: Flags) -> dict[str, Wholes]:
    year = its.year
    pays = stated & ((its.career != OUT) | (year.age >= _PAYS_WITHOUT_WORK))
    aid = spending.mutual_aid(year, total, its.career == SELF_EMPLOYED, stated)
    medicine = spending.medicine(year, total, its.ill, its.on_return)
    return {**spending.premiums(year, total, pays), "small_enterprise_mutual_aid": aid, **medicine}


def _stated_loans(its: Earned) -> Loans:
    """A loan counts where a tax return or an adjusted report states it, in its first year only the return."""
    loan = its.loans
    stated = (its.filed == TAX_RETURN) | ((its.carrier == ON_ADJUSTED) & ~loan.first_year)
    return Loans(
        np.where(stated, loan.deductible, 0), np.where(stated, loan.moved_in, -1), loan.first_year & stated
    )


def _assisted(year: Year, total: Wholes) -> Flags:
    """Whole households live on public assistance, of those with hardly any income."""
    p = year.people
    _, household = np.unique(p.household, return_inverse=True)
    most, oldest = np.zeros(household.max() + 1), np.zeros(household.max() + 1)
    here = year.resident
    np.maximum.at(most, household[here], total[here])
    np.maximum.at(oldest, household[here], year.age[here])
    share = year.rates.curve("public_assistance.share", oldest[household])
    poor = most[household] <= year.rates.value("public_assistance.income_most")
    u = year.uniform("public assistance", ever=True, ids=p.household)
    return np.asarray(poor & here & (u < share))
