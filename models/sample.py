"""The one random sample over all lanes: control arm, certificate and elusion sample at once."""

import math
from hashlib import sha256

import polars as pl

from tadasu.tables.made import SAMPLE


def draw(listed: pl.DataFrame, share: float, seed: int) -> pl.DataFrame:
    """Return the table `sample`: with which probability each row was drawn, and whether it was.

    Rows, not households, are drawn, without regard to lane or probability, so each set of as many rows is as
    likely. The draw is that of the rows' hashes under the seed: the same list gives the same sample, and
    anybody can repeat it.
    """
    rows = listed.select("tax_year", "row_id").sort("tax_year", "row_id")
    size = min(rows.height, math.ceil(share * rows.height))
    lots = pl.Series(
        [sha256(f"{seed} {row}".encode()).hexdigest() for row in rows["row_id"]], dtype=pl.String
    )
    drawn = rows.with_columns(lot=lots).with_columns(drawn=pl.col("lot").rank("ordinal") <= size)
    probability = size / rows.height if rows.height else 0.0
    return SAMPLE.arrange(drawn.with_columns(probability=pl.lit(probability, pl.Float64)).drop("lot"))
