"""One statutory file: its lines, whose they are, and what is wrong with some of them."""

from dataclasses import dataclass

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import found, reasons
from tadasu.extract.mends import WITHDRAW
from tadasu.extract.oddities import Oddity
from tadasu.extract.refused import individual_numbers
from tadasu.extract.statutory import matching, reports
from tadasu.extract.statutory.layout import Form, fields
from tadasu.extract.statutory.lines import Lines, lines_of, permitted, unfit
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
        _require_no_numbers(mended, form, file)
        people, nobody = matching.matched(mended, file.name, pairs, settings.match)
        people, nobody = matching.assigned(people, nobody, mends)
        days, no_days = reports.dates(people, form, file.year)
        frames[form] = pl.concat([_marked(people, settings), days], how="horizontal")
        broken += [_withdrawn(people, mends), nobody, _unclear(frames[form], form), no_days]
        broken += [
            unfit(mended, form),
            reports.wrong_codes(mended, form),
            reports.wrong_years(mended, form, file.year),
        ]
    odd = tuple(Oddity(file.year, DOCUMENTS.name, told, 1, (file.name,)) for told in lines.told)
    return ReadFile(file, settings, lines, frames, pl.concat(broken).unique(maintain_order=True), odd)


def _mended(cells: pl.DataFrame, form: Form, mends: pl.DataFrame) -> pl.DataFrame:
    """Put cells in place that staff mended, each named by its field's label; one may be blank now."""
    for name, field in fields(form).items():
        own = mends.filter(pl.col("column") == field.label, pl.col("value").ne_missing(WITHDRAW))
        if own.height and field.kind != "refused":
            told = own.select("line", mend=pl.col("value").str.strip_chars(), _is=pl.lit(value=True))
            joined = cells.join(told, on="line", how="left", maintain_order="left")
            filled = pl.when(pl.col("mend") != "").then("mend")
            cells = joined.with_columns(
                pl.when(pl.col("_is").fill_null(value=False)).then(filled).otherwise(name).alias(name)
            ).drop("mend", "_is")
    return cells


def _require_no_numbers(cells: pl.DataFrame, form: Form, file: found.File) -> None:
    """Stop where a field that is read holds Individual Numbers: the file has another layout than it says."""
    names = [name for name, field in fields(form).items() if field.kind != "refused"]
    if numbers := individual_numbers(cells.select(names)):
        labels = ", ".join(fields(form)[name].label for name in numbers)
        raise TadasuError(
            f"{file.name}: the field {labels} holds Individual Numbers (マイナンバー), which must not enter. "
            "The fields of this file lie elsewhere than the published layout says: describe them under "
            f"`layouts` at {file.source.where}, or have the file made anew."
        )


def _marked(people: pl.DataFrame, settings: Reports) -> pl.DataFrame:
    """Add what the mark of each line means (`_mark`)."""
    code = pl.col("mark").replace_strict(dict(settings.marks), default="unclear", return_dtype=pl.String())
    return people.with_columns(_mark=code.fill_null("unclear"))


def _unclear(marked: pl.DataFrame, form: Form) -> pl.DataFrame:
    return marked.filter(pl.col("_mark") == "unclear").select(
        "line",
        column=pl.lit(fields(form)["mark"].label),
        value=permitted("mark", form),
        reason=pl.lit(reasons.UNCLEAR_MARK),
    )


def _withdrawn(people: pl.DataFrame, mends: pl.DataFrame) -> pl.DataFrame:
    lines = people.join(mends.filter(pl.col("value") == WITHDRAW), on="line", how="semi")
    nothing = pl.lit(None, pl.String())
    return lines.select("line", column=nothing, value=nothing, reason=pl.lit(reasons.WITHDRAWN))
