"""The forest: shares of the rows of a leaf, averaged, never certain, the same each time."""

from pathlib import Path

import numpy as np
import pytest

from models.forest import LEAST, Forest, grow
from models.settings import ModelSettings

ROWS = 2_000
DRAW = np.random.default_rng(7)
LINES = DRAW.random((ROWS, 3)).astype(np.float32)
SHARE = np.where(LINES[:, 0] < 0.5, 0.1, 0.7)
"""What is true of a line: the first input alone tells it."""
TARGET = DRAW.random(ROWS) < SHARE
PARAMETERS = ModelSettings(forest_trees=60, forest_min_data_in_leaf=10).over_forest()


@pytest.fixture(scope="module")
def forest() -> Forest:
    return Forest(grow(LINES, TARGET, PARAMETERS).model_to_string())


def _probability(forest: Forest, lines: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return 1.0 / (1.0 + np.exp(-forest.log_odds(lines.astype(np.float32))))


def test_it_gives_shares_of_rows_as_they_are(forest: Forest) -> None:
    """Nothing is added, nothing shrinks: over all lines the mean answer is the share of right ones."""
    assert _probability(forest, LINES).mean() == pytest.approx(TARGET.mean(), abs=0.01)


def test_it_tells_lines_apart_that_it_never_saw(forest: Forest) -> None:
    new = np.random.default_rng(8).random((ROWS, 3))
    answer = _probability(forest, new)
    below = new[:, 0] < 0.5
    assert answer[below].mean() < 0.3
    assert answer[~below].mean() > 0.5


def test_nothing_is_certain() -> None:
    """Where all rows of every leaf say the same, a thousandth is left for the opposite."""
    clear = LINES[:, 0] > 0.5
    answer = _probability(Forest(grow(LINES, clear, PARAMETERS).model_to_string()), LINES)
    assert answer.min() >= LEAST - 1e-9
    assert answer.max() <= 1.0 - LEAST + 1e-9


def test_a_missing_input_is_an_answer_too() -> None:
    """Lines without the input go their own way."""
    lines = LINES.copy()
    lines[:, 1] = np.where(TARGET, np.nan, lines[:, 1])
    answer = _probability(Forest(grow(lines, TARGET, PARAMETERS).model_to_string()), lines)
    assert answer[TARGET].mean() > answer[~TARGET].mean() + 0.3


def test_small_leaves_are_not_filtered_away() -> None:
    """An input that only five rows of two thousand have still tells them apart."""
    rare = np.zeros((ROWS, 2), dtype=np.float32)
    rare[:5, 0] = 1.0
    rare[:, 1] = LINES[:, 1]
    parameters = PARAMETERS | {"min_data_in_leaf": 3, "num_leaves": 4, "feature_fraction_bynode": 1.0}
    answer = _probability(Forest(grow(rare, rare[:, 0] > 0, parameters).model_to_string()), rare)
    assert answer[:5].min() > 0.5
    assert answer[5:].max() < 0.1


def test_it_is_the_same_each_time_and_after_it_was_written_and_read(forest: Forest, tmp_path: Path) -> None:
    again = Forest(grow(LINES, TARGET, PARAMETERS).model_to_string())
    assert again == forest
    assert Forest.load(tmp_path / "forest.txt") is None
    forest.save(tmp_path / "forest.txt")
    assert Forest.load(tmp_path / "forest.txt") == forest
    other = Forest(grow(LINES, ~TARGET, PARAMETERS).model_to_string())
    assert other.identity != forest.identity
