"""Whether a repair settles its row: what the list, the adopted paper or the law implies holds after it.

Precedence of papers (所得税の申告書 over 住民税申告書 over 支払報告書, 地方税法315条・317条の6): the value
of the strongest kind in force counts, the later one of a kind; what reports state in parts is added up.
"""

import polars as pl

from features.precedence import place
from features.repairs import Proposed
from features.repairs.kinds import KIND_NUMBER
from features.repairs.papers import SUMMED
from features.repairs.sources import Sources
from features.values import NUMBER

LAWFUL = ("recompute", "recompute_spouse", "reclassify", "reclassify_all", "combined", "register_children")
"""Kinds that follow from the law and the register alone."""


def adopted(sources: Sources) -> pl.DataFrame:
    """Return (person, field, adopted): the value that the rule of precedence takes of the papers in force."""
    order = sources.documents.select("document", "received_on", "year_end_adjusted")
    standing = (
        sources.values.filter("in_force").join(order, on="document").with_columns(strength=place("kind"))
    )
    parts = pl.col("field").is_in([NUMBER[name] for name in SUMMED]) & (pl.col("strength") > 1)
    summed = standing.filter(parts).group_by("person", "field").agg(pl.col("value").sum())
    ranked = standing.filter(~parts).sort(
        "person",
        "field",
        "strength",
        "year_end_adjusted",
        "received_on",
        "document",
        descending=[False, False, False, True, True, True],
        nulls_last=True,
    )
    first = ranked.unique(["person", "field"], keep="first", maintain_order=True)
    first = first.select("person", "field", "value")
    missing = summed.join(first, on=["person", "field"], how="anti")
    every = pl.concat([first, missing]).sort("person", "field")
    return every.rename({"value": "adopted"})


def settles(proposed: Proposed, outcome: pl.DataFrame, sources: Sources) -> pl.Series:
    """Return for each repair whether the inconsistency is gone after it.

    The law must find nothing in the record that it did not find before, and fewer contradictions if there
    were any; and the field that the row names must then have the figure that the list expects, or where the
    list has no such figure, the one that the adopted paper states or the law gives.
    """
    rows = sources.rows.select("row", "named", "expected")
    changed = proposed.changes.select("row", "repair_id", named="field", after="value")
    recorded = sources.recorded.rename({"field": "named"})
    paper = adopted(sources).rename({"field": "named"})
    frame = proposed.repairs.select("row", "repair_id", "person", "kinds", "n_changes")
    for other, on in (
        (rows, ["row"]),
        (changed, ["row", "repair_id", "named"]),
        (recorded, ["person", "named"]),
        (paper, ["person", "named"]),
        (
            outcome.select("row", "repair_id", "broken_before", "broken_after", "broken_new"),
            ["row", "repair_id"],
        ),
    ):
        frame = frame.join(other, on=on, how="left", maintain_order="left")
    after = pl.coalesce("after", "recorded")
    bits = sum(2 ** KIND_NUMBER[name] for name in LAWFUL)
    by_law = (pl.col("kinds") & bits) != 0
    as_listed = (after == pl.col("expected")).fill_null(value=False)
    as_implied = by_law | (after == pl.col("adopted")).fill_null(value=False)
    better = (pl.col("broken_after") == 0) | (pl.col("broken_after") < pl.col("broken_before"))
    sound = ~pl.col("broken_new") & better
    return frame.select(settles=sound & (as_listed | as_implied))["settles"]
