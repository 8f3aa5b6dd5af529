"""How much each group of clues weighed in the judgement that a row needs a correction: grouped TreeSHAP.

Contributions are log-odds of the first row model and add up exactly to its score (Lundberg et al., 2018);
what the judgements of the rows beside change afterwards (`models.neighbours`) is not in them. They say
what the model looked at, not why the record is wrong.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.columns import COLUMNS
from models.calibration import Floats
from models.ranker import Ranker
from models.rows import in_order

CLEARNESS = "修正案の有力さ"
"""Group of what the row model sees beside the columns: how clear the best repair is."""

CLEAR = {
    "clear_0": "最有力の修正案の確率（修正を要するとして）",
    "clear_1": "次点の修正案の確率（修正を要するとして）",
    "clear_2": "修正案の確率の合計（修正を要するとして）",
    "clear_3": "修正案の数",
}
"""Sentences of those inputs, in their order."""

OTHER = "その他"
MOST = 3
LEAST = 0.05
"""Log-odds below which a group is not worth telling."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """Contributions of rows: `row_ids` (n), `groups` (g), `by_group` (n × g), `by_input` (n × inputs).

    `inputs` are (side, column): side `row` for the line of 'leave', `repair` for that of the best repair, ''
    for how clear that is; `values` (n × inputs) is what the model saw, `base` the log-odds without a clue.
    """

    row_ids: list[str]
    groups: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    by_group: Floats
    by_input: Floats
    values: Floats
    base: Floats


def contributions(ranker: Ranker, features: pl.DataFrame) -> Contributions:
    """Return what weighed in the rows of `features` (whole rows, their lines together, 'leave' first)."""
    frame = in_order(features)
    values = ranker.row_values(frame)
    parts = ranker.row.contributions(values)
    inputs = ranker.row_inputs
    heads = {column.name: column.group for column in COLUMNS}
    of_input = [heads.get(name, OTHER) if side else CLEARNESS for side, name in inputs]
    groups = tuple(dict.fromkeys(of_input))
    member = np.array([[own == group for group in groups] for own in of_input], dtype=np.float64)
    return Contributions(
        row_ids=frame.filter(pl.col("repair_id") == 0)["row_id"].to_list(),
        groups=groups,
        inputs=inputs,
        by_group=parts[:, :-1] @ member,
        by_input=parts[:, :-1],
        values=np.asarray(values, dtype=np.float64),
        base=parts[:, -1],
    )


def told(found: Contributions) -> pl.DataFrame:
    """Return (row_id, weighed): the up to three groups that weighed most, each with its direction."""
    order = np.argsort(-np.abs(found.by_group), axis=1, kind="stable")[:, :MOST]
    sizes = np.take_along_axis(found.by_group, order, axis=1)
    names = np.array(found.groups)[order]
    frame = pl.DataFrame(
        {
            "row": np.repeat(np.arange(len(found.row_ids)), order.shape[1]),
            "group": names.ravel().tolist(),
            "size": sizes.ravel(),
        }
    ).filter(pl.col("size").abs() >= LEAST)
    up = pl.col("size") > 0
    way = pl.when(up).then(pl.lit("修正寄り")).otherwise(pl.lit("記録寄り"))
    clear = pl.when(up).then(pl.lit("有力な修正案あり")).otherwise(pl.lit("有力な修正案なし"))
    name = pl.when(pl.col("group") == CLEARNESS).then(clear).otherwise("group")
    texts = frame.group_by("row", maintain_order=True).agg(
        weighed=pl.format("{}（{}）", name, way).str.join("・")
    )
    ids = pl.DataFrame({"row": np.arange(len(found.row_ids)), "row_id": found.row_ids})
    return ids.join(texts, on="row", how="inner", maintain_order="left").select(
        "row_id", weighed=pl.format("判定に効いた点：{}", "weighed")
    )
