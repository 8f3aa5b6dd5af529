"""The facts of each shown line that a reason is made of, joined to one frame."""

from collections.abc import Callable

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER, parse
from models.reasons import deductions, family, incomes, loans_and_gifts, relatives, reports, spouse, status
from models.reasons.papers import beside, named
from models.reasons.wording import label, value_text

KEY = ("row_id", "repair_id")
LINE = ("row_id", "field", "repair_id", "current_value", "proposed_value", "proposed")


PARTS: tuple[Callable[[pl.DataFrame, Sources], pl.DataFrame], ...] = (
    spouse.spouse_grounds,
    status.residence,
    status.own_disability,
    status.age,
    status.incomes,
    status.collection,
    incomes.salary_income,
    incomes.pension_income,
    incomes.income_adjustment,
    incomes.swapped,
    deductions.life_insurance,
    deductions.earthquake_insurance,
    deductions.specified_relative,
    deductions.medical,
    deductions.contributions,
    loans_and_gifts.housing_loan,
    loans_and_gifts.donations,
    loans_and_gifts.dividend_levy,
)
"""What is told of a field beside documents; each function answers for the lines about its own fields."""


def of(
    lines: pl.DataFrame,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    sources: Sources,
) -> pl.DataFrame:
    """Return the lines in their order with every fact that a sentence may use (see `builders`).

    `lines` have row_id, field (null where the row has nothing to say), repair_id, current_value,
    proposed_value, proposed; `frames` are the year's repairs and changes, `tables` its extract, `sources` the
    same, prepared.
    """
    known = _prepared(lines, frames, sources)
    names = named(sources)
    for frame in (
        beside(known, sources, names),
        _grounds(known, sources, tables),
        family.children_grounds(known, sources),
        reports.about(known, sources, names),
        reports.gaps(known, sources, names),
        reports.odd_ones(known, sources, names),
    ):
        known = known.join(frame, on="line", how="left", maintain_order="left")
    number = pl.col("field")
    return known.with_columns(
        label=label(number),
        now_text=value_text(number, pl.col("now")),
        value_text=value_text(number, pl.col("value")),
    ).sort("line")


def _grounds(known: pl.DataFrame, sources: Sources, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return what register, law and family say of each line's field: (line, ground, fine, plain)."""
    claims = relatives.claims(sources, tables)
    told = [
        family.class_grounds(known, claims),
        family.disability_grounds(known, claims),
        *(part(known, sources) for part in PARTS),
    ]
    return pl.concat(told, how="diagonal")


def _prepared(lines: pl.DataFrame, frames: dict[str, pl.DataFrame], sources: Sources) -> pl.DataFrame:
    rows = sources.rows.select(
        "row_id", "person", "named", "stated", "expected", "related_person_id", "check_name"
    )
    places = sources.documents.select("document", "document_id")
    repairs = frames["repairs"].select(*KEY, "kind", "document_id").join(places, on="document_id", how="left")
    known = (
        lines.select(LINE)
        .with_columns(pl.col("field").replace("", None))
        .with_columns(
            line=pl.int_range(pl.len(), dtype=pl.Int64),
            field_name=pl.col("field"),
            field=pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64),
            now=parse(pl.col("current_value")),
            value=parse(pl.col("proposed_value")),
        )
        .join(rows, on="row_id", how="left", maintain_order="left")
        .join(repairs, on=list(KEY), how="left", maintain_order="left")
    )
    known = _with_other_field(_with_named_field(known, sources), frames["changes"])
    return _with_spouse(known, frames["changes"], sources)


def _with_named_field(known: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Let a line without a field be about the one that its row names, as recorded."""
    empty = pl.col("field").is_null() & (pl.col("named") >= 0)
    asked = known.filter(empty).select("person").unique()
    own = sources.recorded.join(asked, on="person", how="semi")
    recorded = own.select("person", named="field", named_now="recorded")
    joined = known.join(recorded, on=["person", "named"], how="left", maintain_order="left")
    return joined.with_columns(
        field=pl.when(empty).then(pl.col("named")).otherwise("field"),
        now=pl.when(empty).then(pl.col("named_now")).otherwise("now"),
    ).drop("named_now")


def _with_other_field(known: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Add `other`: another field that the line's repair changes, or null."""
    number = pl.col("field").replace_strict(NUMBER, return_dtype=pl.Int64)
    wanted = changes.join(known.select(KEY).unique(), on=list(KEY), how="semi").with_columns(field=number)
    ends = wanted.group_by(KEY).agg(first=pl.col("field").min(), last=pl.col("field").max())
    joined = known.join(ends, on=list(KEY), how="left", maintain_order="left")
    other = pl.when(pl.col("field") == pl.col("first")).then("last").otherwise("first")
    return joined.with_columns(other=pl.when(pl.col("first") != pl.col("last")).then(other)).drop(
        "first", "last"
    )


def _with_spouse(known: pl.DataFrame, changes: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Add the spouse's kind and special deduction as recorded, and once the line's repair is made."""
    record = sources.record.select("person", kind_now="spouse_kind", special_now="spouse_special_deduction")
    known = known.join(record, on="person", how="left", maintain_order="left")
    for field, name in (("spouse_kind", "kind"), ("spouse_special_deduction", "special")):
        to = changes.filter(pl.col("field") == field).select(*KEY, to=parse(pl.col("proposed")))
        known = known.join(to, on=list(KEY), how="left", maintain_order="left")
        known = known.with_columns(pl.coalesce("to", f"{name}_now").alias(f"{name}_then")).drop("to")
    return known
