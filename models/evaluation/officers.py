"""How far two officers agree on the rows that both judged: what no suggestion can be shown to exceed."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import beta

from features.labels import SIGNATURE, labels
from models.evaluation.bootstrap import Figure, intervals
from models.evaluation.measures import exact_repair_f1
from models.settings import EvaluateSettings

Tables = dict[str, pl.DataFrame]
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """A share of counted rows with its exact (Clopper–Pearson) 95 % interval."""

    count: int
    rows: int
    value: float
    low: float
    high: float


def share(count: int, rows: int) -> Share:
    """Return the share `count` of `rows` with its two-sided exact interval; NaN without rows."""
    if rows == 0:
        return Share(0, 0, float("nan"), float("nan"), float("nan"))
    tail = (1.0 - LEVEL) / 2
    low = 0.0 if count == 0 else float(beta.ppf(tail, count, rows - count + 1))
    high = 1.0 if count == rows else float(beta.ppf(1.0 - tail, count + 1, rows - count))
    return Share(count, rows, count / rows, low, high)


def most(count: int, rows: int) -> float:
    """Return the upper bound of a share at 95 % confidence, one-sided: at most so many of such rows."""
    if rows == 0:
        return float("nan")
    return 1.0 if count == rows else float(beta.ppf(LEVEL, count + 1, rows - count))


@dataclass(frozen=True, slots=True)
class Officers:
    """Two officers beside each other and the model beside them, on the rows that both judged.

    Agreement on whether a correction is needed: the two in the tested year, in all years to it, the model
    with the first officer. The F1 of exactly the same changes (`exact…`): the second officer held against
    the first, in the tested year and in all years; the model held against the first; the model on those of
    the rows on which both recorded the same.
    """

    this_year: Share
    all_years: Share
    model: Share
    exact: Figure
    exact_all_years: Figure
    exact_model: Figure
    exact_where_same: Figure


def officers(
    held: pl.DataFrame,
    rows: pl.DataFrame,
    here: Tables,
    past: Iterable[Tables],
    settings: EvaluateSettings,
    bulk_staff: tuple[str, ...] = (),
) -> Officers:
    """Hold the officers of the tested year `here` and of the `past` beside the model.

    Args:
        held: the model's suggestions held against `rows` (`models.evaluation.judged`), in their order.
        rows: the labelled rows of the tested year (row_id).
        here: its extract.
        past: those of the labelled years before it.
        settings: resamples of households and seed of the intervals of F1.
        bulk_staff: staff identifiers under which the ward closes rows in bulk.
    """
    now = two_officers(here, bulk_staff)
    every = pl.concat([*(two_officers(tables, bulk_staff) for tables in past), now])
    names = ("corrected", "proposes", "exact")
    told = rows.select("row_id").with_columns(held.select(*names).cast(pl.Boolean), agrees=held["agrees"] > 0)
    model = now.select("row_id", "block", "one", "two").join(told, on="row_id")
    return Officers(
        this_year=counted(now["same"]),
        all_years=counted(every["same"]),
        model=counted(model["agrees"]),
        exact=_exact(now, settings),
        exact_all_years=_exact(every, settings),
        exact_model=_exact(model, settings),
        exact_where_same=_exact(model.filter(pl.col("one") == pl.col("two")), settings),
    )


def two_officers(tables: Tables, bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the rows that two officers judged, by row_id.

    Columns: row_id, block (household, or the person where it is unknown), one and two (the changes each
    recorded, as labels write them), same (both corrected, or both did not), and the second officer held
    against the first: corrected, proposes, exact.
    """
    first = labels(tables["corrections"], bulk_staff).select("row_id", one=SIGNATURE)
    second = labels(tables["second_opinions"], bulk_staff).select("row_id", two=SIGNATURE)
    people = tables["inconsistencies"].select("row_id", "person_id")
    homes = tables["residents"].select("person_id", "household_id")
    both = first.join(second, on="row_id").join(people, on="row_id").join(homes, on="person_id", how="left")
    one, two = pl.col("one"), pl.col("two")
    return both.sort("row_id").select(
        "row_id",
        "one",
        "two",
        block=pl.coalesce("household_id", "person_id"),
        same=(one == "") == (two == ""),
        corrected=one != "",
        proposes=two != "",
        exact=(one == two) & (one != ""),
    )


def counted(same: pl.Series) -> Share:
    """Return the share of true among `same`."""
    return share(int(same.sum()), len(same))


def _exact(rows: pl.DataFrame, settings: EvaluateSettings) -> Figure:
    """Return the F1 of exactly the same changes; NaN without rows, or where nobody changes anything."""
    if rows.is_empty():
        return Figure(float("nan"), float("nan"), float("nan"))
    block = rows["block"].rank("dense").to_numpy().astype(np.int64) - 1
    arrays = {name: rows[name].cast(pl.Float64).to_numpy() for name in ("corrected", "proposes", "exact")}
    found = intervals(
        lambda weights: {"f1": exact_repair_f1(arrays, weights)}, block, settings.resamples, settings.seed
    )
    return Figure(*(float(value) for value in found["f1"]))
