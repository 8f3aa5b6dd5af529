"""How a figure is misread or mistyped, and a share of a figure that a random number names."""

import polars as pl


def misread(value: pl.Expr, u: pl.Expr) -> pl.Expr:
    """Return an amount with a mistake of the kind that `u` (0 to 1) names.

    Two digits in the wrong order, a digit lost, a digit too many, or a digit taken for another.
    """
    text = value.cast(pl.String)
    mistaken = (
        pl.when(u < 0.40)
        .then(text.str.slice(0, 1) + text.str.slice(2, 1) + text.str.slice(1, 1) + text.str.slice(3))
        .when(u < 0.52)
        .then(text.str.head(-1))
        .when(u < 0.60)
        .then(text + pl.lit("0"))
        .otherwise(text.str.slice(0, 1) + _another(text.str.slice(1, 1)) + text.str.slice(2))
    )
    return pl.when(value >= 1_000).then(mistaken.cast(pl.Int64, strict=False)).otherwise(value)


def _another(digit: pl.Expr) -> pl.Expr:
    """Return the digit that a hand-written one is taken for: 1 for 7, 3 for 8, 0 for 6, 4 for 9, 2 for 5."""
    alike = dict(zip("0123456789", "6758320491", strict=True))
    return digit.replace_strict(alike, default="0", return_dtype=pl.String)


def between(least: int, most: int, u: pl.Expr, step: int = 1) -> pl.Expr:
    """Return a whole amount from `least` to `most` by a random number, in steps."""
    return ((least + (most - least) * u) / step).cast(pl.Int64) * step
