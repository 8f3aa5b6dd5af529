"""The season loop: only what was known that morning counts, decisions move the list."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.certificate import Certificate
from models.ranker import Ranker
from models.season.known import as_of, decided, is_cut
from models.season.picture import missed_by_day
from models.season.queue import Start, in_time, play
from models.season.rerank import rerank, view
from models.season.starts import OF_HISTORY, start, without_history
from models.season.update import Update, learn
from models.seconds import Seconds
from models.settings import CertifySettings, SeasonSettings, SuggestSettings
from models.training import train
from tests.small_models import small_models

Tables = dict[int, dict[str, pl.DataFrame]]
SMALL = small_models()
QUICK = SeasonSettings(hours_a_day=0.6, rerank_days=7, tree_rows=200, trees=5, num_leaves=4)
SUGGEST = SuggestSettings()
DAY = date(2025, 5, 10)


@pytest.fixture(scope="module")
def ranker(mini_tables: Tables, mini_frames: Tables) -> Ranker:
    return train({2024: mini_frames[2024] | mini_tables[2024]}, SMALL, facts={})


@pytest.fixture(scope="module")
def begun(ranker: Ranker, mini_tables: Tables, mini_frames: Tables) -> Start:
    frames, tables = mini_frames[2025], mini_tables[2025]
    return start("own", view(ranker, frames["features"]), frames, tables, [mini_tables[2024]], SUGGEST)


def test_a_row_stands_from_its_detection_a_document_from_its_arrival(mini_tables: Tables) -> None:
    cut = as_of(mini_tables[2025], DAY)
    assert cut["inconsistencies"]["detected_on"].max() <= DAY
    assert cut["documents"]["received_on"].max() <= DAY
    assert cut["corrections"]["decided_on"].max() < DAY
    assert is_cut(mini_tables[2025], as_of(mini_tables[2025], date(2025, 4, 10)))
    assert not is_cut(mini_tables[2025], as_of(mini_tables[2025], date(2026, 1, 1)))


def test_a_row_that_was_only_asked_about_is_not_decided() -> None:
    told = pl.DataFrame(
        {
            "row_id": ["a", "a", "b"],
            "outcome": ["inquiry", "no_change", "no_change"],
            "decided_on": [date(2025, 5, 1), date(2025, 5, 20), date(2025, 5, 2)],
            "staff_id": ["S", "S", "bulk"],
            "field": [None] * 3,
            "new_value": [None] * 3,
        },
        schema_overrides={"field": pl.String, "new_value": pl.String},
    )
    assert decided(told, DAY)["row_id"].to_list() == ["b"]
    assert decided(told, DAY, ("bulk",)).is_empty()
    assert decided(told, date(2025, 5, 20))["row_id"].to_list() == ["b"], "decided that day: known the next"
    assert decided(told, date(2025, 5, 21))["row_id"].to_list() == ["a", "b"]


def test_what_is_decided_later_does_not_change_the_ranking(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables
) -> None:
    """Later decisions turned round, removed, or more of them: the same list and the same update."""
    whole, frames = mini_tables[2025], mini_frames[2025]
    later = pl.col("decided_on") >= DAY
    turned = pl.when(later).then(pl.lit("no_change")).otherwise("outcome")
    others = (whole["corrections"].with_columns(outcome=turned), whole["corrections"].filter(~later))
    made, update = _morning(ranker, whole, frames)
    assert 0 < update.decided < whole["inconsistencies"].height
    for corrections in others:
        again, same = _morning(ranker, {**whole, "corrections": corrections}, frames)
        assert again.equals(made)
        assert same == update


def test_decided_rows_leave_the_list_and_move_what_is_open(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables
) -> None:
    tables, frames = mini_tables[2025], mini_frames[2025]
    made, _ = _morning(ranker, tables, frames)
    done = decided(tables["corrections"], DAY)["row_id"]
    assert set(made["row_id"]) == set(tables["inconsistencies"]["row_id"]) - set(done)
    first, nothing = _morning(ranker, tables, frames, date(2025, 4, 1))
    assert (nothing, first["model_id"][0] == made["model_id"][0]) == (Update(), False)
    before = first.unique("row_id").join(made.unique("row_id"), on="row_id")
    assert (before["p_correction"] != before["p_correction_right"]).any()


def test_decisions_never_put_a_row_into_the_lane_clear(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables
) -> None:
    """The certificate was tested on the yearly probabilities: whoever it did not clear stays uncleared."""
    tables, frames = mini_tables[2025], mini_frames[2025]
    left = tables["corrections"].filter(pl.col("decided_on") < DAY).with_columns(
        outcome=pl.lit("no_change"), field=pl.lit(None, pl.String)
    )  # fmt: skip
    seen = view(ranker, frames["features"]).rows
    threshold = float(seen["p"].median())  # type: ignore[arg-type]
    certificate = Certificate(
        "forecast", 2025, 2024, "", CertifySettings(clip_yen=10**9), 1, 1, 1, (), threshold, 0.5
    )
    made, update = rerank(
        ranker, frames, {**tables, "corrections": left}, DAY, QUICK, SUGGEST, certificate=certificate
    )
    assert update.whole < 0, "nothing was corrected: all probabilities fall"
    may = set(seen.filter(pl.col("p") <= threshold)["row_id"])
    assert set(made.rows.filter(pl.col("lane") == "clear")["row_id"]) <= may


def _morning(
    ranker: Ranker, whole: dict[str, pl.DataFrame], frames: dict[str, pl.DataFrame], day: date = DAY
) -> tuple[pl.DataFrame, Update]:
    # The frames of the whole list serve: what is asked here is whether later decisions are read.
    tables = {**whole, "corrections": as_of(whole, day)["corrections"]}
    made, update = rerank(ranker, frames, tables, day, QUICK, SUGGEST)
    return made.lines, update


def test_a_check_that_is_off_is_put_right_and_one_with_few_rows_hardly_moves() -> None:
    p = np.full(900, 0.2)
    checks = np.array(["off"] * 440 + ["right"] * 455 + ["few"] * 5)
    needs = np.zeros(900, dtype=bool)
    needs[:220] = needs[440:531] = needs[895:] = True
    update = learn(
        p, checks, np.zeros((900, 1), np.float32), needs, np.arange(900), replace(QUICK, tree_rows=10**9)
    )
    after = update.apply(p[[0, 450, 899]], checks[[0, 450, 899]], np.zeros((3, 1), np.float32))
    assert after[0] == pytest.approx(0.5, abs=0.03)
    assert after[1] == pytest.approx(0.2, abs=0.03)
    assert after[2] < 0.6, "five rows, all corrected, are no proof"


def test_trees_are_kept_only_where_they_tell_newer_decisions_better() -> None:
    chance = np.random.default_rng(1)
    clue = chance.random((1200, 3)).astype(np.float32)
    p, checks, day = np.full(1200, 0.5), np.array(["c"] * 1200), np.arange(1200)
    settings = replace(QUICK, trees=20, num_leaves=8, min_data_in_leaf=20)
    useful = learn(p, checks, clue, clue[:, 0] > 0.5, day, settings)
    noise = learn(p, checks, clue, chance.random(1200) > 0.5, day, settings)
    assert useful.gain is not None
    assert useful.gain > 0
    assert useful.trees
    assert noise.gain is not None
    assert bool(noise.trees) == (noise.gain > 0)
    assert np.mean((useful.apply(p, checks, clue) > 0.5) == (clue[:, 0] > 0.5)) > 0.95


def test_a_season_keeps_to_its_hours_and_to_what_had_arrived(begun: Start) -> None:
    made = play(begun, 2025, QUICK, SUGGEST, Seconds.stated(SUGGEST.time))
    worked = made.rows.drop_nulls("worked_on")
    assert (worked["worked_on"] >= worked["arrives"]).all()
    spent = worked.group_by("worked_on").agg(pl.col("cost").sum())
    longest = float(worked["cost"].max())  # type: ignore[arg-type]
    assert spent["cost"].max() <= 2 * QUICK.hours_a_day * 3600 + longest
    assert made.days["hours"][-1] <= QUICK.hours_a_day * made.days.height
    last = made.days.row(-1, named=True)
    assert last["found"] + last["missed"] == begun.rows["needs"].sum() == last["due"]
    assert last["rows_worked"] == worked.height > 0


def test_what_a_day_decides_is_not_known_the_same_day(begun: Start) -> None:
    """With the first day's labels turned round the same rows come first that day; only their cost differs."""
    daily, seconds = replace(QUICK, rerank_days=1, ends="04-20"), Seconds.stated(SUGGEST.time)
    made = play(begun, 2025, daily, SUGGEST, seconds).rows
    first = made["worked_on"].min()
    mine = set(made.filter(pl.col("worked_on") == first)["row_id"])
    turned = begun.rows.with_columns(needs=pl.col("needs") ^ pl.col("row_id").is_in(sorted(mine)))
    other = play(replace(begun, rows=turned), 2025, daily, SUGGEST, seconds).rows
    theirs = set(other.filter(pl.col("worked_on") == first)["row_id"])
    assert mine <= theirs or theirs <= mine
    assert not made.equals(other), "the days after it may differ"


