"""The backtest of one year: every contestant's suggestions held against what staff did, with intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from features.labels import SIGNATURE
from models.evaluation import baselines, counts
from models.evaluation.bootstrap import Figure, intervals
from models.evaluation.groups import by_group
from models.evaluation.judged import arrays, judged
from models.evaluation.laned import laned
from models.evaluation.measures import MEASURES, Array
from models.evaluation.officers import Officers, officers
from models.evaluation.plain import plain
from models.evaluation.rows import judged_rows, memberships
from models.evaluation.season import Season
from models.hours import projected
from models.seconds import by_hand
from models.settings import EvaluateSettings, SuggestSettings
from tadasu.law import Law

Tables = dict[str, pl.DataFrame]
Progress = Callable[[str, float], None]
MODEL = "model"
CONTESTANTS = {
    MODEL: "正す",
    "base": "チェック別の修正率",
    "rules": "規則のみ",
    "plain": "ふつうのLightGBM",
}
"""What is measured, by the prefix of its figures, and what staff read."""


@dataclass(frozen=True)
class Backtested:
    """A tested year: figures by contestant and name, counts, groups, and by row what pictures need.

    `lanes` has lane, rows, corrected, asked, right, hand, cost (the last two in seconds); `groups` is as
    `groups.by_group` returns it.
    """

    year: int
    trained_on: tuple[int, ...]
    figures: dict[str, dict[str, Figure]]
    counts: dict[str, float]
    groups: pl.DataFrame
    lanes: pl.DataFrame
    officers: Officers
    model_id: str
    checks: list[str]
    judged: dict[str, pl.DataFrame]


def backtest(
    made: Season,
    year: int,
    years: Mapping[int, Tables],
    law: Law,
    settings: EvaluateSettings,
    suggesting: SuggestSettings,
    *,
    bulk_staff: tuple[str, ...] = (),
    progress: Progress = lambda _label, _share: None,
) -> Backtested:
    """Measure suggestions of `year`, made by a ranker that never saw it, beside three baselines.

    Args:
        made: suggestions of the year's whole list, and what certified which rows are cleared.
        year: a labelled year.
        years: the extract's tables and the frames of featurize, by year: all of `year` but its features; of
            earlier labelled years the extract, `repairs` and `changes`. Later years are not looked at.
        law: of the year, for the tax that a right repair moves.
        settings: resamples, seed, bands.
        suggesting: the promise of what is cleared, and the model of the projected hours.
        bulk_staff: staff identifiers under which the ward closes rows in bulk.
        progress: told what is done and how far it is.
    """
    here, past = years[year], {y: frames for y, frames in years.items() if y < year}
    rows = judged_rows(here, law, bulk_staff)
    lines: dict[str, pl.DataFrame | None] = {MODEL: made.lines}
    if past:
        progress(f"{year}年度の比較対象", 0.0)
        lines["base"] = baselines.base_rate(here, past, bulk_staff)
        lines["rules"] = baselines.rules(here, past, bulk_staff)
        lines["plain"] = plain(here, past, bulk_staff)
    hand = by_hand(here, past.values(), suggesting.time, bulk_staff)
    held = {
        name: _held(name, found, made, rows, hand, suggesting)
        for name, found in lines.items()
        if found is not None
    }
    progress(f"{year}年度の区間", 0.6)
    figures = _figures(held, rows, settings, lambda share: progress(f"{year}年度の区間", 0.6 + 0.3 * share))
    right = counts.has_right_repair(rows, here["truth"])
    groups = _groups(held[MODEL], rows, right, here, year, settings)
    progress("", 1.0)
    return Backtested(
        year=year,
        trained_on=tuple(sorted(past)),
        figures=figures,
        counts=counts.of_year(rows, held[MODEL], here)
        | {"sample_cleared": made.of_sample.cleared_share}
        | counts.of_forecast(rows, made.lines_of_forecast)
        | counts.recall(rows, right, here["repairs"]),
        groups=groups,
        lanes=counts.by_lane(held[MODEL]),
        officers=officers(held[MODEL], rows, here, past.values(), settings, bulk_staff),
        model_id=made.certificate.model_id,
        checks=rows["check_name"].fill_null("").to_list(),
        judged=held,
    )


def _held(
    name: str,
    lines: pl.DataFrame,
    made: Season,
    rows: pl.DataFrame,
    hand: pl.DataFrame,
    settings: SuggestSettings,
) -> pl.DataFrame:
    """Hold a contestant's lines against the rows, with its lanes and its projected seconds."""
    if name != MODEL:
        lines = laned(lines, rows, made.certifying, made.seconds, settings)
    cost = projected(lines, rows.select("row_id", SIGNATURE, "asked"), hand, settings.time, made.sample)
    placed = rows.select("row_id").join(cost, on="row_id", how="left", maintain_order="left")
    names = ("hand", "cost", "cost_sampled", "own", "sampled")
    held = judged(lines, rows).with_columns(placed[name].cast(pl.Float64) for name in names)
    drawn = rows.select("row_id").join(made.certifying, on="row_id", how="left", maintain_order="left")[
        "drawn"
    ]
    return held.with_columns(
        certifying=drawn.cast(pl.Float64),
        clear_unseen=pl.when(drawn).then(0.0).otherwise("lane_clear"),
    )


def _figures(
    held: dict[str, pl.DataFrame],
    rows: pl.DataFrame,
    settings: EvaluateSettings,
    progress: Callable[[float], None],
) -> dict[str, dict[str, Figure]]:
    every = {name: arrays(frame) for name, frame in held.items()}
    chosen = [(name, measure) for name in every for measure in MEASURES]

    def of(weights: Array) -> dict[str, Array]:
        return {f"{name} {measure.name}": measure.of(every[name], weights) for name, measure in chosen}

    found = intervals(of, _block(rows), settings.resamples, settings.seed, progress)
    figures: dict[str, dict[str, Figure]] = {name: {} for name in every}
    for name, measure in chosen:
        value, low, high = found[f"{name} {measure.name}"]
        figures[name][measure.name] = Figure(float(value), float(low), float(high))
    return figures


def _block(rows: pl.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return rows["block"].rank("dense").to_numpy().astype(np.int64) - 1


def _groups(
    held: pl.DataFrame,
    rows: pl.DataFrame,
    right: pl.Series,
    tables: Tables,
    year: int,
    settings: EvaluateSettings,
) -> pl.DataFrame:
    member = memberships(rows, tables, year, settings.age_bands, settings.yen_bands)
    places = rows.select("row_id").with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    placed = member.join(places, on="row_id").drop("row_id")
    candidate = right.cast(pl.Float64).to_numpy()
    return by_group(
        {**arrays(held), "candidate": candidate}, placed, _block(rows), settings.resamples, settings.seed
    )
