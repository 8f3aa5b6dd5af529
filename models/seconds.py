"""Seconds that a row takes by hand (`hand`): its own where recorded, else the means of earlier years."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from features.labels import SIGNATURE, labels
from models.settings import TimeModel

OUTCOMES = ("no_change", "corrected", "asked_no_change", "asked_corrected")
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Seconds:
    """Mean seconds by hand of each outcome, over `rows` rows (0: they are stated, not recorded)."""

    no_change: float
    corrected: float
    asked_no_change: float
    asked_corrected: float
    rows: int = 0

    @classmethod
    def stated(cls, time: TimeModel) -> "Seconds":
        """Return the seconds of a ward without a record: the same for every outcome."""
        every = time.unrecorded_hand
        return cls(every, every, every, every)

    @classmethod
    def recorded(
        cls, past: Iterable[pl.DataFrame], time: TimeModel, bulk_staff: tuple[str, ...] = ()
    ) -> "Seconds":
        """Return the means of earlier years' `corrections`; an outcome never recorded has the mean of all."""
        parts = [recorded(corrections, bulk_staff) for corrections in past]
        known = pl.concat(parts).drop_nulls("hand") if parts else pl.DataFrame()
        if known.is_empty():
            return cls.stated(time)
        counts = known.group_by("outcome").agg(pl.col("hand").sum(), n=pl.len())
        mean = {name: total / n for name, total, n in counts.iter_rows()}
        every = int(known["hand"].sum()) / known.height
        no_change, corrected, asked_no_change, asked_corrected = (mean.get(name, every) for name in OUTCOMES)
        return cls(no_change, corrected, asked_no_change, asked_corrected, known.height)

    def describe(self) -> str:
        """Say in Japanese where the seconds come from."""
        told = "・".join(f"{getattr(self, name):.0f}" for name in OUTCOMES)
        kinds = "修正なし・修正・照会して修正なし・照会して修正"
        if not self.rows:
            return f"作業秒数の記録なし：1件{self.no_change:.0f}秒とみなす"
        return f"作業秒数の記録{self.rows:,}件の平均：{kinds}の順に{told}秒"


def recorded(corrections: pl.DataFrame, bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return by labelled row its outcome (one of `OUTCOMES`) and `hand`, the seconds recorded (else null)."""
    told = labels(corrections, bulk_staff)
    spent = corrections.drop_nulls("work_seconds").group_by("row_id").agg(hand=pl.col("work_seconds").sum())
    asked = pl.when("asked").then(pl.lit("asked_")).otherwise(pl.lit(""))
    ended = pl.when(pl.col(SIGNATURE) != "").then(pl.lit("corrected")).otherwise(pl.lit("no_change"))
    return told.select("row_id", outcome=asked + ended).join(spent, on="row_id", how="left").sort("row_id")


def by_hand(
    tables: Tables,
    past: Iterable[Tables],
    time: TimeModel,
    bulk_staff: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Return (row_id, hand, own) of a labelled year: the row's own seconds, or the mean of check and outcome.

    The means are of the earlier years in `past`: of the check's code and the outcome, else of the outcome,
    else what the time model states. `own` says whether the seconds are the row's own.
    """
    rows = _with_check(tables, bulk_staff)
    known = [_with_check(year, bulk_staff).drop_nulls("hand") for year in past]
    frame = pl.concat(known) if known else rows.clear()
    check = _means(frame, ["check_code", "outcome"], "of_check")
    outcome = _means(frame, ["outcome"], "of_outcome")
    joined = rows.join(check, on=["check_code", "outcome"], how="left").join(
        outcome, on="outcome", how="left"
    )
    hand = pl.coalesce("hand", "of_check", "of_outcome", pl.lit(time.unrecorded_hand))
    return joined.select("row_id", hand=hand.cast(pl.Float64), own=pl.col("hand").is_not_null()).sort(
        "row_id"
    )


def _with_check(year: Tables, bulk_staff: tuple[str, ...]) -> pl.DataFrame:
    checks = year["inconsistencies"].select("row_id", "check_code")
    return recorded(year["corrections"], bulk_staff).join(checks, on="row_id")


def _means(frame: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """Divide integer sums once, so that the order of rows does not matter."""
    return frame.group_by(by).agg(pl.col("hand").sum().truediv(pl.len()).alias(name))
