"""A ward with one year and no record: another ward's ranker judges it, and nothing is cleared."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from models.training import train
from pipelines import cli
from tadasu import ledger
from tests.small_models import small_models

pytestmark = pytest.mark.xdist_group("pipeline")
Tables = dict[int, dict[str, pl.DataFrame]]
SMALL = small_models()


@pytest.fixture(scope="module")
def elsewhere(mini_tables: Tables, mini_frames: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a ranker that another ward trained."""
    folder = tmp_path_factory.mktemp("elsewhere") / "ranker"
    train({2025: mini_frames[2025] | mini_tables[2025]}, SMALL, facts={}).save(folder)
    return folder


@pytest.fixture(scope="module")
def cold(tiny_ward: Path, elsewhere: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run of a ward that has one year, no corrections, and check codes of its own."""
    ward = tmp_path_factory.mktemp("cold") / "ward"
    shutil.copytree(tiny_ward / "2026", ward / "2026")
    (ward / "2026" / "corrections.parquet").unlink(missing_ok=True)
    listed = ward / "2026" / "inconsistencies.parquet"
    pl.read_parquet(listed).with_columns(check_code="Z" + pl.col("check_code").str.reverse()).write_parquet(
        listed
    )
    out = ward.parent / "out"
    words = ["run", f"ward={ward}", f"out={out}", f"train.from={elsewhere}", "tracking=off"]
    assert cli.main(words) == 0
    return out


def test_every_row_is_judged_by_the_other_wards_ranker(cold: Path, elsewhere: Path) -> None:
    made = pl.read_parquet(cold / "2026" / "suggestions.parquet")
    rows = pl.read_parquet(cold / "2026" / "inconsistencies.parquet")
    model_id = json.loads((elsewhere / "model.json").read_text())["model_id"]
    assert made["model_id"].unique().to_list() == [model_id]
    assert set(made["row_id"]) == set(rows["row_id"])
    assert made.unique("row_id")["p_correction"].n_unique() > 20, "it tells rows apart"
    assert (cold / "2026" / "suggestions.ja.csv").is_file()


def test_nothing_is_cleared_and_no_accuracy_is_claimed(cold: Path) -> None:
    made = pl.read_parquet(cold / "2026" / "suggestions.parquet")
    assert made.filter(pl.col("lane") == "clear").is_empty()
    certificate = json.loads((cold / "lanes" / "certificate.json").read_text())
    assert (certificate["threshold"], certificate["provisional"]) == (None, True)
    events = {event.event: event.detail for event in ledger.read(cold / "ledger.jsonl")}
    assert "精度は測っていない" in events["evaluate"]["note"]
    assert "記録なし" in events["suggest"]["hours"]["hand"]


def test_the_first_decisions_of_a_cold_ward_rank_the_rest(cold: Path, tmp_path: Path) -> None:
    """Half of the rows decided: the season's list holds the other half, under another model_id."""
    folder = Path(shutil.copytree(cold, tmp_path / "season"))
    rows = pl.read_parquet(folder / "2026" / "inconsistencies.parquet").sort("row_id")
    done = rows.head(rows.height // 2).select("row_id", decided_on=pl.col("detected_on").max())
    place = folder / "2026" / "corrections.parquet"
    empty = pl.read_parquet(place)
    told = done.with_columns(action_no=pl.lit(1), outcome=pl.lit("no_change"), staff_id=pl.lit("S1"))
    pl.concat([empty, told.cast({n: empty.schema[n] for n in told.columns})], how="diagonal").write_parquet(
        place
    )
    words = ["season", f"ward={folder.parent}", f"out={folder}", "tracking=off"]
    assert cli.main(words) == 0
    made = pl.read_parquet(folder / "season" / "suggestions.parquet")
    assert set(made["row_id"]) == set(rows["row_id"]) - set(done["row_id"])
    update = json.loads((folder / "season" / "update.json").read_text())
    assert update["decided"] == done.height
    assert update["whole"] < 0, "nothing was corrected so far"
    before = pl.read_parquet(cold / "2026" / "suggestions.parquet")
    assert set(made["model_id"]).isdisjoint(before["model_id"])
    first = (folder / "season" / "suggestions.parquet").read_bytes()
    assert cli.main(words) == 0
    assert (folder / "season" / "suggestions.parquet").read_bytes() == first
