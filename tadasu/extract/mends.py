"""Lines that staff mended: taken in with the file they belong to, each in place of what stood there.

A mend names a file and a line. With a column it gives one cell anew; without, the whole line as the file
would have it. The value 取下げ withdraws the line, such as one of two that have the same key.
"""

from dataclasses import dataclass, replace

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import reasons
from tadasu.extract.cut import Cut
from tadasu.extract.cut.shape import UNSPLIT
from tadasu.extract.delimited import Dialect
from tadasu.extract.mapping.model import Layout, Source
from tadasu.tables import MENDS

KEY = ("file", "line", "column")
WITHDRAW = "取下げ"
STALE = "ファイルが新しくなったため使わなかった訂正"


@dataclass(frozen=True, slots=True)
class Mends:
    """Mends (`tables.MENDS`) by file; each holds as long as the file has the digest it was made for."""

    frame: pl.DataFrame

    @classmethod
    def none(cls) -> "Mends":
        """Return no mends."""
        return cls(MENDS.empty())

    def of(self, file: str, digest: str) -> pl.DataFrame:
        """Return the mends of a file as it is now."""
        return self.frame.filter(file=file, digest=digest)

    def has(self, file: str) -> bool:
        """Say whether there are mends of a file, be it as it is now or as it was."""
        return not self.frame.filter(file=file).is_empty()

    def told(self, found: Cut, file: str, digest: str) -> Cut:
        """Return the file with a word on mends that no longer hold, since the file has changed."""
        stale = self.stale(file, digest)
        return replace(found, told=(*found.told, f"{STALE}: {stale} 件")) if stale else found

    def stale(self, file: str, digest: str) -> int:
        """Count the mends of a file that no longer hold, since the file has changed."""
        return self.frame.filter(pl.col("file") == file, pl.col("digest") != digest).height


def mended(found: Cut, mends: pl.DataFrame, source: Source) -> Cut:
    """Return a file with its mends in place: cells, whole lines, and lines withdrawn."""
    if mends.is_empty():
        return found
    withdrawn = mends.filter(pl.col("value") == WITHDRAW)
    others = mends.filter(pl.col("value").ne_missing(WITHDRAW))
    whole = others.filter(pl.col("column") == "", pl.col("value").is_not_null())
    return _without(_with_lines(_with_cells(found, others, source), whole, source.layout), withdrawn)


def of_column(name: str, source: Source) -> str | None:
    """Return the column of the file that a mend's column names: by its own name or the standard one."""
    if name in source.mapped:
        return name
    cells = [cell for row in source.rows for cell in row.cells if cell.column == name]
    names = {one for cell in cells for one in cell.sources}
    return names.pop() if len(names) == 1 else None


def _with_cells(found: Cut, mends: pl.DataFrame, source: Source) -> Cut:
    cells = found.cells
    for name in mends["column"].unique(maintain_order=True).to_list():
        column = of_column(name, source)
        if column is None or column not in cells.columns:
            continue
        own = mends.filter(column=name).select("line", pl.col("value").alias("_mend"), _is=pl.lit(True))
        cells = (
            cells.join(own, on="line", how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("_is").fill_null(False))
                .then("_mend")
                .otherwise(pl.col(column).cast(pl.String()))
                .alias(column)
            )
            .drop("_mend", "_is")
        )
    return replace(found, cells=cells)


def _with_lines(found: Cut, whole: pl.DataFrame, layout: Layout) -> Cut:
    """Put whole lines in place; one that still cannot be cut stays put aside."""
    told = {
        line: _cells(text, layout, found.names) for line, text in whole.select("line", "value").iter_rows()
    }
    cut = {line: cells for line, cells in told.items() if cells is not None}
    if not cut:
        return found
    schema = dict.fromkeys(found.names, pl.String())
    rows = pl.DataFrame(list(cut.values()), schema=schema, orient="row")
    lines = pl.Series("line", list(cut), dtype=pl.Int64())
    others = found.cells.filter(~pl.col("line").is_in(lines.implode()))
    made = pl.concat([others, rows.insert_column(0, lines).select(others.columns)], how="vertical_relaxed")
    gone = pl.col("line").is_in(lines.implode())
    return replace(
        found, cells=made.sort("line"), broken=found.broken.filter(~gone), unsplit=found.unsplit.filter(~gone)
    )


def _cells(text: str, layout: Layout, names: tuple[str, ...]) -> list[str] | None:
    if layout.format == "fixed":
        encoding = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding.replace("detect", "cp932")
        return _fields(text, layout, encoding)
    if layout.format != "csv":
        return None
    cells = Dialect(layout.delimiter, layout.quote).cells(text) or []
    return cells[: len(names)] if len(cells) == len(names) or (layout.extra_cells and cells) else None


def _fields(text: str, layout: Layout, encoding: str) -> list[str] | None:
    try:
        if layout.unit == "characters":
            return [text[p.at - 1 : p.at - 1 + p.length] for p in layout.positions]
        data = text.encode(encoding)
        return [data[p.at - 1 : p.at - 1 + p.length].decode(encoding) for p in layout.positions]
    except UnicodeError:
        return None


def _without(found: Cut, withdrawn: pl.DataFrame) -> Cut:
    """Put the withdrawn lines aside, so that they are counted and no longer judged."""
    lines = withdrawn["line"].implode()
    there = found.cells.filter(pl.col("line").is_in(lines))
    gone = there.select("line", column=None, value=None, reason=pl.lit(reasons.WITHDRAWN))
    return replace(
        found,
        cells=found.cells.filter(~pl.col("line").is_in(lines)),
        broken=pl.concat([found.broken, gone.cast(pl.Schema(reasons.BREACH))]),
        unsplit=pl.concat([found.unsplit, there.select("line", raw=pl.lit(None)).cast(pl.Schema(UNSPLIT))]),
    )


def accepted(given: pl.DataFrame, quarantine: pl.DataFrame, before: Mends, digests: dict[str, str]) -> Mends:
    """Return the mends after `given` (`file`, `line`, `column`, `value` as text) came in.

    What stands in `given` as it stands in the quarantine was not mended, and is left alone.

    Args:
        given: The lines that came back.
        quarantine: The quarantine of all years (`tables.QUARANTINE`).
        before: The mends so far.
        digests: SHA-256 of each file of the extract, by its name.

    Raises:
        TadasuError: a mend names a line that is not quarantined, now or before it was mended.
    """
    told = given.select(
        "file", pl.col("line").cast(pl.Int64(), strict=False), pl.col("column").fill_null(""), "value"
    )
    known = pl.concat([quarantine.select("file", "line"), before.frame.select("file", "line")]).unique()
    strangers = told.join(known, on=["file", "line"], how="anti", nulls_equal=True)
    if strangers.height:
        file, line = strangers.select("file", "line").row(0)
        raise TadasuError(
            f"{strangers.height} lines are not in quarantine, the first: {file} line {line}. Only lines that "
            "are can be mended; leave file, line and column as they stand in quarantine.csv."
        )
    stood = quarantine.select("file", "line", pl.col("column").fill_null(""), "value").unique()
    changed = told.join(stood, on=stood.columns, how="anti", nulls_equal=True)
    digest = pl.col("file").replace_strict(digests, default="", return_dtype=pl.String())
    fresh = changed.unique(KEY, keep="last", maintain_order=True).with_columns(digest=digest)
    kept = before.frame.join(fresh, on=KEY, how="anti")
    return Mends(MENDS.arrange(pl.concat([kept, fresh.cast(pl.Schema(MENDS.schema))])))
