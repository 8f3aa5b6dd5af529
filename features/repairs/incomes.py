"""The incomes that a person's papers allow beside the recorded one: what a relative really earned.

A relative's record can be wrong itself (a report counted twice, a previous employer counted again); the
claimant's row is then settled by the income as it will stand once that is put right.
"""

import polars as pl

from tadasu.law import Law

MOST = 4
"""Different incomes that are tried for one person."""


def in_force() -> pl.Expr:
    """Say whether a document counts: neither cancelled nor superseded by a later one."""
    superseded = pl.col("supersedes").drop_nulls().implode()
    return ~pl.col("is_cancelled").fill_null(value=False) & ~pl.col("document_id").is_in(superseded)


def paper_incomes(tables: dict[str, pl.DataFrame], law: Law) -> pl.DataFrame:
    """Return (person_id, income, place): total incomes, in yen, other than the recorded one.

    The salary is taken as one report alone, as the income that a report states, or as all of them less what
    a previous employer paid; or the total that a return states is taken.
    """
    standing = tables["documents"].filter(in_force())
    reports = standing.filter(pl.col("kind") == "salary_report").with_columns(
        pl.col("salary_revenue", "previous_salary_revenue").fill_null(0)
    )
    sums = reports.group_by("person_id").agg(
        whole=pl.col("salary_revenue").sum(), previous=pl.col("previous_salary_revenue").sum()
    )
    salaries = pl.concat(
        [
            reports.select("person_id", salary=law.salary_income.of(pl.col("salary_revenue"))),
            reports.select("person_id", salary="salary_income"),
            sums.select("person_id", salary=law.salary_income.of(pl.col("whole") - pl.col("previous"))),
            sums.select("person_id", salary=law.salary_income.of(pl.col("whole"))),
        ]
    )
    recorded = tables["assessments"].select(
        "person_id", "total_income", pl.col("salary_income").fill_null(0).alias("now")
    )
    by_salary = salaries.join(recorded, on="person_id").select(
        "person_id", "total_income", income=pl.col("total_income") - pl.col("now") + pl.col("salary")
    )
    returns = standing.filter(pl.col("total_income").is_not_null()).select("person_id", income="total_income")
    by_return = returns.join(recorded.drop("now"), on="person_id").select(by_salary.columns)
    every = pl.concat([by_salary, by_return]).filter(
        (pl.col("income") >= 0) & (pl.col("income") != pl.col("total_income"))
    )
    return (
        every.select("person_id", "income")
        .unique()
        .sort("person_id", "income")
        .with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64).over("person_id"))
        .filter(pl.col("place") < MOST)
    )
