"""Which lines the ranker learns from, and how much each counts."""

import numpy as np
import polars as pl
import pytest

from models.learning import Rows, sampled

TWO_ROWS = pl.DataFrame({"row_id": ["a"] * 4 + ["b"] * 3, "repair_id": [0, 1, 2, 3, 0, 1, 2]})


def _rows(right: list[int], needs: tuple[bool, bool] = (True, True)) -> Rows:
    """Return what is known of `TWO_ROWS`: the places of the right lines, which rows were corrected."""
    here = np.zeros(TWO_ROWS.height, dtype=bool)
    here[right] = True
    none = np.zeros(2, dtype=np.int64)
    return Rows(
        start=np.array([0, 4]),
        size=np.array([4, 3]),
        needs=np.array(needs),
        asked=np.zeros(2, dtype=bool),
        fold=none,
        family=none,
        right=here,
        leave=(TWO_ROWS["repair_id"] == 0).to_numpy(),
    )


@pytest.mark.parametrize(
    ("right", "chosen"),
    [
        pytest.param([1, 6], [1, 2, 3, 5, 6], id="both rows have a right repair"),
        pytest.param([1], [1, 2, 3], id="of row b none is right: it teaches nothing about which"),
        pytest.param([], [1, 2, 3, 5, 6], id="no row has one: there is nothing better to learn from"),
    ],
)
def test_rows_without_a_right_repair_do_not_say_which_is_right(right: list[int], chosen: list[int]) -> None:
    """What staff recorded beside every candidate must not teach that the best of them is wrong."""
    mask, weight = sampled(_rows(right), TWO_ROWS, most=12, seed=1)
    assert np.flatnonzero(mask).tolist() == chosen
    assert (weight[mask] == 1.0).all()


def test_a_row_left_as_recorded_teaches_nothing_about_repairs() -> None:
    """Only corrected rows do; 'leave' itself is no repair."""
    mask, _ = sampled(_rows([1, 4], needs=(True, False)), TWO_ROWS, most=12, seed=1)
    assert np.flatnonzero(mask).tolist() == [1, 2, 3]


def test_a_wrong_repair_stands_for_those_that_are_not_learnt_from() -> None:
    """Of two wrong repairs one is drawn, and counts twice; the right one is always there, and counts once."""
    mask, weight = sampled(_rows([1, 6]), TWO_ROWS, most=1, seed=1)
    assert mask[[1, 6]].all()
    assert (weight[[1, 6]] == 1.0).all()
    wrong = np.flatnonzero(mask & ~np.isin(np.arange(7), [1, 6]))
    assert sorted(weight[wrong].tolist()) == [1.0, 2.0]
