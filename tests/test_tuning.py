"""The search of settings: the same again, never worse than what it began with, blind to the newest year."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from models.settings import ModelSettings, TuneSettings
from models.tuning import Tuned, changed, tune
from pipelines import cli
from pipelines.job import quiet

Tables = dict[int, dict[str, pl.DataFrame]]
SMALL = ModelSettings(num_leaves=7, row_num_leaves=7, folds=2, threads=1)
QUICK = TuneSettings(
    trials=4,
    rows_a_year=300,
    most_trees=15,
    patience=5,
    repairs={"num_leaves": [4, 15], "learning_rate": [0.05, 0.3]},
    rows={"row_num_leaves": [4, 15], "row_extra_trees": [False, True]},
)


@pytest.fixture(scope="module")
def years(mini_tables: Tables, mini_frames: Tables) -> Tables:
    return {year: mini_frames[year] | mini_tables[year] for year in (2022, 2023)}


@pytest.fixture(scope="module")
def tuned(years: Tables) -> Tuned:
    return tune(years, SMALL, QUICK, quiet)


def test_the_given_settings_are_tried_first_and_never_beaten_by_what_is_returned(tuned: Tuned) -> None:
    for name, (given, best) in tuned.found.items():
        losses = tuned.trials.filter(pl.col("model") == name).drop_nulls("log_loss")
        assert losses["log_loss"][0] == given
        assert best == losses.filter(pl.col("state") == "complete")["log_loss"].min() <= given
    first = tuned.trials.filter(pl.col("model") == "repairs").row(0, named=True)
    assert (first["num_leaves"], first["learning_rate"]) == (7, pytest.approx(0.1))


def test_only_what_is_searched_and_the_number_of_trees_changes(tuned: Tuned) -> None:
    assert set(changed(tuned.best, SMALL)) <= {*QUICK.repairs, *QUICK.rows, "trees", "row_trees"}
    assert 0 < tuned.best.trees <= QUICK.most_trees


def test_the_same_search_is_the_same_again(years: Tables, tuned: Tuned) -> None:
    """Lines in another order give the same trials, bit for bit."""
    turned = {
        year: {name: frame.reverse() for name, frame in tables.items()} for year, tables in years.items()
    }
    again = tune(turned, SMALL, QUICK, quiet)
    assert again.trials.equals(tuned.trials)
    assert again.best == tuned.best


def test_one_year_is_measured_on_households_that_were_not_learnt_from(years: Tables) -> None:
    one = tune({2023: years[2023]}, SMALL, QUICK, quiet)
    assert one.trials["state"].is_in(["complete", "pruned"]).all()


def test_the_stage_writes_settings_that_a_run_can_take_and_never_reads_the_newest_year(
    tmp_path: Path, mini_tables: Tables, mini_frames: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _run_folder(tmp_path, mini_tables, mini_frames, newest=2024)
    words = ["tune", f"out={out}", "model=small", "tune=quick", "tracking=off"]
    assert cli.main(words) == 0
    first = (out / "tuning" / "trials.csv").read_bytes()
    best = yaml.safe_load((out / "tuning" / "best.yaml").read_text())
    assert best.pop("defaults") == ["default"]
    ModelSettings(**best)
    features = out / "2024" / "features.parquet"
    features.write_bytes(b"nothing that could be read")
    assert cli.main(words) == 0
    assert (out / "tuning" / "trials.csv").read_bytes() == first
    assert "log-loss" in capsys.readouterr().out


def test_with_one_labelled_year_nothing_is_left_to_search_on(
    tmp_path: Path, mini_tables: Tables, mini_frames: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _run_folder(tmp_path, mini_tables, mini_frames, newest=2022)
    assert cli.main(["tune", f"out={out}", "tracking=off"]) == 2
    assert "nothing is left to search on" in capsys.readouterr().err


def _run_folder(folder: Path, tables: Tables, frames: Tables, newest: int) -> Path:
    """Write what featurize leaves: labelled years up to `newest` and the year to judge after it."""
    years = [year for year in tables if year <= newest + 1]
    for year in years:
        (folder / str(year)).mkdir()
        content = frames[year] | tables[year]
        if year > newest:
            content["truth"] = content["truth"].clear()
        for name in ("features", "truth", "changes", "linked", "inconsistencies", "residents", "corrections"):
            content[name].write_parquet(folder / str(year) / f"{name}.parquet")
    (folder / "intake.json").write_text(f'{{"years": {years}}}')
    return folder
