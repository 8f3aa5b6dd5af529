"""Why the moves of a family are made, and how a combination of moves tells its causes in one number."""

import polars as pl

COUNTED = 8
"""A combination counts its moves by cause in one number, a digit of this base for each (63 bits hold all)."""
CAUSES = (
    "out_over",
    "out_rival",
    "out_left",
    "out_unknown",
    "out_listed",
    "class_register",
    "class_apart",
    "disability_register",
    "disability_own",
    "disability_out",
    "counts_register",
    "counts_paper",
    "spouse_income",
    "spouse_out",
    "spouse_disability",
    "self_disability",
    "children",
    "last_disabilities",
    "unclaimed",
)
"""Why a move is made: a relative goes (income over the limit, claimed by another too, moved or dead, in no
register, named by the list), changes class or disability, counts follow a paper, and so on."""
CAUSE = {name: number for number, name in enumerate(CAUSES)}


def why(name: str) -> pl.Expr:
    """Return the number of a cause."""
    return pl.lit(CAUSE[name], dtype=pl.Int64)


def digit(cause: pl.Expr) -> pl.Expr:
    """Return what one move of a cause adds to the number of its combination."""
    return pl.lit(COUNTED, dtype=pl.Int64).pow(cause)


def counts(number: pl.Expr) -> dict[str, pl.Expr]:
    """Return by cause how many moves of it are in a combination, from its number."""
    return {name: number // COUNTED**place % COUNTED for place, name in enumerate(CAUSES)}
