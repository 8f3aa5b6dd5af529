"""A judged season day by day: rows come in, staff work them by rank, what they decide ranks the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from models.calibration import Floats
from models.hours import cost
from models.lanes import in_lanes, ranked
from models.season.update import Matrix, Update, learn
from models.seconds import Seconds
from models.settings import SeasonSettings, SuggestSettings

HOUR = 3600.0
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Start:
    """What a ward begins the season with.

    `rows` are the labelled rows in a fixed order: row_id, check_code, arrives (date), special (kind of
    collection), needs, asked (what staff found), hand (seconds), p, p_asked (of the yearly ranker),
    share_right (of its best repair among the others), share_yen, share_shown, best_right
    and found (whether its best repair and its first fields were what staff did). `inputs` are what small
    trees read, row by row. `by_hand`: no suggestions at all, rows are taken as they come.
    """

    name: str
    rows: pl.DataFrame
    inputs: Matrix
    by_hand: bool = False


@dataclass(frozen=True)
class Played:
    """`days`: one line a day, cumulative. `rows`: row_id and worked_on (null: never), lane and cost then."""

    name: str
    days: pl.DataFrame
    rows: pl.DataFrame
    updates: int
    trees_kept: int


def play(
    start: Start,
    year: int,
    settings: SeasonSettings,
    suggest: SuggestSettings,
    seconds: Seconds,
    tell: Callable[[float], None] = lambda _share: None,
) -> Played:
    """Play the season of `year`: each day staff take the first open rows that their hours allow.

    What they decide is known the next morning, and every `rerank_days` the open rows are ranked anew. Nothing
    is closed in bulk: a row that is likely to need nothing is looked at last. A row that had to be asked
    about counts as decided on the day it was taken up.
    """
    rows = start.rows
    first, last = _day(year, settings.begins), _day(year, settings.ends)
    arrives = rows["arrives"].to_numpy()
    worked = np.full(rows.height, np.datetime64("NaT"), dtype="datetime64[D]")
    spent, lane = np.zeros(rows.height), np.full(rows.height, "", dtype=object)
    order, now = np.arange(rows.height), rows
    update, kept, learnt = Update(), 0, 0
    left = 0.0
    length = (last - first).days + 1
    for number in range(length):
        today = np.datetime64(first + timedelta(days=number))
        if number % settings.rerank_days == 0:
            if not start.by_hand and (worked < today).any():
                update, learnt = _learn(start, worked, settings), learnt + 1
                kept += bool(update.trees)
            now, order = _ranked(start, update, seconds, suggest)
        waiting = order[np.isnat(worked[order]) & (arrives[order] <= today)]
        costs = now["cost"].to_numpy()[waiting]
        left += settings.hours_a_day * HOUR
        taken = int(np.searchsorted(np.cumsum(costs), left, side="right"))
        left = min(left - costs[:taken].sum(), settings.hours_a_day * HOUR) if taken < len(waiting) else 0.0
        chosen = waiting[:taken]
        worked[chosen], spent[chosen] = today, costs[:taken]
        lane[chosen] = now["lane"].to_numpy()[chosen]
        tell((number + 1) / length)
    made = rows.select("row_id", "special", "needs", "arrives", "hand").with_columns(
        worked_on=pl.Series(worked), cost=pl.Series(spent), lane=pl.Series(lane.tolist(), dtype=pl.String)
    )
    return Played(start.name, by_day(made, first, last), made, learnt, kept)


def _day(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")


def _learn(start: Start, worked: npt.NDArray[np.datetime64], settings: SeasonSettings) -> Update:
    rows, done = start.rows, np.flatnonzero(~np.isnat(worked))
    done = done[np.lexsort((done, worked[done]))]
    return learn(
        rows["p"].to_numpy()[done],
        rows["check_code"].to_numpy().astype(str)[done],
        start.inputs[done],
        rows["needs"].to_numpy()[done],
        worked[done],
        settings,
    )


def _ranked(
    start: Start, update: Update, seconds: Seconds, suggest: SuggestSettings
) -> tuple[pl.DataFrame, Whole]:
    """Return by row the lane and what it will cost there, and the order in which rows are taken."""
    rows = start.rows.with_row_index("at")
    if start.by_hand:
        order = rows.sort("arrives", "row_id")["at"].to_numpy().astype(np.int64)
        return rows.with_columns(lane=pl.lit("hand"), cost=pl.col("hand")), order
    checks = rows["check_code"].to_numpy().astype(str)
    p: Floats = update.apply(rows["p"].to_numpy(), checks, start.inputs)
    judged = rows.rename({"hand": "own", "asked": "was_asked"}).with_columns(p_correction=pl.Series(p))
    judged = judged.with_columns(
        leaves=pl.col("p_correction") * pl.col("share_right") <= 1.0 - pl.col("p_correction"),
        expected_yen=pl.col("p_correction") * pl.col("share_yen"),
        p_shown=pl.col("p_correction") * pl.col("share_shown"),
        held=pl.lit("", pl.String),
    ).with_columns(
        p_proposed=pl.when("leaves")
        .then(1.0 - pl.col("p_correction"))
        .otherwise(pl.col("p_correction") * pl.col("share_right"))
    )
    laned = ranked(in_lanes(judged, None, seconds, suggest), suggest)
    order = laned["at"].to_numpy().astype(np.int64)
    right = pl.when("leaves").then(~pl.col("needs")).otherwise(pl.col("needs") & pl.col("best_right"))
    outcome = laned.sort("at").with_columns(right=right, asked="was_asked", hand="own")
    return outcome.with_columns(cost=cost(suggest.time)), order


def by_day(rows: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return one line a day, cumulative: what came in, was worked, cost, was found, and is still missed."""
    days = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})
    done = rows.drop_nulls("worked_on").group_by(day="worked_on").agg(
        rows_worked=pl.len(),
        hours=pl.col("cost").sum() / HOUR,
        hours_by_hand=pl.col("hand").sum() / HOUR,
        found=pl.col("needs").sum(),
    )  # fmt: skip
    clipped = pl.max_horizontal(pl.col("arrives"), pl.lit(first))
    came = rows.group_by(day=clipped).agg(rows_arrived=pl.len(), due=pl.col("needs").sum())
    joined = days.join(came, on="day", how="left").join(done, on="day", how="left").sort("day")
    counted = joined.with_columns(pl.exclude("day").fill_null(0).cum_sum())
    return counted.with_columns(missed=pl.col("due").cast(pl.Int64) - pl.col("found").cast(pl.Int64))


def in_time(rows: pl.DataFrame, year: int, settings: SeasonSettings) -> dict[str, float]:
    """Return the share of rows, and of corrections, of each kind of collection decided by its deadline."""
    figures = {}
    for kind, special in (("special", True), ("ordinary", False)):
        due = rows.filter(pl.col("special") == special)
        before = pl.col("worked_on") <= _day(year, settings.deadlines[kind])
        for name, part in (("rows", due), ("corrections", due.filter("needs"))):
            share = part.select(before.fill_null(value=False).mean()).item() if part.height else 1.0
            figures[f"{kind}_{name}_in_time"] = round(float(share), 4)
    return figures
