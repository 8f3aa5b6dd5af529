"""The certificate: its p-values, its order, what is held back, and above all that it keeps its promise."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bounds import mean_p_value, needed, plan, share_p_value
from models.certificate import FORECAST, SEASON, Certificate, Step, load, verify
from models.certificate_words import headline, paragraph
from models.certify import certify
from models.settings import CertifySettings
from tadasu.errors import TadasuError

PROMISE = CertifySettings(row_chance=1.0)


def _list(
    size: int = 20_000, *, seed: int = 3, floor: float = 0.0005, mean_yen: int = 20_000
) -> pl.DataFrame:
    """Return a list whose probabilities are right: most rows need nothing, the others mostly do."""
    generator = np.random.default_rng(seed)
    p = np.where(
        generator.random(size) < 0.7, floor + generator.beta(0.05, 12, size), generator.beta(3, 2, size)
    )
    wrong = generator.random(size) < p
    yen = np.where(wrong, generator.exponential(mean_yen, size), 0.0).astype(np.int64)
    return pl.DataFrame(
        {"row_id": np.arange(size), "p_correction": p, "held": "", "wrong": wrong, "missed_yen": yen}
    )


def _certify(rows: pl.DataFrame, promise: CertifySettings = PROMISE, purpose: str = SEASON) -> Certificate:
    return certify(rows, promise, purpose=purpose, tax_year=2026, tested_year=2026, model_id="abc", seed=1)


def _sampled(rows: pl.DataFrame, size: int, seed: int) -> pl.DataFrame:
    """Keep the labels of rows drawn at random."""
    drawn = np.zeros(rows.height, dtype=bool)
    drawn[np.random.default_rng(seed).choice(rows.height, size, replace=False)] = True
    return rows.with_columns(drawn=pl.Series(drawn)).with_columns(wrong=pl.when("drawn").then("wrong"))


@pytest.mark.parametrize(("wrong", "cleared"), [(0, 299), (1, 473), (3, 700), (20, 4_000)])
def test_the_p_value_of_the_share_is_the_binomial_tail(wrong: int, cleared: int) -> None:
    tail = math.fsum(math.comb(cleared, i) * 0.01**i * 0.99 ** (cleared - i) for i in range(wrong + 1))
    assert share_p_value(wrong, cleared, 0.01) == pytest.approx(tail, rel=1e-9)


def test_without_a_wrong_row_299_rows_are_needed_for_one_percent() -> None:
    assert needed(0.01, 0.95) == 299
    assert share_p_value(0, 299, 0.01) <= 0.05 < share_p_value(0, 298, 0.01)


@given(st.integers(1, 5_000), st.floats(0.001, 0.05), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_the_p_value_of_the_yen_grows_with_the_loss(cleared: int, bound: float, means: list[float]) -> None:
    values = [mean_p_value(mean, cleared, bound) for mean in sorted(means)]
    assert all(0.0 <= value <= 1.0 for value in values)
    assert all(low <= high + 1e-12 for low, high in pairwise(values))
    assert mean_p_value(bound, cleared, bound) == 1.0
    assert mean_p_value(0.0, cleared, bound) == pytest.approx(min(1.0, (1 - bound) ** cleared))


def test_the_yen_p_value_is_valid_for_losses_that_are_all_or_nothing() -> None:
    """Where the true mean is just the bound, values of at most 5 % come in at most 5 % of the samples."""
    generator = np.random.default_rng(7)
    draws = generator.binomial(800, 0.02, 4_000)
    assert np.mean([mean_p_value(draw / 800, 800, 0.02) <= 0.05 for draw in draws]) <= 0.05


def test_thresholds_are_chosen_from_probabilities_alone() -> None:
    rows = _list()
    others = rows.with_columns(wrong=pl.col("wrong").reverse(), missed_yen=pl.lit(0))
    made, other = (_certify(_sampled(frame, 2_000, 1)) for frame in (rows, others))
    assert made.steps[0].threshold == other.steps[0].threshold
    tried = [step.threshold for step in made.steps]
    assert tried == plan(rows["p_correction"].to_numpy(), rows.height, 2_000, PROMISE)[: len(tried)]


def test_the_first_threshold_can_pass_also_where_fewer_labels_are_drawn_than_expected() -> None:
    """Probabilities about the bound: nothing looks safe, and of 299 rows expected there are often fewer."""
    p = np.linspace(0.0103, 0.02, 3_246)
    first = plan(p, 3_246, 3_155, PROMISE)[0]
    labelled = float((p <= first).sum()) * 3_155 / 3_246
    assert labelled - math.sqrt(labelled * (1 - 3_155 / 3_246)) >= needed(0.01, 0.95)


def test_the_test_ends_at_the_first_step_that_fails() -> None:
    made = _certify(_sampled(_list(), 3_000, 2))
    passes = [step.passes(PROMISE) for step in made.steps]
    assert len(passes) > 3
    assert passes == [True] * (len(passes) - 1) + [False]
    assert made.threshold == made.steps[-2].threshold
    assert 0.3 < made.cleared_share < 0.75


def test_no_row_is_cleared_that_itself_may_well_be_wrong() -> None:
    """However harmless the others are: a list of which one row in a hundred needs a correction."""
    safe, doubtful = 9_900, 100
    rows = pl.DataFrame(
        {
            "p_correction": [0.0001] * safe + [0.3] * doubtful,
            "held": "",
            "wrong": [False] * safe + [True] * 30 + [False] * 70,
            "missed_yen": 0,
        }
    )
    assert _certify(rows).threshold == 0.3
    made = _certify(rows, CertifySettings())
    assert made.threshold == 0.0001
    assert made.cleared_share == safe / rows.height
    assert "修正確率が10 %を超える行も" in paragraph(made)
    assert verify(made) == []
    assert verify(replace(made, promise=replace(made.promise, row_chance=0.00001)))


@pytest.mark.parametrize("size", [600, 2_000])
def test_the_promise_is_kept(size: int) -> None:
    """Certified on rows drawn at random, the others hold the bound but for at most one draw in twenty."""
    rows, broken, cleared = _list(floor=0.004), 0, []
    for seed in range(150):
        sampled = _sampled(rows, size, seed)
        made = _certify(sampled)
        others = rows.filter(~sampled["drawn"] & rows.select(made.clears()).to_series())
        broken += others.height > 0 and float(others["wrong"].sum()) > PROMISE.wrong_share * others.height
        cleared.append(others.height / rows.height)
    assert broken <= 12, "more than 95 % confidence allows (one in a thousand by chance)"
    assert np.mean(cleared) > (0.02 if size < 1_000 else 0.15), "a promise that clears nothing is no use"


def test_a_stricter_bound_in_yen_clears_less() -> None:
    rows = _sampled(_list(mean_yen=60_000), 4_000, 1)
    strict = replace(PROMISE, mean_yen=100)
    assert _certify(rows, strict).cleared_share < _certify(rows).cleared_share


def test_a_loss_is_cut_off_and_an_unknown_one_counts_as_the_most() -> None:
    rows = pl.DataFrame(
        {
            "p_correction": [0.001] * 1_000,
            "held": [""] * 1_000,
            "wrong": [True, True, True] + [False] * 997,
            "missed_yen": [10_000_000, None, 500] + [0] * 997,
        }
    )
    step = _certify(rows).steps[-1]
    assert (step.cleared, step.wrong, step.missed_yen) == (1_000, 3, 2 * PROMISE.clip_yen + 500)


def test_certifying_nothing_is_an_outcome_that_is_said_plainly() -> None:
    hopeless = _list().with_columns(wrong=pl.Series(np.random.default_rng(9).random(20_000) < 0.05))
    for rows in (_sampled(hopeless, 2_000, 1), _sampled(_list(), 100, 1), hopeless.with_columns(wrong=None)):
        made = _certify(rows.with_columns(pl.col("wrong").cast(pl.Boolean)))
        assert made.threshold is None
        assert made.cleared_share == 0
        assert rows.filter(made.clears()).is_empty()
        assert verify(made) == []
        assert "修正不要とできる行はな" in paragraph(made)
        assert "299" in paragraph(made)
        assert "修正不要とできる行はない" in headline(made)


def test_rows_held_back_are_never_cleared_by_a_forecast() -> None:
    rows = _list().with_columns(
        held=pl.Series(np.array(["", "yen", "evidence", "field"])[np.arange(20_000) % 4])
    )
    made = _certify(rows, purpose=FORECAST)
    assert made.provisional
    assert made.may_clear == 5_000
    assert rows.filter(made.clears())["held"].unique().to_list() == [""]


def test_novel_rows_are_cleared_once_this_years_sample_has_enough_of_them() -> None:
    rows = _list(40_000).with_columns(held=pl.Series(np.array(["", "field"])[np.arange(40_000) % 2]))
    few, many = _certify(_sampled(rows, 900, 1)), _certify(_sampled(rows, 8_000, 1))
    assert few.novel_threshold is None
    assert many.novel_threshold is not None
    assert set(rows.filter(many.clears())["held"]) == {"", "field"}
    assert verify(many) == []
    assert "前例のない行も" in paragraph(many)
    assert replace(many, purpose=FORECAST).novel_threshold is None


def test_a_certificate_reads_back_and_an_edited_one_is_refused(tmp_path: Path) -> None:
    made = _certify(_sampled(_list(), 3_000, 2))
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(made.json()))
    assert load(path) == made
    path.write_text(path.read_text().replace(f'"wrong": {made.steps[-2].wrong}', '"wrong": 0'))
    with pytest.raises(TadasuError, match="does not hold"):
        load(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: {"threshold": made.steps[-1].threshold},
        lambda made: {"threshold": None},
        lambda made: {"steps": made.steps[::-1]},
        lambda made: {"steps": (replace(made.steps[0], p_share=0.0), *made.steps[1:])},
        lambda made: {"steps": (replace(made.steps[0], missed_yen=10**9), *made.steps[1:])},
        lambda made: {"promise": replace(made.promise, wrong_share=0.02)},
        lambda made: {"labelled": 10},
    ],
    ids=["threshold", "none", "order", "p", "yen", "promise", "labelled"],
)
def test_verify_finds_what_does_not_follow(change) -> None:  # type: ignore[no-untyped-def]
    made = _certify(_sampled(_list(), 3_000, 2))
    assert verify(made) == []
    assert verify(replace(made, **change(made)))


def test_the_paragraph_has_the_numbers_that_an_auditor_needs() -> None:
    made = _certify(_sampled(_list(), 3_000, 2))
    step: Step = made.steps[-2]
    text = paragraph(made)
    assert f"BINOM.DIST({step.wrong},{step.cleared},0.01,TRUE)" in text
    assert f"計{step.missed_yen:,}円" in text
    assert "今年の抽出で確認済み" in text
    assert "仮" not in headline(made)
    early = paragraph(_certify(_list(), purpose=FORECAST))
    assert "仮" in early
    assert "一括で完了にしてはならない" in early
