"""How a row's probability of a correction is shared out among its repairs.

A row's lines lie together, 'leave' (repair_id 0) first.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from models.calibration import Floats


def extent(frame: pl.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return where each row begins and how many lines it has."""
    start = np.flatnonzero(frame["repair_id"].to_numpy() == 0)
    return start, np.diff(np.append(start, frame.height))


def shares(frame: pl.DataFrame, conditional: Floats) -> Floats:
    """Return what part of its row's P(correction) each repair gets: in proportion, 'leave' none.

    Those of a row add up to one, or are all 0 where no repair is likely at all, or none is proposed.
    """
    start, size = extent(frame)
    total = np.add.reduceat(conditional, start)
    share: Floats = np.divide(
        conditional, np.repeat(total, size), out=np.zeros_like(conditional), where=conditional > 0
    )
    return share


def with_right(
    frame: pl.DataFrame, share: Floats, best: npt.NDArray[np.int64], correction: Floats, right: Floats
) -> Floats:
    """Return the shares where it is known how likely a row's likeliest repair (`best`) is exactly `right`.

    That repair gets it, though no more than P(correction); the others keep theirs as far as there is room,
    and none becomes likelier than it. What is left is for a repair that nobody thought of. NaN: not known.
    """
    _, size = extent(frame)
    known = np.isfinite(right) & (correction > 0) & (share[best] > 0)
    told = np.divide(right, correction, out=share[best].copy(), where=known).clip(0.0, 1.0)
    others = 1.0 - share[best]
    room = np.divide(1.0 - told, others, out=np.ones_like(told), where=others > 0).clip(0.0, 1.0)
    most = np.where(known, told, 1.0)
    made: Floats = np.minimum(share * np.repeat(np.where(known, room, 1.0), size), np.repeat(most, size))
    made[best] = np.where(known, told, share[best])
    return made


def spread(frame: pl.DataFrame, share: Floats, correction: Floats) -> Floats:
    """Return the probability of each repair, from its share of the row's P(correction); 'leave' has the rest.

    Where the shares of a row add up to less than one, so do its probabilities: staff may make a correction
    that nobody thought of.
    """
    start, size = extent(frame)
    result: Floats = share * np.repeat(correction, size)
    result[start] = 1.0 - correction
    return result
