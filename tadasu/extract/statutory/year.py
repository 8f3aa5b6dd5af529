"""A year's reports together: corrections and cancellations find their targets, then each file is a batch."""

from collections.abc import Iterator

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.batch import Batch
from tadasu.extract.oddities import Oddity
from tadasu.extract.statutory import marks, reports
from tadasu.extract.statutory.layout import FORMS, Form, fields
from tadasu.extract.statutory.lines import shown
from tadasu.extract.statutory.reading import ReadFile
from tadasu.extract.statutory.relatives import relatives
from tadasu.law import Law
from tadasu.tables import DEPENDENTS, DOCUMENTS, NOT_TAKEN_IN, Table

FIELD = "specified_relative_special"
"""The deduction for which no published layout of a report has a place."""

NO_PLACE = "特定親族特別控除の欄が様式にない資料（取り込めず、該当者は「修正不要」にしない）"
_LOST = "訂正元が一つに決まらない訂正（訂正元も残した）"
_FURTHER = "5人目以降の扶養親族がある資料（その人の行は作らない）"
_DATES = ("birth_date", "left_job_on", "housing_move_in_on")
_AMOUNTS = ("salary_revenue", "pension_revenue", "social_insurance", "withheld_income_tax")
"""What two lines about the same report state alike."""

_DECIDED = ("supersedes", "is_cancelled")
_MADE = {name: dtype for name, dtype in DOCUMENTS.schema.items() if name not in _DECIDED}


def year_batches(year: int, read: list[ReadFile]) -> Iterator[Batch]:
    """Make a year's documents, let corrections and cancellations find their targets, and cut by file."""
    whole = _distinct(pl.concat(_documents(n, one, form) for n, one in enumerate(read) for form in FORMS))
    copies = whole.filter(~pl.struct("_digest", "channel").is_first_distinct())
    asides = [one.broken.with_columns(_file=pl.lit(n)) for n, one in enumerate(read)]
    broken = pl.concat([*asides, _breach(copies, reasons.COPY)])
    sound = whole.join(broken, on=["_file", "line"], how="anti")
    about = marks.targets(sound.rename({"_mark": "mark", "_amounts": "amounts", "_order": "order"}))
    lost = sound.join(about.broken, on="document_id")
    broken = pl.concat([broken, _breach(lost, pl.col("reason"))])
    whole = _with_targets(whole, about)
    missing = _missing(year, whole, read)
    for table in (DOCUMENTS, DEPENDENTS, NOT_TAKEN_IN):
        for place, one in enumerate(read):
            own = broken.filter(pl.col("_file") == place).drop("_file")
            mine = whole.filter(pl.col("_file") == place).join(own, on="line", how="anti")
            yield _batch(year, table, one, _frame(table, mine, one, missing), own, about.lost * (place == 0))


def _with_targets(whole: pl.DataFrame, about: marks.Targets) -> pl.DataFrame:
    """Add what each document supersedes, and whether it is cancelled or itself a cancellation."""
    joined = whole.join(about.supersedes, on="document_id", how="left", maintain_order="left")
    cancelled = pl.col("document_id").is_in(about.cancelled.implode())
    return joined.with_columns(is_cancelled=cancelled | (pl.col("_mark") == "cancellation"))


def _documents(place: int, read: ReadFile, form: Form) -> pl.DataFrame:
    """Return the documents of one form in a file, with what the rest of the work needs (`_…`)."""
    frame = read.frames[form]
    found = {name for name in ("document_id", "received_on", "payer_id") if name in frame.columns}
    own = pl.concat_str(pl.lit(f"{form}:{read.file.name}:"), pl.col("line").cast(pl.String()))
    told = {
        "tax_year": pl.lit(read.file.year),
        "kind": pl.lit(FORMS[form]),
        "channel": pl.lit(read.settings.channel),
        **{name: pl.col(name) for name in (*_DATES, *found, "person_id") if name in frame.columns},
        **reports.columns(form),
    }
    told["document_id"] = pl.coalesce(*sorted({"document_id"} & found), own)
    told["payer_id"] = pl.coalesce("payer", *sorted({"payer_id"} & found))
    made = frame.select(
        "line",
        "layout",
        "_mark",
        *(told.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in _MADE.items()),
        _digest="digest",
        _file=pl.lit(place),
    )
    amounts = [pl.col(name).cast(pl.String()).fill_null("-") for name in _AMOUNTS]
    return made.with_columns(_amounts=pl.concat_str(amounts, separator="|"))


