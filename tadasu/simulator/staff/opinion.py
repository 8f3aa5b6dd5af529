"""What one officer makes of each row: asked or not, left open, overlooked, needless, half or wrong."""

from dataclasses import dataclass

import polars as pl

from tadasu.fields import FIELDS
from tadasu.simulator import chance
from tadasu.simulator.staff.habits import Habits


@dataclass(frozen=True, slots=True)
class Mind:
    """Whose opinion: `turn` tells the first officer's chances from the second's; `noise` is of the ward."""

    seed: int
    year: int
    noise: float
    habits: Habits
    turn: str

    def draw(self, rows: pl.DataFrame, what: str) -> pl.Series:
        """Return a number in [0, 1) for each row."""
        return pl.Series(chance.uniform(self.seed, f"{self.turn} {what}", self.year, rows["key"].to_numpy()))


def opinions(rows: pl.DataFrame, right: pl.DataFrame, mind: Mind) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what becomes of each row, and the lines that are entered.

    Args:
        rows: `row_id`, `key`, `asks`, `hurried`, the officer's columns, `field`, `recorded` (the record's
            value of that field, text), `expected_value`.
        right: the right lines (`staff.right`).
        mind: whose opinion.

    Returns:
        rows with `asked`, `open`, `entered` (Booleans); lines with the columns of `right`.
    """
    counted = right.group_by("row_id").agg(pl.len().alias("n_right"))
    rows = rows.join(counted, on="row_id", how="left", maintain_order="left").with_columns(
        pl.col("n_right").fill_null(0)
    )
    rows = _asked(rows, mind)
    rows = _mistaken(rows, mind)
    kept = rows.filter((pl.col("n_right") > 0) & ~pl.col("overlooked") & ~pl.col("open"))
    entered = pl.concat([_entered(kept, right), _needless(rows)])
    done = rows.with_columns(pl.col("row_id").is_in(entered["row_id"].implode()).alias("entered"))
    return done, entered


def _asked(rows: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    inquiry = mind.habits.inquiry
    odds = (
        pl.when(pl.col("n_right") > 0)
        .then(pl.col("asks").replace_strict(inquiry["corrected"], return_dtype=pl.Float64))
        .otherwise(pl.col("asks").replace_strict(inquiry["no_change"], return_dtype=pl.Float64))
    )
    asked = mind.draw(rows, "asks") < odds * pl.col("asks_often")
    return rows.with_columns(asked.alias("asked")).with_columns(
        (pl.col("asked") & (mind.draw(rows, "open") < inquiry["left_open"])).alias("open")
    )


def _mistaken(rows: pl.DataFrame, mind: Mind) -> pl.DataFrame:
    habit = mind.habits.mistakes
    often = (
        mind.noise
        * pl.col("errs")
        * pl.when(pl.col("hurried")).then(habit["hurry"]).otherwise(1.0)
        * pl.when(pl.col("asked")).then(habit["asked"]).otherwise(1.0)
    )

    def by(kind: str) -> pl.Expr:
        return mind.draw(rows, kind) < habit[kind] * often

    # without noise staff know the truth also where documents cannot tell: a ward of perfect labels
    unsure = (pl.col("asks") == "Q") & ~pl.col("asked") & pl.lit(mind.noise > 0)
    guessed = unsure & (mind.draw(rows, "guess") < habit["guess"])
    return rows.with_columns(
        (by("overlooked") | guessed).alias("overlooked"),
        (by("needless") & ~pl.col("open") & (pl.col("n_right") == 0) & _tempting()).alias("needless"),
        (by("half") & (pl.col("n_right") > 1)).alias("half"),
        by("wrong_value").alias("wrong_value"),
        mind.draw(rows, "place").alias("place"),
    )


def _tempting() -> pl.Expr:
    yen = [name for name, field in FIELDS.items() if field.kind == "yen" and field.correctable]
    counts = [name for name, field in FIELDS.items() if field.kind == "count"]
    whole = pl.col("expected_value").str.contains(r"^\d+$").fill_null(False)
    value = pl.col("expected_value").cast(pl.Int64, strict=False).fill_null(-1)
    legal = (pl.col("field").is_in(yen) & (value >= 1_000)) | (pl.col("field").is_in(counts) & (value <= 4))
    return (whole & legal & (pl.col("expected_value") != pl.col("recorded"))).fill_null(False)


def _entered(kept: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Return the right lines as they are entered: half of them forgotten here, two digits swapped there."""
    lines = right.with_columns(pl.int_range(pl.len()).over("row_id").alias("line")).join(
        kept.select("row_id", "half", "n_right", "wrong_value", "place"),
        on="row_id",
        how="inner",
        maintain_order="left",
    )
    forgotten = pl.col("half") & (pl.col("line") == (pl.col("place") * pl.col("n_right")).cast(pl.Int64))
    slipped = pl.col("wrong_value") & (pl.col("line") == 0) & pl.col("new_value").str.contains(r"^\d{4,}$")
    new = pl.when(slipped).then(_swapped()).otherwise("new_value")
    return (
        lines.filter(~forgotten)
        .with_columns(new.alias("new_value"))
        .filter(pl.col("new_value") != pl.col("old_value"))
        .select(right.columns)
    )


def _swapped() -> pl.Expr:
    """Return the value with its second and third digits in the wrong order."""
    text = pl.col("new_value")
    return text.str.slice(0, 1) + text.str.slice(2, 1) + text.str.slice(1, 1) + text.str.slice(3)


def _needless(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter("needless").select(
        "row_id",
        "field",
        pl.col("recorded").alias("old_value"),
        pl.col("expected_value").alias("new_value"),
        pl.lit(None, pl.String).alias("document_id"),
    )
