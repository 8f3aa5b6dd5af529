"""One file, whatever its format, to cells of text."""

from pathlib import Path

import fastexcel
import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.cut import fixed, separated, sheets
from tadasu.extract.cut.shape import Cut
from tadasu.extract.mapping.model import Layout

__all__ = ["Cut", "cut"]

_DAMAGED = (
    OSError,
    ValueError,
    ImportError,
    RuntimeError,
    fastexcel.FastExcelError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)
"""What a damaged file raises: now and then a reader panics."""


def cut(path: Path, layout: Layout, *, least: int = 1, width: int | None = None) -> Cut:
    """Cut a file into cells of text; no line is lost: each is a row of `cells`, broken, or skipped.

    Args:
        path: The file.
        layout: How it is laid out.
        least: How many columns it has at least, where they are known by position.
        width: How many columns it has, where that is known before.

    Raises:
        TadasuError: the file is damaged, or is not laid out so at all.
    """
    try:
        if layout.format == "xlsx":
            return sheets.sheet(path, layout)
        if layout.format == "parquet":
            return sheets.parquet(path)
        data = path.read_bytes()
        return (
            fixed.cut(data, layout) if layout.format == "fixed" else separated.cut(data, layout, least, width)
        )
    except TadasuError as error:
        raise TadasuError(f"{path}: {error}") from error
    except _DAMAGED as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise TadasuError(
            f"{path}: cannot be read as {layout.format} ({why}). Have it exported anew."
        ) from error
