"""Records: a year's tables as the tax system holds them after its merge, with the views that checks look at.

Three views, each made once: `papers` (a document in force), `taxpayers` (a person with papers or a record:
the record beside the papers, the register, last year), `claims` (a relative claimed on an adopted document).
Money is whole yen; an empty cell means not stated.
"""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tadasu.checks import claims as claimed
from tadasu.checks.merged import Merged
from tadasu.checks.taxpayers import taxpayers


@dataclass(frozen=True)
class Records(Merged):
    """The tables of one tax year after the merge, with the views of its taxpayers and claims."""

    @cached_property
    def taxpayers(self) -> pl.DataFrame:
        """One person a row: see `tadasu.checks.taxpayers`."""
        return taxpayers(self)

    @cached_property
    def claims(self) -> pl.DataFrame:
        """One claimed relative a row, of adopted documents: see `tadasu.checks.claims`."""
        return claimed.claims(self)

    @cached_property
    def lines_by_class(self) -> pl.DataFrame:
        """One adopted document a row: how many relatives it names, by their class under the law."""
        return claimed.lines_by_class(self.claims, self.law)
