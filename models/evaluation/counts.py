"""Counts of a tested year: rows and yen, what was cleared and missed, lanes, repairs that were found."""

import polars as pl

from features.labels import SIGNATURE
from features.values import FIELD_NAMES
from models.evaluation.officers import most
from models.evaluation.yen import changes_of
from models.hours import HOUR
from tadasu.tables import LANES

Tables = dict[str, pl.DataFrame]


def of_year(rows: pl.DataFrame, held: pl.DataFrame, tables: Tables) -> dict[str, float]:
    """Return the numbers of rows and yen, and the bound on what is missed among cleared rows."""
    cleared = int(held["clear_unseen"].sum())
    missed = int((held["clear_unseen"] * held["corrected"]).sum())
    return {
        "rows": float(rows.height),
        "rows_corrected": float(rows["corrected"].sum()),
        "rows_without_label": float(tables["inconsistencies"].height - rows.height),
        "yen_moved": float(held["yen_counted"].sum()),
        "yen_unknown": float(rows["yen"].null_count()),
        "rows_sampled": float(held["sampled"].sum()),
        "rows_certifying": float(held["certifying"].sum()),
        "rows_cleared_unseen": float(cleared),
        "rows_missed": float(missed),
        "rows_timed": float(held["own"].sum()),
        "hours_by_hand": float(held["hand"].sum()) / HOUR,
        "hours_suggested": float(held["cost"].sum()) / HOUR,
        "hours_with_sample": float(held["cost_sampled"].sum()) / HOUR,
        "missed_at_most": most(missed, cleared),
    }


def of_forecast(rows: pl.DataFrame, lines: pl.DataFrame | None) -> dict[str, float]:
    """Return the share cleared and missed where a certificate of the year before cleared rows."""
    if lines is None:
        return {}
    lanes = lines.unique("row_id", maintain_order=True).select("row_id", "lane")
    cleared = rows.join(lanes, on="row_id").filter(lane="clear")
    missed = int(cleared["corrected"].sum())
    return {
        "forecast_cleared": cleared.height / max(1, rows.height),
        "forecast_missed": missed / cleared.height if cleared.height else float("nan"),
        "forecast_missed_at_most": most(missed, cleared.height),
    }


def by_lane(held: pl.DataFrame) -> pl.DataFrame:
    """Count by lane the rows, what became of them, and their projected seconds."""
    parts = [
        held.filter(pl.col(f"lane_{lane}") > 0).select(
            lane=pl.lit(lane),
            rows=pl.len().cast(pl.Int64),
            **{name: pl.col(name).sum().cast(pl.Int64) for name in ("corrected", "asked", "right")},
            **{name: pl.col(name).sum() for name in ("hand", "cost")},
        )
        for lane in LANES
    ]
    return pl.concat(parts)


def has_right_repair(rows: pl.DataFrame, truth: pl.DataFrame) -> pl.Series:
    """Return for each row whether what staff did is among its candidates."""
    found = truth.group_by("row_id").agg(pl.col("is_right").any())
    joined = rows.select("row_id").join(found, on="row_id", how="left", maintain_order="left")
    return joined["is_right"].fill_null(value=False)


def recall(rows: pl.DataFrame, right: pl.Series, repairs: pl.DataFrame) -> dict[str, float]:
    """Return how often the right repair is a candidate: over all, without inquiries, by field."""
    known = rows.with_columns(found=right).filter(pl.col(SIGNATURE) != "")
    settled = known.filter(~pl.col("asked"))
    by_field = changes_of(known).join(known.select("row_id", "found"), on="row_id")
    of_field = {name: by_field.filter(field=name)["found"] for name in FIELD_NAMES}
    metrics = {
        "repairs/recall": _mean(settled["found"]),
        "repairs/recall_all": _mean(known["found"]),
        "repairs/per_row": repairs.height / max(1, repairs["row_id"].n_unique()),
    }
    return metrics | {
        f"repairs/recall_{name}": _mean(found) for name, found in of_field.items() if len(found)
    }


def _mean(found: pl.Series) -> float:
    return int(found.sum()) / len(found) if len(found) else float("nan")
