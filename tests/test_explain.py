"""Reasons of whole suggestions, what weighed in the model, and a row opened in the terminal."""

import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from features.columns import COLUMNS
from models.explain import explain_row, reasons
from models.ranker import Ranker
from models.reasons.contributions import CLEARNESS, Contributions, contributions, told
from models.settings import SuggestSettings
from models.suggest import suggest
from models.training import train
from pipelines import explain
from tadasu.errors import TadasuError
from tadasu.law import Law
from tadasu.store import write_table
from tests.small_models import small_models

Tables = dict[int, dict[str, pl.DataFrame]]
YEAR = 2026
LAW = Law.of(YEAR)
TOLD = SuggestSettings(explain_rows=40)


@pytest.fixture(scope="module")
def ranker(mini_tables: Tables, mini_frames: Tables) -> Ranker:
    """A small ranker trained on two years."""
    years = {year: mini_frames[year] | mini_tables[year] for year in (2024, 2025)}
    return train(
        years,
        small_models(trees=30, leaves=15),
        facts={},
    )


@pytest.fixture(scope="module")
def suggestions(ranker: Ranker, mini_tables: Tables, mini_frames: Tables) -> pl.DataFrame:
    """The suggestions of the year to judge, with their reasons."""
    return suggest(ranker, mini_frames[YEAR], mini_tables[YEAR], TOLD, law=LAW)


@pytest.fixture(scope="module")
def found(ranker: Ranker, mini_frames: Tables) -> Contributions:
    """What weighed in every row of the year to judge."""
    return contributions(ranker, mini_frames[YEAR]["features"])


def test_every_line_has_two_or_three_reasons(suggestions: pl.DataFrame) -> None:
    """The repair's own and the record stand on all lines; none is empty, none is longer than can be read."""
    parts = suggestions.select("row_id", part=pl.col("reasons").str.split(";"))
    assert parts["part"].list.len().is_in([2, 3]).all()
    assert parts["part"].list.eval(pl.element().str.len_chars() > 0).list.all().all()
    second = parts["part"].list.get(1)
    assert (second.str.starts_with("同種") & second.str.contains("昨年まで")).all()
    own = parts["part"].list.first()
    assert not own.str.contains("None|null|nan").any()
    assert own.str.len_chars().quantile(0.95, "nearest") < 130  # type: ignore[operator]


def test_what_weighed_is_told_of_the_first_rows_outside_clear(suggestions: pl.DataFrame) -> None:
    """As many rows as the setting says, by rank."""
    third = suggestions.filter(pl.col("reasons").str.contains("判定に効いた点："))
    assert third["rank"].unique().sort().to_list() == list(range(1, TOLD.explain_rows + 1))
    assert (third["lane"] != "clear").all()


def test_a_cleared_row_is_not_explained_by_the_model(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables
) -> None:
    """Cleared rows keep repair and record; a standing that is given takes the third place of the others."""
    frames, tables = mini_frames[YEAR], mini_tables[YEAR]
    rows = frames["repairs"].filter(pl.col("repair_id") == 1).head(2)
    changed = rows.join(frames["changes"], on=["tax_year", "row_id", "repair_id"]).unique("row_id")
    lines = changed.sort("row_id").select(
        "row_id",
        "field",
        "repair_id",
        current_value="recorded",
        proposed_value="proposed",
        proposed=pl.lit(False),
        rank=pl.Series([1, 2]),
        lane=pl.Series(["clear", "review"]),
        standing=pl.Series([None, "立場;一つ"], dtype=pl.String),
    )
    made = reasons(lines, frames, tables, LAW, ranker, TOLD)["reasons"].str.split(";").to_list()
    assert [len(parts) for parts in made] == [2, 3]
    assert made[1][2] == "立場・一つ"


def test_contributions_add_up_to_the_models_score(ranker: Ranker, found: Contributions) -> None:
    """Groups and base together are the row model's log-odds, exactly."""
    raw = ranker.row.log_odds(found.values)
    assert np.allclose(found.by_group.sum(axis=1) + found.base, raw)
    assert {group for group in found.groups if group != CLEARNESS} <= {c.group for c in COLUMNS}


def test_without_a_groups_evidence_the_score_moves_as_stated(ranker: Ranker, found: Contributions) -> None:
    """Where a group weighed most, taking its clues away moves the score against its direction, mostly.

    A column's clue is taken away by leaving it empty; how clear the best repair is, which is never empty, by
    its mean.
    """
    raw = ranker.row.log_odds(found.values)
    heads = {column.name: column.group for column in COLUMNS}
    of_input = np.array([heads.get(name, "") if side else CLEARNESS for side, name in found.inputs])
    top = np.abs(found.by_group).argmax(axis=1)
    against, rows_of_evidence = [], 0
    for place, group in enumerate(found.groups):
        rows = np.flatnonzero(top == place)
        if len(rows):
            without = found.values[rows].copy()
            inside = of_input == group
            without[:, inside] = found.values[:, inside].mean(axis=0) if group == CLEARNESS else np.nan
            moved = ranker.row.log_odds(without) - raw[rows]
            against += (np.sign(moved) == -np.sign(found.by_group[rows, place])).tolist()
            rows_of_evidence += 0 if group == CLEARNESS else len(rows)
    assert rows_of_evidence > 100
    assert np.mean(against) > 0.75


