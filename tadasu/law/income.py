"""所得: from the incomes as entered to 合計所得金額 and 総所得金額等."""

import polars as pl

from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.shapes import floor_zero

COMPREHENSIVE = (
    "salary_income",
    "pension_income",
    "business_income",
    "agricultural_income",
    "real_estate_income",
    "interest_income",
    "dividend_income",
    "other_misc_income",
    "comprehensive_transfer_income",
    "temporary_income",
)
"""The incomes that are taxed together."""


def kinds(given: Given) -> list[pl.Expr]:
    """Return each kind of income that has a rate of its own; below zero is zero."""
    adjusted = given.total(*COMPREHENSIVE) - given.whole("income_adjustment")
    long, short = given.whole("separate_transfer_income"), given.whole("short_transfer_income")
    return [
        floor_zero(adjusted).alias("comprehensive_income"),
        floor_zero(short + pl.min_horizontal(long, 0)).alias("short_transfer"),
        floor_zero(long + pl.min_horizontal(short, 0)).alias("long_transfer"),
        floor_zero(given.whole("stock_income")).alias("stock"),
    ]


def totals(given: Given) -> list[pl.Expr]:
    """Return the total income, before losses carried forward, and the aggregate income, after them."""
    separate = pl.col("short_transfer") + pl.col("long_transfer") + pl.col("stock")
    after_loss = floor_zero(pl.col("comprehensive_income") - given.whole("loss_carryforward"))
    return [
        (pl.col("comprehensive_income") + separate).alias("total_income"),
        after_loss.alias("comprehensive_after_loss"),
        (after_loss + separate).alias("aggregate_income"),
    ]


def total(given: Given) -> pl.Expr:
    """Return the total income in one expression, for frames that are not assessed yet."""
    comprehensive = floor_zero(given.total(*COMPREHENSIVE) - given.whole("income_adjustment"))
    separate = floor_zero(given.total("separate_transfer_income", "short_transfer_income"))
    return comprehensive + separate + given.whole("stock_income")


def other_than_pension(given: Given, law: Law) -> pl.Expr:
    """Return the total income as it would be without a pension, by which the pension's deduction goes.

    Of the income adjustment only the part for a high salary stays: the other needs a pension.
    """
    high = law.income_adjustment.high_salary.of(given.whole("salary_revenue"))
    adjustment = pl.min_horizontal(given.whole("income_adjustment"), high)
    others = given.total(*(name for name in COMPREHENSIVE if name != "pension_income"))
    separate = given.total("separate_transfer_income", "short_transfer_income")
    return floor_zero(others - adjustment) + floor_zero(separate) + given.whole("stock_income")
