"""Values back to the text of a ward's layout: the same `Reading`, the other way round."""

import datetime as dt

import polars as pl

from tadasu.extract.forms import ISO
from tadasu.extract.mapping.model import Reading


def write_values(values: pl.Series, reading: Reading) -> pl.Series:
    """Write values (Int64, Date, Boolean, String) as a mapping's file shows them, '' where empty.

    What the layout cannot say (a code that its table lacks, an amount that is no whole thousand) comes out as
    text that reads back as something else: `tadasu.extract.write` checks that, a caller of its own must too.
    """
    if reading.codes is not None:
        return _codes(values, reading)
    text = {"text": _text, "number": _number, "date": _date, "flag": _text}[reading.kind](values, reading)
    return text.fill_null("")


def _codes(values: pl.Series, reading: Reading) -> pl.Series:
    assert reading.codes is not None
    words = values.cast(pl.String()).fill_null("")
    back = {value: code for code, value in reversed(list(reading.codes.items()))}
    back.setdefault("", "")
    return words.replace(list(back), list(back.values()))


def _text(values: pl.Series, _reading: Reading) -> pl.Series:
    return values.cast(pl.String())


def _number(values: pl.Series, reading: Reading) -> pl.Series:
    whole = values.cast(pl.Int64(), strict=False)
    if reading.unit == 1:
        return reading.numbers.write(whole)
    thousands = whole // reading.unit
    exact = thousands * reading.unit == whole
    return reading.numbers.write(thousands).zip_with(
        exact.fill_null(True), reading.numbers.write(whole) + "円"
    )


def _date(values: pl.Series, reading: Reading) -> pl.Series:
    form = reading.dates[0] if reading.dates else ISO
    days = values.drop_nulls().cast(pl.String()).unique(maintain_order=True).to_list()
    if not days:
        return values.cast(pl.String())
    written = [form.write(dt.date.fromisoformat(day), reading.eras) for day in days]
    return values.cast(pl.String()).replace_strict(days, written, default=None, return_dtype=pl.String())
