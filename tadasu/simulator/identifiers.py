"""Identifiers as text: numbers that tell neither family nor order, the same in every year."""

import numpy as np
import polars as pl

from tadasu.simulator.chance import Ids

_SPACE = 10**10
_PERSON = (3_141_592_653, 2_718_281_828)
_HOUSEHOLD = (1_618_033_989, 577_215_664)


def person_ids(number: Ids) -> pl.Series:
    """Return the person_id of each person's number."""
    return _text("P", number, _PERSON)


def household_ids(number: Ids) -> pl.Series:
    """Return the household_id of each household's number."""
    return _text("H", number, _HOUSEHOLD)


def _text(letter: str, number: Ids, permutation: tuple[int, int]) -> pl.Series:
    """A permutation of ten digits: the factor shares no divisor with the space."""
    factor, offset = permutation
    digits = (np.asarray(number, dtype=np.int64) * factor + offset) % _SPACE
    return letter + pl.Series(digits).cast(pl.String).str.zfill(10)
