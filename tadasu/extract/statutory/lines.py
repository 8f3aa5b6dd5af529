"""A statutory file to its fields: no quotation marks, no header, perhaps `prefix@` before a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.cut.lines import aside, reason, text, without_others
from tadasu.extract.cut.shape import UNSPLIT
from tadasu.extract.mapping.model import Layout as FileLayout
from tadasu.extract.mends import WITHDRAW
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
    gone = mends.filter(pl.col("column") == "", pl.col("value") == WITHDRAW)["line"]
    placed = records.with_columns(form=_form("body"), layout=_layout(layouts))
    judged = placed.with_columns(reason=reason(_shape(), found, layout))
    withdrawn = pl.col("reason").is_not_null() & pl.col("line").is_in(gone.implode())
    judged = judged.with_columns(
        reason=pl.when(withdrawn).then(pl.lit(reasons.WITHDRAWN)).otherwise("reason")
    )
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


def shown(frame: pl.DataFrame, form: Form, codes: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Return `line` and the permitted fields by label, hidden from the first on that does not fit its field.

    What follows such a cell may have slipped: a payer's number or a name may stand in any field then.

    Args:
        frame: The fields of the lines.
        form: Their form.
        codes: What may stand in the fields that hold codes.
    """
    told = [name for name, field in fields(form).items() if field.kind != "refused"]
    wrong = [~_fits(name, form) | ~_lawful(name, codes) for name in told]
    places = [pl.when(bad).then(place) for place, bad in enumerate(wrong)]
    first = frame.with_columns(_first=pl.min_horizontal(places).fill_null(len(told)))
    cells = [
        pl.when((pl.col("_first") > place) | pl.col(name).is_null())
        .then(name)
        .otherwise(pl.lit(None if name == "payer" else HIDDEN))  # or it would become a pseudonym
        .alias(fields(form)[name].label)
        for place, name in enumerate(told)
    ]
    return first.select("line", *cells)


def _lawful(name: str, codes: Mapping[str, Sequence[str]]) -> pl.Expr:
    return (
        pl.col(name).is_in(list(codes[name])).fill_null(value=True) if name in codes else pl.lit(value=True)
    )


def permitted(name: str, form: Form) -> pl.Expr:
    """Return a field as it may be told: hidden where it does not fit, since it may be somebody's name."""
    return pl.when(_fits(name, form)).then(name).otherwise(pl.lit(HIDDEN))


def _fits(name: str, form: Form) -> pl.Expr:
    field = fields(form)[name]
    signs = "0-9" if field.kind == "digits" else "!-~"
    return pl.col(name).str.contains(f"^[{signs}]{{1,{field.length}}}$").fill_null(value=True)


def _mended(records: pl.DataFrame, mends: pl.DataFrame) -> pl.DataFrame:
    whole = mends.filter(pl.col("column") == "", pl.col("value").ne_missing(WITHDRAW)).select(
        "line", mend="value"
    )
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
