"""The corrections table: lines in order, days, seconds on the first line of a row."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from tadasu.simulator import chance
from tadasu.simulator.staff.opinion import Mind
from tadasu.tables import CORRECTIONS


def days(rows: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    """Return `rows` with `decided_on` (a working day of the season after detection) and `hurried`.

    `hurried`: decided in the last week of the season.
    """
    season = mind.habits.season
    first, last = (date(mind.year, 1, 1) + timedelta(days=season[name]) for name in ("starts", "ends"))
    wait = -season["mean_days"] * np.log1p(-mind.draw(rows, "day").to_numpy())
    begun = pl.max_horizontal(pl.col("detected_on"), pl.lit(first))
    spread = (pl.lit(last) - begun).dt.total_days().clip(1)
    after = pl.Series("wait", 1 + wait.astype(np.int64))
    # who would be later than the season works within it all the same
    within = pl.when(after <= spread).then(after).otherwise(1 + after % spread)
    decided = (begun + pl.duration(days=within)).dt.add_business_days(0, roll="forward")
    return rows.with_columns(decided.alias("decided_on")).with_columns(
        (pl.col("decided_on") > last - timedelta(days=7)).alias("hurried")
    )


def diary(done: pl.DataFrame, entered: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    """Return the table `corrections` of rows with an opinion (`staff.opinion.opinions`)."""
    asked = done.filter("asked").select(*_KEPT, pl.lit("inquiry").alias("outcome"), pl.lit(0).alias("step"))
    later = _answered(done, mind)
    closed = later.filter(~pl.col("entered") & ~pl.col("open")).select(
        *_KEPT, pl.lit("no_change").alias("outcome"), pl.lit(1).alias("step")
    )
    lines = entered.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).over("row_id").alias("order"),
        pl.lit("corrected").alias("outcome"),
        pl.lit(1).alias("step"),
    ).join(later.select(*_KEPT), on="row_id", how="left")
    everything = pl.concat([asked, closed, lines], how="diagonal").sort("row_id", "step", "order")
    numbered = everything.with_columns(
        (1 + pl.int_range(pl.len(), dtype=pl.Int32).over("row_id")).alias("action_no")
    )
    timed = numbered.join(_seconds(done, mind), on="row_id", how="left").with_columns(
        pl.when(pl.col("action_no") == 1).then("work_seconds").alias("work_seconds")
    )
    return timed.select(pl.col(name).cast(dtype) for name, dtype in CORRECTIONS.schema.items())


_KEPT = ("row_id", "staff_id", "decided_on")


def _answered(done: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    wait = 3 - mind.habits.inquiry["days"] * np.log1p(-mind.draw(done, "answer").to_numpy())
    moved = (
        pl.col("decided_on") + pl.duration(days=pl.lit(pl.Series(wait.astype(np.int64).clip(3, 40))))
    ).alias("moved")
    answered = pl.when("asked").then(moved.dt.add_business_days(0, roll="forward")).otherwise("decided_on")
    return done.with_columns(answered.alias("decided_on"))


def _seconds(done: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    """Return the seconds of each row where recorded: log-normal around the mean of what it led to."""
    habit = mind.habits.seconds
    ended = (
        pl.when("open")
        .then(pl.lit(""))
        .when("entered")
        .then(pl.lit("corrected"))
        .otherwise(pl.lit("no_change"))
    )
    asked = pl.when("asked").then(pl.lit("inquiry")).otherwise(pl.lit(""))
    outcome = pl.concat_str([asked, ended], separator="_").str.strip_chars("_")
    sigma = habit["sigma"]
    spread = np.exp(
        sigma * chance.normal(mind.seed, f"{mind.turn} seconds", mind.year, done["key"].to_numpy())
    )
    mean = outcome.replace_strict(habit["mean"], return_dtype=pl.Float64)
    # the mean of a log-normal lies above its middle
    middle = mean * float(np.exp(-sigma * sigma / 2))
    seconds = (middle * pl.Series(spread) * pl.col("slow")).round().clip(5).cast(pl.Int64)
    noted = mind.draw(done, "noted") >= habit["not_recorded"]
    return done.select("row_id", pl.when(noted).then(seconds).alias("work_seconds"))
