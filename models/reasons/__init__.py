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
OPEN = "決め手なし、候補"
"""What begins the sentences of a row that needs a correction, likely, though no repair is likely enough."""
UNKNOWN = "根拠の記載なし"
EVEN = 0.5
SHORT = 16
"""Characters of a kind's label up to which it stands beside the next candidate's value."""


def sentences(
    lines: pl.DataFrame, frames: dict[str, pl.DataFrame], tables: dict[str, pl.DataFrame], law: Law
) -> pl.DataFrame:
    """Return `lines`' (row_id, field) in their order with `ground`: the sentence of the line's own repair.

    A row that is left as recorded is told why; its other lines, and lines that are not proposed, say so.
    Where nothing is proposed though the row rather needs a correction (p_correction over one half, if the
    lines have it), the record is not defended: each line says what speaks for its value.

    `lines` have row_id, field, repair_id, current_value, proposed_value, proposed (see `facts.of`); `frames`
    are the year's repairs and changes, `tables` its extract.
    """
    known = facts.of(lines, frames, tables, sources(tables, law))
    none = ~(pl.col("proposed") & pl.col("field_name").is_not_null()).any().over("row_id")
    needed = lines["p_correction"] > EVEN if "p_correction" in lines.columns else pl.lit(value=False)
    known = known.with_columns(needed=needed)
    opened = none & pl.col("needed") & pl.col("field_name").is_not_null()
    labels = {kind.name: kind.label for kind in KINDS}
    parts = []
    for (kind, stay), part in known.with_columns(stays=none & ~opened, opened=opened).group_by(
        "kind", "stays"
    ):
        named = re.sub("（.*", "", labels.get(str(kind), ""))
        own = BUILDERS.get(str(kind), fallback(named))
        begins = pl.when("opened").then(pl.lit(OPEN)).otherwise(pl.lit(NEXT))
        second = pl.when("proposed").then(own).otherwise(pl.format("{}：{}", begins, own))
        how = f"：{named}" if len(named) <= SHORT else ""
        stayed = left() + (pl.format("（{} {}{}）", pl.lit(NEXT), "value_text", pl.lit(how)) if kind else "")
        # No line goes without a reason, whatever a repair that is new here says of itself.
        least = pl.format("{} {}→{}：{}", "label", "now_text", "value_text", pl.lit(named or UNKNOWN))
        told = pl.coalesce(*((stayed, left()) if stay else (second, least)), pl.lit(named or UNKNOWN))
        parts.append(part.select("line", "row_id", field="field_name", ground=told))
    return pl.concat(parts).sort("line").drop("line")
