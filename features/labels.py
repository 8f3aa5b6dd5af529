"""What staff did with each row, as a set of changes: the label, with missing told apart from 'no'.

A row's label is its last word: lines `corrected` make a set of changes, `no_change` none, `inquiry` alone is
open (no label), and a row without a line, or closed in bulk, has no label either.
"""

import polars as pl

from features.values import NUMBER, parse

SIGNATURE = "signature"


def labels(corrections: pl.DataFrame, bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return (row_id, signature, asked): what was changed ('' for nothing), whether staff had to inquire.

    `bulk_staff` are the staff_ids under which the ward closes rows in bulk; such rows get no label.
    """
    judged = corrections.filter(~pl.col("staff_id").fill_null("").is_in(list(bulk_staff)))
    asked = judged.group_by("row_id").agg(
        asked=(pl.col("outcome") == "inquiry").any(), answered=(pl.col("outcome") != "inquiry").any()
    )
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    value = parse(pl.col("new_value")).fill_null(0)
    text = number.cast(pl.String).str.zfill(2) + "=" + value.cast(pl.String)
    changed = (
        judged.filter(pl.col("outcome") == "corrected", pl.col("field").is_not_null())
        .select("row_id", text=text)
        .unique()
        .sort("row_id", "text")
        .group_by("row_id", maintain_order=True)
        .agg(signature=pl.col("text").str.join("|"))
    )
    known = asked.filter("answered").select("row_id", "asked").join(changed, on="row_id", how="left")
    return known.with_columns(pl.col(SIGNATURE).fill_null("")).sort("row_id")
