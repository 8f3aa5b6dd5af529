"""Calibration: an isotonic regression over all rows, then a shift for each family, drawn towards none."""

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from models.calibration import Calibration, Floats, logit

PRIOR = 20.0
"""Strength of the belief that a family needs no shift, in units of p × (1 − p) added up over its rows."""
STEPS = 4


def isotonic(score: Floats, target: npt.NDArray[np.bool_], weight: Floats | None = None) -> Calibration:
    """Return the isotonic calibration of out-of-fold scores (shape n); none where all targets are alike."""
    if len(score) == 0 or target.all() or not target.any():
        return Calibration()
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(score, target, weight)
    return Calibration(tuple(map(float, fitted.X_thresholds_)), tuple(map(float, fitted.y_thresholds_)))


def with_shifts(
    calibration: Calibration,
    score: Floats,
    target: npt.NDArray[np.bool_],
    family: npt.NDArray[np.int64],
    families: int,
) -> Calibration:
    """Return the calibration with the log-odds by which each family's rows are off.

    By Newton's method on the log-likelihood with a normal prior: a family with few rows stays where the
    whole is.
    """
    odds = logit(calibration.apply(score))
    shift = np.zeros(families)
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-(odds + shift[family])))
        gap = np.bincount(family, target - p, families) - PRIOR * shift
        shift += gap / (np.bincount(family, p * (1.0 - p), families) + PRIOR)
    return Calibration(calibration.scores, calibration.probabilities, tuple(map(float, shift.round(6))))
