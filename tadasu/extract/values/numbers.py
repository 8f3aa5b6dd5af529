"""Amounts and counts: commas, full-width digits, △ ▲ − ( ) for minus, 円 and 千円."""

import polars as pl

from tadasu.extract.values.texts import plain

_NUMBER = r"^([-+(]?)((?:[0-9]{1,3}(?:,[0-9]{3})+)|[0-9]+)(?:\.0+)?(\)?)$"
_MINUS = r"^[△▲−‐‑–—―ー-]\s*"
_UNITS = (("千円", 1000), ("万円", 10_000), ("円", 1), ("人", 1), ("件", 1))


def numbers(cells: pl.Series, unit: int) -> pl.Series:
    """Read whole numbers as Int64; null where a cell is blank or is none.

    `unit` multiplies what has no unit of its own: 1,000 in a file that counts in thousands of yen.
    """
    quick = cells.cast(pl.Int64(), strict=False)
    rest = cells.is_not_null() & quick.is_null()
    found = _times(quick, unit)
    if rest.any():
        found = found.scatter(rest.arg_true(), _written_out(cells.filter(rest), unit))
    return found


def _written_out(cells: pl.Series, unit: int) -> pl.Series:
    text = plain(cells).str.strip_chars().str.replace(r"^[¥\\]\s*", "")
    factor = pl.Series([unit] * text.len(), dtype=pl.Int64())
    for word, times in _UNITS:
        has = text.str.ends_with(word).fill_null(False)
        factor = factor.set(has, times)
        text = text.str.strip_suffix(word).str.strip_chars_end()
    text = text.str.replace(_MINUS, "-")
    parts = text.str.extract_groups(_NUMBER).struct.unnest()
    sign, digits, closed = parts.to_series(0), parts.to_series(1), parts.to_series(2)
    paired = (sign == "(") == (closed == ")")
    value = digits.str.replace_all(",", "", literal=True).cast(pl.Int64(), strict=False)
    value = value.set(~paired.fill_null(False), None)
    negative = sign.is_in(["-", "("]).fill_null(False)
    return _times(value.zip_with(~negative, -value), factor)


def _times(value: pl.Series, factor: pl.Series | int) -> pl.Series:
    """Multiply; null where the product is beyond what fits (an amount of that size is none)."""
    if isinstance(factor, int) and factor == 1:
        return value
    return value.set((value.abs() > 10**14).fill_null(False), None) * factor
