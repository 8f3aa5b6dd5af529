"""What a ward can begin a season with: its own ranker, another ward's, rules alone, or nothing at all."""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from features.columns.listed import HISTORY
from features.labels import SIGNATURE, labels
from features.values import NUMBER
from models.calibration import Floats
from models.evaluation.baselines import settling
from models.hours import SHOWN
from models.judge import by_row
from models.rows import KEY, in_order, row_matrix
from models.season.queue import Start
from models.season.rerank import View
from models.seconds import by_hand
from models.settings import SuggestSettings
from models.shares import shares

Tables = dict[str, pl.DataFrame]
EVEN = 0.5
"""How likely rules alone take their repair to be right, given that the row needs one."""
OF_PAYERS = ("payer_wrong", "payer_all")
OF_HISTORY = (*(column.name for column in HISTORY), *OF_PAYERS)
"""Columns that rest on decisions of earlier years: a ward without a record has none of them."""


def without_history(frames: Tables, tables: Tables, prior: float) -> View:
    """Return what rules say of a year: the settling repair first, every row as likely to need a correction.

    `prior` is that probability; what small trees may read holds nothing of earlier years' decisions.
    """
    frame = in_order(frames["features"])
    conditional = _by_rules(frame, frames, tables)
    columns = tuple(name for name in frame.columns if name not in (*KEY, *OF_HISTORY))
    row_id = frame.filter(pl.col("repair_id") == 0)["row_id"]
    rows = pl.DataFrame({"row_id": row_id}).with_columns(p=pl.lit(prior), asked=pl.lit(0.0))
    repairs = frame.select(*KEY, share=pl.Series(shares(frame, conditional)))
    return View(repairs, rows, row_matrix(frame, conditional, columns)[0])


def _by_rules(frame: pl.DataFrame, frames: Tables, tables: Tables) -> Floats:
    """Return P(repair | correction) by rules: half for the repair that settles the row, half for the rest."""
    first = settling({**tables, **frames}).with_columns(first=pl.lit(value=True))
    key = frame.select("row_id", "repair_id").join(
        first, on=["row_id", "repair_id"], how="left", maintain_order="left"
    )
    is_first = key["first"].fill_null(value=False).to_numpy()
    other = frame["repair_id"].to_numpy() > 0
    start = np.flatnonzero(~other)
    size = np.diff(np.append(start, frame.height))
    rest = np.repeat(np.add.reduceat((other & ~is_first).astype(np.int64), start), size)
    return np.where(is_first, EVEN, np.where(other, EVEN / np.maximum(rest, 1), 0.0))


def start(
    name: str,
    seen: View,
    frames: Tables,
    tables: Tables,
    past: Iterable[Mapping[str, pl.DataFrame]],
    settings: SuggestSettings,
    bulk_staff: tuple[str, ...] = (),
    *,
    hand_only: bool = False,
) -> Start:
    """Return a start of a labelled year (`frames` with truth, `tables`) from what a ranker sees of it.

    `past` are the tables of earlier years, for the seconds by hand of rows without a record of their own.
    """
    repairs = seen.repairs.rename({"share": "p"}).join(
        frames["repairs"].select(*KEY, "tax_delta"), on=list(KEY), how="left", maintain_order="left"
    )
    told = labels(tables["corrections"], bulk_staff)
    best = by_row(repairs).select(
        "row_id",
        "chosen",
        share_yen="expected_yen",
        share_right=pl.when(pl.col("chosen") > 0).then("p_proposed").otherwise(0.0),
    )
    rows = seen.rows.rename({"asked": "p_asked"}).with_row_index("at").join(told, on="row_id")
    rows = rows.join(best, on="row_id").join(_fields(repairs, frames, told), on="row_id", how="left")
    rows = rows.join(
        _right(frames), left_on=["row_id", "chosen"], right_on=["row_id", "repair_id"], how="left"
    )
    rows = rows.join(_arrivals(tables), on="row_id")
    hand = by_hand(tables, [dict(year) for year in past], settings.time, bulk_staff)
    rows = rows.join(hand, on="row_id").sort("row_id")
    made = rows.with_columns(
        pl.col("best_right", "found").fill_null(value=False),
        pl.col("share_shown").fill_null(0.0),
        needs=pl.col(SIGNATURE) != "",
    )
    return Start(name, made.drop("at", SIGNATURE, "own"), seen.inputs[made["at"].to_numpy()], hand_only)


def _right(frames: Tables) -> pl.DataFrame:
    return frames["truth"].filter("is_right").select("row_id", "repair_id", best_right=pl.lit(value=True))


def _fields(repairs: pl.DataFrame, frames: Tables, told: pl.DataFrame) -> pl.DataFrame:
    """Return by row the share of its repairs that touch the first fields shown, and whether staff did."""
    changes = frames["changes"].select(*KEY, "field").join(
        repairs.filter(pl.col("p") > 0).select(*KEY, "p"), on=list(KEY)
    )  # fmt: skip
    fields = changes.group_by("row_id", "field").agg(pl.col("p").sum())
    fields = fields.sort("row_id", "p", "field", descending=[False, True, False])
    first = fields.group_by("row_id", maintain_order=True).head(SHOWN)
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    code = number.cast(pl.String).str.zfill(2)
    inside = pl.format("|{}|", SIGNATURE).str.contains(pl.format("|{}=", code), literal=True)
    found = first.join(told, on="row_id").group_by("row_id").agg(found=inside.fill_null(value=False).any())
    touching = changes.join(first.select("row_id", "field"), on=["row_id", "field"])
    shown = touching.unique(["row_id", "repair_id"]).sort(KEY).group_by("row_id", maintain_order=True)
    return shown.agg(share_shown=pl.col("p").sum()).join(found, on="row_id", how="left")


def _arrivals(tables: Tables) -> pl.DataFrame:
    """Return by row its check, when it and the papers that it names were there, how tax is collected."""
    listed = tables["inconsistencies"]
    named = listed.select("row_id", document_id=pl.col("document_ids").fill_null("").str.split(";")).explode(
        "document_id"
    )
    papers = named.with_columns(pl.col("document_id").str.strip_chars()).join(
        tables["documents"].select("document_id", "received_on"), on="document_id"
    )
    last = papers.group_by("row_id").agg(pl.col("received_on").max())
    kind = tables["assessments"].select("person_id", special="special_collection").unique("person_id")
    rows = listed.select("row_id", "person_id", "check_code", "detected_on").join(
        last, on="row_id", how="left"
    )
    rows = rows.join(kind, on="person_id", how="left")
    return rows.select(
        "row_id",
        pl.col("check_code").fill_null(""),
        pl.col("special").fill_null(value=False),
        arrives=pl.max_horizontal("detected_on", "received_on"),
    ).with_columns(pl.col("arrives").fill_null(pl.col("arrives").min()))
