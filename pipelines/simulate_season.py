"""Simulate a season: the newest judged year day by day, from no record, another ward's, and its own."""

import io
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from pipelines.featurize import FRAMES
from pipelines.job import Job
from tadasu.errors import TadasuError
from tadasu.tables import EXTRACT

if TYPE_CHECKING:
    from models.season.queue import Played, Start
    from models.seconds import Seconds

Tables = dict[str, pl.DataFrame]
OWN, OTHER, NONE, HAND = "自区の実績あり", "他区の実績", "実績なし", "手作業（検出順）"


def _telling(job: Job, name: str, place: int, count: int) -> Callable[[float], None]:
    """Return how one start of several tells its progress (0 to 1)."""
    return lambda share: job.progress(name, (place + share) / count)


def run(job: Job) -> None:
    """Write by day what each start had worked, found and missed; figures; one picture."""
    from models.season.picture import missed_by_day
    from models.season.queue import in_time, play

    if not job.has("backtest/"):
        raise TadasuError(
            f"{job.root}: no backtest ranker: a season can be simulated where a judged year was kept out of "
            "training. Two labelled years are needed; run train without train.from first."
        )
    settings = job.settings
    year, starts = _starts(job)
    seconds = _recorded(job, year)
    played = []
    for place, begun in enumerate(starts):
        made = play(
            begun,
            year,
            settings.season,
            settings.suggest,
            seconds,
            _telling(job, begun.name, place, len(starts)),
        )
        played.append(made)
    days = pl.concat([made.days.select(pl.lit(made.name).alias("start"), pl.all()) for made in played])
    table = io.StringIO()
    days.write_csv(table, float_precision=3)
    job.write("simulation/days.csv", table.getvalue())
    figures = {made.name: _figures(made) | in_time(made.rows, year, settings.season) for made in played}
    note = f"見込み（{settings.suggest.time.name}による模擬、実測ではない）"
    note += "、合成データ" if settings.ward.synthetic else ""
    job.write("simulation/figures.json", {"year": year, "note": note, "starts": figures})
    ends = {kind: date.fromisoformat(f"{year}-{day}") for kind, day in settings.season.deadlines.items()}
    job.write("simulation/season.png", missed_by_day(played, ends, synthetic=settings.ward.synthetic))
    job.detail["told"] = [_told(name, found) for name, found in figures.items()]


def _starts(job: Job) -> tuple[int, list["Start"]]:
    """Return the judged year and its starts, the ward's own ranker first."""
    from models.neighbours import links
    from models.ranker import load
    from models.season.rerank import view
    from models.season.starts import start, without_history

    settings, (*earlier, _) = job.settings, job.years()
    labelled = [year for year in earlier if job.table(year, "truth").height]
    year, names = labelled[-1], [table.name for table in EXTRACT]
    tables, frames = job.tables(year, names), job.tables(year, FRAMES)
    past = [job.tables(known, ("corrections", "inconsistencies")) for known in labelled[:-1]]
    known = links(tables["inconsistencies"], tables["residents"], frames)
    seen = {OWN: view(load(job.path("backtest/")), frames["features"], known)}
    if settings.season.other is not None:
        seen[OTHER] = view(load(settings.season.other), frames["features"], known)
    seen[NONE] = without_history(frames, tables, settings.season.prior)
    bulk = tuple(settings.ward.bulk_staff)
    made = [start(name, one, frames, tables, past, settings.suggest, bulk) for name, one in seen.items()]
    hand = start(HAND, seen[NONE], frames, tables, past, settings.suggest, bulk, hand_only=True)
    return year, [*made, hand]


def _recorded(job: Job, year: int) -> "Seconds":
    from models.seconds import Seconds

    spent = (job.table(known, "corrections") for known in job.years() if known < year)
    settings = job.settings
    return Seconds.recorded(spent, settings.suggest.time, tuple(settings.ward.bulk_staff))


def _figures(played: "Played") -> dict[str, float]:
    last = played.days.row(-1, named=True)
    return {
        "rows_worked": last["rows_worked"],
        "rows": played.rows.height,
        "hours": round(last["hours"], 1),
        "hours_by_hand": round(last["hours_by_hand"], 1),
        "found": last["found"],
        "missed": last["missed"],
        "missed_days": int(played.days["missed"].sum()),
        "updates": played.updates,
        "updates_with_trees": played.trees_kept,
    }


def _told(name: str, figures: dict[str, float]) -> str:
    return (
        f"期中の模擬（見込み）{name}：{figures['hours']:,.0f}時間で{figures['rows_worked']:,}行、"
        f"締切までの修正 特別徴収{figures['special_corrections_in_time']:.0%}・"
        f"普通徴収{figures['ordinary_corrections_in_time']:.0%}"
    )


if __name__ == "__main__":
    from pipelines.stage import main

    main("simulate_season")
