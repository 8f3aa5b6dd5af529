"""The picture of a simulated season: corrections not yet found, by day, from each start."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.canvas import ACCENT, DASHES, INK, QUIET, Canvas, label, style
from models.season.queue import Played

DEADLINES = {"special": "特別徴収の締切", "ordinary": "普通徴収の締切"}
WEEK = 7


def missed_by_day(
    seasons: Sequence[Played], deadlines: Mapping[str, date], *, synthetic: bool = False
) -> bytes:
    """Draw how many corrections among the detected rows are still to be found, as PNG.

    Args:
        seasons: the first is drawn in colour, the others grey and broken; `name` stands on the line.
        deadlines: days by kind of collection ('special', 'ordinary').
        synthetic: write 合成データ on the picture.
    """
    with style():
        canvas = Canvas(
            "期中の見落とし：検出済みでまだ見つかっていない修正（見込み）",
            "毎日の作業時間は同じ。時間モデルによる模擬で、実測ではない",
            synthetic=synthetic,
        )
        axes = canvas.axes(0.11, 0.1, 0.85, 1)
        top = 1.08 * max(float(played.days["missed"].max() or 1) for played in seasons)  # type: ignore[arg-type]
        for number, played in reversed(list(enumerate(seasons))):
            _line(axes, number, played)
        for kind, day in deadlines.items():
            axes.axvline(day.toordinal(), color=QUIET, lw=0.9, ls=DASHES[2])
            label(axes, day.toordinal(), top, DEADLINES[kind], QUIET, xytext=(-4, -3), ha="right", va="top")
        axes.set(ylim=(0, top), ylabel="未発見の修正（行）")
        _weeks(axes, seasons[0].days["day"].to_list())
        return canvas.png()


def _line(axes: Any, number: int, played: Played) -> None:
    days = [day.toordinal() for day in played.days["day"]]
    missed = played.days["missed"].to_list()
    drawn: dict[str, Any] = {"color": ACCENT, "lw": 2.6} if number == 0 else {"color": QUIET, "lw": 1.4}
    axes.plot(days, missed, ls=DASHES[number % len(DASHES)], **drawn)
    at = min(len(days) - 1, int(len(days) * (0.42 + 0.1 * number)))
    label(axes, days[at], missed[at], played.name, ACCENT if number == 0 else INK, xytext=(4, 6))


def _weeks(axes: Any, days: list[date]) -> None:
    axes.set_xticks(
        [day.toordinal() for day in days[::WEEK]], [f"{day.month}/{day.day}" for day in days[::WEEK]]
    )
    axes.set_xlim(days[0].toordinal(), days[-1].toordinal())
