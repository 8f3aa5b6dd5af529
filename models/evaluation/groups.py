"""The figures by group: where errors remain, and whether those of some people are missed more."""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_matrix

from models.evaluation.bootstrap import intervals
from models.evaluation.measures import Array, Rows, ratio

# A figure of a group is the share of rows with the first among those with the second.
SHARES: dict[str, tuple[str, str]] = {
    "agreement": ("agrees", "row"),
    "right_field_first": ("field_right", "corrected"),
    "right_field_and_value_first": ("value_right", "corrected"),
    "exact_repair": ("exact", "corrected"),
    "repair_recall": ("candidate", "corrected"),
    "passed_over": ("passed", "corrected"),
    "needless": ("needless", "left"),
}
OF_CORRECTED_ONLY = ("field", "yen")
"""Kinds of group that only corrected rows belong to: what is shared among all rows says nothing there."""
FAIRNESS = ("age", "sex", "channel")
"""Kinds of group that are looked at for fairness."""
FEW = 30
"""Corrected rows below which chance rules a group's shares: such a group is never flagged."""
KEY = ("by", "place", "label")


def by_group(
    rows: Rows, member: pl.DataFrame, block: npt.NDArray[np.int64], resamples: int, seed: int
) -> pl.DataFrame:
    """Return a line per group: by, place, label, rows, corrected, each of `SHARES` with `_low` and `_high`.

    Args:
        rows: arrays of `judged`, and `candidate` (the right repair is among the row's candidates).
        member: by, place, label, at (place of the row in the arrays), each pair once.
        block: household of each row, 0 to blocks - 1.
        resamples: of households, for the 95 % intervals.
        seed: of the resamples.

    `flagged`: the group's share of needed corrections that are passed over lies above that of all rows, its
    whole interval included, and has `FEW` such rows; with many groups one in forty does so by chance.
    """
    groups = member.select(KEY).unique().sort(KEY).with_row_index("group")
    pairs = member.join(groups, on=list(KEY)).sort("group", "at")
    extended = {**rows, "left": 1 - rows["corrected"], "needless": rows["proposes"] * (1 - rows["corrected"])}
    sums = {name: _sums(pairs, extended[among]) for name, (_, among) in SHARES.items()}
    parts = {name: _sums(pairs, extended[one] * extended[other]) for name, (one, other) in SHARES.items()}

    def of(weights: Array) -> dict[str, Array]:
        sets = np.ascontiguousarray(weights.T)
        return {name: ratio((parts[name] @ sets).T, (sums[name] @ sets).T) for name in SHARES}

    found = intervals(of, block, resamples, seed)
    one = np.ones(len(block))
    columns: dict[str, Array] = {
        "rows": _sums(pairs, extended["row"]) @ one,
        "corrected": _sums(pairs, extended["corrected"]) @ one,
    }
    for name, (value, low, high) in found.items():
        columns |= {name: value, f"{name}_low": low, f"{name}_high": high}
    table = groups.drop("group").hstack(pl.DataFrame(columns)).with_columns(pl.col(pl.Float64).fill_nan(None))
    table = table.with_columns(pl.col("rows", "corrected").cast(pl.Int64))
    return _flagged(table, _overall(extended))


def _sums(pairs: pl.DataFrame, values: Array) -> csr_matrix:
    """Return what adds `values` up by group, under row weights: groups × rows, empty where the value is 0."""
    at, group = pairs["at"].to_numpy(), pairs["group"].cast(pl.Int64).to_numpy()
    shape = (pairs["group"].n_unique(), len(values))
    matrix = csr_matrix((values[at], (group, at)), shape=shape)
    matrix.eliminate_zeros()
    return matrix


def _overall(rows: Rows) -> float:
    counted, among = SHARES["passed_over"]
    whole = float(rows[among].sum())
    return float((rows[counted] * rows[among]).sum()) / whole if whole else 0.0


def _flagged(table: pl.DataFrame, overall: float) -> pl.DataFrame:
    meaningless = pl.col("by").is_in(OF_CORRECTED_ONLY)
    of_all = [name + end for name in ("agreement", "needless") for end in ("", "_low", "_high")]
    table = table.with_columns(pl.when(~meaningless).then(pl.col(name)).alias(name) for name in of_all)
    above = (pl.col("passed_over_low") > overall) & (pl.col("corrected") >= FEW)
    return table.with_columns(flagged=above.fill_null(value=False))
