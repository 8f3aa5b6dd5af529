"""Income-tax returns (確定申告書) and resident-tax returns (住民税申告書): a row a person who files one."""

import polars as pl

from tadasu.law import Law
from tadasu.simulator.papers.amounts import income_tax, resident_tax
from tadasu.simulator.papers.income_tax import IncomeTax

_WITHOUT_REVENUE = {"salary_income": "salary_revenue", "pension_income": "pension_revenue"}


def filed(whole: pl.DataFrame, gifts: pl.DataFrame) -> pl.DataFrame:
    """Return who files a return: all of `whole`, with kind and what the person gave (donation_total)."""
    given = (
        gifts.filter(pl.col("via") == "return")
        .group_by("person_id")
        .agg(donation_total=pl.col("amount").sum())
    )
    who = whole.filter(pl.col("filing") != "none").join(
        given, on="person_id", how="left", maintain_order="left"
    )
    incomes = {
        name: pl.when(pl.col(revenue) > 0).then(name).otherwise(None)
        for name, revenue in _WITHOUT_REVENUE.items()
    }
    return who.with_columns(kind="filing", names_relatives=pl.lit(value=True), **incomes)


def on_tax_returns(returns: pl.DataFrame, withheld: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return tax returns with deductions and tax; `withheld` is what the reports of each person state."""
    tax = IncomeTax.of(law.year)
    stated = income_tax(returns, tax).join(withheld, on="person_id", how="left", maintain_order="left")
    comprehensive = pl.col("comprehensive_after_loss")
    left = (pl.col("aggregate_income") - pl.col("deductions_total")).clip(0)
    separate = pl.min_horizontal(pl.col("aggregate_income") - comprehensive, left)
    before = tax.tax(comprehensive - pl.col("deductions_total")) + tax.separate_rate.down(
        tax.base_step.cut(separate)
    )
    stated = stated.with_columns(income_tax_before_credits=before)
    loan = pl.col("housing_loan_deductible").fill_null(0)
    return stated.with_columns(
        income_tax=tax.due(pl.col("income_tax_before_credits"), loan),
        withheld_income_tax=pl.col("withheld_income_tax").fill_null(0),
    )


def on_resident_returns(returns: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return resident-tax returns with deductions in resident-tax amounts; nothing is said of income tax."""
    return resident_tax(returns, law)
