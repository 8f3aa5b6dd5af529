"""A calibration: from a model's score to a probability, with a shift for each family of rows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
TRACE = 0.002
"""Share of the raw score in a calibrated probability."""


@dataclass(frozen=True)
class Calibration:
    """A monotone map from a model's score to a probability: knots of an isotonic regression.

    `shifts` (log-odds by family) correct what a family is off after that.
    """

    scores: tuple[float, ...] = (0.0, 1.0)
    probabilities: tuple[float, ...] = (0.0, 1.0)
    shifts: tuple[float, ...] = ()

    def apply(self, score: Floats, family: npt.NDArray[np.int64] | None = None) -> Floats:
        """Return the probabilities of scores (shape n): within a family higher scores get higher ones.

        An isotonic regression has plateaus; a trace of the score keeps the order inside them.
        """
        step = np.interp(score, self.scores, self.probabilities)
        p = np.asarray((1.0 - TRACE) * step + TRACE * score, dtype=np.float64)
        if family is None or not self.shifts:
            return p
        odds = logit(p) + np.asarray(self.shifts)[family]
        return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)


def logit(p: Floats) -> Floats:
    """Return the log-odds of probabilities, those of 0 and 1 cut off."""
    inside = np.clip(p, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(inside / (1.0 - inside)), dtype=np.float64)
