"""Columns of text to a file of a given layout."""

import io
from pathlib import Path

import polars as pl
import xlsxwriter

from tadasu.errors import TadasuError
from tadasu.extract.mapping.model import Layout


def save(path: Path, columns: pl.DataFrame, layout: Layout) -> None:
    """Write columns of text as a file.

    Raises:
        TadasuError: a text does not fit: too long for its field, or not in the encoding.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if layout.format == "parquet":
        columns.write_parquet(path)
    elif layout.format == "xlsx":
        _sheet(path, columns, layout)
    else:
        text = _delimited(columns, layout) if layout.format == "csv" else None
        path.write_bytes(_encoded(path, text, layout) if text is not None else _fixed(path, columns, layout))


def _encoding(layout: Layout) -> str:
    return "cp932" if layout.encoding == "detect" else layout.encoding


def _encoded(path: Path, text: str, layout: Layout) -> bytes:
    try:
        return text.encode(_encoding(layout))
    except UnicodeEncodeError as error:
        sign = text[error.start]
        raise TadasuError(
            f"{path}: {sign!r} cannot be written in {_encoding(layout)}; choose another encoding."
        ) from error


def _delimited(columns: pl.DataFrame, layout: Layout) -> str:
    headings = "\r\n" * max(0, layout.header - 1)
    out = io.StringIO()
    columns.write_csv(
        out,
        include_header=layout.header > 0,
        separator=layout.delimiter,
        quote_char=layout.quote or '"',
        quote_style="necessary" if layout.quote else "never",
        line_terminator="\r\n",
    )
    return headings + out.getvalue()


def _fixed(path: Path, columns: pl.DataFrame, layout: Layout) -> bytes:
    """Write lines of fixed width, fields one after the other, blanks where the layout has gaps."""
    pieces, end = [], 0
    for position in sorted(layout.positions, key=lambda one: one.at):
        pieces.append([b" " * (position.at - 1 - end)] * columns.height)
        texts = columns[position.name] if position.name in columns.columns else [None] * columns.height
        pieces.append([_field(path, text or "", position.length, layout) for text in texts])
        end = position.at - 1 + position.length
    lines = [b"".join(fields) for fields in zip(*pieces, strict=True)]
    return b"".join(line + b"\r\n" for line in (*([b""] * layout.header), *lines))


def _field(path: Path, text: str, length: int, layout: Layout) -> bytes:
    field = _encoded(path, text, layout)
    size = len(field) if layout.unit == "bytes" else len(text)
    if size > length:
        raise TadasuError(
            f"{path}: a text of {size} does not fit a field of {length}; make the field longer."
        )
    return field + b" " * (length - size)


def _sheet(path: Path, columns: pl.DataFrame, layout: Layout) -> None:
    """Write a sheet, every cell as text: a number would lose its leading zeros."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(layout.sheet or None)
        if layout.header:
            sheet.write_row(layout.header - 1, 0, columns.columns)
        for place, row in enumerate(columns.iter_rows(), layout.header):
            for column, text in enumerate(row):
                if text is not None:
                    sheet.write_string(place, column, text)
