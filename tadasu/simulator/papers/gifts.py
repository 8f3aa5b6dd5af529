"""Gifts on paper: the lines of returns, and the one-stop notices that municipalities pass on."""

import polars as pl

from tadasu.simulator import chance
from tadasu.simulator.papers import received
from tadasu.tables import DONATIONS


def donations(gifts: pl.DataFrame, documents: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """Return the table `donations`: of gifts told by a return the return's lines, of others a notice each.

    A gift that its giver meant to tell by a return, and filed none, stands nowhere.
    """
    returns = documents.filter(pl.col("kind").is_in(("tax_return", "resident_return")))
    filed = returns.select("person_id", "document_id", returned_on="received_on")
    lines = gifts.filter(pl.col("via") == "return").join(
        filed, on="person_id", how="inner", maintain_order="left"
    )
    notices = gifts.filter(pl.col("via") == "one_stop")
    lines = lines.with_columns(source=pl.lit("return"), received_on="returned_on")
    notices = notices.with_columns(
        source=pl.lit("one_stop"),
        document_id=pl.lit(None, pl.String),
        received_on=_passed_on(notices, seed, year),
    )
    number = (
        pl.lit(f"G{year % 100:02d}")
        + pl.col("person_id").str.slice(1)
        + pl.col("gift_no").cast(pl.String).str.zfill(2)
    )
    both = pl.concat([lines.select(notices.columns), notices])
    made = both.with_columns(donation_id=number, tax_year=pl.lit(year, pl.Int32))
    return DONATIONS.arrange(
        made.select(pl.col(name).cast(dtype) for name, dtype in DONATIONS.schema.items())
    )


def _passed_on(notices: pl.DataFrame, seed: int, year: int) -> pl.Series:
    """A municipality passes all its notices on at once."""
    place = notices["recipient_code"].cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    return received.day(year, "one_stop", chance.uniform(seed, "one-stop notices sent", year, place))
