"""The backtest of the small ward: an oracle gets full marks, later years and other labels change nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.labels import labels
from models.evaluation import outcome
from models.evaluation.backtest import MODEL, Backtested, backtest
from models.evaluation.groups import SHARES
from models.evaluation.measures import MEASURES
from models.evaluation.officers import most, share
from models.evaluation.season import Season, season
from models.ranker import Ranker
from models.settings import EvaluateSettings, SuggestSettings
from models.training import train
from pipelines.evaluate import pictures
from pipelines.evaluation_page import render
from pipelines.settings import Settings, WardSettings
from tadasu.law import Law
from tests.small_models import small_models

Tables = dict[str, pl.DataFrame]
QUICK = EvaluateSettings(resamples=20)
SETTINGS = SuggestSettings()
LAW = Law.of(2025)


@pytest.fixture(scope="module")
def years(mini_tables: dict[int, Tables], mini_frames: dict[int, Tables]) -> dict[int, Tables]:
    return {year: mini_tables[year] | mini_frames[year] for year in (2023, 2024, 2025)}


@pytest.fixture(scope="module")
def ranker(years: dict[int, Tables]) -> Ranker:
    before = {year: years[year] for year in (2023, 2024)}
    return train(
        before,
        small_models(),
        facts={},
    )


@pytest.fixture(scope="module")
def made(ranker: Ranker, years: dict[int, Tables]) -> Season:
    return season(ranker, 2025, years, LAW, SETTINGS, QUICK)


@pytest.fixture(scope="module")
def tested(made: Season, years: dict[int, Tables]) -> Backtested:
    return backtest(made, 2025, years, LAW, QUICK, SETTINGS)


def _equal(one: Backtested, other: Backtested) -> bool:
    return json.dumps(outcome.record(one)) == json.dumps(outcome.record(other))


def test_every_figure_lies_in_its_interval_and_even_a_small_ranker_beats_rules(tested: Backtested) -> None:
    assert set(tested.figures) == {MODEL, "base", "rules", "plain"}
    assert all(list(figures) == [measure.name for measure in MEASURES] for figures in tested.figures.values())
    for figures in tested.figures.values():
        for name, figure in figures.items():
            if not np.isnan(figure.value) and name != "ece":  # whose resamples are biased upwards
                assert figure.low <= figure.value <= figure.high, name
    for name in ("row_pr_auc", "agreement", "right_field_and_value_first", "exact_repair_f1"):
        own = tested.figures[MODEL][name].value
        assert all(own > tested.figures[other][name].value for other in ("base", "rules")), name


def test_an_oracle_gets_full_marks(made: Season, years: dict[int, Tables]) -> None:
    """What staff did, proposed for sure, is right everywhere; what it clears needed nothing."""
    corrections = (
        years[2025]["corrections"].filter(outcome="corrected").unique(["row_id", "field", "new_value"])
    )
    told = labels(years[2025]["corrections"])
    asked = told.filter("asked")["row_id"].implode()
    right = corrections.select("row_id", "field", proposed_value="new_value", p_field=pl.lit(1.0))
    listed = made.lines.unique("row_id", maintain_order=True).select("row_id", "rank", "model_id")
    lines = listed.join(right, on="row_id", how="left").with_columns(
        pl.col("p_field").fill_null(0.0),
        p_correction=pl.col("p_field").fill_null(0.0),
        proposed=pl.lit(True),
        lane=pl.when(pl.col("row_id").is_in(asked))
        .then(pl.lit("inquire"))
        .when(pl.col("field").is_null())
        .then(pl.lit("clear"))
        .otherwise(pl.lit("confirm")),
    )
    order = pl.col("p_correction").rank("dense", descending=True)
    found = backtest(
        replace(made, lines=lines.with_columns(rank=order)), 2025, years, LAW, QUICK, SETTINGS
    ).figures[MODEL]
    perfect = ("row_pr_auc", "agreement", "right_field_first", "right_field_and_value_first", "exact_repair")
    for name in (*perfect, "exact_repair_f1", "inquire_right"):
        assert found[name].value == 1.0, name
    assert found["ece"].value == found["missed_among_cleared"].value == found["passed_over"].value == 0.0
    assert found["hours_saved"].value > 0.8


def test_later_years_and_unread_tables_change_nothing(
    tested: Backtested, made: Season, years: dict[int, Tables], mini_tables: dict[int, Tables]
) -> None:
    """Next year's folder is not looked at; of this year's features and of what it has in store neither."""
    more = years | {2026: mini_tables[2026]}
    fewer = {name: frame for name, frame in years[2025].items() if name != "features"}
    again = backtest(made, 2025, more | {2025: fewer}, LAW, QUICK, SETTINGS)
    assert _equal(again, tested)


def test_labels_that_do_not_certify_do_not_move_the_suggestions(
    made: Season, ranker: Ranker, years: dict[int, Tables]
) -> None:
    drawn = made.certifying.filter("drawn").select("row_id")
    kept = years[2025]["corrections"].join(drawn, on="row_id", how="semi")
    hidden = years | {2025: years[2025] | {"corrections": kept, "second_opinions": kept.clear()}}
    again = season(ranker, 2025, hidden, LAW, SETTINGS, QUICK)
    assert again.lines.equals(made.lines)
    assert again.certificate == made.certificate


def test_rows_that_nobody_judged_then_do_not_count_as_wrong(
    made: Season, ranker: Ranker, years: dict[int, Tables]
) -> None:
    """Closed in bulk, or never opened: such a row has no label, and a draw made today cannot give it one."""
    corrections = years[2025]["corrections"]
    kept = corrections.filter(pl.col("row_id").hash(1) % 3 > 0)
    fewer = years | {2025: years[2025] | {"corrections": kept}}
    again = season(ranker, 2025, fewer, LAW, SETTINGS, QUICK)
    judged = made.certifying.filter("drawn").join(kept, on="row_id", how="semi").height
    assert again.certificate.labelled <= judged < made.certificate.labelled
    for one in (made, again):
        assert all(step.wrong < 0.2 * step.cleared for step in one.certificate.steps)


def test_counts_agree_with_each_other(tested: Backtested) -> None:
    counts = tested.counts
    assert counts["rows"] == tested.lanes["rows"].sum() == len(tested.checks)
    assert counts["rows_corrected"] == tested.lanes["corrected"].sum()
    seconds = tested.lanes.select(pl.col("hand", "cost").sum()).row(0)
    assert (counts["hours_by_hand"], counts["hours_suggested"]) == pytest.approx([s / 3600 for s in seconds])
    assert 0.8 < counts["repairs/recall"] <= 1.0
    by_sex = tested.groups.filter(by="sex")
    assert by_sex["rows"].sum() == counts["rows"]
    assert by_sex["corrected"].sum() == counts["rows_corrected"]


def test_groups_add_up_to_the_whole(tested: Backtested) -> None:
    """The weighted mean over the two sexes is the figure of all rows."""
    by_sex = tested.groups.filter(by="sex")
    whole = tested.figures[MODEL]
    for name, size in (("agreement", "rows"), ("exact_repair", "corrected"), ("passed_over", "corrected")):
        mean = (by_sex[name] * by_sex[size]).sum() / by_sex[size].sum()
        assert mean == pytest.approx(whole[name].value), name
    for name in SHARES:
        inside = tested.groups.drop_nulls(name)
        assert (inside[f"{name}_low"] <= inside[name] + 1e-9).all()
        assert (inside[name] <= inside[f"{name}_high"] + 1e-9).mean() > 0.95
    assert tested.groups.filter(pl.col("flagged") & (pl.col("corrected") < 30)).is_empty()


def test_flat_figures_are_numbers_and_the_record_is_plain_json(tested: Backtested) -> None:
    flat = outcome.metrics(tested)
    assert all(np.isfinite(value) for value in flat.values())
    assert {"row_pr_auc", "row_pr_auc_low", "base_row_pr_auc", "plain_ece_high", "officers_agreement"} <= set(
        flat
    )
    again = json.loads(json.dumps(outcome.record(tested), allow_nan=False))
    assert again["figures"]["model"]["agreement"]["value"] == flat["agreement"]
    assert again["trained_on"] == [2023, 2024]
    table = outcome.figures_table([tested])
    assert table.filter(contestant=MODEL)["figure"].to_list() == [measure.name for measure in MEASURES]


def test_curves_end_where_everything_is_found(tested: Backtested) -> None:
    tables = outcome.curve_tables(tested)
    for name in ("corrections_found", "yen_found"):
        last = tables[name].group_by("contestant").agg(pl.col("read", "found").last())
        assert last["read"].to_list() == last["found"].to_list() == [1.0] * 4
    assert tables["reliability"]["rows"].sum() == tested.counts["rows"]


def test_exact_intervals_are_those_of_the_textbook() -> None:
    nine = share(9, 10)
    assert (nine.low, nine.high) == pytest.approx((0.5550, 0.9975), abs=1e-4)
    assert (share(0, 10).low, share(10, 10).high) == (0.0, 1.0)
    assert most(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert np.isnan(most(0, 0))
    assert np.isnan(share(0, 0).value)


@pytest.fixture(scope="module")
def page(tested: Backtested) -> str:
    settings = Settings(ward=WardSettings("<試験>区", Path("x"), synthetic=True))
    return render([replace(tested, year=2024), tested], pictures(tested, synthetic=True), settings)


def test_the_page_loads_nothing_and_names_nobody(page: str, years: dict[int, Tables]) -> None:
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert "<script" not in page
    assert "http" not in page.replace("base64", "")
    assert "<試験>" not in page
    for name in ("person_id", "row_id"):
        assert not set(years[2025]["inconsistencies"][name].head(500)) & set(re.findall(r"\w+", page))


def test_the_page_says_what_was_tested_and_shows_the_figures(page: str, tested: Backtested) -> None:
    assert "合成データ" in page
    assert "2025年度の不整合リスト" in page
    assert "2023・2024年度の処理記録だけで学習" in page
    assert "標準時間モデル" in page
    for name in ("agreement", "exact_repair_f1", "hours_saved"):
        assert f"{tested.figures[MODEL][name].value:.1%}" in page
    assert f"{tested.figures['plain']['agreement'].value:.1%}" in page
    assert f"{tested.officers.this_year.value:.1%}" in page
    assert page.count("data:image/png;base64") == 4
    assert "年度ごと" in page


def test_a_page_without_rules_or_cleared_rows_says_so(tested: Backtested) -> None:
    figures = {name: found for name, found in tested.figures.items() if name != "rules"}
    counts = tested.counts | {"rows_cleared_unseen": 0.0}
    settings = Settings(ward=WardSettings("区", Path("x")))
    page = render([replace(tested, figures=figures, counts=counts)], {}, settings)
    assert "この年度は、候補が不整合を解消するかどうかを計算していないため測れません" in page
    assert "「修正不要」に分けた行はありません" in page
    assert "合成データ" not in page
    assert "年度ごと" not in page


def test_last_years_labels_certify_what_is_cleared_this_year(
    ranker: Ranker, made: Season, years: dict[int, Tables]
) -> None:
    """A promise that is easy to keep is certified on one year and applied to the next, unseen."""
    easy = replace(
        SETTINGS, certify=replace(SETTINGS.certify, wrong_share=0.3, mean_yen=50_000, clip_chance=1.0)
    )
    before = season(ranker, 2025, years, LAW, easy, QUICK).forecast(easy, years.values())
    assert before.provisional
    assert before.tax_year == 2026
    again = season(ranker, 2025, years, LAW, SETTINGS, QUICK, before=before)
    assert again.lines.equals(made.lines)
    found = backtest(again, 2025, years, LAW, QUICK, SETTINGS).counts
    assert again.lines_of_forecast is not None
    cleared = again.lines_of_forecast.filter(lane="clear")["row_id"].n_unique()
    listed = years[2025]["inconsistencies"].height
    assert found["forecast_cleared"] == pytest.approx(cleared / listed, abs=0.05)
    assert 0 < found["forecast_missed"] <= found["forecast_missed_at_most"] < 1
