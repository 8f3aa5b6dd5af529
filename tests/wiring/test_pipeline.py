"""The whole job on a tiny ward: what it writes, that it writes it again alike, and what MLflow is told."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from models import tracking
from models.tracking.connection import client
from models.tracking.runs import LEDGER, MODEL_ID
from pipelines import cli, wiring
from pipelines.job import Job
from pipelines.publish import BOM, spreadsheet
from pipelines.stage import Stage
from tadasu import ledger
from tadasu.tables import CORRECTIONS, LANES, SUGGESTIONS

pytestmark = pytest.mark.xdist_group("pipeline")
QUICK = ("model=small", "model.trees=8", "evaluate.resamples=5")


@pytest.fixture(scope="session")
def out(tiny_ward: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole run, MLflow included; do not write to it."""
    folder = tmp_path_factory.mktemp("run") / "out"
    assert cli.main(["run", f"ward={tiny_ward}", f"out={folder}", *QUICK]) == 0
    return folder


@pytest.fixture(scope="session")
def suggestions(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "2026" / "suggestions.parquet")


def test_every_row_of_the_list_gets_a_rank(out: Path, suggestions: pl.DataFrame) -> None:
    assert suggestions.schema == SUGGESTIONS.schema
    rows = pl.read_parquet(out / "2026" / "inconsistencies.parquet")
    ranks = suggestions.group_by("row_id").agg(pl.col("rank").unique()).explode("rank")
    assert sorted(ranks["rank"]) == list(range(1, len(rows) + 1))
    assert set(suggestions["row_id"]) == set(rows["row_id"])
    assert set(suggestions["lane"]) <= set(LANES)
    assert suggestions["p_correction"].is_between(0, 1).all()


def test_nothing_is_cleared_beyond_the_certificate(out: Path, suggestions: pl.DataFrame) -> None:
    certificate = json.loads((out / "lanes" / "certificate.json").read_text())
    assert certificate["provisional"]
    assert (certificate["tested_year"], certificate["tax_year"]) == (2025, 2026)
    cleared = suggestions.filter(pl.col("lane") == "clear")
    threshold = certificate["threshold"]
    assert cleared.is_empty() if threshold is None else (cleared["p_correction"] <= threshold).all()
    assert "2026年度の「修正不要」の区分（仮）" in (out / "lanes" / "certificate.ja.txt").read_text()


def test_the_sample_is_drawn_over_all_rows_with_its_probability(out: Path) -> None:
    sample = pl.read_parquet(out / "2026" / "sample.parquet")
    rows = pl.read_parquet(out / "2026" / "inconsistencies.parquet")
    assert set(sample["row_id"]) == set(rows["row_id"])
    assert sample["probability"].unique().to_list() == [0.05]


def test_in_season_the_sample_certifies_once_it_is_complete(
    tiny_ward: Path, out: Path, tmp_path: Path
) -> None:
    """While a drawn row is open the certificate stays provisional; then this year's own labels count."""
    folder = tmp_path / "season"
    shutil.copytree(out, folder, ignore=shutil.ignore_patterns("ml*"))
    sample = pl.read_parquet(out / "2026" / "sample.parquet")
    drawn = sample.filter("drawn")["row_id"].to_list()
    place, words = folder / "2026" / "corrections.parquet", ["certify", f"ward={tiny_ward}", f"out={folder}"]
    for told, purpose in ((drawn[:-1], "forecast"), (drawn, "season")):
        done = pl.DataFrame({"row_id": told, "action_no": 1, "outcome": "no_change"})
        CORRECTIONS.arrange(
            pl.concat([CORRECTIONS.empty(), done], how="diagonal_relaxed").cast(dict(CORRECTIONS.schema))
        ).write_parquet(place)
        assert cli.main([*words, "tracking=off"]) == 0
        made = json.loads((folder / "lanes" / "certificate.json").read_text())
        assert (made["purpose"], made["provisional"]) == (purpose, purpose == "forecast")
    assert made["labelled"] == len(drawn)


