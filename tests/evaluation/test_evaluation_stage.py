"""The stage: with `rolling` each labelled year after the first is tested, by a ranker of its own past."""

import json
from pathlib import Path

import polars as pl
import pytest

from models.settings import EvaluateSettings
from models.training import train
from pipelines import evaluate
from pipelines.job import Job
from pipelines.settings import Settings, WardSettings
from pipelines.stage import of_name
from tadasu.store import write_table, write_text
from tadasu.tables import EXTRACT
from tests.small_models import small_models

Tables = dict[str, pl.DataFrame]
FRAMES = ("repairs", "changes", "linked", "features", "truth")
SMALL = small_models(trees=10)
YEARS = (2023, 2024, 2025, 2026)


@pytest.fixture(scope="module")
def folder(
    mini_tables: dict[int, Tables], mini_frames: dict[int, Tables], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return what a run leaves before evaluate: tables, frames, and a ranker of 2023 and 2024."""
    root = tmp_path_factory.mktemp("evaluate")
    write_text(root / "intake.json", json.dumps({"years": list(YEARS)}))
    for year in YEARS:
        for table in EXTRACT:
            write_table(root / f"{year}/{table.name}.parquet", mini_tables[year][table.name])
        for name in FRAMES:
            write_table(root / f"{year}/{name}.parquet", mini_frames[year][name])
    before = {year: mini_tables[year] | mini_frames[year] for year in (2023, 2024)}
    train(before, SMALL, facts={}).save(root / "backtest")
    return root


def _run(folder: Path, *, rolling: bool) -> Job:
    stage = of_name("evaluate")
    settings = Settings(
        ward=WardSettings("mini", folder, synthetic=True),
        model=SMALL,
        evaluate=EvaluateSettings(resamples=5, rolling=rolling),
        out=folder,
    )
    with Job(stage.name, settings, stage.reads, stage.writes) as job:
        evaluate.run(job)
    return job


def test_rolling_tests_each_labelled_year_but_the_first(folder: Path) -> None:
    job = _run(folder, rolling=True)
    years = {name for name in job.outputs if name.startswith("evaluation/years/")}
    assert years == {"evaluation/years/2024.json", "evaluation/years/2025.json"}
    first, last = (json.loads((folder / name).read_text()) for name in sorted(years))
    assert (first["trained_on"], last["trained_on"]) == ([2023], [2023, 2024])
    assert first["model_id"] != last["model_id"]
    metrics = job.json_of(evaluate.METRICS)
    assert metrics["year"] == 2025
    assert metrics["agreement"] == last["figures"]["model"]["agreement"]["value"]
    assert metrics["2024/agreement"] == first["figures"]["model"]["agreement"]["value"]
    assert "forecast_cleared" in last["counts"]
    assert "forecast_cleared" not in first["counts"]
    assert "年度ごと" in (folder / evaluate.PAGE).read_text()


def test_the_newest_year_alone_gives_the_same_figures_and_leaves_no_older_record(folder: Path) -> None:
    _run(folder, rolling=True)
    rolled = json.loads((folder / "evaluation/years/2025.json").read_text())
    job = _run(folder, rolling=False)
    alone = json.loads((folder / "evaluation/years/2025.json").read_text())
    assert alone["figures"] == rolled["figures"]
    assert alone["groups"] == rolled["groups"]
    assert not (folder / "evaluation/years/2024.json").exists()
    assert "2024/agreement" not in job.json_of(evaluate.METRICS)
