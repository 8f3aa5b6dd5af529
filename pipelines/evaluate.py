"""Evaluate: the backtest of labelled years, as figures, tables, pictures and one page for people."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from pipelines.featurize import FRAMES
from pipelines.job import Job, Progress
from pipelines.train import NAMES as TRAINED_ON
from pipelines.train import law_and_code
from tadasu.law import Law
from tadasu.tables import EXTRACT

if TYPE_CHECKING:
    from models.certificate import Certificate
    from models.evaluation.backtest import Backtested
    from models.ranker import Ranker

METRICS = "evaluation/metrics.json"
PAGE = "evaluation/index.html"
NO_BACKTEST = "検証年度なし：正解のある年度が1年だけ、または他所の判定器を使うため、精度は測っていない"
OF_PAST = ("repairs", "changes")
"""What the baselines read of earlier years beside the extract."""
Tables = dict[str, pl.DataFrame]


def run(job: Job) -> None:
    """Test the newest labelled year (`rolling`: each but the first); without a backtest ranker, say so."""
    if not job.has("backtest/"):
        job.detail["note"] = NO_BACKTEST
        return
    from models.evaluation import outcome

    years = list(_tested(job))
    newest = years[-1]
    job.detail["year"] = newest.year
    earlier = {
        f"{one.year}/{name}": value for one in years[:-1] for name, value in outcome.headline(one).items()
    }
    job.write(METRICS, {"year": newest.year, **outcome.metrics(newest), **earlier})
    for one in years:
        job.write(f"evaluation/years/{one.year}.json", outcome.record(one))
    tables = {
        "figures": outcome.figures_table(years),
        "groups": newest.groups,
        **outcome.curve_tables(newest),
    }
    for name, table in tables.items():
        job.write(f"evaluation/{name}.csv", _csv(table))
    drawn = pictures(newest, synthetic=job.settings.ward.synthetic)
    for name, picture in drawn.items():
        job.write(f"evaluation/{name}.png", picture)
    from pipelines.evaluation_page import render

    job.write(PAGE, render(years, drawn, job.settings))


def _csv(table: pl.DataFrame) -> str:
    text = io.StringIO()
    table.write_csv(text, float_precision=6)
    return text.getvalue()


def pictures(tested: "Backtested", *, synthetic: bool) -> dict[str, bytes]:
    """Return the pictures of a tested year as PNG, by name; none where no row was corrected."""
    from models import plots
    from models.evaluation.backtest import CONTESTANTS, MODEL

    ours = tested.judged[MODEL]
    p, y = ours["p"].to_numpy(), ours["corrected"].to_numpy()
    if not y.any():
        return {}
    others = {
        CONTESTANTS[name]: rows["p"].to_numpy() for name, rows in tested.judged.items() if name != MODEL
    }
    base = tested.judged.get("base")
    return {
        "reliability": plots.reliability(p, y, synthetic=synthetic),
        "precision_recall": plots.precision_recall(p, y, others, synthetic=synthetic),
        "lift": plots.lift(
            p,
            y,
            ours["yen"].to_numpy(),
            rank=ours["rank"].to_numpy(),
            base_rate=None if base is None else base["p"].to_numpy(),
            synthetic=synthetic,
        ),
        "errors_by_check": plots.errors_by_check(
            tested.checks, 1.0 - ours["agrees"].to_numpy(), synthetic=synthetic
        ),
    }


def _tested(job: Job) -> Iterator["Backtested"]:
    """Yield the tested years, oldest first; the newest labelled one with the ranker that train left."""
    from models.ranker import load

    *before, _ = job.years()
    labelled = [year for year in before if job.table(year, "truth").height]
    chosen = labelled[1:] if job.settings.evaluate.rolling else labelled[-1:]
    certificate = None
    for place, year in enumerate(chosen):
        known = [y for y in labelled if y < year]
        ranker = load(job.path("backtest/")) if year == labelled[-1] else _trained(job, known)
        tested, certificate = _of_year(job, year, known, ranker, certificate, _part(job, place, len(chosen)))
        yield tested


def _trained(job: Job, known: list[int]) -> "Ranker":
    from models.training import train

    years = {year: job.tables(year, TRAINED_ON) for year in known}
    facts = {"data": job.digest(), **law_and_code(job.settings.ward.ordinance)}
    return train(years, job.settings.model, facts=facts)


def _of_year(
    job: Job, year: int, known: list[int], ranker: "Ranker", before: "Certificate | None", progress: Progress
) -> tuple["Backtested", "Certificate"]:
    """Return the tested year, and what its labels certify for the year after it."""
    from models.evaluation.backtest import backtest
    from models.evaluation.season import season

    settings = job.settings
    progress(f"{year}年度を判定", 0.1)
    extract = [table.name for table in EXTRACT]
    years = {past: job.tables(past, (*extract, *OF_PAST)) for past in known}
    years[year] = job.tables(year, (*extract, *FRAMES))
    law, bulk_staff = Law.of(year, settings.ward.ordinance), tuple(settings.ward.bulk_staff)
    made = season(ranker, year, years, law, settings.suggest, settings.evaluate, bulk_staff, before)
    tested = backtest(
        made,
        year,
        years,
        law,
        settings.evaluate,
        settings.suggest,
        bulk_staff=bulk_staff,
        progress=lambda label, share: progress(label, 0.3 + 0.7 * share),
    )
    return tested, made.forecast(settings.suggest, years.values())


def _part(job: Job, place: int, parts: int) -> Progress:
    """Return what tells the progress of one year of several."""
    return lambda label, share: job.progress(label, (place + share) / parts)


if __name__ == "__main__":
    from pipelines.stage import main

    main("evaluate")