def test_a_better_start_finds_more_corrections_in_time(
    begun: Start, mini_tables: Tables, mini_frames: Tables
) -> None:
    frames, tables = mini_frames[2025], mini_tables[2025]
    rules = without_history(frames, tables, QUICK.prior)
    assert set(OF_HISTORY) < set(frames["features"].columns)
    bare = start("hand", rules, frames, tables, [], SUGGEST, hand_only=True)
    seconds = Seconds.stated(SUGGEST.time)
    ours, by_hand = (play(one, 2025, QUICK, SUGGEST, seconds) for one in (begun, bare))
    assert ours.days["missed"].sum() < by_hand.days["missed"].sum()
    shares = in_time(ours.rows, 2025, QUICK)
    assert set(shares) == {
        f"{k}_{w}_in_time" for k in ("special", "ordinary") for w in ("rows", "corrections")
    }
    assert all(0 <= share <= 1 for share in shares.values())
    ends = {"special": DAY, "ordinary": DAY + timedelta(days=30)}
    picture = missed_by_day([ours, by_hand], ends, synthetic=True)
    assert picture == missed_by_day([ours, by_hand], ends, synthetic=True)
    assert picture.startswith(b"\x89PNG")


def test_an_update_is_plain_json_and_names_the_model(ranker: Ranker) -> None:
    update = Update(0.1, {"A": -0.2}, "", 5)
    assert Update(**json.loads(json.dumps(update.json()))) == update
    assert len({update.identity("x"), update.identity("y"), Update().identity("x")}) == 3


def test_the_folder_of_the_settings_is_there() -> None:
    assert (Path(__file__).parents[1] / "conf" / "season" / "default.yaml").is_file()
