"""A statutory file to its fields: no quotation marks, no header, perhaps `prefix@` before a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.cut.lines import aside, reason, text, without_others
from tadasu.extract.cut.shape import UNSPLIT
from tadasu.extract.mapping.model import Layout as FileLayout
from tadasu.extract.statutory.layout import FORMS, Form, Layout, fields

HIDDEN = "（様式に合わない値）"
"""What stands in the quarantine for a cell that does not fit its field: it may belong to another."""

_PREFIX = r"^[^@]*@"


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's lines.

    by_form: for each form `line`, `digest` (of what follows the prefix), `layout` (its place among the known
    ones), and every field as text, null where blank. broken, unsplit: as in a `Batch`. told: about the file.
    """

    by_form: dict[Form, pl.DataFrame]
    broken: pl.DataFrame
    unsplit: pl.DataFrame
    read: int
    skipped: int
    told: tuple[str, ...]


def lines_of(data: bytes, layout: FileLayout, layouts: Sequence[Layout], mends: pl.DataFrame) -> Lines:
    """Cut a file's bytes; lines that staff mended as a whole, or withdrew, stand as they are now."""
    found = text(data, layout)
    records, skipped = without_others(found.lines(), layout)
    body = pl.when(_form().is_in(list(FORMS))).then("raw").otherwise(pl.col("raw").str.replace(_PREFIX, ""))
    records = _mended(records, mends).with_columns(body=body)
    placed = records.with_columns(form=_form("body"), layout=_layout(layouts))
    judged = placed.with_columns(reason=reason(_shape(), found, layout))
    sound = judged.filter(pl.col("reason").is_null())
    broken, unsplit = aside(judged, found)
    by_form = {form: _fields(sound.filter(pl.col("form") == form), form, layouts) for form in FORMS}
    return Lines(by_form, broken, unsplit.cast(pl.Schema(UNSPLIT)), records.height, skipped, found.told)


def unfit(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Return as `reasons.BREACH` the cells that are no digits, or longer than their field allows."""
    bad = [
        frame.filter(~_fits(name, form)).select(
            "line",
            column=pl.lit(field.label),
            value=pl.lit(HIDDEN),
            reason=pl.lit(reasons.NO_NUMBER),
        )
        for name, field in fields(form).items()
        if field.kind == "digits"
    ]
    return pl.concat([pl.DataFrame(schema=reasons.BREACH), *bad])


def shown(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Return `line` and the permitted fields by label; a cell that does not fit its field is hidden."""
    cells = [
        pl.when(_fits(name, form)).then(name).otherwise(pl.lit(HIDDEN)).alias(field.label)
        for name, field in fields(form).items()
        if field.kind != "refused"
    ]
    return frame.select("line", *cells)


def _fits(name: str, form: Form) -> pl.Expr:
    field = fields(form)[name]
    signs = "0-9" if field.kind == "digits" else "!-~"
    return pl.col(name).str.contains(f"^[{signs}]{{1,{field.length}}}$").fill_null(value=True)


def _mended(records: pl.DataFrame, mends: pl.DataFrame) -> pl.DataFrame:
    whole = mends.filter(pl.col("column") == "").select("line", mend="value")
    joined = records.join(whole, on="line", how="left", maintain_order="left")
    there = pl.col("mend").is_not_null()
    return joined.with_columns(
        raw=pl.coalesce("mend", "raw"), undecodable=pl.col("undecodable") & ~there
    ).drop("mend")


def _form(column: str = "raw") -> pl.Expr:
    return pl.col(column).str.extract(r"^\s*([^,]*?)\s*,", 1)


def _layout(layouts: Sequence[Layout]) -> pl.Expr:
    """Return the place of the layout that fits a line, by its form and the number of its fields."""
    width = pl.col("body").str.count_matches(",", literal=True).cast(pl.Int64()) + 1
    form = _form("body")
    exact = [pl.when((form == one.form) & (width == one.width)).then(n) for n, one in enumerate(layouts)]
    longer = [
        pl.when((form == one.form) & (width > one.width)).then(n)
        for n, one in enumerate(layouts)
        if one.longer
    ]
    return pl.coalesce(*exact, *longer).cast(pl.Int64())


def _shape() -> pl.Expr:
    return (
        pl.when(~pl.col("form").is_in(list(FORMS)).fill_null(value=False))
        .then(pl.lit(reasons.UNKNOWN_FORM))
        .when(pl.col("layout").is_null())
        .then(pl.lit(reasons.UNKNOWN_WIDTH))
    )


def _fields(lines: pl.DataFrame, form: Form, layouts: Sequence[Layout]) -> pl.DataFrame:
    """Return the fields of lines of one form, wherever each line's layout has them."""
    cells = lines.with_columns(cells=pl.col("body").str.split(","), digest=pl.col("body").hash())
    parts = [
        cells.filter(pl.col("layout") == n).select("line", "digest", "layout", *_cells(layout))
        for n, layout in enumerate(layouts)
        if layout.form == form
    ]
    return pl.concat(parts).sort("line")


def _cells(layout: Layout) -> list[pl.Expr]:
    told = []
    for name in fields(layout.form):
        cell = pl.lit(None, pl.String())
        if layout.has(name):
            text = pl.col("cells").list.get(layout.places[name] - 1, null_on_oob=True).str.strip_chars()
            cell = pl.when(text != "").then(text)
        told.append(cell.alias(name))
    return told
