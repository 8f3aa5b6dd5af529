"""税額控除: adjustment, dividends, housing loan, and what is left of the levy after all credits."""

from fractions import Fraction

import polars as pl

from tadasu.law.deductions import DEPENDENTS, by_count, by_flag, own_disability
from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.shapes import floor_zero


def difference(given: Given, law: Law) -> pl.Expr:
    """Return the sum of 人的控除額の差, by statuses and counts as given."""
    table = law.differences
    counted = {name: getattr(table, name[2:]).value for name in DEPENDENTS} | {
        "n_disabled_ordinary": table.disability_ordinary.value,
        "n_disabled_special": table.disability_special.value,
        "n_disabled_special_cohabiting": table.disability_special_cohabiting.value,
    }
    return (
        table.basic.value
        + by_count(given, counted)
        + own_disability(given, table.disability_ordinary.value, table.disability_special.value)
        + by_flag(given, "widow", table.widow.value)
        + by_flag(given, "working_student", table.working_student.value)
        + _single_parent(given, law)
        + _spouse(given, law)
    )


def _single_parent(given: Given, law: Law) -> pl.Expr:
    """A father's difference is smaller; where nobody says the sex, a mother's is taken."""
    father, mother = law.differences.single_parent_father.value, law.differences.single_parent_mother.value
    amount = pl.when(given.word_is("sex", "M")).then(father).otherwise(mother).cast(pl.Int64)
    return given.flag("single_parent").cast(pl.Int64) * amount


def _spouse(given: Given, law: Law) -> pl.Expr:
    table, total = law.differences, pl.col("total_income")
    special = table.spouse_special.of(given.whole("spouse_total_income"), total)
    return (
        pl.when(given.word_is("spouse_kind", "general"))
        .then(table.spouse_general.of(total))
        .when(given.word_is("spouse_kind", "elderly"))
        .then(table.spouse_elderly.of(total))
        .when(given.whole("spouse_special_deduction") > 0)
        .then(special)
        .otherwise(0)
    )


def adjustment(law: Law) -> list[pl.Expr]:
    """Return 調整控除 of each side."""
    rule, d, taxable = (
        law.adjustment_credit,
        pl.col("personal_deduction_difference"),
        pl.col("taxable_comprehensive"),
    )
    above = pl.max_horizontal(rule.least.lit, d - floor_zero(taxable - rule.taxable_threshold.value))
    base = (
        pl.when(pl.col("total_income") > rule.income_limit.value)
        .then(0)
        .when(taxable <= rule.taxable_threshold.value)
        .then(pl.min_horizontal(d, taxable))
        .otherwise(above)
    )
    return [
        side.adjustment.down(base).alias(f"adjustment_credit_{name}") for name, side in law.ordinance.sides
    ]


def dividend(given: Given, law: Law) -> list[pl.Expr]:
    """Return 配当控除 of each side: of the dividend in the comprehensive taxable income, its top slice."""
    taxable, threshold = pl.col("taxable_comprehensive"), law.dividend_threshold.value
    income = pl.min_horizontal(given.whole("dividend_income"), taxable)
    above = pl.min_horizontal(income, floor_zero(taxable - threshold))
    return [
        _dividend(side.dividend.fraction, side.dividend_above.fraction, income, above).alias(
            f"dividend_credit_{name}"
        )
        for name, side in law.ordinance.sides
    ]


def _dividend(below_rate: Fraction, above_rate: Fraction, income: pl.Expr, above: pl.Expr) -> pl.Expr:
    """Both slices together are rounded up to the yen."""
    over = below_rate.denominator * above_rate.denominator
    product = (income - above) * int(below_rate * over) + above * int(above_rate * over)
    return (product + (over - 1)) // over


def housing_loan(given: Given, law: Law) -> list[pl.Expr]:
    """Return the housing-loan credit as adopted, and its split."""
    adopted = given.whole("housing_loan_credit")
    ward = law.ordinance.ward.housing_loan.up(adopted)
    return [
        adopted.alias("housing_loan_credit"),
        ward.alias("housing_loan_credit_ward"),
        (adopted - ward).alias("housing_loan_credit_metropolis"),
    ]


def left(law: Law) -> list[pl.Expr]:
    """Return what the credits leave of each levy."""
    names = ("adjustment_credit", "dividend_credit", "housing_loan_credit", "donation_credit")
    return [
        floor_zero(
            pl.col(f"levy_before_credits_{side}") - pl.sum_horizontal(f"{name}_{side}" for name in names)
        ).alias(f"levy_after_credits_{side}")
        for side, _ in law.ordinance.sides
    ]