def test_projected_hours_name_their_time_model(out: Path) -> None:
    event = next(e for e in ledger.read(out / "ledger.jsonl") if e.event == "suggest")
    hours = event.detail["hours"]
    assert 0 < hours["suggested"] < hours["with_sample"] < hours["by_hand"]
    assert hours["model"] == "標準時間モデル"
    assert "件の平均" in hours["hand"]


def test_the_same_inputs_give_the_same_bytes(
    tiny_ward: Path, out: Path, suggestions: pl.DataFrame, tmp_path: Path
) -> None:
    words = ["run", f"ward={tiny_ward}", f"out={tmp_path}", "tracking=off", *QUICK]
    other = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words], env=other, check=True, capture_output=True
    )
    for name in ("suggestions.parquet", "suggestions.csv", "suggestions.ja.csv", "features.parquet"):
        assert (tmp_path / "2026" / name).read_bytes() == (out / "2026" / name).read_bytes(), name
    again = pl.read_parquet(tmp_path / "2026" / "suggestions.parquet")["model_id"].unique().to_list()
    assert again == suggestions["model_id"].unique().to_list()


def test_the_intake_reconciles(out: Path) -> None:
    totals = json.loads((out / "intake.json").read_text())["totals"]
    assert totals["read"] == totals["kept"] + totals["quarantined"] > 0


def test_the_officers_list_is_in_japanese(out: Path, suggestions: pl.DataFrame) -> None:
    path = out / "2026" / "suggestions.ja.csv"
    assert path.read_bytes().startswith(BOM)
    told = pl.read_csv(path, infer_schema=False)
    assert told.columns[:7] == [
        "行番号",
        "課税年度",
        "宛名番号",
        "エラーコード",
        "チェック名",
        "メッセージ",
        "順位",
    ]
    assert len(told) == len(suggestions)
    assert set(told["区分"]) <= {"修正不要", "確認", "要審査", "照会"}
    assert not set(told["項目"].drop_nulls()) & set(suggestions["field"].drop_nulls())


def test_no_cell_of_a_csv_acts_as_a_formula() -> None:
    cells = ["=1+1", "+81", "-2+3", "@SUM(A1)", "\t=1", " =1", "-5000", "10", "山田", None]
    made = spreadsheet(pl.DataFrame({"a": cells})).decode("utf-8-sig")
    read = pl.read_csv(made.encode(), infer_schema=False)["a"].to_list()
    assert read == ["'=1+1", "'+81", "'-2+3", "'@SUM(A1)", "'\t=1", "' =1", "-5000", "10", "山田", None]


def test_the_ledger_has_one_event_a_stage_and_is_sound(out: Path, suggestions: pl.DataFrame) -> None:
    events = ledger.read(out / "ledger.jsonl")
    assert [event.event for event in events] == list(cli.STAGE_NAMES)
    assert {event.actor for event in events} == {"tadasu"}
    outputs = {name: digest for event in events for name, digest in event.detail["outputs"].items()}
    assert "2026/suggestions.csv" in outputs
    train = next(event for event in events if event.event == "train")
    assert train.detail["model_id"] == suggestions["model_id"][0]
    for event in events[1:]:  # what a stage read is what an earlier one wrote
        assert event.detail["inputs"].items() <= outputs.items()


def test_the_ledger_agrees_with_the_anchor_in_mlflow(out: Path) -> None:
    noted = tracking.anchors(out / "mlflow.db", "ledger.jsonl")
    assert len(noted) == 1
    assert ledger.verify(out / "ledger.jsonl", noted).ok
    assert tracking.anchors(out / "mlflow.db", "other/ledger.jsonl") == []
    assert cli.main(["ledger", "verify", f"out={out}"]) == 0


def test_mlflow_has_the_whole_run_and_the_model(out: Path, suggestions: pl.DataFrame) -> None:
    store, model_id = out / "mlflow.db", suggestions["model_id"][0]
    with client(store) as mlflow:
        run = mlflow.get_run(tracking.resume(store, model_id))
        plots = {Path(file.path).name for file in mlflow.list_artifacts(run.info.run_id, "plots")}
    assert run.info.status == "FINISHED"
    assert run.data.tags[MODEL_ID] == model_id
    assert run.data.tags[LEDGER].startswith("8:")
    assert run.data.params["model.trees"] == "8"
    assert {"row_pr_auc", "row_pr_auc_low", "row_pr_auc_high", "base_row_pr_auc"} <= set(run.data.metrics)
    assert {"reliability.png", "precision_recall.png", "lift.png"} <= plots
    assert len(run.inputs.dataset_inputs) == 27
    assert (tracking.resolve(store) / "model.json").is_file()


