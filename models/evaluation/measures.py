"""Every figure of the backtest, declared once: its name, what staff read, and how it is computed.

A figure is computed from per-row arrays under row weights, many sets of weights at once: one set of ones
gives the figure itself, sets drawn by household give its interval.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Rows = Mapping[str, Array]
"""Per-row arrays (n each) by the names of `models.evaluation.judged`; yes is 1, no is 0."""

BINS = 15
"""Equally filled bins of the calibration error."""
FIRST = 0.2
"""The share of the list, by rank, in which the yen found are counted."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: `of` gives its values (one a set of weights) from the rows and the weights (sets × rows).

    `label` and `meaning` are what staff read; `lower` is better for errors;
    `lanes`: it speaks of the lanes; `percent`: it is shown as one.
    """

    name: str
    label: str
    meaning: str
    of: Callable[[Rows, Array], Array]
    lower: bool = False
    lanes: bool = False
    percent: bool = True


def _share(counted: str, among: str) -> Callable[[Rows, Array], Array]:
    """Return what computes the share of rows with `counted` among those with `among`."""

    def of(rows: Rows, weights: Array) -> Array:
        whole = weights @ rows[among]
        return ratio(weights @ (rows[counted] * rows[among]), whole)

    return of


def ratio(part: Array, whole: Array) -> Array:
    """Divide; NaN where there is nothing to divide by."""
    divided: Array = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return divided


def row_pr_auc(rows: Rows, weights: Array) -> Array:
    """Return the average precision of p: precision at each distinct p, weighted by the recall it adds."""
    order = np.argsort(-rows["p"], kind="stable")
    p = rows["p"][order]
    ends = np.append(np.flatnonzero(np.diff(p)), p.size - 1)
    sorted_weights = weights[:, order]
    seen = np.cumsum(sorted_weights, axis=1)[:, ends]
    found = np.cumsum(sorted_weights * rows["corrected"][order], axis=1)[:, ends]
    gained = np.diff(found, axis=1, prepend=0.0)
    precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
    return ratio((gained * precision).sum(axis=1), found[:, -1])


def exact_repair_f1(rows: Rows, weights: Array) -> Array:
    """Return F1 of the exactly right repair: recall of corrected rows, precision of rows with a proposal."""
    right = weights @ (rows["exact"] * rows["corrected"])
    return ratio(2.0 * right, weights @ rows["corrected"] + weights @ rows["proposes"])


def ece(rows: Rows, weights: Array) -> Array:
    """Return the calibration error: mean gap of p and share corrected over equally filled bins."""
    order = np.argsort(rows["p"], kind="stable")
    sorted_weights = weights[:, order]
    seen = np.cumsum(sorted_weights, axis=1)
    gap = np.cumsum(sorted_weights * (rows["p"] - rows["corrected"])[order], axis=1)
    total = np.zeros(len(weights))
    for place in range(len(weights)):  # over sets of weights, not over rows
        edges = seen[place, -1] * np.arange(1, BINS) / BINS
        ends = np.append(np.searchsorted(seen[place], edges, side="left"), seen.shape[1] - 1)
        total[place] = np.abs(np.diff(gap[place, ends], prepend=0.0)).sum()
    return ratio(total, seen[:, -1])


def _in_first_fifth(yen: str) -> Callable[[Rows, Array], Array]:
    """Return what computes the share of all yen, so counted, that is in the first rows by rank."""

    def of(rows: Rows, weights: Array) -> Array:
        order = np.argsort(rows["rank"], kind="stable")
        sorted_weights = weights[:, order]
        seen = np.cumsum(sorted_weights, axis=1)
        inside = seen <= FIRST * seen[:, -1:]
        moved = sorted_weights * rows[yen][order]
        return ratio((moved * inside).sum(axis=1), moved.sum(axis=1))

    return of


def _saved(cost: str) -> Callable[[Rows, Array], Array]:
    """Return what computes the share of the seconds by hand that are projected to be saved."""

    def of(rows: Rows, weights: Array) -> Array:
        spent = weights @ rows["hand"]
        return ratio(spent - weights @ rows[cost], spent)

    return of


MEASURES: tuple[Measure, ...] = (
    Measure(
        "row_pr_auc",
        "行の平均適合率（PR-AUC）",
        "修正が要る行を上に並べられているか。1が満点で、でたらめに並べると全体の修正率と同じになる。",
        row_pr_auc,
        percent=False,
    ),
    Measure(
        "agreement",
        "職員の判断との一致率",
        "修正確率が50%以上か未満かという判定が、職員が修正したかどうかと同じだった行の割合。",
        _share("agrees", "row"),
    ),
    Measure(
        "right_field_first",
        "項目が正しい（第1候補）",
        "修正された行のうち、最も疑わしいとした項目が、職員の直した項目だった割合。",
        _share("field_right", "corrected"),
    ),
    Measure(
        "right_field_in_three",
        "項目が正しい（第3候補まで）",
        "修正された行のうち、上位3項目のどれかが、職員の直した項目だった割合。",
        _share("field_in_three", "corrected"),
    ),
    Measure(
        "right_field_and_value_first",
        "項目と値が正しい（第1候補）",
        "修正された行のうち、最も疑わしいとした項目と、その修正案の値の両方が、職員の修正と同じだった割合。",
        _share("value_right", "corrected"),
    ),
    Measure(
        "exact_repair",
        "修正案が職員の修正と同じ（再現率）",
        "修正された行のうち、修正案の項目と値が過不足なく職員の修正と同じだった割合。",
        _share("exact", "corrected"),
    ),
    Measure(
        "exact_repair_f1",
        "修正案が職員の修正と同じ（F1）",
        "上の割合と、変更を提案した行のうち過不足なく正しかった割合との調和平均。",
        exact_repair_f1,
    ),
    Measure(
        "yen_in_first_fifth",
        "上位20%で見つかる税額",
        "順位の上から20%の行を見たとき、正しい修正で動く税額（増減とも）のうち、そこに含まれる割合。",
        _in_first_fifth("yen"),
    ),
    Measure(
        "yen_once_in_first_fifth",
        "上位20%で見つかる税額（同じ修正は一度だけ数える）",
        "上と同じ割合。ただし、同じ人の複数の行が同じ修正を求めるとき、その税額は先に見る行で一度だけ数える。",
        _in_first_fifth("yen_counted"),
    ),
    Measure(
        "ece",
        "確率のずれ（ECE）",
        "行を修正確率の順に15等分し、各組の確率と実際の修正割合の差を平均したもの。小さいほどよい。",
        ece,
        lower=True,
        percent=False,
    ),
    Measure(
        "cleared",
        "「修正不要」に分けた割合",
        "見なくてよいとした行が、リスト全体に占める割合。",
        _share("lane_clear", "row"),
        lanes=True,
    ),
    Measure(
        "missed_among_cleared",
        "「修正不要」の中の見落とし",
        "見なくてよいとした行のうち、実は職員が修正していた行の割合。上限を確かめるのに使った行は数えない。",
        _share("corrected", "clear_unseen"),
        lower=True,
        lanes=True,
    ),
    Measure(
        "confirmed",
        "「確認」に分けた割合",
        "示された案を一目見れば済むとした行の割合。",
        _share("lane_confirm", "row"),
        lanes=True,
    ),
    Measure(
        "reviewed",
        "「要審査」に分けた割合",
        "資料を読んで判断する行の割合。",
        _share("lane_review", "row"),
        lanes=True,
    ),
    Measure(
        "inquired",
        "「照会」に分けた割合",
        "資料だけでは決まらず、照会が要るとした行の割合。",
        _share("lane_inquire", "row"),
        lanes=True,
    ),
    Measure(
        "inquire_right",
        "「照会」の的中率",
        "照会が要るとした行のうち、職員が実際に照会した行の割合。",
        _share("asked", "lane_inquire"),
        lanes=True,
    ),
    Measure(
        "passed_over",
        "素通りする要修正行",
        "修正された行のうち、「修正不要」に分けたか、「確認」で「記録のまま」を勧めた行の割合。小さいほどよい。",
        _share("passed", "corrected"),
        lower=True,
        lanes=True,
    ),
    Measure(
        "hours_saved",
        "見込み時間の削減率",
        "時間モデルで見込んだ、手作業の合計時間に対する削減の割合（無作為標本の点検は含まない）。測った時間ではない。",
        _saved("cost"),
        lanes=True,
    ),
    Measure(
        "hours_saved_with_sample",
        "見込み時間の削減率（標本の点検を含む）",
        "無作為標本の行をすべて手作業でも見る時間を加えた削減の割合。",
        _saved("cost_sampled"),
        lanes=True,
    ),
)

MEASURE: dict[str, Measure] = {measure.name: measure for measure in MEASURES}
