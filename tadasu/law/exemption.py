"""非課税: who pays no tax at all, no per-capita levy, no income levy; and the adjustment near the limit."""

import polars as pl

from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.parameters import Exemption, PerCapitaExemption
from tadasu.law.shapes import floor_zero


def limits(given: Given, law: Law) -> list[pl.Expr]:
    """Return who is a resident, exempt from all, and liable to each levy."""
    exempt = given.flag("public_assistance") | (
        _status(given) & (pl.col("total_income") <= law.income_limits.exempt_status.value)
    )
    here = given.flag("is_resident", unless_said=True)
    liable = here & ~exempt
    above_per_capita = pl.col("total_income") > limit(law.ordinance.exemption)
    above_levy = pl.col("aggregate_income") > limit(law.exemption)
    return [
        here.alias("is_here"),
        (liable & above_per_capita).alias("owes_per_capita"),
        (liable & above_per_capita & above_levy).alias("owes_income_levy"),
    ]


def limit(rule: Exemption | PerCapitaExemption) -> pl.Expr:
    """Return the income limit by the number of relatives."""
    n = pl.col("n_relatives")
    with_dependents = pl.when(n > 0).then(rule.with_dependents.lit).otherwise(0)
    return (n + 1) * rule.per_head.value + rule.base.value + with_dependents


def _status(given: Given) -> pl.Expr:
    disabled = given.word_is("self_disability", "ordinary") | given.word_is("self_disability", "special")
    return disabled | given.flag("minor") | given.flag("widow") | given.flag("single_parent")


def relief(law: Law) -> list[pl.Expr]:
    """Return 所得割の調整額: what keeps the levy from pushing the income below the limit."""
    levy = pl.col("levy_after_credits_ward") + pl.col("levy_after_credits_metropolis")
    shortfall = floor_zero(limit(law.exemption) - (pl.col("aggregate_income") - levy))
    return [pl.min_horizontal(shortfall, levy).alias("levy_relief"), levy.alias("levy_before_relief")]


def relieved() -> list[pl.Expr]:
    """Return what the relief leaves of each levy; each part is pro rata, a fraction of a yen relieved too."""
    relief, levy = pl.col("levy_relief"), pl.col("levy_before_relief")
    lines = []
    for side in ("ward", "metropolis"):
        own = pl.col(f"levy_after_credits_{side}")
        part = pl.when(relief > 0).then((relief * own + levy - 1) // levy).otherwise(0)
        lines.append((own - part).alias(f"levy_{side}"))
    return lines