def test_the_backtest_leaves_figures_curves_and_a_page(out: Path, suggestions: pl.DataFrame) -> None:
    folder = out / "evaluation"
    metrics = json.loads((folder / "metrics.json").read_text())
    record = json.loads((folder / "years" / f"{metrics['year']}.json").read_text())
    assert record["figures"]["model"]["agreement"]["value"] == metrics["agreement"]
    figures = pl.read_csv(folder / "figures.csv").filter(contestant="plain", figure="agreement")
    assert figures["value"].to_list() == pytest.approx([metrics["plain_agreement"]], abs=1e-6)
    for name, columns in wiring.CURVES.items():
        assert set(columns) <= set(pl.read_csv(folder / f"{name}.csv").columns)
    page = (folder / "index.html").read_text()
    assert f"{metrics['agreement']:.1%}" in page
    with client(out / "mlflow.db") as mlflow:
        run = tracking.resume(out / "mlflow.db", suggestions["model_id"][0])
        kept = {Path(file.path).name for file in mlflow.list_artifacts(run, "evaluation")}
    assert {"index.html", "figures.csv", "groups.csv", "metrics.json", "years"} <= kept


def test_no_artefact_names_a_person_or_a_folder(out: Path, suggestions: pl.DataFrame) -> None:
    person = suggestions["person_id"][0].encode()
    texts = [
        path for path in (out / "mlartifacts").rglob("*") if path.suffix in (".yaml", ".json", ".txt", ".md")
    ]
    assert texts
    ours = [path for path in texts if path.name != "MLmodel"]
    assert not [path for path in ours if person in path.read_bytes()]
    config = next(path for path in ours if path.name == "config.yaml").read_text()
    assert str(out.parent) not in config


def test_a_ranker_from_elsewhere_is_applied(
    tiny_ward: Path, out: Path, suggestions: pl.DataFrame, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    shutil.copytree(
        out, place, ignore=shutil.ignore_patterns("ranker", "backtest", "ml*", "evaluation", "sugg*")
    )
    words = [f"ward={tiny_ward}", f"out={place}", f"train.from={out / 'ranker'}", "tracking=off"]
    for stage in ("train", "evaluate", "suggest"):
        assert cli.main([stage, *words]) == 0
    again = pl.read_parquet(place / "2026" / "suggestions.parquet")
    assert again.equals(suggestions)
    assert not (place / "evaluation").exists()


def test_several_settings_are_several_runs_of_one_store(
    tiny_ward: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = Stage.run

    def quickly(stage: Stage, job: Job) -> None:
        """Train; take what comes before from the run that is there."""
        if stage.name == "train":
            return train(stage, job)
        for name in stage_outputs[stage.name]:
            job.write(name, (out / name).read_bytes())
        job.detail.update(counts={}, verdict="ok", alarms=[])
        return None

    stage_outputs = {event.event: event.detail["outputs"] for event in ledger.read(out / "ledger.jsonl")}
    monkeypatch.setattr(Stage, "run", quickly)
    monkeypatch.setattr(cli, "STAGE_NAMES", ("ingest", "validate", "featurize", "train"))
    shutil.copy(out / "mlflow.db", tmp_path)
    before = sorted(Path.cwd().iterdir())
    words = [f"ward={tiny_ward}", f"out={tmp_path}", "model=small", "model.trees=3,4"]
    assert cli.main(["run", "-m", *words]) == 0
    assert sorted(Path.cwd().iterdir()) == before
    with client(tmp_path / "mlflow.db") as mlflow:
        experiment = mlflow.get_experiment_by_name("tiny")
        runs = mlflow.search_runs([experiment.experiment_id])
    assert sorted(run.data.params["model.trees"] for run in runs) == ["3", "4"]
    ids = [json.loads(path.read_text())["model_id"] for path in tmp_path.glob("tiny-*/ranker/model.json")]
    assert len(set(ids)) == 2
