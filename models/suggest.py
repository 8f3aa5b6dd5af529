"""From probabilities to the product's output: `suggestions`, one line per row and field."""

import polars as pl

from features.repairs.kinds import KINDS
from models.ranker import Ranker
from models.settings import SuggestSettings
from tadasu.tables import SUGGESTIONS

ROW = ("tax_year", "row_id")
LABELS = {kind.name: kind.label for kind in KINDS}


def suggest(
    ranker: Ranker,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    settings: SuggestSettings,
) -> pl.DataFrame:
    """Return `suggestions` of one year: lines by rank, then proposed, then p_field.

    `frames` are the year's repairs, changes and features; `tables` its extract (inconsistencies are read).
    """
    features = frames["features"].sort(*ROW, "repair_id")
    repairs = features.select(*ROW, "repair_id").with_columns(p=pl.Series(ranker.score(features)))
    chosen = _chosen(repairs)
    lines = _lines(repairs, chosen, frames, settings.lines)
    rows = _ranked(chosen, settings.confirm_from)
    listed = tables["inconsistencies"].select(*ROW, "person_id", "check_code", "document_ids")
    every = rows.join(listed, on=list(ROW)).join(lines, on=list(ROW), how="left")
    every = every.join(_record(features), on=list(ROW), how="left")
    reasons = pl.concat_str("ground", "record", separator=";", ignore_nulls=True)
    made = every.with_columns(
        pl.col("p_field").fill_null(0.0),
        proposed=pl.col("proposed").fill_null(value=True),
        tax_delta=pl.lit(None, dtype=pl.Int64),
        reasons=pl.when(reasons != "").then(reasons),
        model_id=pl.lit(ranker.model_id),
    )
    order = ["rank", "row_id", "proposed", "p_field", "field"]
    made = made.sort(order, descending=[False, False, True, True, False])
    return made.select(pl.col(name).cast(dtype) for name, dtype in SUGGESTIONS.schema.items())


def _chosen(repairs: pl.DataFrame) -> pl.DataFrame:
    """Return by row: P(correction), the likeliest repair ('leave' included), and its probability."""
    leave = pl.col("p").filter(pl.col("repair_id") == 0).first()
    best = pl.col("p").arg_max()
    return repairs.group_by(ROW, maintain_order=True).agg(
        p_correction=(1.0 - leave).clip(0.0, 1.0),
        chosen=pl.col("repair_id").get(best),
        p_chosen=pl.col("p").max(),
    )


def _ranked(chosen: pl.DataFrame, confirm_from: float) -> pl.DataFrame:
    """Rank the rows by P(correction) and give each its lane."""
    lane = pl.when(pl.col("p_chosen") >= confirm_from).then(pl.lit("confirm")).otherwise(pl.lit("review"))
    ordered = chosen.sort("p_correction", "row_id", descending=[True, False])
    return ordered.select(*ROW, "p_correction", lane=lane).with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    )


def _lines(
    repairs: pl.DataFrame, chosen: pl.DataFrame, frames: dict[str, pl.DataFrame], least: int
) -> pl.DataFrame:
    """Return by row and field: how likely it needs correction, to which value, whether that is proposed."""
    key = [*ROW, "repair_id"]
    kinds = frames["repairs"].select(*key, "kind")
    changes = frames["changes"].rename({"proposed": "value"}).join(repairs, on=key).join(kinds, on=key)
    changes = changes.filter(pl.col("p") > 0).join(chosen.select(*ROW, "chosen"), on=list(ROW))
    changes = changes.with_columns(proposed=pl.col("repair_id") == pl.col("chosen"))
    by = [*ROW, "field", "proposed", "p", "repair_id"]
    ordered = changes.sort(by, descending=[False, False, False, True, True, False])
    fields = ordered.group_by(*ROW, "field", maintain_order=True).agg(
        pl.col("proposed").first(),
        p_field=pl.col("p").sum().clip(0.0, 1.0),
        current_value=pl.col("recorded").first(),
        proposed_value=pl.col("value").first(),
        ground=pl.col("kind").first().replace_strict(LABELS, return_dtype=pl.String),
    )
    shown = fields.sort(*ROW, "proposed", "p_field", "field", descending=[False, False, True, True, False])
    place = pl.int_range(pl.len()).over(ROW)
    return shown.filter(pl.col("proposed") | (place < least))


def _record(features: pl.DataFrame) -> pl.DataFrame:
    """Say of each row how its check fared in earlier years, where it was in use."""
    rows, share = pl.col("code_rows"), pl.col("code_corrected_share")
    corrected = (rows * share).round().cast(pl.Int64).cast(pl.String)
    text = pl.format("同じチェック 昨年まで{}件中{}件で修正", rows.cast(pl.Int64).cast(pl.String), corrected)
    leave = features.filter(pl.col("repair_id") == 0)
    return leave.select(*ROW, record=pl.when(rows > 0).then(text))
