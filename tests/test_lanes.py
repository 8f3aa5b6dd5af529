"""Lanes, order, what is held back from clearing, and the random sample."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.certificate import NOVEL, Certificate, Known
from models.judge import by_row, judge
from models.lanes import in_lanes, ranked
from models.sample import draw
from models.scope import evidence, held, known, lacking
from models.seconds import Seconds
from models.settings import SuggestSettings
from models.tested import in_season, judged_by, nothing
from tadasu.law import Law

SETTINGS = SuggestSettings()
SECONDS = Seconds(60.0, 140.0, 240.0, 350.0)
Tables = dict[int, dict[str, pl.DataFrame]]


def _row(**given: object) -> dict[str, object]:
    """Return a row that needs nothing and says so, but for what is given."""
    return {
        "tax_year": 2026,
        "row_id": "R1",
        "p_correction": 0.02,
        "p_asked": 0.0,
        "leaves": True,
        "p_proposed": 0.98,
        "p_shown": 0.0,
        "held": "",
        "expected_yen": 0.0,
        **given,
    }


def _certificate(threshold: float | None) -> Certificate:
    return replace(nothing(2026, SETTINGS, Known()), threshold=threshold)


def _lane(certificate: Certificate | None = None, **given: object) -> str:
    return str(in_lanes(pl.DataFrame([_row(**given)]), certificate, SECONDS, SETTINGS)["lane"][0])


SURE = {"p_correction": 0.95, "leaves": False, "p_proposed": 0.9, "p_shown": 0.95}
VAGUE = {"p_correction": 0.9, "leaves": False, "p_proposed": 0.2, "p_shown": 0.85}
UNTOLD = {"p_correction": 0.4, "p_proposed": 0.6, "p_shown": 0.2}
"""The papers do not say whether it needs a correction."""


def test_a_row_goes_where_it_is_expected_to_take_the_least_time() -> None:
    assert _lane() == "confirm"
    assert _lane(**SURE) == "confirm"
    assert _lane(**VAGUE) == "review"
    assert _lane(**UNTOLD, p_asked=0.9) == "inquire"
    assert _lane(_certificate(0.05)) == "clear"


def test_inquire_takes_only_rows_where_asking_is_likelier_than_not() -> None:
    assert _lane(**UNTOLD, p_asked=0.51) == "inquire"
    assert _lane(**UNTOLD, p_asked=0.49) == "review"


def test_clear_is_bound_by_the_certificate() -> None:
    """Nothing is cleared without one, above its threshold, or where a row is held back."""
    assert _lane(None) == "confirm"
    assert _lane(_certificate(None)) == "confirm"
    assert _lane(_certificate(0.01)) == "confirm"
    for reason in ("yen", "evidence", "field"):
        assert _lane(_certificate(0.05), held=reason) == "confirm"


def test_the_expected_seconds_are_those_of_the_lane() -> None:
    rows = pl.DataFrame([_row(), _row(row_id="R2", p_correction=0.0, p_proposed=1.0)])
    made = in_lanes(rows, _certificate(0.01), SECONDS, SETTINGS)
    assert made["lane"].to_list() == ["confirm", "clear"]
    assert made["expected"][1] == SETTINGS.time.clear
    assert SETTINGS.time.confirm_right < made["expected"][0] < made["hand"][0]


def _ranks(rows: list[dict[str, object]], **changed: float) -> list[str]:
    frame = pl.DataFrame([{"lane": "confirm", "expected": 60.0, **_row(), **row} for row in rows])
    return ranked(frame, replace(SETTINGS, **changed)).sort("rank")["row_id"].to_list()  # type: ignore[arg-type]


def test_more_yen_come_first_then_corrections_that_move_none_then_nothing() -> None:
    rows = [
        {"row_id": "nothing", "p_correction": 0.01},
        {"row_id": "no_tax", "p_correction": 0.9},
        {"row_id": "little", "p_correction": 0.9, "expected_yen": 4_000.0},
        {"row_id": "much", "p_correction": 0.3, "expected_yen": 90_000.0},
    ]
    assert _ranks(rows) == ["much", "little", "no_tax", "nothing"]


def test_what_is_cleared_comes_last_whatever_it_moves() -> None:
    rows = [
        {"row_id": "cleared", "lane": "clear", "expected": 3.0, "expected_yen": 9_000.0},
        {"row_id": "open", "p_correction": 0.0},
    ]
    assert _ranks(rows) == ["open", "cleared"]


def test_minutes_count_as_much_as_the_settings_say() -> None:
    rows = [
        {"row_id": "slow", "expected_yen": 30_000.0, "expected": 300.0},
        {"row_id": "quick", "expected_yen": 20_000.0, "expected": 60.0},
    ]
    assert _ranks(rows, per_minute=0.0) == ["slow", "quick"]
    assert _ranks(rows, per_minute=1.0) == ["quick", "slow"]


def _repairs(*lines: tuple[str, int, float, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"tax_year": 2026, "row_id": row, "repair_id": number, "p": p, "tax_delta": tax}
            for row, number, p, tax in lines
        ],
        schema_overrides={"tax_delta": pl.Int64},
    )


def test_the_tax_delta_is_that_of_the_best_repair_other_than_leave() -> None:
    rows = by_row(_repairs(("a", 0, 0.6, 0), ("a", 1, 0.1, -500), ("a", 2, 0.3, 9_000), ("b", 0, 1.0, 0)))
    assert rows["tax_delta"].to_list() == [9_000, None]
    assert rows["leaves"].to_list() == [True, True]
    assert rows["p_correction"].to_list() == pytest.approx([0.4, 0.0])
    assert rows["expected_yen"].to_list() == pytest.approx([2_750.0, 0.0])


LISTED = pl.DataFrame(
    {
        "tax_year": [2026] * 4,
        "row_id": ["a", "b", "c", "d"],
        "field": ["salary_revenue", "salary_revenue", "salary_revenue", None],
        "related_person_id": [None, None, None, "P"],
        "stated_value": ["1"] * 4,
        "expected_value": ["2"] * 4,
    }
)
SEEN = Known(("salary_revenue+stated+expected",), ("salary_revenue",))


def test_rows_are_held_back_for_yen_new_fields_and_new_evidence() -> None:
    repairs = _repairs(
        *(
            line
            for row in "abcd"
            for line in ((row, 0, 0.97, 0), (row, 1, 0.03, 500_000 if row == "a" else 10))
        )
    )
    changes = pl.DataFrame(
        {
            "tax_year": [2026] * 4,
            "row_id": ["a", "b", "c", "d"],
            "repair_id": [1] * 4,
            "field": ["salary_revenue", "specified_relative_special", "salary_revenue", "salary_revenue"],
        }
    )
    found = held(repairs, changes, LISTED, SEEN, SETTINGS.certify)
    assert dict(found.select("row_id", "held").iter_rows()) == {
        "a": "yen",
        "b": "field",
        "c": "",
        "d": "evidence",
    }
    unknown = held(
        repairs.with_columns(tax_delta=pl.lit(None, pl.Int64)), changes, LISTED, SEEN, SETTINGS.certify
    )
    assert unknown.filter(pl.col("row_id") == "c")["held"].item() == "yen", "tax that could not be computed"


def test_people_whose_papers_did_not_come_in_whole_are_never_cleared() -> None:
    repairs = pl.DataFrame(
        {
            "tax_year": [2026] * 4,
            "row_id": ["a", "a", "b", "b"],
            "repair_id": [0, 1, 0, 1],
            "p": [1.0, 0.0, 1.0, 0.0],
            "tax_delta": [0, 0, 0, 0],
        }
    )
    listed = LISTED.filter(pl.col("row_id").is_in(["a", "b"])).with_columns(
        person_id=pl.col("row_id").replace_strict({"a": "P1", "b": "P2"})
    )
    tables = {
        "inconsistencies": listed,
        "documents": pl.DataFrame({"document_id": ["D1", "D2"], "person_id": ["P1", "P2"]}),
        "not_taken_in": pl.DataFrame({"document_id": ["D1"], "field": ["specified_relative_special"]}),
    }
    changes = pl.DataFrame(
        {"tax_year": [2026] * 2, "row_id": ["a", "b"], "repair_id": [1] * 2, "field": ["salary_revenue"] * 2}
    )
    found = held(repairs, changes, listed, SEEN, SETTINGS.certify, lacking(tables))
    assert dict(found.select("row_id", "held").iter_rows()) == {"a": "lacking", "b": ""}
    assert lacking({"inconsistencies": listed}).is_empty()
    assert "lacking" not in NOVEL


def test_evidence_is_known_whatever_its_code(mini_tables: Tables) -> None:
    seen = known([mini_tables[2023], mini_tables[2024]])
    renamed = mini_tables[2025]["inconsistencies"].with_columns(
        check_code=pl.lit("NEW"), check_name=pl.lit("?")
    )
    share = renamed.select(evidence().is_in(list(seen.evidence)).mean()).item()
    assert share > 0.95


def test_a_field_that_a_new_law_brings_is_not_known_before(mini_tables: Tables) -> None:
    before, after = (known([mini_tables[year]]) for year in (2024, 2025))
    assert "salary_revenue" in before.fields
    assert "specified_relative_special" not in {*before.fields, *after.fields}
    assert known([mini_tables[2026]]) == Known(), "a year without labels shows nothing"


def _rows(size: int) -> pl.DataFrame:
    frame = pl.DataFrame({"tax_year": 2026, "row_id": [f"R{number}" for number in range(size)]})
    return frame.cast({"tax_year": pl.Int32, "row_id": pl.String})


def test_the_sample_can_be_repeated_and_keeps_its_rows_while_the_list_grows() -> None:
    sample = draw(_rows(4_000), 0.05, 1)
    assert sample["probability"].unique().to_list() == [0.05]
    assert sample.equals(draw(_rows(4_000).reverse(), 0.05, 1))
    assert not sample.equals(draw(_rows(4_000), 0.05, 2))
    early = draw(_rows(1_000), 0.05, 1)
    assert early.filter("drawn").join(sample.filter("drawn"), on="row_id").height == early["drawn"].sum()
    assert draw(_rows(0), 0.05, 1).is_empty()
    assert draw(_rows(10), 1.0, 1)["drawn"].all()


def test_each_row_is_as_likely_to_be_drawn() -> None:
    drawn = np.array([draw(_rows(40), 0.25, seed)["drawn"].to_numpy() for seed in range(400)])
    assert abs(drawn.mean() - 0.25) < 0.015
    assert drawn.sum(axis=0).min() > 60
    assert drawn.sum(axis=0).max() < 145


def test_the_season_reads_no_label_outside_its_sample(mini_tables: Tables, mini_frames: Tables) -> None:
    """Labels of rows that were not drawn change nothing in the certificate."""
    frames, tables = mini_frames[2025], mini_tables[2025]
    listed = tables["inconsistencies"]
    repairs = frames["repairs"].sort("tax_year", "row_id", "repair_id")
    size = pl.len().over("row_id")
    repairs = repairs.with_columns(
        p=pl.when(pl.col("repair_id") == 0).then(1 - 0.01 * (size - 1)).otherwise(0.01)
    )
    lines = frames["changes"].select("tax_year", "row_id", "field").unique(maintain_order=True)
    asked = listed.select("tax_year", "row_id", p_asked=pl.lit(0.1))
    seen = known([mini_tables[2024]])
    rows = judge(repairs, lines, asked, frames, listed, SETTINGS, nothing(2025, SETTINGS, seen), SECONDS)
    assert rows["rank"].sort().to_list() == list(range(1, listed.height + 1))
    told = judged_by(rows, tables, Law.of(2025))
    assert told["wrong"].null_count() == 0
    sample = draw(listed, 0.3, 1)
    drawn = told.join(sample.filter("drawn"), on="row_id", how="semi")
    others = told.join(sample.filter("drawn"), on="row_id", how="anti").with_columns(wrong=~pl.col("wrong"))
    made, other = (
        in_season(frame, sample, SETTINGS, model_id="m", known=seen)
        for frame in (told, pl.concat([drawn, others]).sort("rank"))
    )
    assert made == other
    assert made.labelled == drawn.height


def test_a_drawn_row_without_an_answer_counts_as_wrong() -> None:
    """An inquiry that is still open must not make the sample look better."""
    rows = pl.DataFrame(
        {
            "tax_year": 2026,
            "row_id": [f"R{number}" for number in range(1_000)],
            "p_correction": 0.001,
            "held": "",
            "wrong": [None if number < 5 else False for number in range(1_000)],
            "missed_yen": pl.Series([None] * 1_000, dtype=pl.Int64),
        }
    )
    made = in_season(rows, draw(_rows(1_000), 1.0, 1), SETTINGS, model_id="m", known=Known())
    assert made.labelled == 1_000
    assert {(step.wrong, step.missed_yen) for step in made.steps} == {(5, 5 * SETTINGS.certify.clip_yen)}
