"""Whether a return adds up: its incomes to its total income, its deductions to theirs.

Of two returns of one person the one that was changed or mis-keyed often does not add up any more.
"""

import polars as pl

from features.precedence import place
from features.repairs.sources import Sources
from tadasu.law.deductions import DEDUCTIONS
from tadasu.law.income import COMPREHENSIVE

SEPARATE = ("separate_transfer_income", "stock_income")
KINDS = ("tax_return", "resident_return")


def return_gaps(sources: Sources) -> pl.DataFrame:
    """Return by return (document) by how much (yen) its parts miss its totals.

    doc_parts_gap: its deductions less their total; doc_total_gap: its incomes less its total income. Null
    where it states no total.
    """
    returns = sources.documents.filter(pl.col("kind").is_in(KINDS)).sort("document")
    parts = pl.sum_horizontal(pl.col(name).fill_null(0) for name in DEDUCTIONS)
    adjusted = pl.sum_horizontal(pl.col(name).fill_null(0) for name in COMPREHENSIVE) - pl.col(
        "income_adjustment"
    ).fill_null(0)
    separate = pl.sum_horizontal(pl.col(name).fill_null(0).clip(lower_bound=0) for name in SEPARATE)
    return returns.select(
        "document",
        doc_parts_gap=parts - pl.col("deductions_total"),
        doc_total_gap=adjusted.clip(lower_bound=0) + separate - pl.col("total_income"),
    )


def odd_returns(sources: Sources) -> pl.DataFrame:
    """Return by person with a return in force: how many of them add up, and whether the newest does.

    returns_fit, returns_odd: returns in force that add up, and that do not; newest_odd: whether the one that
    was received last of the strongest kind, which records are taken from, does not.
    """
    known = sources.documents.filter("in_force").join(return_gaps(sources), on="document")
    odd = pl.any_horizontal(
        (pl.col(name) != 0).fill_null(value=False) for name in ("doc_parts_gap", "doc_total_gap")
    )
    ordered = known.with_columns(odd=odd, strength=place("kind")).sort(
        "person", "strength", "received_on", "document", descending=[False, False, True, False]
    )
    return ordered.group_by("person", maintain_order=True).agg(
        returns_fit=(~pl.col("odd")).sum(), returns_odd=pl.col("odd").sum(), newest_odd=pl.col("odd").first()
    )
