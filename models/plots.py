"""The pictures of an evaluation, for people: arrays in, PNG bytes out, the same bytes for the same arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.canvas import ACCENT, DASHES, INK, PAPER, QUIET, Canvas, label, percent, style
from models.evaluation import curves

Array = NDArray[np.float64]
READ = 0.2  # the share of the list that the lift picture reads off
HIGH = 0.8
CHECKS = 15


def reliability(p: ArrayLike, y: ArrayLike, *, synthetic: bool = False) -> bytes:
    """Draw whether rows given a probability were corrected that often, in 15 equally filled bins.

    Args:
        p: calibrated probability of correction, one a row, 0 to 1.
        y: whether staff corrected the row, as long as `p`.
        synthetic: write 合成データ on the picture.

    Raises:
        ValueError: no rows, or lengths differ.
    """
    given, truth = curves.checked(p, y)
    said, seen, counts = curves.binned(given, truth)
    gap = float(np.average(np.abs(said - seen), weights=counts))
    low, high = curves.wilson(seen, counts)
    with style():
        groups = f"{len(given):,}行を確率の順に{len(counts)}等分した各組で比べる。"
        subtitle = f"{groups}ずれの平均（ECE）{gap * 100:.1f}ポイント"
        canvas = Canvas("予測した確率どおりに修正されているか", subtitle, synthetic=synthetic)
        axes = canvas.axes(0.11, 0.115, 0.85, 1)
        axes.plot((0, 1), (0, 1), color=QUIET, lw=1, ls=DASHES[1])
        label(axes, 0.86, 0.86, "確率どおり", QUIET, xytext=(-8, 4), ha="right")
        axes.vlines(said, low, high, color=ACCENT, lw=1.6, alpha=0.45)
        axes.plot(said, seen, "o", color=ACCENT, ms=7, mec=PAPER, mew=1.2, clip_on=False)
        key = "点：各組の実績　縦線：95%信頼区間"
        axes.text(0.02, 0.94, key, transform=axes.transAxes, color=QUIET)
        _unit(axes, "予測した修正確率（各組の平均）", "実際に修正された割合")
        return canvas.png()


def _unit(axes: Any, x: str, y: str) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1.005), xlabel=x, ylabel=y)
    percent(axes.xaxis)
    percent(axes.yaxis)


def precision_recall(
    p: ArrayLike, y: ArrayLike, baselines: Mapping[str, ArrayLike], *, synthetic: bool = False
) -> bytes:
    """Draw how many of the rows read are corrections, against how many of all corrections are found by then.

    Args:
        p: score of each row; only its order counts.
        y: whether staff corrected the row.
        baselines: scores of other methods by the name that the picture shows (Japanese).
        synthetic: write 合成データ on the picture.

    Raises:
        ValueError: no rows, no correction among them, or lengths differ.
    """
    drawn = [(name, *curves.precision_recall(score, y)) for name, score in {"正す": p, **baselines}.items()]
    rate = float(np.mean(np.asarray(y, dtype=np.float64)))
    with style():
        canvas = Canvas(
            "修正が要る行を、どれだけ外さずに拾えるか",
            "右上に近いほどよい。括弧内は平均適合率（PR-AUC）",
            synthetic=synthetic,
        )
        axes = canvas.axes(0.11, 0.115, 0.85, 1)
        axes.axhline(rate, color=QUIET, lw=1, ls=DASHES[2])
        label(axes, 0.01, rate, f"リスト全体の修正率 {rate:.0%}", QUIET, xytext=(4, -5), va="top")
        for number, (_, recall, precision, _) in reversed(list(enumerate(drawn))):
            axes.plot(recall, precision, **_line(number))
        for number, (name, recall, precision, area) in enumerate(drawn):
            _name_curve(axes, number, f"{name}（{area:.3f}）", recall, precision)
        _unit(axes, "再現率：修正が要る行のうち、拾えた割合", "適合率：拾った行のうち、修正された割合")
        return canvas.png()


def _line(number: int) -> dict[str, Any]:
    """Return how the curve of a method is drawn: ours (0) in colour, the others grey and broken."""
    if number == 0:
        return {"color": ACCENT, "lw": 2.6}
    return {"color": QUIET, "lw": 1.4, "ls": DASHES[1 + (number - 1) % (len(DASHES) - 1)]}


def _name_curve(axes: Any, number: int, text: str, recall: Array, precision: Array) -> None:
    """Write the name on the curve: ours above it, the others below, each further to the left."""
    at = max(0.86 - 0.2 * number, 0.4)
    height = float(np.interp(at, recall, precision))
    if number == 0:
        label(axes, at, height, text, ACCENT, xytext=(6, 8), weight="bold", size=12)
    else:
        label(axes, at, height, text, INK, xytext=(-4, -6), ha="right", va="top")


def lift(
    p: ArrayLike,
    y: ArrayLike,
    yen: ArrayLike | None = None,
    *,
    rank: ArrayLike | None = None,
    base_rate: ArrayLike | None = None,
    synthetic: bool = False,
) -> bytes:
    """Draw the share of all corrections found against the share of the list read, best rows first.

    Args:
        p: score of each row, the highest read first.
        y: whether staff corrected the row.
        yen: tax moved by the row's correction, in yen, its sign ignored; draws the share of yen found beside.
        rank: place of each row in the order (1: first) in which yen are found; that of `p` if left out.
        base_rate: score of each row by its check's past share of corrections, drawn beside.
        synthetic: write 合成データ on the picture.

    Raises:
        ValueError: no rows, no correction among them, or lengths differ.
    """
    given, truth = curves.checked(p, y)
    if not truth.any():
        raise ValueError("no row was corrected: there is nothing to find")
    read, found = curves.found(given, truth)
    at = float(np.interp(READ, read, found))
    with style():
        canvas = Canvas(
            f"上位{READ:.0%}を読めば、要修正の{at:.0%}が見つかる",
            f"修正確率の高い行から読んだとき、修正された行のうち見つかった割合（{len(given):,}行）",
            synthetic=synthetic,
        )
        axes = canvas.axes(0.11, 0.115, 0.85, 1)
        _references(axes, float(truth.mean()))
        if base_rate is not None:
            beside = curves.found(np.asarray(base_rate, dtype=np.float64), truth)
            _lift_line(axes, beside, "チェック別の修正率順", 0.58, 1)
        if yen is not None:
            money = np.abs(np.asarray(yen, dtype=np.float64)) * truth
            curve = curves.found(given if rank is None else -np.asarray(rank, dtype=np.float64), money)
            axes.plot(*curve, color=ACCENT, lw=1.6, ls=DASHES[1])
            _yen_label(axes, curve, "税額でみると" if rank is None else "税額（順位順）")
        axes.plot(read, found, **_line(0))
        _read_off(axes, at)
        _unit(axes, "読んだ割合（リスト全体に対して）", "見つかった割合（要修正の行に対して）")
        return canvas.png()


def _references(axes: Any, rate: float) -> None:
    axes.plot((0, rate, 1), (0, 1, 1), color=QUIET, lw=1, ls=DASHES[2])
    label(axes, rate, 1.0, "すべて言い当てた場合", QUIET, xytext=(0, 4), va="bottom")
    axes.plot((0, 1), (0, 1), color=QUIET, lw=1, ls=DASHES[2])
    label(axes, 0.3, 0.3, "順序をつけずに読む", QUIET, xytext=(8, -6), va="top")


def _lift_line(axes: Any, curve: tuple[Array, Array], text: str, at: float, number: int) -> None:
    axes.plot(*curve, **_line(number))
    label(axes, at, float(np.interp(at, *curve)), text, INK, xytext=(8, -5), va="top")


def _read_off(axes: Any, at: float) -> None:
    """Mark what our curve has found where the picture reads it off."""
    axes.plot((READ, READ), (0, at), color=ACCENT, lw=0.9, ls=DASHES[2])
    axes.plot(READ, at, "o", color=ACCENT, ms=8, mec=PAPER, mew=1.4)
    label(axes, READ, at, f"正す {at:.0%}", ACCENT, xytext=(9, -14), weight="bold", size=12)


def _yen_label(axes: Any, curve: tuple[Array, Array], text: str) -> None:
    height = float(np.interp(READ, *curve))
    beside: dict[str, Any] = {"xytext": (-6, 6), "ha": "right"}
    if height > HIGH:  # no room to the left of a line that steep
        beside = {"xytext": (8, -8), "va": "top"}
    label(axes, READ, height, f"{text} {height:.0%}", ACCENT, **beside)


def errors_by_check(checks: Sequence[str], wrong: ArrayLike, *, synthetic: bool = False) -> bytes:
    """Draw the checks whose rows were misjudged most often: how many, and of how many.

    Args:
        checks: name of each row's check.
        wrong: whether the row was judged otherwise than staff did.
        synthetic: write 合成データ on the picture.

    Raises:
        ValueError: no rows, or lengths differ.
    """
    names, index = np.unique(np.asarray(checks, dtype=str), return_inverse=True)
    _, missed = curves.checked(index, wrong)
    rows, errors = np.bincount(index), np.bincount(index, weights=missed).astype(np.int64)
    top = np.lexsort((names, -errors))[:CHECKS][::-1]
    with style():
        which = f"{len(names)}種のうち上位{len(top)}種" if len(names) > len(top) else f"全{len(names)}種"
        subtitle = f"職員の処理と判定が食い違った行の数と割合（{which}、{len(index):,}行）"
        size = (8.0, 1.5 + 0.3 * len(top))
        canvas = Canvas("食い違いの多いチェック", subtitle, synthetic=synthetic, size=size)
        axes = canvas.axes(0.36, 0.04, 0.36, 1)
        axes.barh(range(len(top)), errors[top], color=ACCENT, height=0.62)
        for place, check in enumerate(top):
            text = f"{errors[check]:,} / {rows[check]:,}行　{errors[check] / rows[check]:.1%}"
            label(axes, float(errors[check]), place, text, INK, xytext=(6, 0), va="center")
        axes.set_yticks(range(len(top)), [_shortened(names[check]) for check in top])
        axes.set(xlim=(0, max(int(errors.max()), 1)), ylim=(-0.6, len(top) - 0.4))
        axes.tick_params(left=False, bottom=False, labelbottom=False)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        return canvas.png()


def _shortened(name: str, width: int = 18) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"
