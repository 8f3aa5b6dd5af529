"""Expressions that many checks share: an amount without nulls, a flag without nulls, a sum of counts."""

import polars as pl

from tadasu.law.deductions import DEPENDENTS

SALARY = ("salary_revenue", "salary_income", "social_insurance")
"""What is wrong together where a salary report is."""
PENSION = ("pension_revenue", "pension_income", "social_insurance")
"""What is wrong together where a pension report is."""


def n(name: str) -> pl.Expr:
    """Return an amount or a count (Int64), 0 where nothing is stated."""
    return pl.col(name).fill_null(0)


def is_set(name: str) -> pl.Expr:
    """Return a flag, false where nothing is stated."""
    return pl.col(name).fill_null(value=False)


def differs(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Return whether two known values differ; false where either is unknown."""
    return (left != right).fill_null(value=False)


def has_spouse(name: str = "spouse_kind") -> pl.Expr:
    """Return whether a spouse is claimed for the spouse deduction."""
    return pl.col(name).fill_null("none") != "none"


def dependents(prefix: str = "") -> pl.Expr:
    """Return how many dependants of 16 and older are counted."""
    return pl.sum_horizontal([n(prefix + name) for name in DEPENDENTS])
