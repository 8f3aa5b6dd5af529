"""The clues, one line each: name, group, the sentence that staff read, how it is computed.

`listed` and `people` are the same for all repairs of a row, `repair` differs between them.
"""

from features.column import Column
from features.columns.details import DETAILS
from features.columns.listed import HISTORY, PAYERS, ROW
from features.columns.people import BESIDE, PERSON, RELATED, SUMS
from features.columns.repair import CLAIMANT, LAW, REPAIR

OF_ROW: tuple[Column, ...] = (*ROW, *HISTORY, *PAYERS, *PERSON, *RELATED, *BESIDE, *SUMS, *DETAILS)
"""Clues that all repairs of a row share."""

COLUMNS: tuple[Column, ...] = (*OF_ROW, *CLAIMANT, *REPAIR, *LAW)

__all__ = ["COLUMNS", "OF_ROW"]
