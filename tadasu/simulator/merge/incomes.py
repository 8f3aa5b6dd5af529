"""The incomes of a person: the sum over the reports, unless a return fixes them.

Salary and pension income are computed from the revenue by law; a return's stand as it states them, and where
it names no revenue of a kind, the reports of that kind are taken.
"""

import polars as pl

from tadasu.law import Law
from tadasu.law.income import COMPREHENSIVE

OTHERS = (
    *(name for name in COMPREHENSIVE if name not in ("salary_income", "pension_income")),
    "separate_transfer_income",
    "stock_income",
    "loss_carryforward",
)
"""Incomes and losses that only returns state."""

_SUMMED = ("salary_revenue", "pension_revenue", "social_insurance")


def reported(valid: pl.DataFrame) -> pl.DataFrame:
    """Return of each person the sums over reports, and whether any asks for special collection."""
    kinds = pl.col("kind").is_in(("salary_report", "pension_report"))
    return (
        valid.filter(kinds)
        .group_by("person_id")
        .agg(pl.col(*_SUMMED).sum(), pl.col("special_collection").fill_null(value=False).any())
        .sort("person_id")
    )


def incomes(
    one: pl.DataFrame, valid: pl.DataFrame, register: pl.DataFrame, grounds: pl.DataFrame, law: Law
) -> pl.DataFrame:
    """Return a row a person with all incomes, social insurance, adjustment and collection.

    Args:
        one: one paper a person (`in_force.adopted`); its statements are those of a return where it is one.
        valid: all papers in force.
        register: (person_id, birth_date), by which the income from a pension goes.
        grounds: (person_id, has_ground) for the adjustment of a high salary (`claims.grounds`).
        law: of the tax year.
    """
    by_reports = reported(valid).rename(lambda name: name if name == "person_id" else f"reported_{name}")
    people = one.join(by_reports, on="person_id", how="left", maintain_order="left")
    for more in (register, grounds):
        people = people.join(more, on="person_id", how="left", maintain_order="left")
    is_return = pl.col("strength") <= 1
    people = people.select(
        "person_id",
        "strength",
        is_return=is_return,
        birth_date="register_birth",
        stated_salary=pl.when(is_return).then("salary_income"),
        stated_pension=pl.when(is_return).then("pension_income"),
        stated_adjustment=_adjustment(is_return, law),
        special_collection=pl.col("reported_special_collection").fill_null(value=False),
        **{name: _of_return(name, is_return) for name in _SUMMED},
        **{name: pl.when(is_return).then(name).otherwise(0).fill_null(0) for name in OTHERS},
    )
    return _by_law(people, law)


def _of_return(name: str, is_return: pl.Expr) -> pl.Expr:
    reports = pl.col(f"reported_{name}").fill_null(0)
    return pl.when(is_return).then(pl.coalesce(name, reports)).otherwise(reports)


def _adjustment(is_return: pl.Expr, law: Law) -> pl.Expr:
    """Return what a return states, or what an adjusted report states for its own pay, anew of all pay.

    An adjusted report whose own pay is no high one could not state it: the relatives that it names decide.
    """
    stated = pl.col("income_adjustment").fill_null(0)
    all_pay = law.income_adjustment_children(pl.col("reported_salary_revenue"), pl.lit(value=True))
    own_pay = law.income_adjustment_children(pl.col("salary_revenue"), pl.lit(value=True))
    due = (stated > 0) | ((own_pay == 0) & pl.col("has_ground"))
    added = (pl.col("reported_salary_revenue") > pl.col("salary_revenue")).fill_null(value=False)
    adjusted = pl.col("year_end_adjusted").fill_null(value=False)
    return pl.when(~is_return & adjusted & added & due).then(all_pay).otherwise(stated)


def _by_law(people: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Compute salary income, pension income and the adjustment where no return states them.

    An employer states the adjustment for a high salary only; a tax return all of it.
    """
    salary = pl.coalesce("stated_salary", law.salary_income.of(pl.col("salary_revenue")))
    people = people.with_columns(salary_income=salary)
    separate = pl.col("separate_transfer_income").clip(0) + pl.col("stock_income").clip(0)
    others = pl.sum_horizontal(name for name in COMPREHENSIVE if name != "pension_income")
    other = (others - pl.col("stated_adjustment")).clip(0) + separate
    pension = law.pension_income_of(pl.col("pension_revenue"), pl.col("birth_date"), other).fill_null(0)
    people = people.with_columns(pension_income=pl.coalesce("stated_pension", pension))
    beside = law.income_adjustment_pension(
        pl.col("salary_income") - pl.col("stated_adjustment"), pl.col("pension_income")
    )
    by_strength = (
        pl.when(pl.col("strength") == 0)
        .then("stated_adjustment")
        .when("is_return")
        .then(pl.max_horizontal("stated_adjustment", beside))
        .otherwise(pl.col("stated_adjustment") + beside)
    )
    return people.with_columns(income_adjustment=by_strength).drop(
        "strength", "is_return", "stated_salary", "stated_pension", "stated_adjustment"
    )
