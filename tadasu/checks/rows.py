"""Rows: from a frame in which a check found its cases to rows of the list, with what staff read."""

import polars as pl

from tadasu.fields import FIELDS, VALUE_WORDS

ROW: dict[str, pl.DataType] = {
    "person_id": pl.String(),
    "document_ids": pl.List(pl.String()),
    "related_person_id": pl.String(),
    "field": pl.String(),
    "stated_value": pl.String(),
    "expected_value": pl.String(),
    "message": pl.String(),
}
"""What a check returns: one line per row of the list, without code, name, number and day."""

UNSAID = "記載なし"

Word = str | pl.Expr


def rows(
    found: pl.DataFrame,
    message: pl.Expr,
    *,
    documents: Word = "paper_ids",
    field: pl.Expr | None = None,
    related: Word | None = None,
    stated: pl.Expr | None = None,
    expected: pl.Expr | None = None,
) -> pl.DataFrame:
    """Return the list's rows for what a check found.

    Args:
        found: one line per row, with `person_id`.
        message: what staff read (text; see `say`).
        documents: the column that holds the document's number, or a list of them.
        field: the tax field, where it differs between rows (text); else the check's own is filled in.
        related: the column of the other person's number.
        stated: the figure that was found, of any type; becomes text.
        expected: the figure that it was compared with.
    """
    listed = _listed(found, documents)
    empty = pl.lit(None, pl.String)
    return found.select(
        "person_id",
        listed.alias("document_ids"),
        (empty if related is None else _column(related)).alias("related_person_id"),
        (empty if field is None else field).alias("field"),
        _text(found, stated).alias("stated_value"),
        _text(found, expected).alias("expected_value"),
        message.alias("message"),
    )


def _column(name: Word) -> pl.Expr:
    return pl.col(name) if isinstance(name, str) else name


def _listed(found: pl.DataFrame, documents: Word) -> pl.Expr:
    column = _column(documents)
    dtype = found.select(column).schema.dtypes()[0]
    if isinstance(dtype, pl.List):
        return column.fill_null([])
    return pl.concat_list(column).list.drop_nulls()


def _text(found: pl.DataFrame, value: pl.Expr | None) -> pl.Expr:
    """Return a value as the system prints it: days as ISO, flags as digits, numbers without separators."""
    if value is None:
        return pl.lit(None, pl.String)
    dtype = found.select(value.alias("value")).schema["value"]
    if dtype == pl.Boolean:
        return value.cast(pl.Int64).cast(pl.String)
    return value.cast(pl.String)


def empty() -> pl.DataFrame:
    """Return no rows."""
    return pl.DataFrame(schema=ROW)


def digit(name: str, value: pl.Expr) -> pl.Expr:
    """Return a status as the digit that the system prints for it: its place among the field's words."""
    words = {word: place for place, word in enumerate(FIELDS[name].values)}
    return value.replace_strict(words, default=None, return_dtype=pl.Int64)


def word(value: pl.Expr) -> pl.Expr:
    """Return a status in the words that staff read."""
    return value.replace_strict(VALUE_WORDS, default=None, return_dtype=pl.String)


def yen(amount: pl.Expr) -> pl.Expr:
    """Return whole yen as staff read them: 1,234,567円; where there is none, that nothing is stated."""
    digits = amount.cast(pl.Int64).cast(pl.String).str.strip_prefix("-").str.reverse()
    grouped = digits.str.replace_all(r"(\d{3})", "$1,").str.strip_suffix(",").str.reverse()
    sign = pl.when(amount < 0).then(pl.lit("△")).otherwise(pl.lit(""))
    return pl.concat_str([sign, grouped, pl.lit("円")]).fill_null(UNSAID)


def said(value: pl.Expr) -> pl.Expr:
    """Return anything else as text, or that nothing is stated."""
    return value.cast(pl.String).fill_null(UNSAID)


def say(sentence: str, *parts: pl.Expr) -> pl.Expr:
    """Return a Japanese sentence with its `{}` filled in from text expressions."""
    return pl.format(sentence, *parts) if parts else pl.lit(sentence)
