"""The officers of a season: how skilled, how fast, how ready to ask each is, and whose row is whose."""

import numpy as np
import polars as pl

from tadasu.simulator import chance
from tadasu.simulator.staff.habits import Habits


def officers(expected_rows: int, seed: int, habits: Habits) -> pl.DataFrame:
    """Return `staff_id` and factors around 1: `errs`, `slow`, `asks_often`; as many as the season needs.

    An officer keeps traits over the years; the number is at least two, so that another can be asked.
    """
    few = max(2, round(expected_rows / habits.officers["rows_each"]))
    numbers = np.arange(1, few + 1, dtype=np.int64)

    def factor(trait: str) -> np.ndarray:
        return np.exp(
            habits.officers[f"{trait}_sigma"] * chance.normal(seed, f"officer {trait}", None, numbers)
        )

    return pl.DataFrame(
        {
            "officer": numbers - 1,
            "staff_id": [f"S{number:03d}" for number in numbers],
            "errs": factor("skill"),
            "slow": factor("speed"),
            "asks_often": factor("asks"),
        }
    )


def assign(rows: pl.DataFrame, staff: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """Return `rows` with the officer's columns: all rows of a person go to one desk.

    `rows` holds `person` (the number of the person, Int64).
    """
    who = chance.uniform(seed, "whose row", year, rows["person"].to_numpy())
    chosen = pl.Series("officer", (who * staff.height).astype(np.int64))
    return rows.with_columns(chosen).join(staff, on="officer", how="left", maintain_order="left")


def another(rows: pl.DataFrame, staff: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """Return `rows` (with an officer) with the columns of somebody else, by chance."""
    step = chance.uniform(seed, "second officer", year, rows["key"].to_numpy())
    ahead = pl.Series("ahead", 1 + (step * (staff.height - 1)).astype(np.int64))
    other = (pl.col("officer") + ahead) % staff.height
    bare = rows.with_columns(other.alias("officer")).drop("staff_id", "errs", "slow", "asks_often")
    return bare.join(staff, on="officer", how="left", maintain_order="left")
