"""Models go into MLflow whole, come back by alias unchanged, and can be served."""

import json
import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from models import tracking
from models.pyfunc import _load_pyfunc
from models.tracking.connection import client
from tadasu.errors import TadasuError
from tests.tracking.conftest import COLUMNS, HASH, began, ranker, registered

pytestmark = pytest.mark.xdist_group("mlflow")

LINES = {"tax_year": [2025, 2025], "row_id": ["R1", "R1"], "repair_id": [0, 1]}


def aliases(store: Path) -> dict[str, str]:
    with client(store) as mlflow:
        found = mlflow.get_registered_model("ward-a").aliases
    return {alias: str(version) for alias, version in found.items()}


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
