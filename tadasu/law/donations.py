"""寄附金税額控除: basic part, special part for gifts to municipalities, one-stop part."""

from fractions import Fraction

import polars as pl

from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.parameters import Side
from tadasu.law.shapes import floor_zero


def special(given: Given, law: Law) -> list[pl.Expr]:
    """Return 特例控除額 of each side, rounded up, at most a share of the levy after the adjustment credit."""
    rule = law.donation_credit
    gift = floor_zero(given.whole("donation_furusato") - rule.floor.value)
    return [
        pl.min_horizontal(
            _special(law, gift, side),
            rule.special_cap.down(
                floor_zero(pl.col(f"levy_before_credits_{name}") - pl.col(f"adjustment_credit_{name}"))
            ),
        ).alias(f"donation_special_{name}")
        for name, side in law.ordinance.sides
    ]


def _special(law: Law, gift: pl.Expr, side: Side) -> pl.Expr:
    """The rate goes by the taxable income less the differences; without a base, by what else is taxed."""
    rule, share = law.donation_credit, side.donation_special.fraction
    base = pl.col("special_rate_base")
    without = rule.special_rate_no_base.up_share(gift, share)
    by_long = rule.special_rate_long_transfer.up_share(gift, share)
    by_short = rule.special_rate_short_transfer.up_share(gift, share)
    return (
        pl.when(base >= 0)
        .then(rule.special_rate.rate_of(base, gift, share))
        .when(pl.col("taxable_short_transfer") > 0)
        .then(by_short)
        .when(pl.col("taxable_long_transfer") + pl.col("taxable_stock") > 0)
        .then(by_long)
        .otherwise(without)
    )


def rate_base(law: Law) -> pl.Expr:
    """Return what the rate of the special part goes by: 課税総所得金額 less 人的控除差調整額."""
    addition = law.donation_credit.difference_addition.of(pl.col("total_income"))
    return pl.col("taxable_comprehensive") - pl.col("personal_deduction_difference") - addition


def credit(given: Given, law: Law) -> list[pl.Expr]:
    """Return the donation credit of each side, before it is limited by what is left of the levy."""
    common = given.total("donation_furusato", "donation_other")
    return [
        (
            _basic(law, common + given.whole(f"donation_{name}_only"), side)
            + pl.col(f"donation_special_{name}")
            + _one_stop(given, law, pl.col(f"donation_special_{name}"))
        ).alias(f"donation_credit_{name}")
        for name, side in law.ordinance.sides
    ]


def _basic(law: Law, gifts: pl.Expr, side: Side) -> pl.Expr:
    """The income's share that limits the gifts is not rounded, so it is kept as a fraction until the end."""
    rule, share = law.donation_credit, law.donation_credit.income_share.fraction
    limit = pl.col("aggregate_income") * share.numerator
    creditable = floor_zero(
        pl.min_horizontal(gifts * share.denominator, limit) - rule.floor.value * share.denominator
    )
    return side.donation.up_share(creditable, Fraction(1, share.denominator))


def _one_stop(given: Given, law: Law, special_part: pl.Expr) -> pl.Expr:
    if not given.has("one_stop"):
        return pl.lit(0, pl.Int64)
    share = law.donation_credit.one_stop.rate_of(pl.col("special_rate_base"), special_part)
    return pl.when(given.flag("one_stop")).then(share).otherwise(0)
