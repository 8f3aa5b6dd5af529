"""An MLflow store made for a test, with its runs and small models."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from models import tracking
from models.tracking.connection import client

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
    """Begin a run that makes a model; return the run's identifier."""
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
    """Register a ranker as what a new run made, with its deciding figure; return the version."""
    identifier = began(store, **run)  # type: ignore[arg-type]
    return tracking.register(store, identifier, folder, COLUMNS, {"row_pr_auc": (score, 0.0, 1.0)})
