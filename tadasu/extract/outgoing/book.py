"""The workbook of an export for the head of the section: a receipt, what was sent, what was not and why.

Amounts are numbers, dates are dates, everything else is text that no spreadsheet takes for a formula.
"""

import datetime as dt
import io
from collections.abc import Mapping as Mapped
from collections.abc import Sequence

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tadasu.fields import FIELDS, VALUE_WORDS
from tadasu.tables import CONFLICTS, OUTGOING

_WIDTHS = {"項目": 26, "修正前": 14, "修正後": 14, "差": 14, "現在の記録": 14, "理由": 34, "判断日": 12}
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_DIFFERENCE = "差"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | dt.date | None


def workbook(
    facts: Sequence[tuple[str, Value]], lines: pl.DataFrame, conflicts: pl.DataFrame, made: dt.datetime
) -> bytes:
    """Return the workbook (.xlsx).

    Args:
        facts: What the receipt says, in order: a heading and its value.
        lines: `tables.OUTGOING`, with the ward's own numbers.
        conflicts: `tables.CONFLICTS`, likewise.
        made: When, in the office's time; the same content gives the same bytes.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": "訂正の送付票", "created": made.replace(tzinfo=None)})
        formats = _formats(book)
        _receipt(book.add_worksheet("送付票"), facts, formats)
        _sheet(book.add_worksheet("送付した訂正"), _headings(OUTGOING.columns), lines, formats)
        _sheet(book.add_worksheet("送らなかった訂正"), _headings(CONFLICTS.columns), conflicts, formats)
    return buffer.getvalue()


def _formats(book: Workbook) -> dict[str, Format]:
    heading = {"bold": True, "bg_color": "#E8F1FE", "border": 1, "text_wrap": True, "valign": "top"}
    return {
        "heading": book.add_format(heading),
        "number": book.add_format({"num_format": "#,##0;[Red]-#,##0"}),
        "plain": book.add_format({"num_format": "0"}),
        "date": book.add_format({"num_format": "yyyy/mm/dd"}),
        "text": book.add_format({"num_format": "@"}),
        # Stays text when somebody edits the cell.
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
    }


def _headings(columns: Sequence[object]) -> dict[str, str]:
    told = {str(getattr(column, "name", "")): str(getattr(column, "label", "")) for column in columns}
    return {name: label for name, label in told.items() if name != "decision_id"}


def _receipt(sheet: Worksheet, facts: Sequence[tuple[str, Value]], formats: Mapped[str, Format]) -> None:
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 1, 44)
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name, formats["heading"])
        _cell(sheet, row, 1, value, formats, "number")


def _sheet(
    sheet: Worksheet, headings: Mapped[str, str], frame: pl.DataFrame, formats: Mapped[str, Format]
) -> None:
    labels = list(headings.values())
    after = labels.index("修正後") + 1
    labels.insert(after, _DIFFERENCE)
    for column, label in enumerate(labels):
        sheet.set_column(column, column, _WIDTHS.get(label, 16))
        sheet.write_string(0, column, label, formats["heading"])
    for row, record in enumerate(frame.iter_rows(named=True), 1):
        cells: list[Value] = [_value(name, record) for name in headings]
        cells.insert(after, _difference(record))
        for column, cell in enumerate(cells):
            _cell(sheet, row, column, cell, formats, "number" if labels[column] in _AMOUNTS else "plain")
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(frame.height, 1), len(labels) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)


_AMOUNTS = ("修正前", "修正後", _DIFFERENCE, "現在の記録")
_VALUES = ("old_value", "new_value", "record_value")


def _value(name: str, record: Mapped[str, Value]) -> Value:
    """Return a cell as staff read it: the field's label, an amount as a number, a word in Japanese."""
    value, field = record[name], str(record["field"])
    if name == "field":
        return FIELDS[field].label
    if name in _VALUES and isinstance(value, str):
        return int(value) if FIELDS[field].unit and _is_number(value) else VALUE_WORDS.get(value, value)
    return value


def _difference(record: Mapped[str, Value]) -> Value:
    old, new = (str(record[name] or "0") for name in ("old_value", "new_value"))
    amounts = FIELDS[str(record["field"])].unit and _is_number(old) and _is_number(new)
    return int(new) - int(old) if amounts else None


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 15


def _cell(
    sheet: Worksheet, row: int, column: int, value: Value, formats: Mapped[str, Format], number: str
) -> None:
    """Write a cell by its type, never by what its text looks like."""
    if isinstance(value, int):
        sheet.write_number(row, column, value, formats[number])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), formats["date"])
    elif value:
        acts = value.lstrip().startswith(_FORMULA) or value.startswith(_FORMULA)
        sheet.write_string(row, column, value, formats["quoted" if acts else "text"])
