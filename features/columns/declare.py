"""How clues are declared in bulk: a name and its sentence, the value a column of the evidence itself."""

import polars as pl

from features.column import Column


def log(value: pl.Expr) -> pl.Expr:
    """Keep sign and size class of an amount in yen."""
    return value.sign() * (value.abs().cast(pl.Float64) + 1).log()


def plain(group: str, **sentences: str) -> tuple[Column, ...]:
    """Declare clues whose value is the evidence column of the same name."""
    return tuple(Column(name, group, sentence, pl.col(name)) for name, sentence in sentences.items())


def amounts(group: str, **sentences: str) -> tuple[Column, ...]:
    """Declare clues that are amounts: the logarithm of the evidence column of the same name."""
    return tuple(Column(name, group, sentence, log(pl.col(name))) for name, sentence in sentences.items())


def zeros(value: pl.Expr) -> pl.Expr:
    """Return how many zeros an amount ends in, five at most: what was agreed or guessed is round."""
    ending = pl.sum_horizontal((value % 10**place == 0).cast(pl.Int64) for place in range(1, 6))
    return pl.when(value != 0).then(ending)
