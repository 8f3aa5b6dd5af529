"""The season's work on a list: who opens what, what is recorded, and what a second officer says blind."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from tadasu.simulator.staff.diary import days, diary
from tadasu.simulator.staff.habits import Habits
from tadasu.simulator.staff.officers import another, assign, officers
from tadasu.simulator.staff.opinion import Mind, opinions
from tadasu.tables import CORRECTIONS


@dataclass(frozen=True, slots=True)
class Desk:
    """A ward's office: `noise` is the share of rows recorded wrong, `expected_rows` are those of a season."""

    seed: int
    expected_rows: int
    noise: float
    habits: Habits = field(default_factory=Habits.usual)

    def mind(self, year: int, turn: str, noise: float | None = None) -> Mind:
        """Return the chances of an officer's opinion in a season."""
        return Mind(self.seed, year, self.noise if noise is None else noise, self.habits, turn)


@dataclass(frozen=True, slots=True)
class Work:
    """What staff left: `corrections` and `second_opinions`, both in their table's columns."""

    corrections: pl.DataFrame
    second_opinions: pl.DataFrame


def work(rows: pl.DataFrame, right: pl.DataFrame, desk: Desk, year: int) -> Work:
    """Return what staff recorded about the rows of a season.

    Args:
        rows: `row_id`, `key` (a stable number of the row, Int64), `person` (number of the person, Int64),
            `asks` (R, M, Q), `detected_on`, `field`, `recorded` (the record's value of that field, text),
            `expected_value`.
        right: what each row needs (`staff.right.right`).
        desk: the office.
        year: the tax year.
    """
    if rows.is_empty():
        return Work(CORRECTIONS.empty(), CORRECTIONS.empty())
    staff = officers(desk.expected_rows, desk.seed, desk.habits)
    mind = desk.mind(year, "first")
    rows = days(assign(rows, staff, desk.seed, year), mind)
    covered = rows.with_columns(_cover(rows, mind))
    opened = covered.filter(pl.col("cover") == "opened")
    first = diary(*opinions(opened, right, mind), mind)
    bulk = _bulk(covered.filter(pl.col("cover") == "bulk"), mind)
    again = opened.filter(mind.draw(opened, "second opinion") < desk.habits.second_opinion)
    other = desk.mind(year, "second")
    second_rows = days(another(again, staff, desk.seed, year), other)
    second = diary(*opinions(second_rows, right, other), other)
    return Work(CORRECTIONS.arrange(pl.concat([first, bulk])), CORRECTIONS.arrange(second))


def truth_lines(right: pl.DataFrame, rows: pl.DataFrame, decided_on: date) -> pl.DataFrame:
    """Return what is right of every row, in the contract of `corrections`: no inquiry, officer or time."""
    closed = rows.join(right, on="row_id", how="anti").select(
        "row_id", pl.lit("no_change").alias("outcome"), pl.lit(1, pl.Int32).alias("action_no")
    )
    number = (1 + pl.int_range(pl.len(), dtype=pl.Int32).over("row_id")).alias("action_no")
    lines = right.with_columns(number, pl.lit("corrected").alias("outcome"))
    both = pl.concat([closed, lines], how="diagonal").with_columns(pl.lit(decided_on).alias("decided_on"))
    return CORRECTIONS.arrange(_with_all_columns(both))


def _cover(rows: pl.DataFrame, mind: Mind) -> pl.Expr:
    odds = mind.habits.cover
    drawn = pl.lit(mind.draw(rows, "cover"))
    return (
        pl.when(drawn < odds["unopened"])
        .then(pl.lit("unopened"))
        .when(drawn < odds["unopened"] + odds["bulk"])
        .then(pl.lit("bulk"))
        .otherwise(pl.lit("opened"))
        .alias("cover")
    )


def _bulk(rows: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    closed_on = date(mind.year, 1, 1) + timedelta(days=mind.habits.season["ends"])
    lines = rows.select(
        "row_id",
        pl.lit(1, pl.Int32).alias("action_no"),
        pl.max_horizontal(pl.lit(closed_on), "detected_on").alias("decided_on"),
        pl.lit(mind.habits.cover["bulk_staff"]).alias("staff_id"),
        pl.lit("no_change").alias("outcome"),
    )
    return _with_all_columns(lines)


def _with_all_columns(lines: pl.DataFrame) -> pl.DataFrame:
    columns = {name: pl.lit(None, dtype).alias(name) for name, dtype in CORRECTIONS.schema.items()}
    return lines.select(
        pl.col(name).cast(CORRECTIONS.schema[name]) if name in lines.columns else empty
        for name, empty in columns.items()
    )
