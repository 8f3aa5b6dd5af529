"""Figures of a held-out year: what the suggestions would have been, beside what staff did.

Each figure comes with a 95 % interval from resampled households and with the baseline beside it: the share
corrected of the row's check code in earlier years, proposing the figure that the list expects.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.metrics import average_precision_score

from features.labels import labels
from features.values import FIELD_NAMES, NUMBER, parse
from models.ranker import Floats, Ranker
from models.settings import EvaluateSettings, SuggestSettings
from models.suggest import suggest
from models.training import Progress

BINS = 15
SHRINK = 5
"""Rows of the overall share that a check's own share is mixed with."""
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """The figures (`name`, `name_low`, `name_high`, `base_name`), and per row what the pictures need."""

    metrics: dict[str, float]
    p: Array
    y: Array
    baseline_p: Array
    checks: list[str] = field(default_factory=list)
    yen: Array | None = None


def evaluate(
    ranker: Ranker,
    year: int,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    past: dict[int, dict[str, pl.DataFrame]],
    settings: EvaluateSettings,
    progress: Progress | None = None,
    bulk_staff: tuple[str, ...] = (),
) -> Evaluation:
    """Judge the labelled rows of `year` with a ranker that never saw it, and measure.

    `past` holds the extract of earlier years, for the baseline alone.
    """
    tell = progress or (lambda _label, _share: None)
    told = labels(tables["corrections"], bulk_staff)
    lines = suggest(ranker, frames, tables, SuggestSettings())
    tell(f"{year}年度を判定", 0.3)
    rows = _rows(lines, told).join(_baseline(tables, past, told, bulk_staff), on="row_id").sort("row_id")
    homes = tables["residents"].select("person_id", "household_id")
    rows = rows.join(homes, on="person_id", how="left", maintain_order="left")
    metrics = _with_intervals(rows, settings, tell)
    metrics |= _recall(frames, told)
    checks = tables["inconsistencies"].select("row_id", "check_name")
    named = rows.join(checks, on="row_id", how="left", maintain_order="left")["check_name"].fill_null("")
    tell("", 1.0)
    return Evaluation(
        metrics, _column(rows, "p"), _column(rows, "y"), _column(rows, "base_p"), checks=named.to_list()
    )


def _column(rows: pl.DataFrame, name: str) -> Array:
    return rows[name].cast(pl.Float64).to_numpy()


def _coded(value: str) -> pl.Expr:
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    return number.cast(pl.String).str.zfill(2) + "=" + parse(pl.col(value)).cast(pl.String)


