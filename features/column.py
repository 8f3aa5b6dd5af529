"""A column of the feature matrix: its name, its Japanese sentence, the group it is told in."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Column:
    """One clue about a repair.

    `value` is computed from the evidence frame (see `matrix.evidence`), one line per repair; the result is
    Float32, null where the clue does not exist. `sentence` says to staff what the clue is; `group` is the
    heading under which explanations add clues up.
    """

    name: str
    group: str
    sentence: str
    value: pl.Expr

    def expression(self) -> pl.Expr:
        """Return the column as a Float32 expression under its own name."""
        return self.value.cast(pl.Float32).alias(self.name)
