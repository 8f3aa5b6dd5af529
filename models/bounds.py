"""The tests behind the certificate: how likely a sample this good is where the promise does not hold.

Learn-then-test (Angelopoulos et al., arXiv 2110.01052): a p-value for each set of cleared rows, tested in an
order that was fixed before any label was seen, up to the first that fails.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, kl_div

from models.settings import CertifySettings

Array = npt.NDArray[np.float64]
LEAST = 50
"""Labelled rows that a step adds at least, as far as the list goes: finer steps only add chances to fail."""
DOUBT = 1 / 3
"""Of the bound: for a safe start no set of rows is trusted to be better, whatever its probabilities say."""
SHORT = 1.0
"""Standard deviations by which fewer labelled rows are reckoned with: a start that misses one cannot pass."""
SURE = 0.95
"""Chance to pass from which a start counts as safe."""


def share_p_value(wrong: int, cleared: int, share: float) -> float:
    """Return P(Bin(cleared, share) ≤ wrong): so few wrong rows, were the true share above `share`.

    Rows drawn without replacement from a list follow the hypergeometric law, whose lower tail below the mean
    is smaller still (Uhlmann, Metrika 10, 1966), however rows of a household hang together.
    """
    return float(bdtr(wrong, cleared, share)) if cleared else 1.0


def mean_p_value(mean: float, cleared: int, bound: float) -> float:
    """Return the Hoeffding–Bentkus p-value of a mean loss (each from 0 to 1) against `bound` (0 to 1)."""
    if not cleared:
        return 1.0
    low = min(mean, bound)
    hoeffding = math.exp(-cleared * float(kl_div(low, bound) + kl_div(1.0 - low, 1.0 - bound)))
    bentkus = math.e * float(bdtr(math.ceil(cleared * mean - 1e-9), cleared, bound))
    return min(1.0, hoeffding, bentkus)


def needed(share: float, confidence: float) -> int:
    """Return how many cleared rows without a single wrong one it takes to certify `share`."""
    return math.ceil(math.log(1.0 - confidence) / math.log(1.0 - share))


def plan(p: Array, rows: int, labelled: int, promise: CertifySettings) -> list[float]:
    """Return the thresholds to test, strictest first, chosen from probabilities alone: no label is seen.

    Args:
        p: P(correction) of the rows that may be cleared, in any order.
        rows: all rows of the list, those that may not be cleared included.
        labelled: rows drawn at random whose labels the test will see.
        promise: the bounds, up to which probability a row may be cleared, and how much more of the list
            each threshold clears.

    A first threshold that clears few rows cannot pass, a loose one will not. The start is the strictest that
    all but surely passes, were the probabilities right; without one, a balance of the chance to pass and of
    the share cleared (its root: a start that is too loose ends the test, one too strict goes on).
    """
    p = p[p <= promise.row_chance]
    if not len(p) or not labelled:
        return []
    share, confidence = promise.wrong_share, promise.confidence
    step = max(promise.share_step, LEAST / labelled)
    ordered = np.sort(p)
    steps = np.arange(1, math.ceil(1.0 / step) + 1) * step * rows
    counts = np.unique(np.clip(steps.round(), 1, len(p)).astype(np.int64))
    expected = np.cumsum(ordered)[counts - 1] / counts
    part = labelled / rows
    fewer = SHORT * np.sqrt(counts * part * max(0.0, 1.0 - part))
    drawn = np.maximum(1, np.round(counts * part - fewer)).astype(np.int64)
    most = _most_wrong(drawn, share, confidence)
    sure = np.flatnonzero(_chance(most, drawn, np.maximum(expected, share * DOUBT)) >= SURE)
    balance = _chance(most, drawn, expected) * np.sqrt(counts)
    start = int(sure[0]) if len(sure) else int(np.argmax(balance))
    return [float(threshold) for threshold in np.unique(ordered[counts[start:] - 1])]


def _chance(most: Array, drawn: npt.NDArray[np.int64], expected: Array) -> Array:
    """Return the chance to pass: that at most `most` of the drawn rows are wrong."""
    return np.where(most >= 0, bdtr(np.maximum(most, 0.0), drawn, np.clip(expected, 1e-12, 1.0)), 0.0)


def _most_wrong(cleared: npt.NDArray[np.int64], share: float, confidence: float) -> Array:
    """Return the most wrong rows among `cleared` at which the test passes; -1: it fails even at none."""
    low, high = np.full(len(cleared), -1.0), np.ceil(cleared * share)
    while np.any(high - low > 1):  # the p-value grows with the number of wrong rows: halve the range
        middle = np.floor((low + high) / 2)
        passes = bdtr(middle, cleared, share) <= 1.0 - confidence
        low, high = np.where(passes, middle, low), np.where(passes, high, middle)
    return low
