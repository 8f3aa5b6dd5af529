"""Plain values from text as the standard layout writes them: ISO dates, integers, true/false.

Each reader takes an expression of text and gives one of the wanted type: null where the text is empty, and
null where it cannot be read. `blank` tells the two apart. Nothing is guessed: `1,000`, `12.0` or `2024/1/5`
are not read.
"""

import polars as pl


def blank(text: pl.Expr) -> pl.Expr:
    """Return the text as it stands, or null where it is nothing but white space (also full-width)."""
    return pl.when(text.str.strip_chars() != "").then(text)


def integer(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Read digits with an optional minus sign; a number that `dtype` cannot hold is null."""
    return pl.when(~text.str.starts_with("+")).then(text.cast(dtype, strict=False))


def date(text: pl.Expr) -> pl.Expr:
    """Read YYYY-MM-DD; a day that the calendar lacks is null."""
    written_out = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    return pl.when(written_out).then(text).str.to_date("%Y-%m-%d", strict=False)


def flag(text: pl.Expr) -> pl.Expr:
    """Read `true` and `false`, in capitals too: a spreadsheet writes them so."""
    word = text.str.to_lowercase()
    return pl.when(word.is_in(["true", "false"])).then(word == "true")


def plain(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Read text as a value of `dtype` (text, integer, date or boolean).

    Raises:
        ValueError: the standard layout has no such type.
    """
    text = blank(text)
    if dtype == pl.String():
        return text
    if dtype.is_integer():
        return integer(text, dtype)
    if dtype == pl.Date():
        return date(text)
    if dtype == pl.Boolean():
        return flag(text)
    raise ValueError(f"no way to read text as {dtype}")
