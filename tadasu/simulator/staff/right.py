"""The right lines of each row: the person's errors that the row's check, or what went wrong, is about."""

from collections.abc import Mapping

import polars as pl

from tadasu.checks import BY_CODE
from tadasu.fields import correctable

RIGHT = {
    "row_id": pl.String(),
    "field": pl.String(),
    "old_value": pl.String(),
    "new_value": pl.String(),
    "document_id": pl.String(),
}
ASKS = ("R", "M", "Q")
"""How a row is decided, easiest first: by rule, by weighing documents, by asking."""


def right_lines(rows: pl.DataFrame, errors: pl.DataFrame, blame: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that each row should get, as columns `RIGHT`; rows without an error get none.

    Args:
        rows: `row_id`, `person_id`, `check` (catalogue code), `field` (may be null).
        errors: as `staff.errors` gives them.
        blame: `person_id`, `check`, `field`, `document_id`: what a slip falsified and which check shows it.
    """
    wanted = pl.concat([_by_check(rows), _by_field(rows), _by_slip(rows, blame)])
    lines = wanted.join(errors, on=["person_id", "field"])
    at = {field.name: number for number, field in enumerate(correctable())}
    document = blame.group_by("person_id", "field").agg(pl.col("document_id").drop_nulls().min())
    return (
        lines.unique(["row_id", "field"])
        .join(document, on=["person_id", "field"], how="left")
        .sort("row_id", pl.col("field").replace_strict(at, return_dtype=pl.Int32))
        .select(*RIGHT)
    )


def asks(rows: pl.DataFrame, blame: pl.DataFrame, usual: Mapping[str, str]) -> pl.DataFrame:
    """Return `rows` with `asks` (R, M or Q): what the row's slip says, else what is usual for its check."""
    number = pl.col("asks").replace_strict({word: i for i, word in enumerate(ASKS)}, return_dtype=pl.Int8)
    said = blame.group_by("person_id", "check").agg(number.max().alias("asks"))
    default = pl.col("check").replace_strict(usual, default="M").alias("usual")
    word = pl.col("asks").replace_strict(dict(enumerate(ASKS)), default=None, return_dtype=pl.String)
    return (
        rows.with_columns(default)
        .join(said, on=["person_id", "check"], how="left", maintain_order="left")
        .with_columns(pl.coalesce(word, "usual").alias("asks"))
        .drop("usual")
    )


_WANTED = ("row_id", "person_id", "field")


def _by_check(rows: pl.DataFrame) -> pl.DataFrame:
    about = pl.DataFrame(
        {"check": list(BY_CODE), "field": [list(check.fields) for check in BY_CODE.values()]},
        schema={"check": pl.String(), "field": pl.List(pl.String())},
    )
    listed = rows.select("row_id", "person_id", "check").join(about, on="check")
    return listed.explode("field", empty_as_null=False).select(*_WANTED)


def _by_field(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("field").is_not_null()).select(*_WANTED)


def _by_slip(rows: pl.DataFrame, blame: pl.DataFrame) -> pl.DataFrame:
    ours = blame.select("person_id", "check", "field").unique()
    return rows.select("row_id", "person_id", "check").join(ours, on=["person_id", "check"]).select(*_WANTED)
