"""Runs and models go into MLflow whole, come back by model_id and alias, and name no person."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import types
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from models import tracking
from models.pyfunc import _load_pyfunc
from models.tracking import page, runs
from models.tracking.connection import client
from tadasu import ledger
from tadasu.errors import TadasuError

pytestmark = pytest.mark.xdist_group("mlflow")

LINES = {"tax_year": [2025, 2025], "row_id": ["R1", "R1"], "repair_id": [0, 1]}
COLUMNS = ("n_documents", "p_base")
HASH = "0123456789abcdef" * 4
TABLES = {"2025/documents": HASH, "2025/assessments": HASH[::-1]}
ENVIRONMENT = {"git_commit": "no git", "python": "3.11.7"}
LOGIN = "kumin-taro-login"


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store without a run: making one takes seconds, copying it does not."""
    store = tmp_path_factory.mktemp("store") / "mlflow.db"
    with client(store, create=True):
        return store


@pytest.fixture
def store(empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store of one's own, in a folder with a Japanese name, under a login name to look for."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, LOGIN)
    monkeypatch.setattr(sys, "argv", [f"/home/{LOGIN}/bin/tadasu"])
    folder = tmp_path / "区役所 100%"
    folder.mkdir()
    return Path(shutil.copy(empty, folder / "mlflow.db"))


def began(store: Path, model_id: str = "m1", tables: dict[str, str] | None = None, **params: object) -> str:
    return tracking.begin(
        store,
        experiment="ward-a",
        model_id=model_id,
        params={"model.trees": 200, **params},
        config="model:\n  trees: 200\n",
        fingerprints=tables or TABLES,
        environment=ENVIRONMENT,
        tags={"tadasu.years": "2022-2024"},
    )


def ranker(folder: Path, weight: float = 0.5) -> Path:
    """Return a small ranker's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "columns.json").write_text(json.dumps(COLUMNS))
    (folder / "weight.json").write_text(json.dumps(weight))
    return folder


def registered(store: Path, folder: Path, score: float, **run: object) -> int:
    identifier = began(store, **run)  # type: ignore[arg-type]
    return tracking.register(store, identifier, folder, COLUMNS, {"row_pr_auc": (score, 0.0, 1.0)})


def aliases(store: Path) -> dict[str, str]:
    with client(store) as mlflow:
        found = mlflow.get_registered_model("ward-a").aliases
    return {alias: str(version) for alias, version in found.items()}


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


def test_the_first_model_is_champion_and_comes_back_with_its_hash_checked(
    store: Path, tmp_path: Path
) -> None:
    folder = ranker(tmp_path / "ranker")
    assert registered(store, folder, 0.8) == 1
    assert aliases(store) == {"champion": "1"}
    found = tracking.resolve(store)
    assert tracking.fingerprint(found) == tracking.fingerprint(folder)
    with client(store) as mlflow:
        version = mlflow.get_model_version("ward-a", "1")
    assert version.tags["tadasu.model_id"] == "m1"
    assert version.tags["tadasu.sha256"] == tracking.fingerprint(folder)


def test_a_better_model_on_the_same_tables_takes_over_and_a_worse_one_challenges(
    store: Path, tmp_path: Path
) -> None:
    registered(store, ranker(tmp_path / "a", 0.1), 0.8)
    registered(store, ranker(tmp_path / "b", 0.2), 0.7, model_id="m2")
    assert aliases(store) == {"champion": "1", "challenger": "2"}
    registered(store, ranker(tmp_path / "c", 0.3), 0.9, model_id="m3")
    assert aliases(store) == {"champion": "3", "challenger": "2"}
    assert json.loads((tracking.resolve(store) / "weight.json").read_text()) == 0.3
    assert json.loads((tracking.resolve(store, "challenger") / "weight.json").read_text()) == 0.2


def test_figures_of_other_tables_do_not_compare(store: Path, tmp_path: Path) -> None:
    registered(store, ranker(tmp_path / "a", 0.1), 0.8)
    registered(store, ranker(tmp_path / "b", 0.2), 0.9, model_id="m2", tables={"2026/documents": HASH})
    assert aliases(store) == {"champion": "1", "challenger": "2"}
    with client(store) as mlflow:
        assert "other tables" in mlflow.get_model_version("ward-a", "2").description


def test_the_same_content_is_registered_once(store: Path, tmp_path: Path) -> None:
    folder = ranker(tmp_path / "ranker")
    assert registered(store, folder, 0.8) == registered(store, folder, 0.8) == 1


def test_a_registration_cut_short_is_completed_by_the_next(store: Path, tmp_path: Path) -> None:
    folder = ranker(tmp_path / "ranker")
    registered(store, folder, 0.8)
    with client(store) as mlflow:
        mlflow.delete_registered_model_alias("ward-a", "champion")
    assert registered(store, folder, 0.8) == 1
    assert aliases(store) == {"champion": "1"}


def test_the_deciding_figure_and_the_folder_must_be_there(store: Path, tmp_path: Path) -> None:
    run = began(store)
    with pytest.raises(ValueError, match="row_pr_auc"):
        tracking.register(store, run, ranker(tmp_path / "ranker"), COLUMNS, {"ece": 0.1})
    with pytest.raises(TadasuError, match="there is no model here"):
        tracking.register(store, run, tmp_path / "none", COLUMNS, {"row_pr_auc": 0.1})


@pytest.mark.parametrize("tamper", ["edit", "add", "delete"])
def test_changed_files_of_a_model_are_refused(store: Path, tmp_path: Path, tamper: str) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    found = tracking.resolve(store)
    if tamper == "edit":
        (found / "weight.json").write_text("0.6")
    elif tamper == "add":
        (found / "more.json").write_text("{}")
    else:
        (found / "weight.json").unlink()
    with pytest.raises(TadasuError, match="not those that were registered"):
        tracking.resolve(store)


def test_an_unknown_alias_lists_what_there_is(store: Path, tmp_path: Path) -> None:
    with pytest.raises(TadasuError, match="0 models are registered"):
        tracking.resolve(store)
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    with pytest.raises(TadasuError, match=r"no alias 'challenger'; there is: ward-a \(champion\)"):
        tracking.resolve(store, "challenger")
    with pytest.raises(TadasuError, match="model 'ward-b' has no alias"):
        tracking.resolve(store, name="ward-b")


def test_a_moved_store_keeps_its_models_and_takes_new_runs(store: Path, tmp_path: Path) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    old_run = tracking.resume(store, "m1")
    moved = tmp_path / "elsewhere"
    store.parent.rename(moved)
    here = moved / store.name
    assert tracking.resolve(here).is_relative_to(moved)
    with pytest.raises(TadasuError, match="when the store lay elsewhere"):
        tracking.log_files(here, old_run, {"a.txt": "a"})
    assert registered(here, ranker(tmp_path / "b", 0.9), 0.9, model_id="m2") == 2
    assert (moved / "mlartifacts" / "ward-a" / tracking.resume(here, "m2")).is_dir()
    assert not store.parent.exists()


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


class Linear:
    """A ranker that a test can calculate by hand."""

    columns = COLUMNS

    def __init__(self, folder: Path) -> None:
        self.weight = float(json.loads((folder / "weight.json").read_text()))

    def score(self, features: pl.DataFrame) -> np.ndarray:
        """Return the base rate, weighted."""
        assert features.columns == ["tax_year", "row_id", "repair_id", *COLUMNS]
        return features["p_base"].to_numpy() * self.weight


@pytest.fixture
def linear(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("models.ranker")
    module.load = Linear  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "models.ranker", module)


def test_mlflows_ecosystem_can_serve_the_registered_model(store: Path, tmp_path: Path, linear: None) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    import mlflow.pyfunc

    model = mlflow.pyfunc.load_model(str(tracking.resolve(store).parents[1]))
    assert model.metadata.get_input_schema().input_names() == ["tax_year", "row_id", "repair_id", *COLUMNS]
    given = pd.DataFrame({"extra": [1.0, 1.0], "p_base": [0.2, 0.4], "n_documents": [1.0, 2.0]})
    assert model.predict(given.assign(**LINES)).tolist() == [0.1, 0.2]


def test_the_served_model_reads_columns_by_name_and_lists_what_is_missing(
    tmp_path: Path, linear: None
) -> None:
    served = _load_pyfunc(str(ranker(tmp_path / "ranker")))
    frame = pd.DataFrame({"p_base": [0.2, 0.4], "other": [9.0, 9.0], "n_documents": [1.0, 1.0]})
    assert served.predict(frame.assign(**LINES)).tolist() == [0.1, 0.2]
    with pytest.raises(TadasuError, match="lacks 2 columns: n_documents, p_base"):
        served.predict(pd.DataFrame({"other": [9.0, 9.0]}).assign(**LINES))


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


def test_the_page_opens_on_this_machine_and_stops_when_interrupted(store: Path, tmp_path: Path) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    port = _free_port()
    script = f"from pathlib import Path\nfrom models.tracking import ui\nui(Path({str(store)!r}), {port})\n"
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", script], stdout=log, stderr=log, cwd=tmp_path, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            assert b"MLflow" in _fetched(f"{address}/", server)
            models = _fetched(f"{address}/api/2.0/mlflow/registered-models/search", server)
            assert json.loads(models)["registered_models"][0]["name"] == "ward-a"
            with pytest.raises(TadasuError, match="cannot be opened"):
                tracking.ui(store, port)
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=30)
    assert server.returncode == 0


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fetched(address: str, server: "subprocess.Popen[bytes]") -> bytes:
    for _ in range(1800):
        assert server.poll() is None, "the page's server stopped"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")


def test_the_page_lets_no_other_name_in(store: Path, tmp_path: Path) -> None:
    command = page.command(store, 5000)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--allowed-hosts") + 1].split(",") == [
        "127.0.0.1",
        "localhost",
        "127.0.0.1:5000",
        "localhost:5000",
    ]
    with pytest.raises(TadasuError, match="there is no MLflow store here"):
        tracking.ui(tmp_path / "none.db")


def test_importing_the_package_does_not_import_mlflow() -> None:
    code = "import sys, models.tracking; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
