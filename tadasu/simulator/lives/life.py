"""Everything that is true of everybody's year, in the order in which it comes about."""

from dataclasses import dataclass

import numpy as np

from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives import gifts, housing, insurance, pensions, spending, statuses
from tadasu.simulator.lives.careers import OUT, SELF_EMPLOYED, career
from tadasu.simulator.lives.claims import Claims, claims
from tadasu.simulator.lives.filing import (
    NO_PAPER,
    NONE,
    ON_ADJUSTED,
    ON_RETURN,
    TAX_RETURN,
    Reasons,
    carrier,
    filing,
)
from tadasu.simulator.lives.gifts import Giving, giving
from tadasu.simulator.lives.housing import Loans, loans
from tadasu.simulator.lives.jobs import Jobs, jobs
from tadasu.simulator.lives.other_incomes import KINDS, other_incomes
from tadasu.simulator.lives.payers import Payers, payers
from tadasu.simulator.lives.pensions import Pensions
from tadasu.simulator.lives.totals import Totals, none, totals
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes


@dataclass(slots=True, eq=False)
class Life:
    """A year of everybody, arrays by position in the year's people; yen, flags and codes."""

    year: Year
    payers: Payers
    career: Codes
    jobs: Jobs
    pensions: Pensions
    pension_social: Wholes
    others: dict[str, Wholes]
    salary: Wholes
    pension: Wholes
    filed: Codes
    carrier: Codes
    card: Codes
    disability: Codes
    claims: Claims
    claim_disability: Codes
    ground: Flags
    totals: Totals
    single_parent: Flags
    widow: Flags
    working_student: Flags
    social: Wholes
    spending: dict[str, Wholes]
    loans: Loans
    giving: Giving
    assisted: Flags

    @property
    def on_return(self) -> Flags:
        """Return who files a return of either kind."""
        return np.asarray(self.filed != NONE)

    @property
    def stated(self) -> Flags:
        """Return who has a paper that states premiums."""
        return np.isin(self.carrier, [ON_RETURN, ON_ADJUSTED])

    @property
    def by_notice(self) -> Flags:
        """Return whose gifts go by one-stop notices."""
        return np.asarray(self.giving.by_notice & (self.filed == NONE))


def life(year: Year) -> Life:
    """Return the year of everybody."""
    n, own_payers = year.n, payers(year.knobs)
    kind = career(year, year.income_year)
    its_jobs, its_pensions = jobs(year, own_payers), pensions.pensions(year, own_payers)
    others = other_incomes(year, kind, year.normal("standing", ever=True))
    salary = its_jobs.sum_by(n, its_jobs.revenue)
    pension = its_pensions.sum_by(n, its_pensions.revenue)
    first = totals(year, salary, pension, others, none(year))
    loan = loans(year, first.total_income, salary)
    apart = (
        np.maximum(others["separate_transfer_income"], 0) + others["stock_income"]
    )  # taxed at half the rate
    gift = giving(year, first.total_income - apart // 2, _usual_deductions(first.total_income))
    ill = spending.wants_medicine(year, first.total_income)
    filed = filing(year, its_jobs, _reasons(year, others, salary, pension, ill, gift, loan))
    others = _told(others, filed, loan)
    return _deducted(
        year, own_payers, kind, its_jobs, its_pensions, others, salary, pension, filed, gift, ill, loan
    )


def _usual_deductions(total: Wholes) -> np.ndarray:  # type: ignore[type-arg]
    """About what people subtract when they reckon how much they may give."""
    return np.asarray(480_000 + 0.17 * total)


def _reasons(
    year: Year,
    others: dict[str, Wholes],
    salary: Wholes,
    pension: Wholes,
    ill: Flags,
    gift: Giving,
    loan: Loans,
) -> Reasons:
    wants = ill | loan.first_year | (gift.gives & ~gift.by_notice)
    amounts = [others[name] for name in KINDS]
    return Reasons(np.sum(amounts, axis=0), np.any([a != 0 for a in amounts], axis=0), pension, salary, wants)


def _told(others: dict[str, Wholes], filed: Codes, loan: Loans) -> dict[str, Wholes]:
    """Return the other incomes of who files a return.

    What no return tells is known to nobody: it is none here. Who carries a loss forward has no housing loan.
    """
    told = {name: np.where(filed != NONE, amount, 0) for name, amount in others.items()}
    return told | {"loss_carryforward": np.where(loan.deductible > 0, 0, told["loss_carryforward"])}


def _deducted(
    year: Year, own_payers: Payers, kind: Codes, its_jobs: Jobs, its_pensions: Pensions, others: dict[str, Wholes],
    salary: Wholes, pension: Wholes, filed: Codes, gift: Giving, ill: Flags, loan: Loans,
) -> Life:  # fmt: skip
    n = year.n
    first = totals(year, salary, pension, others, none(year))
    state = its_pensions.sum_by(n, np.where(its_pensions.main, its_pensions.revenue, 0))
    carries = carrier(year, its_jobs, filed, pension, pensions.declares(year, state))
    carried, stated = carries != NO_PAPER, np.isin(carries, [ON_RETURN, ON_ADJUSTED])
    card = statuses.card(year)
    true = np.where(carried, statuses.disability(year, card), statuses.NOT_DISABLED).astype(np.int8)
    who = claims(year, first.total_income, carries)
    of_relatives = statuses.of_relatives(year, who, statuses.disability(year, card))
    ground = statuses.ground_for_adjustment(year, who, of_relatives, true) & stated
    final = totals(year, salary, pension, others, ground)
    parent, widow = statuses.widow_or_parent(year, who, final.total_income, carried)
    rest = np.sum([others[name] for name in KINDS], axis=0)
    covered = its_jobs.sum_by(n, its_jobs.social_insurance) > 0
    social = np.where(stated, insurance.by_oneself(year, covered, final.total_income), 0)
    returns, by_tax_return = filed != NONE, filed == TAX_RETURN
    return Life(
        year=year, payers=own_payers, career=kind, jobs=its_jobs, pensions=its_pensions,
        pension_social=insurance.of_pension(year, state, final.total_income), others=others, salary=salary,
        pension=pension, filed=filed, carrier=carries, card=card, disability=true, claims=who,
        claim_disability=of_relatives, ground=ground, totals=final, single_parent=parent, widow=widow,
        working_student=statuses.working_student(year, kind, final.total_income, rest, carried), social=social,
        spending={
            **spending.premiums(year, final.total_income, stated & (kind != OUT) | (stated & (year.age >= 60))),
            "small_enterprise_mutual_aid": spending.mutual_aid(year, final.total_income, kind == SELF_EMPLOYED, stated),
            **spending.medicine(year, final.total_income, ill, returns),
        },
        loans=_stated_loans(loan, by_tax_return, carries), giving=gift,
        assisted=_assisted(year, final.total_income),
    )  # fmt: skip


def _stated_loans(loan: Loans, by_tax_return: Flags, carries: Codes) -> Loans:
    """A loan counts where a tax return or an adjusted salary report states it, in its first year the return."""
    stated = by_tax_return | ((carries == ON_ADJUSTED) & ~loan.first_year)
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


__all__ = ["Life", "gifts", "housing", "life"]
