"""課税標準額 and 所得割額 before credits, and the levies after them, for ward and metropolis apart."""

import polars as pl

from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.shapes import floor_zero

KINDS = ("comprehensive", "short_transfer", "long_transfer", "stock")
"""The kinds of taxable income, in the order in which deductions are taken from them."""

_INCOMES = ("comprehensive_after_loss", "short_transfer", "long_transfer", "stock")


def taxable(law: Law) -> list[pl.Expr]:
    """Return the taxable income of each kind, cut to the thousand, deductions taken in order."""
    before = pl.lit(0, pl.Int64)
    lines = []
    for kind, income in zip(KINDS, _INCOMES, strict=True):
        upto = before + pl.col(income)
        left = floor_zero(upto - pl.col("deductions_total"))
        own = left if kind == KINDS[0] else pl.min_horizontal(left, pl.col(income))
        lines.append(law.rounding.taxable_income.cut(own).alias(f"taxable_{kind}"))
        before = upto
    return lines


def before_credits(law: Law) -> list[pl.Expr]:
    """Return the sum of taxable incomes and the levies that the rates give, unrounded."""
    columns = [f"taxable_{kind}" for kind in KINDS]
    return [
        pl.sum_horizontal(columns).alias("taxable_income"),
        *(
            pl.sum_horizontal(getattr(side, kind).down(pl.col(f"taxable_{kind}")) for kind in KINDS).alias(
                f"levy_before_credits_{name}"
            )
            for name, side in law.ordinance.sides
        ),
    ]


def after_cut(given: Given, law: Law) -> list[pl.Expr]:
    """Return what the fixed-amount cut leaves of each levy, and each side's share of the levy credit."""
    credit = given.whole("dividend_levy_credit")
    ward = law.ordinance.ward.levy_credit.up(credit)
    return [
        *(
            floor_zero(pl.col(f"levy_{side}") - pl.col(f"fixed_amount_cut_{side}")).alias(
                f"levy_after_cut_{side}"
            )
            for side in ("ward", "metropolis")
        ),
        ward.alias("levy_credit_ward"),
        (credit - ward).alias("levy_credit_metropolis"),
    ]


def final(law: Law) -> list[pl.Expr]:
    """Return each levy as it is charged, the forest tax, and the levy credit that exceeds the levies."""
    lines, refund = [], pl.lit(0, pl.Int64)
    owes_levy, owes_per_capita = pl.col("owes_income_levy"), pl.col("owes_per_capita")
    for name, side in law.ordinance.sides:
        before = pl.when(owes_levy).then(pl.col(f"levy_after_cut_{name}")).otherwise(0)
        left = before - pl.col(f"levy_credit_{name}")
        refund = refund + floor_zero(-left)
        lines += [
            law.rounding.levy.cut(floor_zero(left)).alias(f"income_levy_{name}"),
            pl.when(owes_per_capita).then(side.per_capita.lit).otherwise(0).alias(f"per_capita_levy_{name}"),
        ]
    return [
        *lines,
        pl.when(pl.col("is_here")).then(refund).otherwise(0).alias("levy_credit_refund"),
        pl.when(owes_per_capita).then(law.forest_tax.lit).otherwise(0).alias("forest_tax"),
    ]


def sums() -> list[pl.Expr]:
    """Return each line as the sum of ward and metropolis, and the whole tax."""
    both = {
        "income_levy_before_credits": "levy_before_credits",
        "adjustment_credit": "adjustment_credit",
        "dividend_credit": "dividend_credit",
        "donation_credit": "donation_credit",
        "income_levy": "income_levy",
        "per_capita_levy": "per_capita_levy",
    }
    lines = {name: pl.col(f"{of}_ward") + pl.col(f"{of}_metropolis") for name, of in both.items()}
    tax = lines["income_levy"] + lines["per_capita_levy"] + pl.col("forest_tax")
    return [*(line.alias(name) for name, line in lines.items()), tax.alias("resident_tax")]
