"""A column of text as values: numbers, dates, flags, codes and identifiers, each unreadable cell with why."""

from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.mapping.model import Codes, Reading
from tadasu.extract.values import texts
from tadasu.extract.values.dates import dates
from tadasu.extract.values.numbers import numbers

_ALL_ZEROS = r"^[0０\-/.]+$"


@dataclass(frozen=True, slots=True)
class Values:
    """A column as read.

    values: what the cells say, null where they say nothing or cannot be read. wrong: for each cell that
    cannot be read the reason, otherwise null. mended: how many identifiers got lost zeros back.
    """

    values: pl.Series
    wrong: pl.Series
    mended: int = 0


def read_values(cells: pl.Series, reading: Reading) -> Values:
    """Read a column of text (String) as a mapping says.

    Returns:
        Values of type Int64 for numbers, Date, Boolean or String. Codes give the word of the standard layout,
        as a Boolean where the kind is `flag`.
    """
    if reading.codes is not None:
        return _coded(cells, reading, reading.codes)
    text = cells if reading.kind == "number" else texts.stripped(cells)
    if reading.zero == "empty":
        text = text.set(text.str.contains(_ALL_ZEROS).fill_null(False), None)
    found = {"text": _text, "number": _number, "date": _date, "flag": _flag}[reading.kind](text, reading)
    return _blanks(found, texts.stripped(cells).is_null() if reading.blank else None, reading)


def _blanks(found: Values, blank: pl.Series | None, reading: Reading) -> Values:
    """Give blank cells the value that the mapping says they stand for."""
    if blank is None:
        return found
    stands = read_values(pl.Series([reading.blank]), Reading(reading.kind)).values
    values = found.values.zip_with(~blank, stands.new_from_index(0, found.values.len()))
    return Values(values, found.wrong, found.mended)


def _wrong(where: pl.Series, reason: str) -> pl.Series:
    """Return the reason where it holds, null elsewhere."""
    return (
        pl.Series([reason], dtype=pl.String())
        .new_from_index(0, where.len())
        .set(~where.fill_null(False), None)
    )


def _number(cells: pl.Series, reading: Reading) -> Values:
    values = numbers(cells, reading.unit)
    if values.null_count() == cells.null_count():
        unread = pl.Series([False]).new_from_index(0, cells.len())
    else:
        unread = values.is_null() & texts.stripped(cells).is_not_null()
    if reading.zero == "empty":
        values = values.set((values == 0).fill_null(False), None)
    return Values(values, _wrong(unread, reasons.NO_NUMBER))


def _date(cells: pl.Series, reading: Reading) -> Values:
    values, has_form = dates(cells, reading.dates, reading.eras)
    unread = values.is_null() & cells.is_not_null()
    wrong = _wrong(unread & ~has_form, reasons.NOT_A_DATE)
    return Values(values, wrong.zip_with(~(unread & has_form), _wrong(unread, reasons.NO_SUCH_DAY)))


def _flag(cells: pl.Series, _reading: Reading) -> Values:
    word = cells.str.to_lowercase()
    known = word.is_in(["true", "false"])
    return Values((word == "true").set(~known.fill_null(False), None), _wrong(~known, reasons.NO_FLAG))


def _text(cells: pl.Series, reading: Reading) -> Values:
    odd = _wrong(texts.unmappable(cells), reasons.UNMAPPABLE)
    return Values(cells, odd) if reading.width is None else _identifier(cells, odd, reading.width)


def _identifier(cells: pl.Series, odd: pl.Series, width: int) -> Values:
    """Read identifiers of a declared width; digits that are too few lost their zeros in a spreadsheet."""
    text = cells
    if not (text.str.len_bytes() == width).fill_null(True).all():
        text = texts.plain(cells).str.replace(r"^([0-9]+)\.0+$", "$1")
    size = text.str.len_chars()
    digits = text.str.contains(r"^[0-9]+$").fill_null(False)
    short = (digits & (size < width)).fill_null(False)
    unfit = (~short & (size != width)).fill_null(False)
    wrong = odd.zip_with(~(unfit & odd.is_null()), _wrong(unfit, reasons.NO_IDENTIFIER))
    return Values(text.str.zfill(width) if short.any() else text, wrong, int(short.sum()))


def _coded(cells: pl.Series, reading: Reading, codes: Codes) -> Values:
    """Look codes up; a blank cell is the code '' if the table has one, and otherwise empty."""
    text = texts.stripped(cells)
    table = {texts.alike(code): value for code, value in codes.items()}
    unique = text.drop_nulls().unique(maintain_order=True).to_list()
    found = [table.get(texts.alike(code)) for code in unique]
    if reading.unknown != "quarantine":
        found = [
            (one if one is not None else code if reading.unknown == "keep" else "")
            for one, code in zip(found, unique, strict=True)
        ]
    words = pl.Series(found, dtype=pl.String())
    values = text.replace_strict(unique, words, default=None, return_dtype=pl.String()) if unique else text
    wrong = _wrong(values.is_null() & text.is_not_null(), reasons.UNKNOWN_CODE)
    stands = table.get("", reading.blank)
    if stands:
        values = values.set(text.is_null(), stands)
    values = values.set((values == "").fill_null(False), None)
    return Values(values == "true", wrong) if reading.kind == "flag" else Values(values, wrong)
