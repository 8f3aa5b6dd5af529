"""Text files to records: decoded, without headings and totals, each with the reason if it cannot be cut."""

import hashlib
from dataclasses import dataclass

import polars as pl

from tadasu.extract import encodings, reasons
from tadasu.extract.cut.shape import UNSPLIT
from tadasu.extract.mapping.model import Layout

_NUL = "\x00"


@dataclass(frozen=True, slots=True)
class Text:
    """A text file's lines as bytes, what encoding they are in, and what is worth telling about the file."""

    physical: encodings.Physical
    encoding: str
    told: tuple[str, ...]

    @property
    def height(self) -> int:
        """Return how many lines the file has."""
        return len(self.physical.lines)

    def lines(self, start: int = 0, stop: int | None = None) -> pl.DataFrame:
        """Decode the lines from `start` (from 0) up to `stop`: `line` (from 1), `raw`, `undecodable`."""
        frame = encodings.decoded(self.physical.lines[start:stop], self.encoding)
        return frame.with_columns(pl.col("line") + start)


def text(data: bytes, layout: Layout) -> Text:
    """Cut a text file into lines and decode them."""
    told = []
    name = layout.encoding
    if name == "detect":
        guess = encodings.guess(data)
        name = guess.encoding
        told.append(f"文字コードを {name} と推定した（{guess.why}）")
    physical = encodings.split(data)
    if physical.mixed:
        told.append("行末の改行の種類が混在している")
    name = "utf-8" if name == "utf-8-sig" else name
    return Text(physical, name, tuple(told))


def without_others(lines: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, int]:
    """Return the records among `lines`, and how many lines are none (totals, headings, other kinds)."""
    bare = pl.col("raw").str.replace_all(layout.quote or '"', "", literal=True)
    keep = pl.lit(True)
    for pattern in layout.skip:
        keep &= ~bare.str.contains(pattern)
    if layout.only:
        keep &= pl.any_horizontal(bare.str.contains(pattern) for pattern in layout.only)
    if not (layout.skip or layout.only):
        return lines, 0
    records = lines.filter(keep | pl.col("undecodable"))
    return records, lines.height - records.height


def reason(given: pl.Expr, found: Text, layout: Layout) -> pl.Expr:
    """Say why a record cannot be used: `given` for its shape, before it what spoils any line."""
    cut_off = pl.lit(False)
    if layout.last_line == "ended" and not found.physical.ended:
        cut_off = pl.col("line") + pl.col("raw").str.count_matches("\n", literal=True) == found.height
    return (
        pl.when("undecodable")
        .then(pl.lit(reasons.OTHER_ENCODING))
        .when(pl.col("raw").str.contains(_NUL, literal=True))
        .then(pl.lit(reasons.NUL))
        .when(cut_off)
        .then(pl.lit(reasons.CUT_OFF))
        .otherwise(given)
    )


def aside(judged: pl.DataFrame, found: Text) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the broken records of `judged` (`line`, `raw`, `reason`) as breaches, and their hashes."""
    broken = judged.filter(pl.col("reason").is_not_null())
    lines = found.physical.lines
    hashes = [
        hashlib.sha256(b"\n".join(lines[line - 1 : line + breaks])).hexdigest()
        for line, breaks in zip(
            broken["line"], broken["raw"].str.count_matches("\n", literal=True), strict=True
        )
    ]
    breaches = broken.select("line", column=None, value=None, reason="reason")
    return (
        breaches.cast(pl.Schema(reasons.BREACH)),
        pl.DataFrame({"line": broken["line"], "raw": [f"sha256:{h}" for h in hashes]}, schema=UNSPLIT),
    )
