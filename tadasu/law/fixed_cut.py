"""定額減税: the cut of a fixed amount per person, and what remained of it for the year after."""

import polars as pl

from tadasu.law.deductions import COUNTS, has_spouse
from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.shapes import floor_zero


def cut(given: Given, law: Law) -> pl.Expr:
    """Return 定額減税額, at most the levy after credits; relatives abroad do not count."""
    rule, total = law.fixed_amount_cut, pl.col("total_income")
    if not rule.per_person.value and not rule.remnant.value:
        return pl.lit(0, pl.Int64)
    spouse = has_spouse(given) & (total <= law.income_limits.spouse_claimant.value)
    at_home = floor_zero(spouse.cast(pl.Int64) + given.total(*COUNTS) - given.whole("n_abroad"))
    each = pl.when(total <= rule.income_limit.value).then((at_home + 1) * rule.per_person.value).otherwise(0)
    left_over = (
        given.flag("remnant_spouse")
        & (total > law.income_limits.spouse_claimant.value)
        & (total <= rule.remnant_income_limit.value)
    )
    amount = each + pl.when(left_over).then(rule.remnant.lit).otherwise(0)
    return pl.min_horizontal(amount, pl.col("levy_before_relief") - pl.col("levy_relief"))


def split() -> list[pl.Expr]:
    """Return each side's part of the cut: the metropolis's in proportion to the levies and rounded up."""
    levy, cut = pl.col("levy_ward") + pl.col("levy_metropolis"), pl.col("fixed_amount_cut")
    product = cut * pl.col("levy_metropolis")
    metropolis = pl.when((cut > 0) & (levy > 0)).then((product + levy - 1) // levy).otherwise(0)
    return [
        metropolis.alias("fixed_amount_cut_metropolis"),
        (cut - metropolis).alias("fixed_amount_cut_ward"),
    ]
