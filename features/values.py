"""Field values as whole numbers while we compute, as the words of the extract where people read them.

Yen and counts are themselves; a flag is 0 or 1; a status is the place of its word in `Field.values`
(the system's digit code). Empty means none, so where a value is compared it counts as 0.
"""

import polars as pl

from tadasu.fields import FIELDS, TAX_FIELDS

FIELD_NAMES: tuple[str, ...] = tuple(field.name for field in TAX_FIELDS)
"""Tax fields in the order of the tax notice; a field's place here is its number in the long tables."""

NUMBER: dict[str, int] = {name: number for number, name in enumerate(FIELD_NAMES)}

_STATUSES = {name: FIELDS[name].values for name in FIELD_NAMES if FIELDS[name].kind == "status"}
_WORDS = {"true": 1, "false": 0} | {w: code for words in _STATUSES.values() for code, w in enumerate(words)}


def numbers_of(kind: str) -> list[int]:
    """Return the numbers of the fields of a kind (`yen`, `count`, `flag`, `status`)."""
    return [NUMBER[name] for name in FIELD_NAMES if FIELDS[name].kind == kind]


def encode(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn every tax field of `frame` into Int64; other columns and nulls stay."""
    present = [name for name in FIELD_NAMES if name in frame.columns]
    return frame.with_columns(
        pl.col(name).replace_strict(_WORDS, default=None, return_dtype=pl.Int64)
        if name in _STATUSES
        else pl.col(name).cast(pl.Int64)
        for name in present
    )


def parse(text: pl.Expr) -> pl.Expr:
    """Read a text value (integer, `true`/`false`, or the word of a status) as a number; others are null."""
    word = text.replace_strict(_WORDS, default=None, return_dtype=pl.Int64)
    return pl.coalesce(text.cast(pl.Int64, strict=False), word)


def legal(field: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Say whether `value` is legal for the field numbered `field` (sign, range of flag, status, count)."""
    negative = [NUMBER[name] for name in FIELD_NAMES if FIELDS[name].negative]
    top = pl.lit(None, dtype=pl.Int64)
    for kind, most in (("flag", 1), ("status", 2), ("count", 20)):
        top = pl.when(field.is_in(numbers_of(kind))).then(most).otherwise(top)
    sign = (value >= 0) | field.is_in(negative)
    return value.is_not_null() & sign & (value <= top).fill_null(value=True)


def render(field: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Write a number as the extract writes it: digits, `true`/`false`, or the word of the status."""
    text = value.cast(pl.String)
    flag = value.replace_strict({0: "false", 1: "true"}, default=None, return_dtype=pl.String)
    result = pl.when(field.is_in(numbers_of("flag"))).then(flag).otherwise(text)
    for name, words in _STATUSES.items():
        word = value.replace_strict(dict(enumerate(words)), default=None, return_dtype=pl.String)
        result = pl.when(field == NUMBER[name]).then(word).otherwise(result)
    return result
