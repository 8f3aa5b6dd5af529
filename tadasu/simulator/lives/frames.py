"""The frames of a year that papers are made from: lives, jobs, pensions, claims, gifts (see `Facts`)."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tadasu.simulator.chance import Wholes
from tadasu.simulator.identifiers import person_ids
from tadasu.simulator.lives import gifts as giving
from tadasu.simulator.lives import pensions as pension_bodies
from tadasu.simulator.lives.claims import RELATIONS, ROLES, STATED_ON
from tadasu.simulator.lives.filing import FILINGS, ON_ADJUSTED, ON_JOB, ON_RETURN
from tadasu.simulator.lives.life import Life
from tadasu.simulator.lives.statuses import DISABILITIES
from tadasu.simulator.lives.year import Flags

_CAREERS = ("none", "student", "other", "regular", "executive", "self_employed")
_NO_DAY = -1


def lives(life: Life, who: Flags) -> pl.DataFrame:
    """Return a row a person of `who`, sorted by person."""
    year, law = life.year, life.year.law
    columns: dict[str, NDArray[Any] | pl.Series] = {
        "person_id": person_ids(year.people.number),
        **life.earned.others,
        "social_insurance": life.social,
        **life.spending,
        "housing_loan_deductible": life.loans.deductible,
        "housing_move_in_on": _dates(life.loans.moved_in),
        "dividend_levy_credit": _levy_credit(life),
        "self_disability": _words(DISABILITIES, life.family.disability),
        "widow": life.family.widow,
        "single_parent": life.family.single_parent,
        "working_student": life.family.working_student,
        "filing": _words(FILINGS, life.earned.filed),
        "one_stop": life.earned.by_notice & (life.earned.giving.total > 0),
        "premiums_on": _stated(life, {int(ON_RETURN): "return", int(ON_ADJUSTED): "job"}),
        "claims_on": _stated(life, STATED_ON),
        "income_adjustment_ground": life.family.ground,
        "is_resident": year.resident,
        "career": _words(_CAREERS, life.earned.career),
        "sex": _words(("M", "F"), year.people.sex),
        "birth_date": year.people.birth.astype("datetime64[D]"),
        "public_assistance": life.assisted,
    }
    frame = pl.DataFrame(columns).with_columns(minor=law.is_minor(pl.col("birth_date")))
    known = who & ~year.far & ((year.age >= 15) | (life.totals.total_income > 0))
    return frame.filter(pl.Series(known)).sort("person_id")


def jobs(life: Life, who: Flags) -> pl.DataFrame:
    """Return a row a person and payer, sorted; `job_no` counts the jobs of a person."""
    its = life.earned.jobs
    frame = pl.DataFrame(
        {
            "person_id": person_ids(life.year.people.number[its.who]),
            "payer_id": life.earned.payers.ids(its.payer),
            "revenue": its.revenue,
            "social_insurance": its.social_insurance,
            "withheld_income_tax": its.withheld,
            "withholding_column": _words(("other", "main"), its.main.astype(np.int8)),
            "started_on": _dates(its.started),
            "left_on": _dates(its.left),
            "year_end_adjusted": its.adjusted,
            "rolled_into": life.earned.payers.ids(its.rolled_into),
            "special_collection": its.special,
        }
    ).filter(pl.Series(who[its.who]))
    last_first = frame.sort(
        "person_id", "withholding_column", "left_on", nulls_last=True, maintain_order=True
    )
    return last_first.with_columns(job_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("person_id"))


def pensions(life: Life, who: Flags) -> pl.DataFrame:
    """Return a row a person and pension body; premiums are withheld from the state's pension."""
    its = life.earned.pensions
    social = np.where(its.main, life.pension_social[its.who], 0)
    return (
        pl.DataFrame(
            {
                "person_id": person_ids(life.year.people.number[its.who]),
                "payer_id": life.earned.payers.ids(its.payer),
                "revenue": its.revenue,
                "social_insurance": social,
                "withheld_income_tax": pension_bodies.withheld(life.year, its.who, its.revenue, social),
                "body": _words(pension_bodies.BODIES, its.body),
            }
        )
        .filter(pl.Series(who[its.who]))
        .sort("person_id", "payer_id")
    )


def claims(life: Life, who: Flags) -> pl.DataFrame:
    """Return a row a claimant and relative, sorted by claimant, role, relative."""
    its, p, year = life.family.claims, life.year.people, life.year
    apart = (p.household[its.who] != p.household[its.whom]) | (
        year.resident[its.who] != year.resident[its.whom]
    )
    abroad = year.far[its.whom] & p.foreign[its.whom] & (its.relation == RELATIONS.index("parent"))
    abroad &= (
        year.uniform("relative abroad", ever=True, ids=p.number[its.whom])
        < year.rates.value("claims.abroad") * 3
    )
    return (
        pl.DataFrame(
            {
                "person_id": person_ids(p.number[its.who]),
                "relative_id": person_ids(p.number[its.whom]),
                "role": _words(ROLES, its.role),
                "relationship": _words(RELATIONS, its.relation),
                "lives_apart": apart,
                "lives_abroad": abroad,
                "disability": _words(DISABILITIES, life.family.relatives),
                "birth_date": p.birth[its.whom].astype("datetime64[D]"),
                "relative_income": life.totals.total_income[its.whom],
                "stated_on": _stated(life, STATED_ON).gather(its.who),
                "order": its.role,
            }
        )
        .filter(pl.Series(who[its.who]))
        .sort("person_id", "order", "birth_date", "relative_id")
        .drop("order")
    )


def gifts(life: Life, who: Flags) -> pl.DataFrame:
    """Return a row a gift; `gift_no` counts the gifts of a person."""
    frame = giving.lines(
        life.year, life.earned.giving, life.earned.by_notice & who, life.earned.on_return & who
    )
    if not len(frame):
        frame = frame.with_columns(person_id=pl.lit(None, pl.String))
    number = life.year.people.number[frame["who"].to_numpy()]
    frame = frame.with_columns(person_id=person_ids(number)).sort(
        "person_id", "given_on", "recipient_code", "amount"
    )
    counted = frame.with_columns(gift_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("person_id"))
    return counted.select("person_id", "gift_no", "recipient_code", "kind", "amount", "given_on", "via")


def _levy_credit(life: Life) -> Wholes:
    """Of dividends and shares that a tax return declares, what was withheld for the resident tax."""
    declared = np.maximum(life.earned.others["dividend_income"], 0) + np.maximum(
        life.earned.others["stock_income"], 0
    )
    by_account = life.year.uniform("tax withheld by the broker", ever=True) < 0.7
    withheld = life.year.law.income_tax_papers.dividend_levy
    frame = pl.DataFrame({"declared": declared}).select(withheld.down(pl.col("declared")))
    tax_return = life.earned.filed == FILINGS.index("tax_return")
    return np.where(tax_return & by_account, frame.to_series().to_numpy(), 0).astype(np.int64)


def _stated(life: Life, words: dict[int, str]) -> pl.Series:
    table = pl.Series([words.get(code) for code in range(int(ON_JOB) + 1)], dtype=pl.String)
    return table.gather(life.earned.carrier.astype(np.int64))


def _words(words: tuple[str, ...], codes: NDArray[Any]) -> pl.Series:
    return pl.Series(words).gather(np.asarray(codes).astype(np.int64))


def _dates(days: Wholes) -> pl.Series:
    known = pl.Series(days != _NO_DAY)
    dates = pl.Series(np.where(days == _NO_DAY, 0, days).astype("datetime64[D]"))
    return dates.zip_with(known, pl.Series([None], dtype=pl.Date))
