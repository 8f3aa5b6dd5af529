"""The relatives on a salary report to rows of `dependents`; who they are the matching file alone says."""

import polars as pl

from tadasu.extract.statutory.matching import RELATIVE
from tadasu.extract.statutory.slots import SLOTS, Slot
from tadasu.tables import DEPENDENTS


def relatives(cells: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Return `line` and the columns of `dependents`; a slot counts where a name or number stands in it.

    Args:
        cells: The fields of the lines, with the relatives' 宛名番号 where the matching file has them.
        documents: line, document_id.
    """
    known = cells.join(documents.select("line", "document_id"), on="line", maintain_order="left")
    rows = [_of(slot, known) for slot in SLOTS]
    empty = pl.DataFrame(schema={"line": pl.Int64(), **DEPENDENTS.schema})
    return pl.concat([empty, *rows]).sort("line", "line_no")


def _of(slot: Slot, cells: pl.DataFrame) -> pl.DataFrame:
    number = f"{RELATIVE}{slot.name}"
    person = pl.col(number) if number in cells.columns else pl.lit(None, pl.String())
    there = pl.any_horizontal(pl.col(name).is_not_null() for name in slot.shown_by)
    told = {
        "document_id": pl.col("document_id"),
        "line_no": pl.lit(slot.line_no),
        "role": pl.lit(slot.role),
        "dependent_person_id": person,
        "lives_abroad": pl.col(slot.kind) != "00",
    }
    return cells.filter(there).select(
        "line",
        *(told.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in DEPENDENTS.schema.items()),
    )
