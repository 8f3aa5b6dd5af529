"""The standard layout's CSV to cells: UTF-8 with or without BOM, commas, the column names in line 1.

A quoted cell may hold commas, doubled quotes and line breaks.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.delimited import Dialect, join_quoted_breaks, parse, verdict

_DIALECT = Dialect()
_SURROGATE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's sound lines and its broken ones.

    cells: `line` (Int64) and the wanted columns. broken: as `reasons.BREACH`; the two share no line.
    raw: every line of a text file as it stood (`line`, `raw`), which is also what was read; None otherwise.
    withdrawn: how many of the broken lines were sound until staff withdrew them.
    """

    cells: pl.DataFrame
    broken: pl.DataFrame
    raw: pl.DataFrame | None
    withdrawn: int = 0

    @property
    def read(self) -> int:
        """Return how many lines the file has below its header."""
        return self.cells.height + self.withdrawn if self.raw is None else self.raw.height


def header(path: Path) -> list[str]:
    """Return the names in a CSV's first line.

    Raises:
        ValueError: there is no such line, it is not UTF-8, or a name stands twice.
    """
    with path.open("rb") as stream:
        first = stream.readline().decode("utf-8-sig").rstrip("\r\n")
    names = next(csv.reader([first]), [])
    if not names:
        raise ValueError("no header in line 1")
    if len(set(names)) < len(names):
        raise ValueError("a column name stands twice in the header")
    return names


def read(path: Path, columns: Sequence[str]) -> Lines:
    """Read the named columns of a CSV (UTF-8 with or without BOM, header in line 1), every cell as text.

    `line` is the line on which a record starts, counted from 1.
    """
    names = header(path)
    records = _records(path.read_bytes(), len(names))
    judged = records.with_columns(reason=verdict(len(names), _DIALECT))
    sound = judged.filter(pl.col("reason").is_null())
    broken = judged.filter(pl.col("reason").is_not_null())
    return Lines(
        parse(sound["raw"], names, _DIALECT).select(columns).with_columns(line=sound["line"]),
        broken.select("line", column=None, value=None, reason="reason").cast(pl.Schema(reasons.BREACH)),
        records.select("line", "raw"),
    )


def unbroken(rows: pl.DataFrame) -> Lines:
    """Return rows that another reader brought, numbered from 1."""
    numbered = rows.with_columns(line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return Lines(numbered, pl.DataFrame(schema=reasons.BREACH), None)


def _records(data: bytes, width: int) -> pl.DataFrame:
    """Return one row per record below the header: `line`, `raw`, `undecodable`."""
    data = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    try:
        lines, marks = data.decode().split("\n"), None
    except UnicodeDecodeError:
        escaped = data.decode(errors="surrogateescape").split("\n")
        marks = [bool(_SURROGATE.search(line)) for line in escaped]
        lines = data.decode(errors="backslashreplace").split("\n")
    frame = pl.DataFrame({"raw": lines}, schema={"raw": pl.String()}).with_columns(
        pl.col("raw").str.strip_suffix("\r"),
        line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        undecodable=pl.Series(marks, dtype=pl.Boolean()) if marks else pl.lit(False),
    )
    return join_quoted_breaks(frame.slice(1), width, _DIALECT)
