"""The backtest for people: one Japanese page that loads nothing, prints well, and names nobody."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.evaluation.backtest import CONTESTANTS, MODEL, Backtested
from models.evaluation.groups import FAIRNESS, FEW
from models.evaluation.measures import MEASURE, MEASURES, Measure
from pipelines.publish import LANE_NAMES

if TYPE_CHECKING:
    from models.evaluation.bootstrap import Figure
    from models.evaluation.officers import Share
    from pipelines.settings import Settings

_TEMPLATES = Path(__file__).with_name("templates")
NOTHING = "–"
KINDS = {"age": "年齢（1月1日）", "sex": "性別", "channel": "資料の提出経路"}
HEADLINES = ("agreement", "right_field_and_value_first", "yen_in_first_fifth", "hours_saved")
OF_LANES = ("cleared", "missed_among_cleared", "passed_over", "hours_saved", "hours_saved_with_sample")
BY_YEAR = (*HEADLINES[:3], "exact_repair_f1", "row_pr_auc", "hours_saved", "cleared", "missed_among_cleared")
PICTURES = {
    "precision_recall": "適合率と再現率：修正が要る行を、どれだけ外さずに拾えるか。",
    "lift": "上から読んだときに見つかる修正行（確率の順）と税額（順位の順）の割合。",
    "reliability": "予測した修正確率と、実際に修正された割合の比較。",
    "errors_by_check": "職員の処理と判定の食い違いが多いチェック。",
}
"""What each picture shows, for those who cannot see it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as one line of the table: of the ranker, its interval, and of the baselines."""

    measure: Measure
    own: str
    interval: str
    others: tuple[str, ...]


def render(years: Sequence[Backtested], pictures: Mapping[str, bytes], settings: Settings) -> str:
    """Return the page on the newest of the tested years; the same figures give the same text."""
    newest = years[-1]
    others = [name for name in CONTESTANTS if name != MODEL]
    lines = {measure.name: _line(measure, newest, others) for measure in MEASURES}
    return _environment().get_template("evaluation.html").render(
        ward=settings.ward.name,
        synthetic=settings.ward.synthetic,
        tested=newest,
        years=years,
        lines=lines,
        headlines=[lines[name] for name in HEADLINES],
        plain=[lines[measure.name] for measure in MEASURES if not measure.lanes],
        laned=[lines[name] for name in OF_LANES],
        others=[CONTESTANTS[name] for name in others],
        missing=[CONTESTANTS[name] for name in others if name not in newest.figures],
        lanes=_lanes(newest),
        time=settings.suggest.time,
        promise=settings.suggest.certify,
        groups=_groups(newest),
        fairness=[(KINDS[by], [g for g in _lines(newest, by) if g["label"]]) for by in FAIRNESS],
        by_year=[(MEASURE[name], [_value(MEASURE[name], one, MODEL) for one in years]) for name in BY_YEAR],
        pictures=_shown(pictures),
    )  # fmt: skip


def _shown(pictures: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return the pictures as text, each with what it shows."""
    return [(b64encode(pictures[name]).decode(), told) for name, told in PICTURES.items() if name in pictures]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "share": share, "interval": with_interval, "count": count}
    return environment


def percent(value: float | None) -> str:
    """Write a share with one digit after the point; a dash where there is none."""
    return NOTHING if value is None or math.isnan(value) else f"{value:.1%}"


def share(value: Share) -> str:
    """Write a share of counted rows with its interval."""
    if not value.rows:
        return NOTHING
    return f"{percent(value.value)}（{percent(value.low)}～{percent(value.high)}、{value.rows:,}行）"


def with_interval(value: Figure) -> str:
    """Write a figure with its interval."""
    if math.isnan(value.value):
        return NOTHING
    return f"{percent(value.value)}（{percent(value.low)}～{percent(value.high)}）"


def count(value: float) -> str:
    """Write a number of rows, hours or yen with separators."""
    return f"{value:,.0f}"


def _line(measure: Measure, tested: Backtested, others: Sequence[str]) -> Line:
    figure = tested.figures[MODEL].get(measure.name)
    interval = _interval(measure, figure) if figure and not math.isnan(figure.value) else NOTHING
    return Line(
        measure,
        _value(measure, tested, MODEL),
        interval,
        tuple(_value(measure, tested, name) for name in others),
    )


def _value(measure: Measure, tested: Backtested, contestant: str) -> str:
    figure = tested.figures.get(contestant, {}).get(measure.name)
    return NOTHING if figure is None else _written(measure, figure.value)


def _interval(measure: Measure, figure: Figure) -> str:
    return f"{_written(measure, figure.low)}～{_written(measure, figure.high)}"


def _written(measure: Measure, value: float) -> str:
    return percent(value) if measure.percent or math.isnan(value) else f"{value:.3f}"


def _lanes(tested: Backtested) -> list[dict[str, Any]]:
    """Return by lane the counts, its Japanese name, its share of the list."""
    whole = max(1, int(tested.lanes["rows"].sum()))
    return [
        line | {"name": LANE_NAMES[line["lane"]], "share": line["rows"] / whole}
        for line in tested.lanes.iter_rows(named=True)
    ]


def _groups(tested: Backtested) -> dict[str, list[dict[str, Any]]]:
    """Return the groups with a correction: by check and field those that lose most first, by yen in order."""
    of_kind = {by: [g for g in _lines(tested, by) if g["corrected"]] for by in ("check", "field", "yen")}
    for by in ("check", "field"):
        of_kind[by].sort(key=lambda group: (-group["lost"], group["label"]))
    return of_kind


def _lines(tested: Backtested, by: str) -> list[dict[str, Any]]:
    groups = tested.groups.filter(by=by).to_dicts()
    return [
        group
        | {
            "lost": round(group["corrected"] * (1 - (group["exact_repair"] or 0))),
            "few": group["corrected"] < FEW,
        }
        for group in groups
    ]
