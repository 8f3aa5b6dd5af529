"""Corrections as the tax system reads them: in the layout of a mapping's section `export`, or the table's."""

from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import translate
from tadasu.extract.cut import cut
from tadasu.extract.found import File
from tadasu.extract.mapping.model import Cell, Layout, Mapping, Part, Reading, Row, Source
from tadasu.extract.outgoing.changes import same
from tadasu.extract.writing.files import save
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
    """Write the lines of a tax year and read them back.

    Args:
        lines: `tables.OUTGOING` of that year, with the ward's own numbers, in the order in which they stand.
        year: The tax year.
        mapping: The ward's mapping, with a layout for what goes out.
        folder: Where the file goes.

    Returns:
        The file, and decision_id and field of the lines that this layout cannot say: they came back as
        something else, or not at all. Such a file must not be sent.

    Raises:
        TadasuError: a sign is not in the encoding, a field is too short, or lines cannot be told apart.
    """
    source = mapping.outgoing
    assert source, "a layout"
    path = folder / name_of(source, year, mapping)
    save(path, _arranged(records(lines, source, year), mapping), source.layout)
    path.chmod(0o600)
    return path, lines.filter(_other(lines, path, source, year)).select("decision_id", "field")


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
    """Say which lines came back as something else."""
    found = cut(path, source.layout)
    batch = translate.batch(found, File(source, year, path, path.name))
    if batch.frame.height != lines.height:
        raise TadasuError(
            f"{path.name}: {lines.height} lines were written, {batch.frame.height} came back. The layout of "
            f"the section export ({source.where}) loses lines: look at `skip`, `only` and `refuse`."
        )
    back = batch.frame.sort("line").with_columns(field=lines["field"], field_back=pl.col("field"))
    mapped = [cell.column for cell in source.rows[0].cells if cell.column not in (*_VALUES, "field")]
    beside = back.with_columns(lines[name].alias(f"{name}_sent") for name in (*mapped, *_VALUES))
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_sent")) for name in mapped]
    values = [~same(name, f"{name}_sent") for name in _VALUES]
    unread = pl.col("line").is_in(batch.broken["line"].implode())
    renamed = pl.col("field").ne_missing(pl.col("field_back"))
    return beside.select(pl.any_horizontal(*differs, *values, unread, renamed)).to_series()
