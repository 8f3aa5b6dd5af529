"""Runs go into MLflow whole, come back by model_id, and name no person."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from models import tracking
from models.tracking import runs
from models.tracking.connection import client
from tadasu import ledger
from tadasu.errors import TadasuError
from tests.tracking.conftest import ENVIRONMENT, LOGIN, TABLES, began, ranker, registered

pytestmark = pytest.mark.xdist_group("mlflow")


def test_a_run_holds_all_that_went_in_and_came_out(store: Path) -> None:
    run = began(store, **{f"model.p{n}": n for n in range(230)})
    tracking.log_metrics(store, run, {"row_pr_auc": (0.9, 0.88, 0.92), "rows": 60_000})
    tracking.log_figures(store, run, {"reliability": b"\x89PNG picture"})
    tracking.log_files(store, run, {"card.md": "札", "metrics.json": {"値": 1}})
    tracking.log_warnings(store, run, ["扶養者が住民基本台帳に見当たりません"])
    tracking.end(store, run)
    with client(store) as mlflow:
        found = mlflow.get_run(run)
    assert found.data.params["model.trees"] == "200"
    assert len(found.data.params) == 231
    assert found.data.metrics == {
        "row_pr_auc": 0.9,
        "row_pr_auc_low": 0.88,
        "row_pr_auc_high": 0.92,
        "rows": 60_000.0,
    }
    assert found.data.tags["tadasu.model_id"] == "m1"
    assert found.data.tags["tadasu.warnings"] == "1"
    assert found.data.tags["mlflow.source.git.commit"] == "no git"
    assert found.info.status == "FINISHED"
    inputs = {given.dataset.name: given.dataset.digest for given in found.inputs.dataset_inputs}
    assert inputs == {name: digest[:36] for name, digest in TABLES.items()}


def test_files_lie_beside_the_store_with_full_hashes_and_the_configuration(store: Path) -> None:
    run = began(store)
    tracking.log_figures(store, run, {"lift": b"png"})
    folder = store.parent / "mlartifacts" / "ward-a" / run / "artifacts"
    assert json.loads((folder / "inputs.json").read_text()) == TABLES
    assert (folder / "config.yaml").read_text() == "model:\n  trees: 200\n"
    assert json.loads((folder / "environment.json").read_text()) == ENVIRONMENT
    assert (folder / "plots" / "lift.png").read_bytes() == b"png"


def test_names_and_values_that_mlflow_refuses_do_not_stop_a_run(store: Path) -> None:
    run = began(store, **{"law[2025].rate%": 0.06, "long": "x" * 10_000})
    with client(store) as mlflow:
        params = mlflow.get_run(run).data.params
    assert params == {"model.trees": "200", "law_2025_.rate_": "0.06"}


def test_resume_gives_the_newest_run_of_a_model(store: Path) -> None:
    began(store, "m1")
    newest = began(store, "m1")
    began(store, "m2")
    assert tracking.resume(store, "m1") == newest


def test_resume_of_an_unknown_model_says_what_to_do(store: Path, tmp_path: Path) -> None:
    with pytest.raises(TadasuError, match="no run made model m9"):
        tracking.resume(store, "m9")
    with pytest.raises(TadasuError, match="there is no MLflow store here"):
        tracking.resume(tmp_path / "none.db", "m9")
    with pytest.raises(ValueError, match="letters"):
        tracking.resume(store, "m' OR '1'='1")


def test_neither_store_nor_files_hold_a_login_name(store: Path, tmp_path: Path) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    tracking.log_metrics(store, tracking.resume(store, "m1"), {"ece": 0.01})
    kept = [path for path in store.parent.rglob("*") if path.is_file()]
    assert len(kept) > 8
    assert [path for path in kept if LOGIN.encode() in path.read_bytes()] == []
    with sqlite3.connect(store) as database:
        assert {user for (user,) in database.execute("SELECT user_id FROM runs")} == {"tadasu"}
    database.close()


def test_recording_leaves_no_trace_in_the_process(store: Path, tmp_path: Path) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    assert "MLFLOW_TRACKING_URI" not in os.environ
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_ledger_head_noted_in_a_run_finds_a_rewrite(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger.append(path, actor="train", event="stage", subject="2025", detail={"n": 1})
    tracking.tag(store, began(store), {runs.LEDGER: ledger.head(path).anchor})
    began(store, "m2")
    (anchor,) = tracking.anchors(store)
    assert ledger.verify(path, [anchor]).ok
    path.unlink()
    path.with_name("ledger.head.json").unlink()
    ledger.append(path, actor="train", event="stage", subject="2025", detail={"n": 2})
    assert [finding.kind for finding in ledger.verify(path, [anchor]).findings] == ["anchor"]


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_the_environment_names_commit_lock_and_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    (tmp_path / "requirements.lock").write_text("a==1\n")
    alone = tracking.environment(tmp_path)
    assert (alone["git_commit"], alone["git_dirty"]) == ("no git", "no git")
    monkeypatch.delenv("GIT_DIR")
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-q", "-m", "first")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    clean = tracking.environment(tmp_path)
    assert len(clean["git_commit"]) == 40
    assert clean["git_dirty"] == "clean"
    (tmp_path / "requirements.lock").write_text("a==2\n")
    dirty = tracking.environment(tmp_path)
    assert dirty["git_dirty"] == "dirty"
    assert dirty["lock_sha256"] != clean["lock_sha256"]
    (tmp_path / "inner").mkdir()
    assert tracking.environment(tmp_path / "inner")["git_commit"] == "no git"
    assert all(isinstance(value, str) and value for value in dirty.values())
    assert clean["python"] == ".".join(map(str, sys.version_info[:3]))


def test_importing_the_package_does_not_import_mlflow() -> None:
    code = "import sys, models.tracking; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
