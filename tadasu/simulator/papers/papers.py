"""The papers of one tax year as the tax system holds them, in the standard layout."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Papers:
    """`documents`, `dependents` and `donations` (tables of `tadasu.tables`)."""

    documents: pl.DataFrame
    dependents: pl.DataFrame
    donations: pl.DataFrame
