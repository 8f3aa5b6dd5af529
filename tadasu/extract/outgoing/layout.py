"""Corrections as the tax system reads them: in the layout of a mapping's section `export`, or the table's."""

from pathlib import Path

import polars as pl

from tadasu.extract import translate
from tadasu.extract.cut import cut
from tadasu.extract.found import File
from tadasu.extract.mapping.model import Cell, Layout, Mapping, Part, Reading, Row, Source
from tadasu.extract.outgoing import why
from tadasu.extract.outgoing.changes import same
from tadasu.extract.writing.files import NO_SIGN, TOO_LONG, save, unfit
from tadasu.extract.writing.records import records
from tadasu.extract.writing.write import name_of
from tadasu.tables import OUTGOING

_VALUES = ("old_value", "new_value")


def own() -> Mapping:
    """Return the layout of a ward that has none: the table's columns as CSV, UTF-8 with a byte order mark."""
    kinds = {pl.Int32(): "number", pl.Date(): "date"}
    cells = tuple(
        Cell(column.name, (Part(column.name),), Reading(kinds.get(column.dtype, "text")))  # type: ignore[arg-type]
        for column in OUTGOING.columns
    )
    layout = Layout(encoding="utf-8-sig")
    source = Source(OUTGOING, ("corrections_{year}.csv",), layout, (Row(cells),))
    return Mapping("", (), outgoing=source)


def write(lines: pl.DataFrame, year: int, mapping: Mapping, folder: Path) -> tuple[Path, pl.DataFrame]:
    """Write the lines of a tax year and read them back, unless some of them cannot be written at all.

    Args:
        lines: `tables.OUTGOING` of that year, with the ward's own numbers, in the order in which they stand.
        year: The tax year.
        mapping: The ward's mapping, with a layout for what goes out.
        folder: Where the file goes.

    Returns:
        The file, and decision_id, field, reverses and `reason` of the lines that this layout cannot say: a
        sign is not in the encoding, a field too short, or they came back as something else or not at all.
        Where there are such lines the file must not be sent; it may not be there either.

    Raises:
        TadasuError: what the section `export` says of every line cannot be written.
    """
    source = mapping.outgoing
    assert source, "a layout"
    path = folder / name_of(source, year, mapping)
    told = records(lines, source, year)
    reasons = _unwritable(told, source.layout)
    if not reasons.is_not_null().any():
        save(path, _arranged(told, mapping), source.layout)
        path.chmod(0o600)
        other = _other(lines, path, source, year)
        reasons = pl.select(pl.when(other).then(pl.lit(why.NOT_SAID))).to_series()
    refused = lines.select("decision_id", "field", "reverses", reason=reasons)
    return path, refused.drop_nulls("reason")


def _unwritable(told: pl.DataFrame, layout: Layout) -> pl.Series:
    words = {NO_SIGN: why.NO_SIGN, TOO_LONG: why.TOO_LONG}
    reasons = unfit(told, layout).replace_strict(words, default=None, return_dtype=pl.String())
    breaks = pl.any_horizontal(pl.all().str.contains(r"[\r\n]"))  # or it could not be found by its line
    broken = told.select(pl.when(breaks.fill_null(value=False)).then(pl.lit(why.NOT_SAID))).to_series()
    return reasons.zip_with(reasons.is_not_null(), broken)


def _arranged(columns: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Add the columns that say the same in every line, and put all in the order that the section names."""
    node = mapping.sections.get("export")
    keys = dict(node.items()) if node else {}
    literals = {name: told.text() for name, told in keys["literals"].items()} if "literals" in keys else {}
    whole = columns.with_columns(pl.lit(text).alias(name) for name, text in literals.items())
    order = list(whole.columns)
    if "order" in keys:
        order = list(keys["order"].texts())
        if sorted(order) != sorted(whole.columns):
            keys["order"].wrong(f"each of {', '.join(whole.columns)} once", ", ".join(order))
    elif all(name.isascii() and name.isdigit() for name in order):
        order.sort(key=int)
    return whole.select(order)


def _other(lines: pl.DataFrame, path: Path, source: Source, year: int) -> pl.Series:
    """Say which lines came back as something else, or not at all."""
    found = cut(path, source.layout)
    batch = translate.batch(found, File(source, year, path, path.name))
    back = batch.frame.rename(lambda name: name if name == "line" else f"{name}_back")
    first = 1 if source.layout.format == "parquet" else source.layout.header + 1
    place = pl.int_range(pl.len(), dtype=pl.Int64) + first
    beside = lines.with_columns(line=place).join(back, on="line", how="left", maintain_order="left")
    mapped = [cell.column for cell in source.rows[0].cells if cell.column not in _VALUES]
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_back")) for name in mapped]
    values = [~same(name, f"{name}_back") for name in _VALUES]
    lost = ~pl.col("line").is_in(back["line"].implode())
    unread = pl.col("line").is_in(batch.broken["line"].implode())
    return beside.select(pl.any_horizontal(*differs, *values, lost, unread)).to_series()