def _rows(lines: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return by labelled row: p, y, and whether first field, first value and the whole proposal are right."""
    coded = lines.with_columns(change=_coded("proposed_value")).join(
        told.select("row_id", signature="signature"), on="row_id"
    )
    inside = pl.format("|{}|", pl.col("signature"))
    by_field = coded.sort("row_id", "p_field", "field", descending=[False, True, False])
    first = by_field.group_by("row_id", maintain_order=True).agg(
        pl.col("person_id", "p_correction", "signature").first(),
        field_right=inside.str.contains(
            pl.format("|{}=", pl.col("change").str.head(2)), literal=True
        ).first(),
        value_right=inside.str.contains(pl.format("|{}|", pl.col("change")), literal=True).first(),
    )
    proposed = (
        coded.filter(pl.col("proposed") & pl.col("change").is_not_null())
        .sort("row_id", "change")
        .group_by("row_id", maintain_order=True)
        .agg(proposal=pl.col("change").str.join("|"))
    )
    joined = first.join(proposed, on="row_id", how="left").with_columns(pl.col("proposal").fill_null(""))
    return joined.select(
        "row_id",
        "person_id",
        p="p_correction",
        y=pl.col("signature") != "",
        field_right=pl.col("field_right").fill_null(value=False),
        value_right=pl.col("value_right").fill_null(value=False),
        proposes=pl.col("proposal") != "",
        exact=(pl.col("proposal") == pl.col("signature")) & (pl.col("signature") != ""),
    )


def _baseline(
    tables: dict[str, pl.DataFrame],
    past: dict[int, dict[str, pl.DataFrame]],
    told: pl.DataFrame,
    bulk_staff: tuple[str, ...],
) -> pl.DataFrame:
    """Return by row the baseline's p, and whether the list's own field and expected figure are right."""
    known = [
        year["inconsistencies"].join(labels(year["corrections"], bulk_staff), on="row_id")
        for _, year in sorted(past.items())
        if year["corrections"].height
    ]
    listed = tables["inconsistencies"]
    every = pl.concat([frame.select("check_code", "signature") for frame in known])
    mean = float((every["signature"] != "").mean() or 0.0)  # type: ignore[arg-type]
    share = every.group_by("check_code").agg(
        base_p=((pl.col("signature") != "").sum() + SHRINK * mean) / (pl.len() + SHRINK)
    )
    rows = listed.join(share, on="check_code", how="left").join(told, on="row_id")
    rows = rows.with_columns(pl.col("base_p").fill_null(mean), change=_coded("expected_value"))
    inside = pl.format("|{}|", pl.col("signature"))
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    named = pl.format("|{}=", number.cast(pl.String).str.zfill(2))
    value = inside.str.contains(pl.format("|{}|", pl.col("change")), literal=True).fill_null(value=False)
    proposes = (pl.col("base_p") >= 0.5) & pl.col("change").is_not_null()
    return rows.select(
        "row_id",
        "base_p",
        base_field_right=inside.str.contains(named, literal=True).fill_null(value=False),
        base_value_right=value,
        base_proposes=proposes,
        base_exact=proposes & (pl.col("change") == pl.col("signature")),
    )


def _with_intervals(rows: pl.DataFrame, settings: EvaluateSettings, tell: Progress) -> dict[str, float]:
    arrays = {
        name: _column(rows, name)
        for name in rows.columns
        if name not in ("row_id", "person_id", "household_id")
    }
    block = rows["household_id"].fill_null(rows["person_id"]).rank("dense").to_numpy().astype(np.int64) - 1
    metrics = _figures(arrays, np.ones(len(block)))
    generator = np.random.default_rng(settings.seed)
    drawn: dict[str, list[float]] = {name: [] for name in metrics}
    blocks = int(block.max()) + 1
    for number in range(settings.resamples):
        weight = np.bincount(generator.integers(0, blocks, blocks), minlength=blocks)[block].astype(float)
        for name, value in _figures(arrays, weight).items():
            drawn[name].append(value)
        tell("区間を計算", 0.3 + 0.7 * number / settings.resamples)
    for name, values in drawn.items():
        if not name.startswith("base_"):
            metrics[f"{name}_low"], metrics[f"{name}_high"] = map(
                float, np.nanquantile(values, (0.025, 0.975))
            )
    return metrics | {"rows": float(len(block)), "rows_corrected": float(arrays["y"].sum())}


def _figures(rows: dict[str, Array], weight: Array) -> dict[str, float]:
    """Return the figures of the model and of the baseline under row weights."""
    found = _of(rows, weight, "", rows["p"])
    return found | {
        f"base_{name}": value for name, value in _of(rows, weight, "base_", rows["base_p"]).items()
    }


def _of(rows: dict[str, Array], weight: Array, prefix: str, p: Array) -> dict[str, float]:
    y = rows["y"]
    needing = weight * y
    exact, proposes = rows[f"{prefix}exact"], rows[f"{prefix}proposes"]
    recall = _share(exact, needing)
    precision = _share(exact, weight * proposes)
    return {
        "row_pr_auc": float(average_precision_score(y, p, sample_weight=weight)),
        "agreement": _share((p >= 0.5) == (y > 0), weight),
        "right_field_first": _share(rows[f"{prefix}field_right"], needing),
        "right_field_and_value_first": _share(rows[f"{prefix}value_right"], needing),
        "exact_repair": recall,
        "exact_repair_f1": 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0,
        "ece": _ece(p, y, weight),
    }


def _share(right: npt.NDArray[np.bool_] | Array, weight: Array) -> float:
    total = float(weight.sum())
    return float((weight * right).sum() / total) if total > 0 else float("nan")


def _ece(p: Floats, y: Array, weight: Array) -> float:
    """Return the expected calibration error over equally filled bins."""
    order = np.argsort(p, kind="stable")
    place = np.minimum((np.cumsum(weight[order]) - 1e-9) / weight.sum() * BINS, BINS - 1).astype(np.int64)
    total = np.bincount(place, weight[order], BINS)
    gap = np.bincount(place, (weight * (p - y))[order], BINS)
    return float(np.abs(gap).sum() / total.sum())


def _recall(frames: dict[str, pl.DataFrame], told: pl.DataFrame) -> dict[str, float]:
    """Return how often the right repair is a candidate: over all, without inquiries, by field."""
    found = frames["truth"].group_by("row_id").agg(pl.col("is_right").any())
    needing = told.filter(pl.col("signature") != "").join(found, on="row_id")
    count = frames["repairs"].height / max(1, frames["repairs"]["row_id"].n_unique())
    settled = needing.filter(~pl.col("asked"))
    metrics = {
        "repairs/recall_all": _mean(needing),
        "repairs/recall": _mean(settled),
        "repairs/per_row": count,
    }
    parts = needing.with_columns(part=pl.col("signature").str.split("|")).explode("part", empty_as_null=False)
    parts = parts.with_columns(number=pl.col("part").str.head(2).cast(pl.Int64))
    for (number,), group in parts.sort("number").group_by("number", maintain_order=True):
        metrics[f"repairs/recall_{FIELD_NAMES[int(str(number))]}"] = _mean(group)
    return metrics


def _mean(frame: pl.DataFrame) -> float:
    return float(frame["is_right"].mean() or 0.0)  # type: ignore[arg-type]
