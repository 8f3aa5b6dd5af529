"""Who files a tax return, a resident return or nothing, and which paper carries each one's claims."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives.jobs import Jobs
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import Codes

NONE, TAX_RETURN, RESIDENT_RETURN = (np.int8(code) for code in range(3))
FILINGS = ("none", "tax_return", "resident_return")

NO_PAPER, ON_RETURN, ON_ADJUSTED, ON_PENSION, ON_JOB = (np.int8(code) for code in range(5))
"""Which paper is adopted for deductions and claims: the strongest that a person has."""


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """What makes people file: flags and yen a person.

    Attributes:
        others: sum of the incomes that only returns tell.
        any_other: whether there are any, losses too.
        pension: revenue of pensions.
        salary: revenue of jobs.
        wants: a deduction that only a return brings (medicine, the first year of a loan, gifts …).
    """

    others: Wholes
    any_other: Flags
    pension: Wholes
    salary: Wholes
    wants: Flags


def filing(year: Year, jobs: Jobs, reasons: Reasons) -> Codes:
    """Return what each person files."""
    rates, n = year.rates.section("filing"), year.n
    u = ndtr(year.lasting("files"))  # who files goes on filing
    must = must_file(year, jobs, reasons)
    taxable = (reasons.salary > 0) | (reasons.pension > 0)
    unadjusted = jobs.has(n, ~jobs.adjusted & jobs.main & (jobs.rolled_into < 0)) & ~jobs.has(
        n, jobs.adjusted
    )
    side = np.where(jobs.main | (jobs.rolled_into >= 0), 0, jobs.revenue)
    second = jobs.sum_by(n, side)
    small = (second > 0) & (second <= rates["small_other"]) & jobs.has(n, jobs.adjusted)
    share = np.select(
        [must, reasons.wants & taxable, unadjusted, small, reasons.pension > 0],
        [rates["must"], 1.0, rates["unadjusted"], rates["second_small"], rates["pension_refund"]],
        rates["any_other"] * taxable,
    )
    young = (year.age < 23) & ~must
    share = np.where(young, np.minimum(share, rates["student"]), share)
    files = (u < share) & year.alive & ~year.far & (year.age >= 15)
    return np.where(
        files, TAX_RETURN, np.where(_resident(year, reasons, files), RESIDENT_RETURN, NONE)
    ).astype(np.int8)


def must_file(year: Year, jobs: Jobs, reasons: Reasons) -> Flags:
    """Return who has to file a tax return."""
    rates, n = year.rates.section("filing"), year.n
    most = np.zeros(n, dtype=np.int64)
    np.maximum.at(most, jobs.who, jobs.revenue)
    side = jobs.sum_by(n, np.where(jobs.main, 0, jobs.revenue))
    employed = reasons.salary > 0
    others = np.where(
        employed | (reasons.pension > 0), reasons.others > rates["small_other"], reasons.others > 0
    )
    return np.asarray(
        others
        | (reasons.any_other & (reasons.others < 0))
        | (most > rates["large_salary"])
        | (employed & (side > rates["small_other"]))
        | (reasons.pension > rates["large_pension"])
        | (employed & (reasons.pension > 0) & (reasons.salary > rates["large_pension"]))
    )


def _resident(year: Year, reasons: Reasons, files: Flags) -> Flags:
    """A resident return: small other incomes, deductions of pensioners, no income at all."""
    rates, u = year.rates.section("filing"), ndtr(year.lasting("files resident return"))
    nothing = (reasons.salary == 0) & (reasons.pension == 0)
    small = reasons.any_other & (reasons.others <= rates["small_other"])
    share = np.select(
        [small, nothing, (reasons.pension > 0) & (reasons.salary == 0)],
        [
            np.full(year.n, 0.5),
            year.rates.curve("filing.no_income_resident", year.age.astype(np.float64)),
            np.full(year.n, rates["pension_resident"]),
        ],
        0.0,
    )
    return np.asarray((u < share) & ~files & year.alive & ~year.far & (year.age >= 18))


def carrier(year: Year, jobs: Jobs, filed: Codes, pension: Wholes, declares_pension: Flags) -> Codes:
    """Return the paper that carries each one's claims (see the codes above).

    A pension report is adopted before a salary report without adjustment, also where its body, for a small
    pension, asked for no relatives: then nothing carries them.
    """
    n = year.n
    adjusted = jobs.has(n, jobs.adjusted)
    unadjusted = jobs.has(n, jobs.main & (jobs.rolled_into < 0))
    return np.select(
        [filed != NONE, adjusted, declares_pension, pension > 0, unadjusted],
        [ON_RETURN, ON_ADJUSTED, ON_PENSION, NO_PAPER, ON_JOB],
        NO_PAPER,
    ).astype(np.int8)
