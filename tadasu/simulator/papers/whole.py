"""What each person would state of the whole year: all incomes, premiums, statuses, in one row a person."""

import polars as pl

from tadasu.law import Law, renew
from tadasu.law import income as law_income
from tadasu.law.given import Given
from tadasu.simulator.facts import Facts
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

_OWN = ("salary_revenue", "salary_income", "pension_revenue", "pension_income", "income_adjustment")
INCOMES = (
    *_OWN,
    *(name for name in law_income.COMPREHENSIVE if name not in _OWN),
    "separate_transfer_income",
    "stock_income",
    "loss_carryforward",
)
"""Incomes and losses, as documents have them."""

PREMIUMS = (*LIFE_PREMIUMS, *EARTHQUAKE_PREMIUMS)
STATUSES = ("self_disability", "widow", "single_parent", "working_student", "minor")


def whole(facts: Facts, law: Law) -> pl.DataFrame:
    """Return a row for each resident of `facts.lives`: its columns, with those of jobs and pensions summed.

    The papers of who is no resident on 1 January go elsewhere. `social_insurance` is all that was paid,
    `own_social_insurance` what was paid by oneself.
    """
    jobs = _sums(facts.jobs, salary_revenue="revenue", job_insurance="social_insurance")
    pensions = _sums(facts.pensions, pension_revenue="revenue", pension_insurance="social_insurance")
    people = facts.lives.filter("is_resident").rename({"social_insurance": "own_social_insurance"})
    for more in (jobs, pensions):
        people = people.join(more, on="person_id", how="left", maintain_order="left")
    amounts = (
        "salary_revenue",
        "job_insurance",
        "pension_revenue",
        "pension_insurance",
        "own_social_insurance",
    )
    people = people.with_columns(pl.col(amounts).fill_null(0)).with_columns(
        social_insurance=pl.sum_horizontal("job_insurance", "pension_insurance", "own_social_insurance"),
        salary_income=pl.lit(0, pl.Int64),
        pension_income=pl.lit(0, pl.Int64),
        income_adjustment=pl.lit(0, pl.Int64),
    )
    return _incomes(people, law)


def _sums(frame: pl.DataFrame, **columns: str) -> pl.DataFrame:
    sums = [pl.col(column).sum().alias(name) for name, column in columns.items()]
    return frame.group_by("person_id").agg(sums).sort("person_id")


def _incomes(people: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Add the incomes from salary and pension, the adjustment, and the total income."""
    high = law.income_adjustment_children(pl.col("salary_revenue"), pl.col("income_adjustment_ground"))
    people = people.with_columns(income_adjustment=high)
    people = renew(people, ("salary_revenue", "pension_revenue"), law).with_columns(
        pl.col("pension_income").fill_null(0)
    )
    beside = law.income_adjustment_pension(
        pl.col("salary_income") - pl.col("income_adjustment"), pl.col("pension_income")
    )
    people = people.with_columns(income_adjustment=pl.col("income_adjustment") + beside)
    given = Given.of(people.schema)
    return (
        people.with_columns(law_income.kinds(given))
        .with_columns(law_income.totals(given))
        .drop("renew_error")
    )
