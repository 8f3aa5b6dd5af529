"""The lines that proposals are made of: one changed field of one proposal.

A generator returns lines (person, row or -1, kind number, document or -1, option, line_no of the claim or -1,
way, field number, value); those that share all but field and value are one proposal. `option` tells
proposals of a kind and document apart; `lines` gives every field its own, `together` and `grouped` do not.
`way` says how a kind came by its value, for kinds that have several; it is a clue, and tells no proposals
apart. Where nothing else is said it is the option, if that is one number for all.
"""

import polars as pl

from features.repairs.kinds import KIND_NUMBER
from features.values import NUMBER

PROPOSAL = ("person", "row", "kind", "document", "option")
COLUMNS = (*PROPOSAL, "line_no", "way", "field", "value")


def lines(
    frame: pl.DataFrame,
    kind: str,
    *,
    field: pl.Expr | str = "field",
    value: pl.Expr | str = "value",
    option: pl.Expr | int = 0,
    way: pl.Expr | int | None = None,
) -> pl.DataFrame:
    """Make proposals of one change each; row and document are taken where `frame` has them."""
    made = grouped(frame, kind, field=field, value=value, option=option, way=way)
    return made.with_columns(option=pl.col("option") * len(NUMBER) + pl.col("field"))


def grouped(
    frame: pl.DataFrame,
    kind: str,
    *,
    field: pl.Expr | str,
    value: pl.Expr | str = "value",
    option: pl.Expr | int = 0,
    way: pl.Expr | int | None = None,
) -> pl.DataFrame:
    """Make lines of proposals of several changes: one person, document and option belong together."""
    told = (option if isinstance(option, int) else 0) if way is None else way
    number = pl.lit(NUMBER[field]) if isinstance(field, str) and field in NUMBER else _expression(field)
    made = frame.select(
        person=pl.col("person"),
        row=pl.col("row") if "row" in frame.columns else pl.lit(-1),
        kind=pl.lit(KIND_NUMBER[kind]),
        document=pl.col("document") if "document" in frame.columns else pl.lit(-1),
        option=_expression(option),
        line_no=pl.col("line_no") if "line_no" in frame.columns else pl.lit(-1),
        way=_expression(told),
        field=number,
        value=_expression(value),
    )
    whole = made.select(pl.col(name).cast(pl.Int64) for name in COLUMNS)
    return whole.filter(pl.col("value").is_not_null() & pl.col("field").is_not_null())


def together(
    frame: pl.DataFrame,
    kind: str,
    changes: dict[str, pl.Expr],
    option: pl.Expr | int = 0,
    way: pl.Expr | int | None = None,
) -> pl.DataFrame:
    """Make proposals of `kind` that change several fields at once: {field: new value}."""
    return pl.concat(
        grouped(frame, kind, field=name, value=value, option=option, way=way)
        for name, value in changes.items()
    )


def _expression(value: pl.Expr | str | int) -> pl.Expr:
    if isinstance(value, pl.Expr):
        return value
    return pl.col(value) if isinstance(value, str) else pl.lit(value)
