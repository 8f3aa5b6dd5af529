"""Merged: a year's tables as the tax system holds them after its merge, and which of the papers it took.

Money is whole yen; an empty cell means not stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

import polars as pl

from tadasu.checks import papers as filed
from tadasu.law import Law
from tadasu.tables import (
    ASSESSMENTS,
    DEPENDENTS,
    DOCUMENTS,
    DONATIONS,
    PREVIOUS_ASSESSMENTS,
    RESIDENTS,
    Table,
)

_TABLES: tuple[Table, ...] = (
    RESIDENTS,
    DOCUMENTS,
    DEPENDENTS,
    DONATIONS,
    ASSESSMENTS,
    PREVIOUS_ASSESSMENTS,
)


@dataclass(frozen=True)
class Merged:
    """The tables of one tax year (the standard layout), the law of it, and the day of the merge.

    `merged_on`: documents received later are in the tables, but neither in the record nor seen by the
    checks, which name them as received late; None means that all were merged.
    """

    residents: pl.DataFrame
    documents: pl.DataFrame
    dependents: pl.DataFrame
    donations: pl.DataFrame
    assessments: pl.DataFrame
    previous_assessments: pl.DataFrame
    law: Law
    merged_on: date | None = None

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame], law: Law, merged_on: date | None = None) -> Self:
        """Take the tables by name; the optional last year's may be absent.

        Raises:
            ValueError: a table is missing, or a column is missing or has another type than declared.
        """
        missing = [t.name for t in _TABLES if t.mandatory and t.name not in tables]
        if missing:
            raise ValueError(f"checks: missing tables: {', '.join(missing)}")
        given = {t.name: t.arrange(tables.get(t.name, t.empty())) for t in _TABLES}
        return cls(**given, law=law, merged_on=merged_on)

    @cached_property
    def papers(self) -> pl.DataFrame:
        """One document in force a row, with what the register says of its person, best document first."""
        return filed.in_force(self.documents, self.residents, self.merged_on)

    @cached_property
    def late(self) -> pl.DataFrame:
        """The documents in force that were received after the merge."""
        return filed.late(self.documents, self.merged_on)

    @cached_property
    def adopted(self) -> pl.DataFrame:
        """The one document of each person whose deductions count."""
        return filed.adopted(self.papers)
