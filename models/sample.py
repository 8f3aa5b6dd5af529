"""The one random sample over all lanes: control arm, certificate and elusion sample at once."""

from hashlib import sha256

import polars as pl

from tadasu.tables import SAMPLE

BYTES = 6
"""Of a row's hash, enough to tell shares of the list apart."""


def draw(listed: pl.DataFrame, share: float, seed: int) -> pl.DataFrame:
    """Return the table `sample`: with which probability each row was drawn, and whether it was.

    Each row is drawn on its own by its hash under the seed, without regard to lane, probability or household:
    a list that grows during the season keeps the rows that were drawn, given how many they are each set of
    that size is as likely, and anybody can repeat the draw.

    Args:
        listed: the year's `inconsistencies`.
        share: the probability, from 0 to 1.
        seed: of the draw.
    """
    rows = listed.select("tax_year", "row_id").sort("tax_year", "row_id")
    lots = [sha256(f"{seed} {row}".encode()).digest()[:BYTES] for row in rows["row_id"]]
    drawn = [int.from_bytes(lot) < share * 256**BYTES for lot in lots]
    made = rows.with_columns(probability=pl.lit(share, pl.Float64), drawn=pl.Series(drawn, dtype=pl.Boolean))
    return SAMPLE.arrange(made)
