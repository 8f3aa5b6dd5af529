"""What each person does for a living in a year: school, a job of some kind, a business, nothing.

A person's place on each scale is mostly theirs for good and drifts slowly; the shares by age and family do
the rest: people start work, step back for children, return, retire and are employed again without a state.
"""

from datetime import date

import numpy as np
from scipy.special import ndtr

from tadasu.simulator.chance import Reals
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import CHILD, Codes

OUT, STUDENT, OTHER_JOB, REGULAR, EXECUTIVE, SELF_EMPLOYED = (np.int8(code) for code in range(6))
"""OTHER_JOB: part-time, temporary, re-employed after retirement."""


def career(year: Year, at: int) -> Codes:
    """Return what each person does in a calendar year (`at`), by the family of this one."""
    age = year.age + (at - year.income_year)
    ages, share = age.astype(np.float64), ndtr(year.lasting("career", at))
    works = np.minimum(_participation(year, ages), 0.985)
    regular = year.by_sex("work.regular", ages)
    regular = np.where(
        year.married & ~year.men, regular * year.rates.value("work.married_woman_regular"), regular
    )
    father = year.married & year.men & (year.youngest < 23)
    regular = np.where(father, np.minimum(regular * year.rates.value("work.father_regular"), 0.97), regular)
    own = year.uniform("self-employed", ever=True) < year.by_sex("work.self_employed", ages)
    leads = year.uniform("executive", ever=True) < year.by_sex("work.executive", ages)
    kind = np.where(share > 1 - works * regular, REGULAR, OTHER_JOB)
    kind = np.where(leads & (share > 0.15), EXECUTIVE, kind)
    kind = np.where(own & ~leads, SELF_EMPLOYED, kind)
    kind = np.where((share > 1 - works) | leads, kind, OUT)
    kind = np.where(studies(year, at), np.where(_student_works(year, at), STUDENT, OUT), kind)
    return np.where((age < 15) | year.far, OUT, kind).astype(np.int8)


def studies(year: Year, at: int) -> Flags:
    """Return who is at school or university in a calendar year: by the age on 1 April."""
    age = year.age_on(date(at, 4, 1))
    share = year.rates.section("work.university")
    home = (year.people.relation == CHILD) | (year.people.mother >= 0) & ~year.people.is_head
    university = year.uniform("university", ever=True) < np.where(home, share["with_parents"], share["alone"])
    return np.asarray((age < 18) | ((age < 22) & university))


def _student_works(year: Year, at: int) -> Flags:
    age = year.age_on(date(at, 4, 1))
    share = np.where(age < 18, 0.16, year.rates.value("work.student_works"))
    return np.asarray((ndtr(year.lasting("student job", at)) < share) & (age >= 15))


def _participation(year: Year, ages: Reals) -> Reals:
    rates = year.rates
    share = np.where(
        year.men, rates.curve("work.men", ages), rates.curve("work.women", ages)
    )  # fmt: skip
    home = (year.people.relation == CHILD) & (ages >= 22) & ~year.people.is_head
    share = np.where(home, share * rates.value("work.grown_child_at_home"), share)
    woman = year.married & ~year.men
    share = np.where(woman, share * rates.value("work.married_woman"), share)
    share = np.where(woman & (year.youngest < 6), share * rates.value("work.mother_of_under6"), share)
    husband = np.clip(year.people.at(year.people.spouse), 0, None)
    standing = np.clip(year.normal("standing", ever=True)[husband], -2, 2.5)
    share = np.where(woman, share * np.exp(-rates.value("work.husband_standing") * standing), share)
    return np.where(year.married & year.men, share * rates.value("work.married_man"), share)
