"""From an expectation to the small column that is looked at: flags, and ordinal numbers for keys.

Identifiers and amounts stay behind: a key becomes ordinal numbers, which repeat and miss where the key does.
"""

import polars as pl

from pipelines.expectations.declare import (
    AnyRows,
    EachHolds,
    Expectation,
    Filled,
    Holds,
    Scope,
    Unique,
    is_filled,
)


def names_of(expected: Expectation) -> list[str]:
    """Return the names of the columns that an expectation looks at; several for a compound key."""
    match expected.how:
        case Unique(columns):
            return [f"{expected.name}_{column}" for column in columns]
        case _:
            return [expected.name]


def columns_of(expected: Expectation, scope: Scope) -> list[pl.Expr | pl.Series]:
    """Return the columns that an expectation looks at, named and in the order of `names_of`."""
    columns = _looks(expected, scope)
    return [column.alias(name) for column, name in zip(columns, names_of(expected), strict=True)]


def _looks(expected: Expectation, scope: Scope) -> list[pl.Expr | pl.Series]:
    match expected.how:
        case Filled(column):
            return [pl.when(is_filled(column, scope)).then(pl.lit(1, pl.Float32))]
        case Unique(columns):
            return [pl.col(column).rank("dense").cast(pl.Float64) for column in columns]
        case Holds(flag):
            return [flag(scope).cast(pl.Float32)]
        case EachHolds():
            return [expected.how.flag(scope).cast(pl.Float32)]
        case AnyRows():
            return [pl.repeat(1, pl.len(), dtype=pl.Float32)]


def parts_of(expected: Expectation, scope: Scope) -> tuple[tuple[str, int], ...]:
    """Return which columns the unexpected cells are in: Japanese label and cells, most first.

    Only an expectation over many columns has parts.
    """
    if not isinstance(expected.how, EachHolds):
        return ()
    columns, rule = expected.how.columns, expected.how.rule
    cells = scope.rows.select((~rule(scope, column)).sum().alias(column.name) for column in columns)
    labelled = zip((column.label for column in columns), cells.row(0), strict=True)
    return tuple(sorted(((label, n) for label, n in labelled if n), key=lambda part: -part[1]))
