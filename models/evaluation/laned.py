"""Lanes for a contestant that has none: by its own probabilities, under the promise that Tadasu makes."""

import polars as pl

from models.certificate import Known
from models.hours import SHOWN
from models.lanes import in_lanes
from models.seconds import Seconds
from models.settings import SuggestSettings
from models.tested import in_season, with_label


def laned(
    lines: pl.DataFrame,
    rows: pl.DataFrame,
    sample: pl.DataFrame,
    seconds: Seconds,
    settings: SuggestSettings,
) -> pl.DataFrame:
    """Return `lines` with a lane for each row: the least expected seconds, cleared as the drawn rows certify.

    Args:
        lines: of a baseline, in their order.
        rows: the labelled rows (`models.evaluation.rows.judged_rows`); the drawn rows' labels alone are read.
        sample: tax_year, row_id, drawn: of the whole list.
        seconds: by hand, of each outcome.
        settings: the promise and the time model.

    A baseline takes its probabilities at their word: it proposes rightly as often as it gives its likeliest
    proposed field, shows a wrong field as often as its first three add up to, and asks nobody.
    """
    known = rows.select("row_id", wrong="corrected", missed_yen=pl.col("yen").abs())
    judged = _rows(lines).join(known, on="row_id", how="left").join(sample, on="row_id", how="left")
    judged = judged.with_columns(held=pl.lit(""), p_asked=pl.lit(0.0)).sort("row_id").drop("drawn")
    certificate = in_season(judged, with_label(sample, judged), settings, model_id="", known=Known())
    lanes = in_lanes(judged, certificate, seconds, settings).select("row_id", "lane")
    return lines.drop("lane").join(lanes, on="row_id", how="left", maintain_order="left")


def _rows(lines: pl.DataFrame) -> pl.DataFrame:
    """Return by row what its lines say together, as `models.lanes.in_lanes` reads it."""
    changes = pl.col("proposed") & pl.col("proposed_value").is_not_null()
    p = pl.col("p_correction").first()
    return lines.group_by("row_id", maintain_order=True).agg(
        p_correction=p,
        leaves=~changes.any(),
        p_proposed=pl.when(changes.any()).then(pl.col("p_field").filter(changes).max()).otherwise(1.0 - p),
        p_shown=pl.min_horizontal(pl.col("p_field").head(SHOWN).sum(), p),
    )
