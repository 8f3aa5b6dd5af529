"""Each row's lane (the least expected seconds that the certificate allows) and its rank (by its worth)."""

import polars as pl

from models.certificate import Certificate
from models.hours import expected_seconds
from models.seconds import Seconds
from models.settings import SuggestSettings


def in_lanes(
    rows: pl.DataFrame, certificate: Certificate | None, seconds: Seconds, settings: SuggestSettings
) -> pl.DataFrame:
    """Add `lane`, `hand` and `expected` (seconds, by hand and in that lane).

    Args:
        rows: held and what `models.hours.expected_seconds` reads.
        certificate: what may be cleared; without one, nothing.
        seconds: by hand, of each outcome.
        settings: the time model; from which probability on a row may go to `inquire`.
    """
    cleared = pl.lit(value=False) if certificate is None else certificate.clears()
    may_inquire = pl.col("p_asked") > settings.inquire_from
    known = expected_seconds(rows, seconds, settings.time)
    inquire = pl.when(may_inquire).then("sec_inquire")
    least = pl.min_horizontal("sec_confirm", "sec_review", inquire)
    lane = (
        pl.when(cleared).then(pl.lit("clear"))
        .when(pl.col("sec_confirm") == least).then(pl.lit("confirm"))
        .when(pl.col("sec_review") == least).then(pl.lit("review"))
        .otherwise(pl.lit("inquire"))
    )  # fmt: skip
    chosen = known.with_columns(lane=lane)
    expected = pl.when(pl.col("lane") == "clear").then("sec_clear").otherwise(least)
    return chosen.with_columns(expected=expected).select(
        pl.exclude("sec_clear", "sec_confirm", "sec_review", "sec_inquire")
    )


def ranked(rows: pl.DataFrame, settings: SuggestSettings) -> pl.DataFrame:
    """Add `rank` (1: look first): by worth, or worth a minute; what is cleared comes last.

    Args:
        rows: row_id, lane, expected, p_correction; expected_yen (of its correction, up or down alike).
        settings: what a correction is worth beside its yen, and how much the minutes count.
    """
    worth = pl.col("expected_yen") + pl.col("p_correction") * settings.correction_worth
    score = worth / (pl.col("expected") / 60.0) ** settings.per_minute
    ordered = rows.with_columns(last=pl.col("lane") == "clear", score=score).sort(
        "last", "score", "p_correction", "row_id", descending=[False, True, True, False]
    )
    return ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32)).drop("last", "score")
