"""What is missing as a whole is told first, in Japanese, and stops the run before anybody judges rows."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipelines import chain, composing, stage
from tadasu.errors import TadasuError

STAGES = tuple(stage.of_name(name) for name in ("ingest", "validate"))


@pytest.fixture
def halved(tiny_ward: Path, tmp_path: Path) -> Path:
    """Return a ward of which half of this year's list is missing."""
    ward = Path(shutil.copytree(tiny_ward, tmp_path / "ward"))
    path = ward / "2026" / "residents.parquet"
    rows = pl.read_parquet(path)
    rows.head(rows.height // 3).write_parquet(path)
    return ward


def test_a_missing_half_is_told_first_and_stops_the_run(halved: Path, tmp_path: Path) -> None:
    words = [f"ward={halved}", f"out={tmp_path / 'out'}", "tracking=off"]
    console = Console(record=True, width=200)
    with pytest.raises(TadasuError) as stopped:
        chain.run(STAGES, composing.compose(words), console)
    said = str(stopped.value).splitlines()
    assert "まとまって欠けている疑い" in said[0]
    assert "2026年度 表の行数が昨年の半分以下：residents" in said[1]
    assert "validate.accept_alarms=true" in said[-1] or "validate.accept_alarms=true" in "".join(said)
    page = (tmp_path / "out" / "validation" / "index.html").read_text(encoding="utf-8")
    assert page.index("表の行数が昨年の半分以下") < page.index("調べた")
    assert "停止：まとまって欠けている疑い" in page


def test_once_the_office_has_looked_the_run_goes_on_and_says_so(halved: Path, tmp_path: Path) -> None:
    # The people who are missing are missed by the expectations as well: only the ingest goes through here.
    words = [f"ward={halved}", f"out={tmp_path / 'out'}", "tracking=off", "validate.accept_alarms=true"]
    console = Console(record=True, width=200)
    jobs = chain.run(STAGES[:1], composing.compose(words), console)
    shown = console.export_text().splitlines()
    alarm = next(
        n for n, line in enumerate(shown) if "欠落の疑い（2026）：表の行数が昨年の半分以下 1件" in line
    )
    assert alarm < next(n for n, line in enumerate(shown) if line.startswith("取り込み："))
    account = json.loads((tmp_path / "out" / "intake.json").read_text(encoding="utf-8"))
    assert [a["about"].partition("（")[0] for a in account["alarms"] if a["severity"] == "critical"] == [
        "residents"
    ]
    assert jobs[0].detail["alarms"]
