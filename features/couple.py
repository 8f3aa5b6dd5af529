"""The taxpayer's partner and children in the household: what widowhood and single parenthood turn on.

Law: 寡婦・ひとり親 (地方税法292条1項11号・12号): no spouse, and for a single parent a child whose income is
within the limit; what stands in the register of the household is the nearest that the tables say of it.
"""

import polars as pl

from features.repairs.family import stayed
from features.repairs.sources import Sources

COUPLE = ("head", "spouse")


def couple(sources: Sources) -> pl.DataFrame:
    """Return by person: the other of head and spouse, and the couple's children.

    partner_here (on 31 December), partner_died, partner_left_days (from the first day of the income year),
    partner_over (income above the relatives' limit); own_children (there on 31 December, within the limit),
    own_children_over.
    """
    law = sources.law
    incomes = sources.incomes.select(other="person_id", income="total_income")
    others = sources.residents.select(
        *("household_id", "left_reason", "left_on"), other="person_id", other_is="relationship"
    ).join(incomes, on="other", how="left")
    own = sources.people.filter(pl.col("relationship").is_in(COUPLE)).select(
        "person", "person_id", "household_id"
    )
    pairs = own.join(others, on="household_id").filter(pl.col("other") != pl.col("person_id"))
    partner, child = pl.col("other_is").is_in(COUPLE), pl.col("other_is") == "child"
    over = pl.col("income").fill_null(0) > law.relative_income_limit
    left = (pl.col("left_on") - pl.date(law.year - 1, 1, 1)).dt.total_days()
    return pairs.group_by("person").agg(
        partner_here=(partner & stayed(law)).any(),
        partner_died=(partner & (pl.col("left_reason") == "died")).any(),
        partner_left_days=left.filter(partner).max(),
        partner_over=(partner & over).any(),
        own_children=(child & stayed(law) & ~over).sum(),
        own_children_over=(child & stayed(law) & over).sum(),
    )