def _distinct(whole: pl.DataFrame) -> pl.DataFrame:
    """Put the lines in the order in which they came, and tell documents of one number apart."""
    ordered = whole.sort("received_on", "_file", "line", nulls_last=False).with_row_index("_order")
    place = pl.int_range(1, pl.len() + 1).over("document_id")
    return ordered.with_columns(
        document_id=pl.when(place == 1)
        .then("document_id")
        .otherwise(pl.concat_str("document_id", pl.lit("#"), place.cast(pl.String())))
    )


def deduction_exists(year: int) -> bool:
    """Say whether the law of a tax year has the deduction `FIELD`."""
    return any(row.value for row in Law.of(year).deductions.specified_relative.rows)


def _missing(year: int, whole: pl.DataFrame, read: list[ReadFile]) -> pl.DataFrame:
    """Return the documents that could not carry the deduction, in years whose law has it.

    It is taken in the year-end adjustment, and on pensions: other reports have nothing to carry.
    """
    if not deduction_exists(year):
        return whole.clear().select("_file", "line", "document_id")
    has = [
        (place, number)
        for place, one in enumerate(read)
        for number, layout in enumerate(one.settings.layouts)
        if layout.has(FIELD)
    ]
    places = pl.DataFrame(has, schema={"_file": pl.Int32(), "layout": pl.Int64()}, orient="row")
    may = pl.col("year_end_adjusted").fill_null(value=True)
    return (
        whole.filter(may)
        .join(places, on=["_file", "layout"], how="anti")
        .select("_file", "line", "document_id")
    )


def _frame(table: Table, mine: pl.DataFrame, read: ReadFile, missing: pl.DataFrame) -> pl.DataFrame:
    if table == DOCUMENTS:
        return mine.select("line", *table.schema)
    if table == DEPENDENTS:
        return relatives(read.frames["315"], mine)
    own = mine.join(missing, on=["_file", "line"], how="semi")
    return own.select("line", "document_id", field=pl.lit(FIELD))


def _batch(
    year: int, table: Table, read: ReadFile, frame: pl.DataFrame, broken: pl.DataFrame, lost: int
) -> Batch:
    cells = [shown(read.lines.by_form[form], form, reports.CODES[form]) for form in FORMS]
    odd = read.oddities if table == DOCUMENTS else ()
    counts = []
    if table == DOCUMENTS:
        further = read.frames["315"].filter(
            pl.col("further_dependents").is_not_null() | pl.col("further_under16").is_not_null()
        )
        counts = [(_LOST, lost), (_FURTHER, further.height)]
    if table == NOT_TAKEN_IN:
        counts = [(NO_PLACE, frame.height)]
    return Batch(
        year,
        table,
        read.file.name,
        frame,
        broken,
        pl.concat(cells, how="diagonal"),
        read.lines.unsplit,
        read.lines.read,
        read.lines.skipped,
        (
            *odd,
            *(Oddity(year, table.name, what, count, (read.file.name,)) for what, count in counts if count),
        ),
        {fields("315")["payer"].label: "payer_id"},
    )


def _breach(lines: pl.DataFrame, reason: "str | pl.Expr") -> pl.DataFrame:
    why = pl.lit(reason) if isinstance(reason, str) else reason
    return lines.select(
        "line", column=pl.lit(None, pl.String()), value=pl.lit(None, pl.String()), reason=why, _file="_file"
    )
