"""Which paper counts where several speak: 確定申告書 over 住民税申告書 over 給与支払報告書 over 年金報告書.

Law: 地方税法315条・317条の6; `docs/judging.md` says how the merge follows it.
"""

import polars as pl

PRECEDENCE = ("tax_return", "resident_return", "salary_report", "pension_report")
"""Kinds of documents, the strongest first."""
PLACES = {kind: place for place, kind in enumerate(PRECEDENCE)}


def place(kind: str) -> pl.Expr:
    """Return the place in the precedence of a column of kinds: 0 the strongest, unknown kinds last."""
    return pl.col(kind).replace_strict(PLACES, default=len(PRECEDENCE), return_dtype=pl.Int64)
