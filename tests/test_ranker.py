"""The ranker and its suggestions: probabilities that add up, the same model again, the promised output."""

from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import pytest

from models.ranker import Ranker, load
from models.rows import scored
from models.settings import SuggestSettings
from models.shares import spread
from models.suggest import suggest
from models.training import train
from tadasu.errors import TadasuError
from tadasu.tables import SUGGESTIONS
from tests.small_models import small_models

Tables = dict[int, dict[str, pl.DataFrame]]
SMALL = small_models()
FACTS = {"data": "d", "law": "l", "code": "c"}


def _years(tables: Tables, frames: Tables, *chosen: int) -> Tables:
    return {year: frames[year] | tables[year] for year in chosen}


@pytest.fixture(scope="module")
def ranker(mini_tables: Tables, mini_frames: Tables) -> Ranker:
    """A small ranker trained on two years."""
    return train(_years(mini_tables, mini_frames, 2023, 2024), SMALL, facts=FACTS)


def _sums(ranker: Ranker, features: pl.DataFrame) -> pl.DataFrame:
    """Return by row what the probabilities of its repairs add up to, of rows that a repair is likely for."""
    judged = features.select("row_id").with_columns(
        p=pl.Series(ranker.score(features)), likely=pl.Series(ranker.conditional(features) > 0)
    )
    assert judged["p"].is_between(0, 1).all()
    rows = judged.group_by("row_id").agg(pl.col("p").sum(), pl.col("likely").any())
    assert rows["likely"].mean() > 0.9
    return rows.filter("likely")


def test_probabilities_of_a_row_add_up_to_one(ranker: Ranker, mini_frames: Tables) -> None:
    """'Leave' and the repairs share it all; in doubt some is left for a repair nobody thought of."""
    features = mini_frames[2025]["features"]
    assert ranker.closer is not None
    assert np.allclose(_sums(replace(ranker, closer=None), features)["p"].to_numpy(), 1.0)
    sums = _sums(ranker, features)["p"]
    assert (sums < 1.0 + 1e-9).all()
    assert 0 < (sums < 0.999).mean() < 0.7


def test_scoring_ends_early_only_where_it_no_longer_counts() -> None:
    """Clear lines are not scored to the end; what may still count is as if they were."""
    draw = np.random.default_rng(1)
    lines = draw.normal(size=(4_000, 5)).astype(np.float32)
    right = lines[:, 0] + 0.3 * draw.normal(size=4_000) > 1
    settings = {"objective": "binary", "num_leaves": 15, "verbosity": -1, "seed": 1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(lines, right.astype(np.int8)), 200)
    whole, early = np.asarray(booster.predict(lines)), scored(booster, lines)
    off = np.abs(whole - early)
    assert 0 < (off > 0).sum() < len(lines)
    assert off.max() < 0.01
    assert (off[(whole > 0.05) & (whole < 0.95)] < 1e-6).all()


def test_a_row_that_no_repair_is_proposed_for_keeps_its_probability(
    ranker: Ranker, mini_frames: Tables
) -> None:
    """A correction may be one that nothing on the papers tells: such a row must not pass for a safe one."""
    features = mini_frames[2025]["features"]
    leave = features.filter(pl.col("repair_id") == 0)
    correction = np.linspace(0.1, 0.9, leave.height)
    assert np.allclose(spread(leave, np.zeros(leave.height), correction), 1.0 - correction)
    assert (ranker.score(leave) < 1.0).all()


def test_the_same_inputs_give_the_same_model(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables
) -> None:
    """Lines in another order, fitted one after another, give the same model_id; another law gives another."""
    years = _years(mini_tables, mini_frames, 2023, 2024)
    turned = {
        year: {name: frame.reverse() for name, frame in tables.items()} for year, tables in years.items()
    }
    assert train(turned, replace(SMALL, threads=1), facts=FACTS).model_id == ranker.model_id
    assert train(years, SMALL, facts=FACTS | {"law": "other"}).model_id != ranker.model_id


def test_a_ranker_reads_back_as_it_was_and_notices_a_change(
    ranker: Ranker, mini_frames: Tables, tmp_path: Path
) -> None:
    """Saved and loaded it scores alike; an edited file is refused by name."""
    ranker.save(tmp_path)
    features = mini_frames[2026]["features"].head(2000)
    features = features.filter(pl.col("row_id") != features["row_id"].last())
    assert np.array_equal(load(tmp_path).score(features), ranker.score(features))
    file = tmp_path / "calibration.json"
    file.write_text(file.read_text().replace("1.0", "0.9", 1))
    with pytest.raises(TadasuError, match="changed since it was trained"):
        load(tmp_path)


def test_labels_that_are_all_alike_are_refused_with_a_reason(
    mini_tables: Tables, mini_frames: Tables
) -> None:
    """Where nothing was ever corrected there is nothing to learn, and the message says so."""
    frames = mini_frames[2024]
    left = frames["truth"].with_columns(is_right=pl.col("repair_id") == 0)
    with pytest.raises(TadasuError, match="left as recorded"):
        train({2024: frames | mini_tables[2024] | {"truth": left}}, SMALL, facts=FACTS)


def test_a_missing_column_is_named(ranker: Ranker, mini_frames: Tables) -> None:
    """Features of older code are refused with the name of what they lack."""
    with pytest.raises(TadasuError, match="record_salary missing"):
        ranker.score(mini_frames[2025]["features"].drop("record_salary"))


def test_a_ranker_of_another_version_is_refused(ranker: Ranker, mini_frames: Tables) -> None:
    """A second row model that reads another number of figures is never fed those of this version."""
    other = replace(ranker, second=ranker.row)
    with pytest.raises(TadasuError, match="trained by another version"):
        other.score(mini_frames[2025]["features"])


def test_suggestions_keep_their_contract(ranker: Ranker, mini_tables: Tables, mini_frames: Tables) -> None:
    """One line a row and field; ranks are 1…n; the proposed repair is never cut."""
    frames, tables = mini_frames[2026], mini_tables[2026]
    made = suggest(ranker, frames, tables, SuggestSettings(lines=2))
    assert made.schema == SUGGESTIONS.schema
    assert not made.select("row_id", "field").is_duplicated().any()
    rows = made.unique("row_id").sort("rank")
    assert rows["rank"].to_list() == list(range(1, tables["inconsistencies"].height + 1))
    assert made.filter(
        pl.col("field").is_null() & ((pl.col("p_field") != 0) | ~pl.col("proposed"))
    ).is_empty()
    assert made.filter(pl.col("current_value") == pl.col("proposed_value")).is_empty()
    assert set(made["lane"]) <= {"confirm", "review", "inquire"}, "nothing is cleared without a certificate"


def test_the_mean_of_two_kinds_of_trees_is_calibrated_as_it_is(ranker: Ranker) -> None:
    """Where few rows are learnt from, an out-of-fold regression would take too much away: families shift."""
    assert len(ranker.row.texts) == len(ranker.second.texts) == 2
    known = ranker.row_calibration
    assert known.scores == known.probabilities == (0.0, 1.0)
    assert any(known.shifts)
    assert len(ranker.asked_calibration.scores) > 2
