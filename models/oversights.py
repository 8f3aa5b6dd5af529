"""What staff overlook: some rows that needed a correction are recorded without one, and a few the other way.

Trees that learn from every label learn the slips too. After a first judgement, out of fold, each label is
worth as much as it is likely (Bayes): of a row that looked like ten others that were corrected, "no change"
is more probably a slip than the truth. Labels and probabilities alone do not say how often staff slip; taken
is the least that they can: what was left among the rows that look surest to need a correction, and what was
corrected among those that look least so.
"""

import numpy as np
import numpy.typing as npt

from models.calibration import Floats

SUREST, LEAST = 0.02, 0.5
"""Shares of the rows, from both ends of P(correction), whose other labels are taken for slips."""
NEVER, ALWAYS = 1e-5, 1.0 - 1e-4


def believed(corrected: npt.NDArray[np.bool_], p: Floats) -> Floats:
    """Return how likely each row needed a correction (shape n), by its label and P(correction) `p`.

    `p` is out of fold and calibrated to the labels.
    """
    overlooked, invented = slips(corrected, p)
    before = np.clip((p - invented) / (1.0 - overlooked - invented), NEVER, ALWAYS)
    if_needed = before * np.where(corrected, 1.0 - overlooked, overlooked)
    if_not = (1.0 - before) * np.where(corrected, invented, 1.0 - invented)
    return np.asarray(if_needed / (if_needed + if_not))


def slips(corrected: npt.NDArray[np.bool_], p: Floats) -> tuple[float, float]:
    """Return the shares of needed corrections that were overlooked, and of other rows that were corrected."""
    order = np.argsort(p, kind="stable")
    surest, least = order[-max(1, int(SUREST * len(p))) :], order[: max(1, int(LEAST * len(p)))]
    return float(1.0 - corrected[surest].mean()), float(corrected[least].mean())
