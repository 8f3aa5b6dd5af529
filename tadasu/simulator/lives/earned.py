"""What everybody earns in a year, from whom, and who tells the tax office of it."""

from dataclasses import dataclass

import numpy as np

from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.lives import pensions as pension_bodies
from tadasu.simulator.lives import spending
from tadasu.simulator.lives.careers import career
from tadasu.simulator.lives.filing import NONE, Reasons, carrier, filing
from tadasu.simulator.lives.gifts import Giving, giving
from tadasu.simulator.lives.housing import Loans, loans
from tadasu.simulator.lives.jobs import Jobs, jobs
from tadasu.simulator.lives.other_incomes import KINDS, other_incomes
from tadasu.simulator.lives.payers import Payers, payers
from tadasu.simulator.lives.pensions import Pensions, pensions
from tadasu.simulator.lives.totals import Totals, totals
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes


@dataclass(frozen=True, slots=True, eq=False)
class Earned:
    """Incomes of everybody, and which papers tell of them: arrays by position in the year's people, yen.

    Attributes:
        year, payers: of the simulation.
        career: code (`careers`).
        jobs, pensions: by payer.
        others: the other incomes by name, of who files a return.
        salary, pension, state_pension: revenues; the last is the state's alone.
        filed: code (`filing`).
        carrier: code of the paper that carries claims and deductions (`filing.carrier`).
        giving: gifts made.
        ill: whose medical expenses are worth a return.
        loans: housing loans.
    """

    year: Year
    payers: Payers
    career: Codes
    jobs: Jobs
    pensions: Pensions
    others: dict[str, Wholes]
    salary: Wholes
    pension: Wholes
    state_pension: Wholes
    filed: Codes
    carrier: Codes
    giving: Giving
    ill: Flags
    loans: Loans

    @property
    def on_return(self) -> Flags:
        """Return who files a return of either kind."""
        return np.asarray(self.filed != NONE)

    @property
    def by_notice(self) -> Flags:
        """Return whose gifts go by one-stop notices."""
        return np.asarray(self.giving.by_notice & (self.filed == NONE))

    @property
    def told(self) -> Wholes:
        """Return the sum of the other incomes."""
        return np.asarray(np.sum([self.others[name] for name in KINDS], axis=0))

    def totals(self, ground: Flags) -> Totals:
        """Return the incomes by law; `ground`: who has a ground for the adjustment of a high salary."""
        return totals(self.year, self.salary, self.pension, self.others, ground)


def earned(year: Year) -> Earned:
    """Return the incomes of everybody and who files what."""
    n, nobody, own_payers = year.n, np.zeros(year.n, dtype=bool), payers(year.knobs)
    kind, its_jobs, its_pensions = (
        career(year, year.income_year),
        jobs(year, own_payers),
        pensions(year, own_payers),
    )
    others = other_incomes(year, kind, year.normal("standing", ever=True))
    salary = its_jobs.sum_by(n, its_jobs.revenue)
    pension = its_pensions.sum_by(n, its_pensions.revenue)
    state = its_pensions.sum_by(n, np.where(its_pensions.main, its_pensions.revenue, 0))
    total = totals(year, salary, pension, others, nobody).total_income
    loan, gift, ill = (
        loans(year, total, salary),
        _giving(year, total, others),
        spending.wants_medicine(year, total),
    )
    wants = ill | loan.first_year | (gift.gives & ~gift.by_notice)
    amounts = [others[name] for name in KINDS]
    any_other = np.asarray(np.any([amount != 0 for amount in amounts], axis=0))
    filed = filing(year, its_jobs, Reasons(np.sum(amounts, axis=0), any_other, pension, salary, wants))
    return Earned(
        year=year, payers=own_payers, career=kind, jobs=its_jobs, pensions=its_pensions,
        others=_told(others, filed, loan), salary=salary, pension=pension, state_pension=state, filed=filed,
        carrier=carrier(year, its_jobs, filed, pension, pension_bodies.declares(year, state)),
        giving=gift, ill=ill, loans=loan,
    )  # fmt: skip


def _giving(year: Year, total: Wholes, others: dict[str, Wholes]) -> Giving:
    """People give by the levy that they expect: of gains taxed apart it is half as much."""
    apart = np.maximum(others["separate_transfer_income"], 0) + others["stock_income"]
    return giving(year, total - apart // 2, _usual_deductions(year, total))


def _usual_deductions(year: Year, total: Wholes) -> Reals:
    section = year.rates.section("gifts.reckoned_deductions")
    return np.asarray(section["each"] + section["of_income"] * total)


def _told(others: dict[str, Wholes], filed: Codes, loan: Loans) -> dict[str, Wholes]:
    """Return the other incomes of who files a return.

    What no return tells is known to nobody: it is none here. Who carries a loss forward has no housing loan.
    """
    told = {name: np.where(filed != NONE, amount, 0) for name, amount in others.items()}
    return told | {"loss_carryforward": np.where(loan.deductible > 0, 0, told["loss_carryforward"])}
