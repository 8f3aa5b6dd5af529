"""The demo ward goes through the same door as a real one: a vendor's files, read by mapping."""

import json
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipelines import simulate as stage
from pipelines.composing import compose
from pipelines.settings import ROOT
from tadasu.errors import TadasuError
from tadasu.extract import mapping, write
from tadasu.simulator.settings import Knobs
from tadasu.simulator.ward import Ward, simulate

DEMO = ROOT / "conf" / "ward" / "demo.yaml"
SMALL = Knobs(rows=120, years=(2024, 2025))


@pytest.fixture(scope="module")
def ward() -> Ward:
    """A very small ward of two years."""
    return simulate(SMALL)


def test_the_layout_of_the_demo_ward_says_everything_that_is_in_it(ward: Ward, tmp_path: Path) -> None:
    """What is written is read back and compared: nothing is lost on the way (write raises otherwise)."""
    written = write(ward.tables, mapping.load(DEMO), tmp_path, check=True)
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert {"R06/給報.csv", "R07/不整合リスト.csv", "R06/処理履歴.csv"} <= names
    assert "R07/処理履歴.csv" not in names
    text = (tmp_path / "R06" / "課税台帳.csv").read_bytes().decode("cp932")
    first = text.splitlines()[0].split(",")
    assert first[:2] == ["宛名番号", "給与支払金額"]
    assert any(f'"{sign}' in text for sign in "123456789△")


def test_files_are_made_once_and_anew_when_a_knob_changes(tmp_path: Path) -> None:
    """A second run finds them; another seed makes others; the truth lies beside, never among them."""
    settings = compose(["ward=demo", "tracking=off", f"out={tmp_path / 'out'}"])
    settings.ward.folder = tmp_path / "export"
    settings.ward.simulate = {"rows": 60, "years": [2024, 2025], "seed": 1}
    console = Console(quiet=True)
    stage.ensure(settings, console)
    marker = tmp_path / "export.json"
    told = json.loads(marker.read_text(encoding="utf-8"))
    assert told["synthetic"] is True
    list_of = tmp_path / "export" / "R07" / "不整合リスト.csv"
    before, made = list_of.read_bytes(), list_of.stat().st_mtime_ns
    stage.ensure(settings, console)
    assert list_of.stat().st_mtime_ns == made
    settings.ward.simulate["seed"] = 2
    stage.ensure(settings, console)
    assert list_of.read_bytes() != before
    truth = pl.read_parquet(tmp_path / "export-truth" / "2025.parquet")
    assert set(truth["outcome"]) <= {"corrected", "no_change"}
    assert not list((tmp_path / "export").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("words", "said"),
    [(["sead=3"], "no such knob"), (["seed=x"], "expected a number"), (["base_rate=7"], "0 to 1")],
)
def test_a_wrong_knob_is_told(words: list[str], said: str) -> None:
    """By name, with what there is."""
    with pytest.raises(TadasuError, match=said):
        stage.main(words)
