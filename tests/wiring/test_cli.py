"""The command line: what it says when something is wrong, and that nothing half-written is left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines import cli, stage
from pipelines.job import Job
from tadasu.store import write_text

pytestmark = pytest.mark.xdist_group("pipeline")
ROOT = Path(__file__).parents[2]
QUICK = ("model=small", "model.trees=5", "evaluate.resamples=5", "tracking=off")
Edit = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command line, expect an exit code, and return what was said on standard error."""

    def run(*words: object, code: int = 2) -> str:
        assert cli.main([str(word) for word in words]) == code
        return capsys.readouterr().err

    return run


@pytest.fixture
def ward(tiny_ward: Path, tmp_path: Path) -> Path:
    """Return a ward of one's own, to be spoilt."""
    return Path(shutil.copytree(tiny_ward, tmp_path / "ward"))


def edit(ward: Path, table: str, change: Edit, years: tuple[int, ...] = (2026,)) -> None:
    for year in years:
        path = ward / str(year) / f"{table}.parquet"
        change(pl.read_parquet(path)).write_parquet(path)


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.name.endswith(".part")]


def test_help_comes_at_once() -> None:
    code = "import sys; from pipelines import cli; cli.main(['--help']); print(sorted(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "tadasu run" in answer
    assert not [name for name in ("polars", "mlflow", "hydra", "lightgbm") if f"'{name}'" in answer]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["model.leaves=3"], ["no setting 'model.leaves'", "model.num_leaves"]),
        (["nonsense=1"], ["no setting 'nonsense'", "conf/"]),
        (["model=enormous"], ["model/enormous", "small"]),
        (["model.trees=many"], ["model.trees", "'many'"]),
        (["ward=nowhere"], ["ward=nowhere", "mini", "conf/ward"]),
        (["ward=/no/such/place"], ["ward=/no/such/place", "no such folder", "mini"]),
        (["ward="], ["ward=", "mini"]),
        (["out="], ["out=DIR"]),
        (["fast"], ["'fast'", "name=value"]),
        (["model.trees=(("], ["model.trees=(("]),
    ],
)
def test_a_wrong_setting_is_named_with_what_there_is(
    told: Callable[..., str], words: list[str], parts: list[str]
) -> None:
    said = told("ingest", *words)
    assert [part for part in parts if part not in said] == []
    assert "Traceback" not in said


def test_an_unknown_command_lists_those_there_are(told: Callable[..., str]) -> None:
    assert "ingest validate featurize" in told("judge")


def test_a_stage_says_what_it_lacks(told: Callable[..., str], tmp_path: Path) -> None:
    said = told("train", f"out={tmp_path}")
    assert f"{tmp_path}/intake.json" in said
    assert "tadasu run" in said


def test_an_empty_list_stops_the_run(told: Callable[..., str], ward: Path, tmp_path: Path) -> None:
    edit(ward, "inconsistencies", lambda rows: rows.clear())
    said = told("run", f"ward={ward}", f"out={tmp_path / 'out'}", *QUICK)
    assert "2026/inconsistencies.parquet" in said
    assert "no row to judge" in said
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_a_folder_without_a_year_stops_the_run(told: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no tax year" in told("run", f"ward={tmp_path / 'empty'}", f"out={tmp_path / 'out'}", *QUICK)


def test_a_list_whose_every_row_lacks_a_document_stops_the_run(
    told: Callable[..., str], ward: Path, tmp_path: Path
) -> None:
    edit(ward, "inconsistencies", lambda rows: rows.with_columns(document_ids=pl.lit(None, pl.String)))
    said = told("run", f"ward={ward}", f"out={tmp_path / 'out'}", *QUICK)
    assert "document" in said
    assert "exported anew" in said or "Correct the extract" in said


def test_no_labelled_year_asks_for_a_ranker(told: Callable[..., str], ward: Path, tmp_path: Path) -> None:
    for year in (2024, 2025):
        (ward / str(year) / "corrections.parquet").unlink()
        (ward / str(year) / "second_opinions.parquet").unlink(missing_ok=True)
    said = told("run", f"ward={ward}", f"out={tmp_path / 'out'}", *QUICK)
    assert "train.from=FOLDER" in said
    assert "corrections" in said
    nowhere = told(
        "train", f"ward={ward}", f"out={tmp_path / 'out'}", f"train.from={tmp_path / 'no'}", *QUICK
    )
    assert f"{tmp_path / 'no'}: no such folder" in nowhere


def test_a_folder_that_cannot_be_written_to_is_named(told: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for ward in ("mini", "demo"):
        said = told("ingest", f"ward={ward}", f"out={tmp_path / 'file' / 'out'}")
        assert str(tmp_path / "file" / "out") in said
        assert "out=DIR" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(told: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert str(tmp_path / "locked") in told("ingest", "ward=mini", f"out={tmp_path / 'locked'}")


@pytest.mark.parametrize("name", cli.STAGE_NAMES)
def test_ctrl_c_leaves_what_was_there_before(
    told: Callable[..., str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = stage.of_name(name)
    first = step.writes[0].replace("{year}", "2026")
    first += "file" if first.endswith("/") else ""
    write_text(tmp_path / first, "as before")

    def interrupted(_stage: object, job: Job) -> None:
        job.write(first, "half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(stage.Stage, "run", interrupted)
    said = told(name, "ward=mini", f"out={tmp_path}", "tracking=off", code=130)
    assert "interrupted" in said
    assert (tmp_path / first).read_text() == "as before"
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "ledger.jsonl").exists()


def test_a_real_ctrl_c_is_told_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "run", "ward=mini", f"out={tmp_path}", "tracking=off"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "intake.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert leftovers(tmp_path) == []


def test_a_column_of_the_wrong_kind_stops_before_anything_is_written(
    told: Callable[..., str], ward: Path, tmp_path: Path
) -> None:
    edit(ward, "assessments", lambda rows: rows.drop("salary_revenue"), (2025, 2026))
    edit(ward, "documents", lambda rows: rows.drop("kind"))
    said = told("run", f"ward={ward}", f"out={tmp_path / 'out'}", *QUICK)
    assert "assessments: no column salary_revenue (2025, 2026)" in said
    assert "documents: no column kind (2026)" in said


def test_the_ledger_is_verified_and_an_edit_found(
    told: Callable[..., str], tiny_ward: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told("ingest", f"ward={tiny_ward}", f"out={tmp_path}", code=0)
    assert cli.main(["ledger", "verify", f"out={tmp_path}"]) == 0
    assert "1件" in capsys.readouterr().out
    path = tmp_path / "ledger.jsonl"
    event = json.loads(path.read_text())
    assert event["event"] == "ingest"
    assert event["detail"]["inputs"]["extract/2026/documents.parquet"]
    assert event["detail"]["outputs"]["2026/documents.parquet"]
    path.write_text(path.read_text().replace('"subject":"tiny"', '"subject":"tinY"'))
    assert cli.main(["ledger", "verify", f"out={tmp_path}"]) == 1
    assert "改変" in capsys.readouterr().out
