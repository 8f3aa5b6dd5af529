"""Codes: what a tax system prints for the checks; a new system prints other codes and names for the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from tadasu.checks.catalogue import BY_CODE, CATALOGUE
from tadasu.errors import TadasuError


class CodeError(TadasuError, ValueError):
    """A table of codes does not fit the catalogue."""


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The printed code and name by the catalogue's code; a check that is left out is not made."""

    printed: Mapping[str, tuple[str, str]]

    def __post_init__(self) -> None:
        """Refuse codes that nobody knows, and two checks under one code."""
        if unknown := sorted(self.printed.keys() - BY_CODE.keys()):
            raise CodeError(f"codes: no check is called {', '.join(unknown)}; see docs/checks.md")
        codes = [code for code, _ in self.printed.values()]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise CodeError(f"codes: {', '.join(twice)} stands for more than one check")

    @staticmethod
    def of_catalogue() -> "CodeTable":
        """Return the catalogue's own codes and names."""
        return CodeTable({check.code: (check.code, check.name) for check in CATALOGUE})

    @staticmethod
    def renumbered(prefix: str, first: int = 1) -> "CodeTable":
        """Return another maker's system: its names, and numbers after `prefix` in an order of its own."""
        order = sorted(CATALOGUE, key=lambda check: sha256(f"{prefix}:{check.code}".encode()).digest())
        width = len(str(first + len(order)))
        return CodeTable(
            {
                check.code: (f"{prefix}{number:0{width}d}", check.alias)
                for number, check in enumerate(order, first)
            }
        )

    def without(self, *codes: str) -> "CodeTable":
        """Return a system that lacks some checks (catalogue codes)."""
        return CodeTable({code: named for code, named in self.printed.items() if code not in codes})

    def printed_on(self, listed: pl.DataFrame) -> pl.DataFrame:
        """Return rows with `check_code` and `check_name` beside their `check` (the catalogue's code)."""
        codes = {check: code for check, (code, _) in self.printed.items()}
        names = {check: name for check, (_, name) in self.printed.items()}
        return listed.with_columns(
            check_code=pl.col("check").replace_strict(codes, return_dtype=pl.String),
            check_name=pl.col("check").replace_strict(names, return_dtype=pl.String),
        )

    def catalogue_code(self, printed: pl.Expr) -> pl.Expr:
        """Return the catalogue's code of a printed one; null for one that is not of this system."""
        back = {code: check for check, (code, _) in self.printed.items()}
        return printed.replace_strict(back, default=None, return_dtype=pl.String)


CATALOGUE_CODES = CodeTable.of_catalogue()
