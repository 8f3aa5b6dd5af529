"""One statutory file: its lines, whose they are, and what is wrong with some of them."""

from dataclasses import dataclass

import polars as pl

from tadasu.extract import found, reasons
from tadasu.extract.mends import WITHDRAW
from tadasu.extract.oddities import Oddity
from tadasu.extract.statutory import matching, reports
from tadasu.extract.statutory.layout import Form, fields
from tadasu.extract.statutory.lines import Lines, lines_of, unfit
from tadasu.extract.statutory.settings import Reports
from tadasu.tables import DOCUMENTS


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read: its lines with their people by form, and what is wrong with some of them."""

    file: found.File
    settings: Reports
    lines: Lines
    frames: dict[Form, pl.DataFrame]
    broken: pl.DataFrame
    oddities: tuple[Oddity, ...]


def read_file(file: found.File, settings: Reports, pairs: matching.Matches, mends: pl.DataFrame) -> ReadFile:
    """Read a file's lines, find their people, and see what cannot be used."""
    lines = lines_of(file.path.read_bytes(), settings.source.layout, settings.layouts, mends)
    frames, broken = {}, [lines.broken]
    for form, cells in lines.by_form.items():
        mended = _mended(cells, form, mends)
        people, nobody = matching.matched(mended, file.name, pairs, settings.match)
        days, no_days = reports.dates(people, form, file.year)
        frames[form] = pl.concat([_marked(people, settings), days], how="horizontal")
        broken += [_withdrawn(people, mends), nobody, _unclear(frames[form], form), no_days]
        broken += [
            unfit(mended, form),
            reports.wrong_codes(mended, form),
            reports.wrong_years(mended, file.year),
        ]
    odd = tuple(Oddity(file.year, DOCUMENTS.name, told, 1, (file.name,)) for told in lines.told)
    return ReadFile(file, settings, lines, frames, pl.concat(broken).unique(maintain_order=True), odd)


def _mended(cells: pl.DataFrame, form: Form, mends: pl.DataFrame) -> pl.DataFrame:
    """Put cells in place that staff mended, each named by its field's label."""
    for name, field in fields(form).items():
        own = mends.filter(pl.col("column") == field.label, pl.col("value") != WITHDRAW)
        if own.height and field.kind != "refused":
            joined = cells.join(
                own.select("line", mend="value"), on="line", how="left", maintain_order="left"
            )
            cells = joined.with_columns(pl.coalesce("mend", name).alias(name)).drop("mend")
    return cells


def _marked(people: pl.DataFrame, settings: Reports) -> pl.DataFrame:
    """Add what the mark of each line means (`_mark`)."""
    code = pl.col("mark").replace_strict(dict(settings.marks), default="unclear", return_dtype=pl.String())
    return people.with_columns(_mark=code.fill_null("unclear"))


def _unclear(marked: pl.DataFrame, form: Form) -> pl.DataFrame:
    return marked.filter(pl.col("_mark") == "unclear").select(
        "line",
        column=pl.lit(fields(form)["mark"].label),
        value=pl.col("mark").str.slice(0, 1),
        reason=pl.lit(reasons.UNCLEAR_MARK),
    )


def _withdrawn(people: pl.DataFrame, mends: pl.DataFrame) -> pl.DataFrame:
    lines = people.join(mends.filter(pl.col("value") == WITHDRAW), on="line", how="semi")
    nothing = pl.lit(None, pl.String())
    return lines.select("line", column=nothing, value=nothing, reason=pl.lit(reasons.WITHDRAWN))
