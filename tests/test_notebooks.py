"""Notebooks carry no output, since outputs show rows, and their code runs on what a run writes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tadasu.store import write_table, write_text
from tadasu.tables import SUGGESTIONS

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
WORDS: dict[str, Any] = {"lane": "review", "field": "salary_revenue", "proposed": True, "p_correction": 0.8}
BY_TYPE: dict[Any, Any] = {pl.String: "a", pl.Float64: 0.5, pl.Boolean: False, pl.Date: date(2026, 4, 1)}


def _code(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_kept(notebook: Path) -> None:
    cells = _code(notebook)
    assert cells
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    line = {name: WORDS.get(name, BY_TYPE.get(dtype, 1)) for name, dtype in SUGGESTIONS.schema.items()}
    lines = [line, line | {"row_id": "b", "rank": 2, "field": None, "p_correction": 1.0}]
    frame = pl.DataFrame(lines, schema=SUGGESTIONS.schema)
    write_table(tmp_path / "2026" / "suggestions.parquet", frame)
    metrics = {"year": 2025, "ece": 0.01, "ece_low": 0.0, "ece_high": 0.02, "base_ece": 0.1}
    write_text(tmp_path / "evaluation" / "metrics.json", json.dumps(metrics))
    return tmp_path


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_code_runs_on_a_run(notebook: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TADASU_RUN", str(run))
    names: dict[str, Any] = {}
    for cell in _code(notebook):
        exec("".join(cell["source"]), names)
    if notebook.stem == "01_look_at_suggestions":
        assert names["year"] == 2026
        assert names["proposed"].height == 1
        assert names["names"] == ["ece"]
