"""Deductions as papers state them: income-tax amounts, on resident returns those of the resident tax."""

from collections.abc import Callable

import polars as pl

from tadasu.law import Law
from tadasu.law.allowances import SpouseSpecial
from tadasu.law.deductions import DEDUCTIONS, following
from tadasu.law.given import Given
from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

Premiums = Callable[..., pl.Expr]


def income_tax(frame: pl.DataFrame, tax: IncomeTax) -> pl.DataFrame:
    """Return documents (with what `stated` columns they have) with all deductions in income-tax amounts.

    The frame has total_income of the person, counts, statuses, spouse_total_income, premiums, and the amounts
    that are the same in both taxes; what a paper does not know is null.
    """
    return _total(
        frame.with_columns(
            _life(tax.life_insurance.of),
            _earthquake(tax.earthquake_insurance.of),
            _special(tax.spouse_special),
            pl.col("specified_income_tax").fill_null(0).alias("specified_relative_special"),
            **tax.following(pl.col("total_income")),
        )
    )


def resident_tax(frame: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return documents with all deductions in resident-tax amounts (see `income_tax`)."""
    return _total(
        frame.with_columns(
            _life(law.deductions.life_insurance.of),
            _earthquake(law.deductions.earthquake_insurance.of),
            _special(law.deductions.spouse_special),
            pl.col("specified_resident_tax").fill_null(0).alias("specified_relative_special"),
            *following(Given.of(frame.schema), law, pl.col("total_income")),
        )
    )


def _life(of: Premiums) -> pl.Expr:
    return of(*(pl.col(name).fill_null(0) for name in LIFE_PREMIUMS)).alias("life_insurance")


def _earthquake(of: Premiums) -> pl.Expr:
    return of(*(pl.col(name).fill_null(0) for name in EARTHQUAKE_PREMIUMS)).alias("earthquake_insurance")


def _special(table: SpouseSpecial) -> pl.Expr:
    """The table gives nothing for a spouse within the limit; where none is claimed, there is no amount."""
    amount = table.of(pl.col("spouse_total_income"), pl.col("total_income"))
    return amount.fill_null(0).alias("spouse_special_deduction")


def _total(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        deductions_total=pl.sum_horizontal(pl.col(name).fill_null(0) for name in DEDUCTIONS)
    )
