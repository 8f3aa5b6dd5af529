"""CSV to cells, line by line: a line that is broken is put aside and never shifts another.

A CSV reader made for speed fills up short lines, cuts long ones, or gives up on the whole file.
Here the lines are judged first (bytes, quotes, number of cells) and only the sound ones are parsed.
A quoted cell may hold commas, doubled quotes and line breaks.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tadasu.extract import reasons

_QUOTED = r'"(?:[^"]|"")*"'
_MARK = "\x00"
_HALF_QUOTED = r'[^,]\x00|\x00[^,]|"'
_SURROGATE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's sound lines and its broken ones.

    cells: `line` (Int64) and the wanted columns. broken: as `reasons.BREACH`; the two share no line.
    raw: every line of a text file as it stood (`line`, `raw`), which is also what was read; None otherwise.
    """

    cells: pl.DataFrame
    broken: pl.DataFrame
    raw: pl.DataFrame | None

    @property
    def read(self) -> int:
        """Return how many lines the file has below its header."""
        return self.cells.height if self.raw is None else self.raw.height


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
    judged = records.with_columns(reason=_verdict(len(names)))
    sound = judged.filter(pl.col("reason").is_null())
    broken = judged.filter(pl.col("reason").is_not_null())
    return Lines(
        _parse(sound["raw"], names).select(columns).with_columns(line=sound["line"]),
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
    return _join_quoted_breaks(frame.slice(1), width)


def _verdict(width: int) -> pl.Expr:
    """Say why a record cannot be parsed into `width` cells; null where it can."""
    bare = pl.col("raw").str.replace_all(_MARK, "?", literal=True).str.replace_all(_QUOTED, _MARK)
    has_quote = pl.col("raw").str.contains('"', literal=True)
    cells = pl.when(has_quote).then(bare).otherwise("raw").str.count_matches(",", literal=True) + 1
    return (
        pl.when("undecodable")
        .then(pl.lit(reasons.UNDECODABLE))
        .when(has_quote & bare.str.contains(_HALF_QUOTED))
        .then(pl.lit(reasons.QUOTE))
        .when(cells != width)
        .then(pl.lit(reasons.RAGGED))
    )


def _join_quoted_breaks(lines: pl.DataFrame, width: int) -> pl.DataFrame:
    """Join the lines of each record whose quoted cell holds line breaks."""
    odd = lines["raw"].str.count_matches('"', literal=True) % 2 == 1
    if not odd.any():
        return lines
    spans = _spans(lines["raw"].to_list(), odd.arg_true().to_list(), width)
    first = pl.DataFrame(spans, schema={"start": pl.Int64(), "end": pl.Int64()}, orient="row")
    placed = lines.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64)).join_asof(
        first, left_on="at", right_on="start", check_sortedness=False
    )
    record = pl.when(pl.col("at") <= pl.col("end")).then("start").otherwise("at")
    return placed.group_by(record.alias("record"), maintain_order=True).agg(
        pl.col("raw").str.join("\n"), pl.col("line").first(), pl.col("undecodable").any()
    )


def _spans(raw: Sequence[str], odd: Sequence[int], width: int) -> list[tuple[int, int]]:
    """Pair lines with an odd number of quotes (positions `odd`) into records of several lines.

    A pair is believed only where it makes one record of `width` cells and no line between is a whole record
    by itself: a stray quote must not swallow the lines below it.
    """
    spans = []
    place = 0
    while place + 1 < len(odd):
        start, end = odd[place], odd[place + 1]
        whole_between = any(_cells(line) == width for line in raw[start + 1 : end])
        believed = not whole_between and _cells("\n".join(raw[start : end + 1])) == width
        if believed:
            spans.append((start, end))
        place += 2 if believed else 1
    return spans


def _cells(text: str) -> int:
    """Count the cells of `text` if it is exactly one well-quoted record, otherwise 0."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return 0
    return len(records[0]) if len(records) == 1 else 0


def _parse(raw: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """Parse sound records into text cells, one column per name."""
    schema = dict.fromkeys(names, pl.String())
    if raw.is_empty():
        return pl.DataFrame(schema=schema)
    text = "\n".join(raw.to_list()).encode()
    cells = pl.read_csv(text, has_header=False, schema=schema)
    assert cells.height == raw.len(), "a line judged sound was not parsed as one record"
    return cells
