"""Delimited text to cells, line by line: a line that is broken is put aside and never shifts another.

A CSV reader made for speed fills up short lines, cuts long ones, or gives up on the whole file.
Here the lines are judged first (bytes, quotes, number of cells) and only the sound ones are parsed.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons

_MARK = "\x00"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How lines are cut: the sign between cells, the quotation mark ('' for none).

    most: over how many lines a record may run where a quoted cell holds line breaks; None for any number.
    longer: whether a line may have more cells than the header.
    """

    delimiter: str = ","
    quote: str = '"'
    most: int | None = None
    longer: bool = False

    @property
    def quoted(self) -> str:
        """Return the pattern of a quoted cell."""
        q = re.escape(self.quote)
        return f"{q}(?:[^{q}]|{q}{q})*{q}"

    @property
    def half_quoted(self) -> str:
        """Return the pattern of what remains where quotes do not pair (quoted cells made `_MARK`)."""
        d = re.escape(self.delimiter)
        return f"[^{d}]{_MARK}|{_MARK}[^{d}]|{re.escape(self.quote)}"

    def cells(self, text: str) -> list[str] | None:
        """Return the cells of `text` if it is exactly one well-made record."""
        try:
            records = list(
                csv.reader(
                    io.StringIO(text, newline=""),
                    delimiter=self.delimiter,
                    quotechar=self.quote or None,
                    quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
                    strict=True,
                )
            )
        except csv.Error:
            return None
        return records[0] if len(records) == 1 else None

    def width(self, text: str) -> int:
        """Count the cells of `text` if it is exactly one well-made record, otherwise 0."""
        return len(self.cells(text) or ())


def verdict(width: int, dialect: Dialect) -> pl.Expr:
    """Say why a record (`raw`, `undecodable`) cannot be parsed into `width` cells; null where it can."""
    cells, unpaired = pl.col("raw"), pl.lit(False)
    if dialect.quote:
        without = pl.col("raw").str.replace_all(_MARK, "?", literal=True)
        bare = without.str.replace_all(dialect.quoted, _MARK)
        has_quote = pl.col("raw").str.contains(dialect.quote, literal=True)
        cells = pl.when(has_quote).then(bare).otherwise("raw")
        unpaired = has_quote & bare.str.contains(dialect.half_quoted)
    found = cells.str.count_matches(dialect.delimiter, literal=True) + 1
    ragged = (found < width) if dialect.longer else (found != width)
    return (
        pl.when("undecodable")
        .then(pl.lit(reasons.UNDECODABLE))
        .when(unpaired)
        .then(pl.lit(reasons.QUOTE))
        .when(ragged | (pl.col("raw") == ""))
        .then(pl.lit(reasons.RAGGED))
    )


def join_quoted_breaks(lines: pl.DataFrame, width: int, dialect: Dialect) -> pl.DataFrame:
    """Join the lines of each record whose quoted cell holds line breaks."""
    if not dialect.quote or dialect.most == 1:
        return lines
    odd = lines["raw"].str.count_matches(dialect.quote, literal=True) % 2 == 1
    if not odd.any():
        return lines
    spans = _spans(lines["raw"].to_list(), odd.arg_true().to_list(), width, dialect)
    first = pl.DataFrame(spans, schema={"start": pl.Int64(), "end": pl.Int64()}, orient="row")
    placed = lines.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64)).join_asof(
        first, left_on="at", right_on="start", check_sortedness=False
    )
    record = pl.when(pl.col("at") <= pl.col("end")).then("start").otherwise("at")
    return placed.group_by(record.alias("record"), maintain_order=True).agg(
        pl.col("raw").str.join("\n"), pl.col("line").first(), pl.col("undecodable").any()
    )


def _spans(raw: Sequence[str], odd: Sequence[int], width: int, dialect: Dialect) -> list[tuple[int, int]]:
    """Pair lines with an odd number of quotes (positions `odd`) into records of several lines.

    A pair is believed only where it makes one record of `width` cells and no line between is a whole record
    by itself: a stray quote must not swallow the lines below it.
    """
    spans = []
    place = 0
    while place + 1 < len(odd):
        start, end = odd[place], odd[place + 1]
        near = dialect.most is None or end - start < dialect.most
        whole_between = near and any(dialect.width(line) == width for line in raw[start + 1 : end])
        believed = near and not whole_between and dialect.width("\n".join(raw[start : end + 1])) == width
        if believed:
            spans.append((start, end))
        place += 2 if believed else 1
    return spans


def parse(raw: pl.Series, names: Sequence[str], dialect: Dialect) -> pl.DataFrame:
    """Parse sound records into text cells, one column per name."""
    schema = dict.fromkeys(names, pl.String())
    if raw.is_empty():
        return pl.DataFrame(schema=schema)
    cells = pl.read_csv(
        "\n".join(raw.to_list()).encode(),
        has_header=False,
        schema=schema,
        separator=dialect.delimiter,
        quote_char=dialect.quote or None,
        extra_columns="ignore" if dialect.longer else "raise",
    )
    assert cells.height == raw.len(), "a line judged sound was not parsed as one record"
    return cells
