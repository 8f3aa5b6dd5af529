"""Columns of text to a file of a given layout."""

import io
import re
from collections.abc import Mapping
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


NO_SIGN, TOO_LONG = "no sign", "too long"
"""Why a line cannot be written: a sign that the encoding lacks, a field that is too short."""


def unfit(columns: pl.DataFrame, layout: Layout) -> pl.Series:
    """Say of each line of columns of text why `save` cannot write it; null where it can."""
    texts = columns.with_columns(pl.all().cast(pl.String()).fill_null(""))
    if layout.format in ("parquet", "xlsx") or texts.is_empty():
        return pl.Series([None] * columns.height, dtype=pl.String())
    encoding = _encoding(layout).replace("utf-8-sig", "utf-8")
    sizes = {sign: len(sign.encode(encoding, "ignore")) for sign in _signs(texts)}
    lacking = "".join(re.escape(sign) for sign, size in sizes.items() if not size)
    foreign = [pl.all().str.contains(f"[{lacking}]")] if lacking else []
    long = [
        _size(pl.col(position.name), sizes, layout) > position.length
        for position in layout.positions
        if layout.format == "fixed" and position.name in texts.columns
    ]
    return texts.select(
        pl.when(pl.any_horizontal(pl.lit(value=False), *foreign))
        .then(pl.lit(NO_SIGN))
        .when(pl.any_horizontal(pl.lit(value=False), *long))
        .then(pl.lit(TOO_LONG))
    ).to_series()


def _signs(texts: pl.DataFrame) -> list[str]:
    """Return the signs that stand in any cell."""
    found = [column.str.extract_all("(?s).").explode().unique() for column in texts.get_columns()]
    return pl.concat(found).unique().drop_nulls().sort().to_list()


def _size(text: pl.Expr, sizes: Mapping[str, int], layout: Layout) -> pl.Expr:
    """Return the length of a text as the layout counts it."""
    size = text.str.len_chars().cast(pl.Int64())
    if layout.unit == "characters":
        return size
    for more in sorted({one for one in sizes.values() if one > 1}):
        wide = "".join(re.escape(sign) for sign, one in sizes.items() if one == more)
        size += text.str.count_matches(f"[{wide}]").cast(pl.Int64()) * (more - 1)
    return size


def _encoding(layout: Layout) -> str:
    return "cp932" if layout.encoding == "detect" else layout.encoding


def _encoded(path: Path, text: str, layout: Layout, *, begins: bool = True) -> bytes:
    """Encode a text; one that does not begin the file gets no byte order mark."""
    encoding = _encoding(layout) if begins else _encoding(layout).replace("utf-8-sig", "utf-8")
    try:
        return text.encode(encoding)
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
    mark = _encoded(path, "", layout)
    return mark + b"".join(line + b"\r\n" for line in (*([b""] * layout.header), *lines))


def _field(path: Path, text: str, length: int, layout: Layout) -> bytes:
    field = _encoded(path, text, layout, begins=False)
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
