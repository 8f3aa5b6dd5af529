"""`dvc.yaml` follows from the list of stages, and re-runs what changed and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import cli, looks
from pipelines.composing import compose
from pipelines.stage import STAGES

pytestmark = pytest.mark.xdist_group("dvc")
ROOT = Path(__file__).parents[2]
COPIED = (
    "conf",
    "tadasu",
    "features",
    "models",
    "pipelines",
    "wards",
    ".dvc/config",
    ".dvcignore",
    "dvc.yaml",
)
STAND_IN = """\
#!{python}
# Stands in for `tadasu`: notes the stage, writes something new to its outputs. `configure` is real.
import runpy, sys, time
from pathlib import Path
import yaml
stage = sys.argv[1]
with open("ran", "a") as log:
    log.write(stage + chr(10))
if stage == "configure":
    sys.path.insert(0, ".")
    sys.exit(runpy.run_module("pipelines.cli")["main"](["configure"]))
told = yaml.safe_load(Path("dvc.yaml").read_text())["stages"][stage]
for out in [*told.get("outs", ()), *told.get("metrics", ()), *told.get("plots", ())]:
    place = Path(*out)
    folder = place if not place.suffix else place.parent
    folder.mkdir(parents=True, exist_ok=True)
    (place if place.suffix else place / "file").write_text(str(time.time_ns()))
"""


def test_the_generated_files_are_fresh() -> None:
    for name, text in looks.pages(compose([])).items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, f"{name} is out of date: run `make docs`"


def test_the_stages_are_those_of_the_command_line() -> None:
    assert tuple(stage.name for stage in STAGES) == cli.STAGE_NAMES


def test_each_stage_reads_what_an_earlier_one_writes() -> None:
    written: set[str] = set()
    for stage in STAGES:
        assert set(stage.reads) <= written
        written |= set(stage.writes)


@pytest.fixture(scope="module")
def repro(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], list[str]]:
    """Return what runs `dvc repro` in a copy of the checkout and tells which stages ran."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, checkout / name)
    settings = checkout / ".dvc" / "config"
    settings.write_text(settings.read_text().replace("[core]", "[core]\n    no_scm = true"))
    (checkout / "bin").mkdir()
    (checkout / "bin" / "tadasu").write_text(STAND_IN.format(python=sys.executable))
    (checkout / "bin" / "tadasu").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{checkout / 'bin'}:{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run() -> list[str]:
        (checkout / "ran").write_text("")
        command = [sys.executable, "-m", "dvc", "repro", "--quiet"]
        subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True, timeout=120)
        return (checkout / "ran").read_text().split()

    run.checkout = checkout  # type: ignore[attr-defined]
    return run


def _edit(repro: Callable[[], list[str]], name: str, old: str, new: str) -> None:
    path: Path = repro.checkout / name  # type: ignore[attr-defined]
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_only_what_changed_runs_again(repro: Callable[[], list[str]]) -> None:
    assert sorted(repro()) == sorted(["configure", "simulate", *cli.STAGE_NAMES])
    assert repro() == []
    _edit(repro, "conf/model/default.yaml", "seed: 1", "seed: 2")
    assert sorted(repro()) == sorted(["configure", "train", "certify", "evaluate", "suggest", "publish"])
    _edit(repro, "conf/ward/folder.yaml", "synthetic: false", "synthetic: true")
    assert repro() == ["configure"]
