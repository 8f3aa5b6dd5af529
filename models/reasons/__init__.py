"""Reasons in Japanese: one sentence for the repair of each shown line, from documents, register and law.

`sentences` is the entry; `builders.BUILDERS` lists the sentence of each kind of repair.
"""

import re

import polars as pl

from features.repairs.kinds import KINDS
from features.repairs.sources import sources
from models.reasons import facts
from models.reasons.builders import BUILDERS, fallback, left
from tadasu.law import Law

__all__ = ["sentences"]

NEXT = "次点"
UNKNOWN = "根拠の記載なし"
SHORT = 16
"""Characters of a kind's label up to which it stands beside the next candidate's value."""


def sentences(
    lines: pl.DataFrame, frames: dict[str, pl.DataFrame], tables: dict[str, pl.DataFrame], law: Law
) -> pl.DataFrame:
    """Return `lines`' (row_id, field) in their order with `ground`: the sentence of the line's own repair.

    A row that is left as recorded is told why; its other lines, and lines that are not proposed, say so.

    `lines` have row_id, field, repair_id, current_value, proposed_value, proposed (see `facts.of`); `frames`
    are the year's repairs and changes, `tables` its extract.
    """
    known = facts.of(lines, frames, tables, sources(tables, law))
    stays = ~(pl.col("proposed") & pl.col("field_name").is_not_null()).any().over("row_id")
    labels = {kind.name: kind.label for kind in KINDS}
    parts = []
    for (kind, stay), part in known.with_columns(stays=stays).group_by("kind", "stays"):
        named = re.sub("（.*", "", labels.get(str(kind), ""))
        own = BUILDERS.get(str(kind), fallback(named))
        second = pl.when("proposed").then(own).otherwise(pl.format("{}：{}", pl.lit(NEXT), own))
        how = f"：{named}" if len(named) <= SHORT else ""
        stayed = left() + (pl.format("（{} {}{}）", pl.lit(NEXT), "value_text", pl.lit(how)) if kind else "")
        # No line goes without a reason, whatever a repair that is new here says of itself.
        least = pl.format("{} {}→{}：{}", "label", "now_text", "value_text", pl.lit(named or UNKNOWN))
        told = pl.coalesce(*((stayed, left()) if stay else (second, least)), pl.lit(named or UNKNOWN))
        parts.append(part.select("line", "row_id", field="field_name", ground=told))
    return pl.concat(parts).sort("line").drop("line")
