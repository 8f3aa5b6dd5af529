"""What staff overlook: how likely a label is right, from the labels and a first judgement."""

import numpy as np
import pytest

from models.oversights import believed, slips

ROWS = 40_000
DRAW = np.random.default_rng(3)
CHANCE = DRAW.beta(0.3, 0.9, ROWS)
"""P(a correction is needed) of each row."""
NEEDED = DRAW.random(ROWS) < CHANCE
OVERLOOKED = 0.12
CORRECTED = NEEDED & (DRAW.random(ROWS) >= OVERLOOKED)
"""What staff recorded: one correction in eight was overlooked."""
P = CHANCE * (1 - OVERLOOKED)


def test_how_much_staff_overlook_is_read_off_the_surest_rows() -> None:
    overlooked, invented = slips(CORRECTED, P)
    assert overlooked == pytest.approx(OVERLOOKED, abs=0.04)
    assert invented < 0.03


def test_a_row_that_looks_wrong_and_was_left_was_probably_overlooked() -> None:
    likely = believed(CORRECTED, P)
    doubtful = (CHANCE > 0.95) & ~CORRECTED
    assert likely[doubtful].mean() == pytest.approx(NEEDED[doubtful].mean(), abs=0.1)
    assert likely[(CHANCE < 0.1) & ~CORRECTED].max() < 0.05
    assert likely[CORRECTED & (CHANCE > 0.1)].min() > 0.7


def test_it_is_nearer_to_the_truth_than_the_labels() -> None:
    """By squared error, and in how many corrections are needed at all."""
    likely = believed(CORRECTED, P)
    assert ((likely - NEEDED) ** 2).mean() < 0.93 * ((CORRECTED.astype(float) - NEEDED) ** 2).mean()
    assert abs(likely.mean() - NEEDED.mean()) < 0.5 * abs(CORRECTED.mean() - NEEDED.mean())


def test_labels_without_slips_stay_as_they_are() -> None:
    sure = np.where(NEEDED, 0.999, 0.001)
    assert np.abs(believed(NEEDED, sure) - NEEDED).max() < 0.01