def test_directions_are_worded_by_their_sign(found: Contributions) -> None:
    """Above 0 is 修正寄り, below it 記録寄り; the strongest group comes first."""
    texts = dict(told(found).iter_rows())
    for place in range(0, len(found.row_ids), 97):
        weights = found.by_group[place]
        strongest = int(np.abs(weights).argmax())
        word = "修正寄り" if weights[strongest] > 0 else "記録寄り"
        first = texts[found.row_ids[place]].removeprefix("判定に効いた点：").split("・")[0]
        assert first.endswith(f"（{word}）")
        assert found.groups[strongest] == CLEARNESS or first.startswith(found.groups[strongest])


def test_an_opened_row_is_whole_plain_data(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables, suggestions: pl.DataFrame
) -> None:
    """Entry, place, documents, candidates with chances that add up, reasons, groups: as JSON holds them."""
    line = suggestions.filter("proposed", pl.col("field").is_not_null()).row(0, named=True)
    row_id = line["row_id"]
    opened = explain_row(row_id, mini_frames[YEAR], mini_tables[YEAR], LAW, ranker, suggestions)
    json.dumps(opened, default=str)
    chances = [candidate["p"] for candidate in opened["candidates"]]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)
    leave = next(candidate for candidate in opened["candidates"] if candidate["kind"] == "leave")
    assert leave["reasons"][0].startswith("記録のまま：")
    assert opened["place"]["rank"] == line["rank"]
    assert opened["place"]["p_correction"] == pytest.approx(1 - leave["p"])
    assert line["reasons"].split(";")[0] in opened["candidates"][0]["reasons"]
    assert all(group["clues"] for group in opened["groups"])


def test_fields_on_which_documents_disagree_are_marked(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables
) -> None:
    """A stated value other than the record's is marked; amounts for the income tax are not compared."""
    tables = mini_tables[YEAR]
    lines = (
        tables["assessments"]
        .select("person_id", recorded="social_insurance")
        .join(
            tables["documents"].filter(pl.col("kind") == "tax_return", ~pl.col("is_cancelled")),
            on="person_id",
        )
    )
    differing = lines.filter(pl.col("social_insurance") != pl.col("recorded"))
    row_id = tables["inconsistencies"].join(differing, on="person_id", how="semi")["row_id"].min()
    opened = explain_row(str(row_id), mini_frames[YEAR], tables, LAW, ranker)
    marks = {line["field"]: line["differs"] for line in opened["documents"]["lines"]}
    assert marks["social_insurance"]
    basic = next(line for line in opened["documents"]["lines"] if line["field"] == "basic_deduction")
    assert not basic["differs"]
    assert any("所得税の額" in value for value in basic["values"])
    assert opened["place"]["rank"] is None


def test_a_row_that_no_list_has_is_refused(ranker: Ranker, mini_tables: Tables, mini_frames: Tables) -> None:
    """The message names the row and the year."""
    with pytest.raises(TadasuError, match="R0: the list of 2026 has no such row"):
        explain_row("R0", mini_frames[YEAR], mini_tables[YEAR], LAW, ranker)


@pytest.mark.parametrize("words", [[], ["R1", "R2"], ["R1", "--year"], ["R1", "--year=abc"], ["out=x"]])
def test_the_command_wants_one_row_and_a_year_in_digits(words: list[str]) -> None:
    """Anything else ends with how to write it."""
    with pytest.raises(TadasuError, match="tadasu explain ROW_ID"):
        explain.parsed(words)


def test_row_year_and_settings_are_told_apart() -> None:
    """In any order, with and without an equals sign."""
    assert explain.parsed(["out=x", "R1", "--year", "2025"]) == ("R1", 2025, ["out=x"])
    assert explain.parsed(["R1", "--year=2025", "ward=mini"]) == ("R1", 2025, ["ward=mini"])
    assert explain.parsed(["R1"]) == ("R1", None, [])


def test_the_command_prints_a_row_of_a_finished_run(
    ranker: Ranker, mini_tables: Tables, mini_frames: Tables, suggestions: pl.DataFrame, tmp_path: Path
) -> None:
    """All sections are there; the year is found where it is not named; an unknown row is told by name."""
    for name, frame in (mini_tables[YEAR] | mini_frames[YEAR] | {"suggestions": suggestions}).items():
        write_table(tmp_path / str(YEAR) / f"{name}.parquet", frame)
    (tmp_path / "intake.json").write_text(json.dumps({"years": [YEAR]}))
    ranker.save(tmp_path / "ranker")
    row_id = suggestions["row_id"][0]
    page = io.StringIO()
    assert explain.main([row_id, f"out={tmp_path}"], Console(file=page, width=200)) == 0
    text = page.getvalue()
    assert row_id in text
    for heading in ("資料の対照", "修正候補", "理由", "判定に効いた点", "順位 1、"):
        assert heading in text
    with pytest.raises(TadasuError, match="R0: no list of 2026"):
        explain.main(["R0", f"out={tmp_path}"])
    with pytest.raises(TadasuError, match="Run the stages first"):
        explain.main([row_id, f"out={tmp_path / 'other'}"])
