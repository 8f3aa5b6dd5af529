"""The closer look at rows in doubt: whom it concerns, what it learns, how what it says is shared out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from sklearn.metrics import log_loss

from models.calibration import TRACE, logit
from models.closer import Closer, in_doubt, inputs, learn, models_of
from models.settings import ModelSettings
from models.shares import spread, with_right

ROWS = 3_000
DRAW = np.random.default_rng(1)
LINES = DRAW.normal(size=(ROWS, 4)).astype(np.float32)
TRUE = 1.0 / (1.0 + np.exp(0.7 - 2.0 * LINES[:, 0] - 2.0 * (LINES[:, 1] > 0.5)))
TARGET = DRAW.random(ROWS) < TRUE
BEFORE = 1.0 / (1.0 + np.exp(-2.0 * LINES[:, 0].astype(np.float64)))
"""A probability that knows the first clue alone."""
SETTINGS = ModelSettings(
    closer_trees=60, closer_num_leaves=7, closer_from=0.02, forest_up_to=0, forest_trees=30, threads=1
)
WITH_FOREST = replace(SETTINGS, forest_up_to=ROWS)
SHARE = np.full(ROWS, 0.5)
RIGHT = TARGET & (LINES[:, 2] > 0)


def _learnt(
    target: npt.NDArray[np.bool_],
    right: npt.NDArray[np.bool_],
    rows: slice = slice(0, ROWS),
    settings: ModelSettings = SETTINGS,
) -> Closer | None:
    told = (target[rows], right[rows])
    return learn(LINES[rows], BEFORE[rows], BEFORE[rows], SHARE[rows], told, settings, lambda: None)


@pytest.fixture(scope="module", params=[SETTINGS, WITH_FOREST], ids=["trees", "trees and a forest"])
def closer(request: pytest.FixtureRequest) -> Closer:
    """A closer look that learnt from half of the rows."""
    learnt = _learnt(TARGET, RIGHT, slice(0, ROWS // 2), request.param)
    assert learnt is not None
    assert (learnt.needs.forest is None) == (learnt.right.forest is None) == (request.param is SETTINGS)
    return learnt


def test_it_learns_what_the_probability_so_far_does_not_know(closer: Closer) -> None:
    """On rows it never saw both answers are better than what they began with."""
    rows = slice(ROWS // 2, ROWS)
    p, right = closer.judge(LINES[rows], BEFORE[rows], BEFORE[rows], SHARE[rows])
    assert log_loss(TARGET[rows], p) < log_loss(TARGET[rows], BEFORE[rows]) - 0.005
    doubt = np.isfinite(right)
    product = (BEFORE * SHARE)[rows]
    assert log_loss(RIGHT[rows][doubt], right[doubt]) < log_loss(RIGHT[rows][doubt], product[doubt])


def test_the_answer_starts_from_the_probability_so_far(closer: Closer) -> None:
    """The same clues with a higher probability before give a higher one after."""
    seen = inputs(LINES, BEFORE, BEFORE * SHARE)
    low, high = (closer.needs.answer(seen, np.full(ROWS, p)) for p in (0.2, 0.8))
    assert (high > low).all()


def test_only_rows_in_doubt_are_judged_again_and_none_becomes_certain(closer: Closer) -> None:
    """What is plain stays as it was; what is in doubt stays at the lower end or above, in its order."""
    few = replace(closer, low=0.4, high=0.9)
    after, right = few.judge(LINES, BEFORE, BEFORE, SHARE)
    doubt = in_doubt(BEFORE, 0.4, 0.9)
    assert 0 < doubt.sum() < ROWS
    assert np.array_equal(after[~doubt], BEFORE[~doubt])
    assert np.isnan(right[~doubt]).all()
    assert np.isfinite(right[doubt]).all()
    assert (after[doubt] >= 0.4).all()
    lowest = doubt & (after <= 0.4 + TRACE * (BEFORE - 0.4))
    assert 10 < lowest.sum() < doubt.sum()
    assert (np.diff(after[lowest][np.argsort(BEFORE[lowest])]) > 0).all()


def test_it_reads_the_judgement_so_far() -> None:
    """The score and the probability that the likeliest repair is right stand beside the clues."""
    lines = inputs(LINES, BEFORE, BEFORE / 2)
    assert lines.dtype == np.float32
    assert np.allclose(lines[:, -2:], np.column_stack([BEFORE, BEFORE / 2]))


def test_too_few_rows_in_doubt_teach_nothing() -> None:
    """A handful of rows, or of one answer alone, is no ground for a model."""
    assert _learnt(TARGET, RIGHT, slice(0, 200)) is None
    assert _learnt(TARGET, np.zeros(ROWS, dtype=bool)) is None


def test_it_is_the_same_whatever_is_fitted_side_by_side() -> None:
    """Threads say how fast it is learnt, not what."""
    many = _learnt(TARGET, RIGHT, settings=replace(WITH_FOREST, threads=3))
    assert many == _learnt(TARGET, RIGHT, settings=WITH_FOREST)


def test_a_forest_takes_part_where_few_rows_are_learnt_from() -> None:
    """A third of the answer, in log-odds, is the forest's; the rest is what it would be without."""
    few, many = (_learnt(TARGET, RIGHT, settings=replace(SETTINGS, forest_up_to=n)) for n in (ROWS, ROWS - 1))
    assert few is not None
    assert few.needs.forest is not None
    assert many is not None
    assert many.needs.forest is None
    seen = inputs(LINES, BEFORE, BEFORE * SHARE)
    both = 2 * logit(many.needs.answer(seen, BEFORE)) + few.needs.forest.log_odds(seen)
    assert np.allclose(logit(few.needs.answer(seen, BEFORE)), both / 3)


