"""Evaluate: the figures and pictures of the newest labelled year, held out from the ranker that is tested."""

import math
from typing import TYPE_CHECKING

from pipelines.featurize import FRAMES
from pipelines.job import Job, Progress, quiet
from tadasu.tables import EXTRACT

if TYPE_CHECKING:
    from models.evaluate import Evaluation

METRICS = "evaluation/metrics.json"
NO_BACKTEST = "検証年度なし：正解のある年度が1年だけ、または他所の判定器を使うため、精度は測っていない"
EVEN = 0.5
"""From this probability on a row counts as judged to need a correction."""
BASELINE = "チェック別の修正率（昨年まで）"


def pictures(evaluation: "Evaluation", *, synthetic: bool) -> dict[str, bytes]:
    """Return the pictures of an evaluation as PNG, by name."""
    from models import plots

    p, y = evaluation.p, evaluation.y
    return {
        "reliability": plots.reliability(p, y, synthetic=synthetic),
        "precision_recall": plots.precision_recall(
            p, y, {BASELINE: evaluation.baseline_p}, synthetic=synthetic
        ),
        "lift": plots.lift(p, y, synthetic=synthetic),
        "errors_by_check": plots.errors_by_check(
            evaluation.checks, (p >= EVEN) != (y > 0), synthetic=synthetic
        ),
    }


def figures(metrics: dict[str, float]) -> dict[str, float]:
    """Return the figures that are numbers: one that could not be measured is left out, not made up."""
    return {name: round(float(value), 6) for name, value in metrics.items() if math.isfinite(value)}


def run(job: Job) -> None:
    """Measure the backtest ranker on the newest labelled year; without one, say so."""
    if not job.has("backtest/"):
        job.detail["note"] = NO_BACKTEST
        return
    evaluation, year = _measured(job, job.progress)
    job.detail["year"] = year
    job.write(METRICS, {"year": year, **figures(evaluation.metrics)})
    for name, picture in pictures(evaluation, synthetic=job.settings.ward.synthetic).items():
        job.write(f"evaluation/{name}.png", picture)


def _measured(job: Job, progress: Progress = quiet) -> tuple["Evaluation", int]:
    from models.evaluate import evaluate
    from models.ranker import load

    *earlier, _ = job.years()
    year = max(y for y in earlier if job.table(y, "truth").height)
    names = [table.name for table in EXTRACT]
    frames, tables = job.tables(year, FRAMES), job.tables(year, names)
    past = {y: job.tables(y, names) for y in earlier if y < year}
    ranker = load(job.path("backtest/"))
    bulk_staff = tuple(job.settings.ward.bulk_staff)
    found = evaluate(ranker, year, frames, tables, past, job.settings.evaluate, progress, bulk_staff)
    return found, year


if __name__ == "__main__":
    from pipelines.stage import main

    main("evaluate")
