"""Projected hours (見込み): what rows cost by hand and with suggestions, by the one stated time model.

The model is `TimeModel` in `conf/suggest`. Nothing here is measured: measured hours are another module's.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from features.labels import SIGNATURE
from features.values import NUMBER, parse
from models.seconds import OUTCOMES, Seconds
from models.settings import TimeModel

Array = npt.NDArray[np.float64]
SHOWN = 3
"""Fields of a row that `review` counts on: the first three lines."""
HOUR = 3600.0


def expected_seconds(rows: pl.DataFrame, seconds: Seconds, time: TimeModel) -> pl.DataFrame:
    """Add the expected seconds of each row by hand (`hand`) and in each lane (`sec_clear`, `sec_confirm`, …).

    Args:
        rows: p_correction; p_asked (staff have to inquire); leaves (is 'leave' proposed); p_proposed (the
            proposal is right); p_shown (a field that needs correction is among the first three shown).
        seconds: by hand, of each outcome.
        time: the time model.

    Whether staff ask is taken as independent of what the row turns out to need.
    """
    p, asked = pl.col("p_correction"), pl.col("p_asked")
    chance = {
        "no_change": (1 - p) * (1 - asked),
        "corrected": p * (1 - asked),
        "asked_no_change": (1 - p) * asked,
        "asked_corrected": p * asked,
    }
    spent = {name: chance[name] * getattr(seconds, name) for name in OUTCOMES}
    hand = pl.sum_horizontal(spent.values())
    right = pl.col("p_proposed") * (1 - asked)
    saved = pl.when("leaves").then(seconds.no_change).otherwise(seconds.corrected)
    found = (pl.col("p_shown") / p.clip(1e-12)).clip(0.0, 1.0)
    in_corrected = spent["corrected"] + spent["asked_corrected"]
    in_asked = spent["asked_no_change"] + spent["asked_corrected"]
    more, less = time.review_other_more, time.inquire_other_more
    return rows.with_columns(
        hand=hand,
        sec_clear=pl.lit(time.clear),
        sec_confirm=right * time.confirm_right + hand - right * saved + (1 - right) * time.confirm_other_more,
        sec_review=hand + more - found * (in_corrected * (1 - time.review_found_times) + p * more),
        sec_inquire=hand + less - in_asked * (1 - time.inquire_right_times) - asked * less,
    )


def projected(
    lines: pl.DataFrame,
    told: pl.DataFrame,
    hand: pl.DataFrame,
    time: TimeModel,
    sample: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return what each labelled row costs: row_id, lane, hand, own, right, cost, sampled, cost_sampled.

    Args:
        lines: suggestions, in their order (row_id, lane, field, proposed_value, proposed are read).
        told: labels of the year (row_id, signature, asked).
        hand: as `by_hand` returns it.
        time: the time model.
        sample: the random sample (row_id, drawn), each row of it looked at once more, by hand.

    A row without a line costs `hand`. `cost_sampled` is the cost with that of the sample.
    """
    rows = told.select("row_id", SIGNATURE, "asked").join(hand, on="row_id")
    rows = rows.join(_shown(lines, told), on="row_id", how="left").sort("row_id")
    drawn = pl.lit(value=False)
    if sample is not None:
        rows = rows.join(sample.select("row_id", "drawn"), on="row_id", how="left").sort("row_id")
        drawn = pl.col("drawn").fill_null(value=False)
    made = rows.with_columns(cost=cost(time), sampled=drawn)
    return made.select(
        "row_id", "lane", "hand", "own", "right", "cost", "sampled",
        cost_sampled=pl.col("cost") + pl.when("sampled").then("hand").otherwise(0.0),
    )  # fmt: skip


def cost(time: TimeModel) -> pl.Expr:
    """Return the seconds that a row takes in its `lane`, from hand, right (the proposal), found, asked.

    `found`: a truly wrong field is among the first three shown; `asked`: staff had to inquire.
    """
    spent = pl.col("hand")
    right = pl.col("right") & ~pl.col("asked")
    lane = pl.col("lane")
    return (
        pl.when(lane == "clear").then(time.clear)
        .when((lane == "confirm") & right).then(time.confirm_right)
        .when(lane == "confirm").then(spent + time.confirm_other_more)
        .when((lane == "review") & pl.col("found")).then(spent * time.review_found_times)
        .when(lane == "review").then(spent + time.review_other_more)
        .when((lane == "inquire") & pl.col("asked")).then(spent * time.inquire_right_times)
        .when(lane == "inquire").then(spent + time.inquire_other_more)
        .otherwise(spent)
    )  # fmt: skip


def _shown(lines: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return by row its lane, whether the proposal is exactly right, whether a wrong field is shown."""
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    code = number.cast(pl.String).str.zfill(2)
    coded = lines.select(
        "row_id",
        "lane",
        "proposed",
        code=code,
        change=code + "=" + parse(pl.col("proposed_value")).cast(pl.String),
    ).join(told.select("row_id", SIGNATURE), on="row_id", maintain_order="left")
    inside = pl.format("|{}|", SIGNATURE).str.contains(pl.format("|{}=", "code"), literal=True)
    kept = pl.col("change").filter(pl.col("proposed") & pl.col("code").is_not_null())
    grouped = coded.group_by("row_id", maintain_order=True).agg(
        pl.col("lane", SIGNATURE).first(),
        found=inside.fill_null(value=False).head(SHOWN).any(),
        proposal=kept.sort().str.join("|"),
    )
    return grouped.select("row_id", "lane", "found", right=pl.col("proposal") == pl.col(SIGNATURE))


def hours(rows: pl.DataFrame, weights: Array | None = None) -> dict[str, Array]:
    """Sum projected rows to hours and shares saved, each an array over sets of weights.

    Args:
        rows: as `projected` returns them.
        weights: sets × rows, how often each row counts (resampled households); once each if left out.

    Returns:
        hours_by_hand, hours_suggested, hours_with_sample, saved (share of the hours by hand that the
        suggestions save), saved_with_sample.
    """
    weights = np.ones((1, rows.height)) if weights is None else weights
    total = {name: weights @ rows[name].to_numpy() / HOUR for name in ("hand", "cost", "cost_sampled")}
    return {
        "hours_by_hand": total["hand"],
        "hours_suggested": total["cost"],
        "hours_with_sample": total["cost_sampled"],
        "saved": 1.0 - total["cost"] / total["hand"],
        "saved_with_sample": 1.0 - total["cost_sampled"] / total["hand"],
    }


def forecast(rows: pl.DataFrame, sample: pl.DataFrame) -> dict[str, float]:
    """Sum the expected seconds of a list that nobody has judged yet to projected hours.

    Args:
        rows: hand and expected, as `models.lanes` gives them.
        sample: the random sample (row_id, drawn), each row of it looked at once more, by hand.
    """
    more = rows.join(sample.filter("drawn"), on="row_id", how="semi")["hand"].sum()
    by_hand, suggested = float(rows["hand"].sum()), float(rows["expected"].sum())
    total = {"by_hand": by_hand, "suggested": suggested, "with_sample": suggested + float(more)}
    return {name: seconds / HOUR for name, seconds in total.items()}