@pytest.mark.parametrize("settings", [SETTINGS, WITH_FOREST])
def test_each_model_that_is_fitted_is_told(settings: ModelSettings) -> None:
    """So many steps of progress are counted as were announced."""
    steps: list[int] = []
    told = (TARGET, RIGHT)
    learn(LINES, BEFORE, BEFORE, SHARE, told, settings, lambda: steps.append(1))
    assert len(steps) == models_of(ROWS, settings)


def test_it_is_the_same_after_it_was_written_and_read(closer: Closer, tmp_path: Path) -> None:
    """Text and JSON hold all of it; a folder without it gives none."""
    assert Closer.load(tmp_path) is None
    closer.save(tmp_path)
    read = Closer.load(tmp_path)
    assert read == closer
    assert replace(closer, low=0.2).content() != closer.content()
    assert replace(closer, needs=closer.right).content() != closer.content()


FRAME = pl.DataFrame({"repair_id": [0, 1, 2, 3, 0, 1, 0]})
SHARES = np.array([0.0, 0.6, 0.3, 0.1, 0.0, 1.0, 0.0])
BEST = np.array([1, 5, 6])
CORRECTION = np.array([0.5, 0.8, 0.3])


@pytest.mark.parametrize(
    ("right", "first_row"),
    [
        (np.nan, [0.6, 0.3, 0.1]),
        (0.3, [0.6, 0.3, 0.1]),
        (0.4, [0.8, 0.15, 0.05]),
        (0.2, [0.4, 0.3, 0.1]),
        (0.1, [0.2, 0.2, 0.1]),
        (0.7, [1.0, 0.0, 0.0]),
    ],
    ids=["not known", "as it was", "more", "less: the rest is nobody's", "stays first", "never above P"],
)
def test_the_likeliest_repair_gets_what_it_is_known_to_have(right: float, first_row: list[float]) -> None:
    """The others keep theirs as far as there is room, and what is left is for one nobody thought of."""
    share = with_right(FRAME, SHARES, BEST, CORRECTION, np.array([right, np.nan, 0.2]))
    assert np.allclose(share, [0.0, *first_row, 0.0, 1.0, 0.0])


def test_a_row_without_repairs_keeps_its_probability() -> None:
    """Where none is proposed there is nothing to be right: the row's P(correction) stands all the same."""
    share = with_right(FRAME, SHARES, BEST, CORRECTION, np.array([0.1, 0.2, 0.2]))
    p = spread(FRAME, share, CORRECTION)
    assert np.allclose(p[[0, 4, 6]], 1.0 - CORRECTION)
    assert np.allclose(p[5], 0.2)
