"""What decisions change, one line a field, beside what the record says now."""

from collections.abc import Mapping as Mapped

import polars as pl

from tadasu.errors import TadasuError
from tadasu.fields import FIELDS
from tadasu.tables import DECISIONS
from tadasu.tables.decided import CORRECTING

OFFICE = "Asia/Tokyo"
"""The zone in which a time is a day of the office."""

BULK = "bulk_clear"
"""The verdict of rows that were closed in bulk: nobody looked at them, so it says nothing about others."""

_CHANGE = pl.List(pl.Struct(dict.fromkeys(("field", "old_value", "new_value", "document_id"), pl.String())))
_NOTHING = {"yen": "0", "count": "0", "flag": "false", "status": "none"}


def of_decisions(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the changes of decisions that correct something, oldest first.

    Args:
        decisions: `tables.DECISIONS`.

    Returns:
        tax_year, person_id, field, old_value, new_value, decided_on, row_id, document_id, staff_id,
        decision_id, decided_at, voided_by: the decision that voided this one, or gave the field of the row
        anew later; left_by, left_as: the last decision about the row and its verdict, where it came later and
        corrects nothing.

    Raises:
        TadasuError: the changes of a decision are not what the table says.
    """
    known = DECISIONS.arrange(decisions)
    chosen = known.filter(pl.col("verdict").is_in(CORRECTING))
    lines = _changes(chosen).with_columns(
        decided_on=pl.col("decided_at").dt.convert_time_zone(OFFICE).dt.date()
    )
    distinct = lines.unique(["decision_id", "field"], keep="last", maintain_order=True)
    ordered = distinct.sort("decided_at", "decision_id", "field")
    left = _left(known)
    told = _replaced(ordered).join(left, on=["tax_year", "row_id"], how="left", maintain_order="left")
    later = pl.col("left_at") > pl.col("decided_at")
    return told.with_columns(pl.when(later).then(pl.col("left_by", "left_as"))).select(
        *("tax_year", "person_id", "field", "old_value", "new_value", "decided_on", "row_id"),
        *("document_id", "staff_id", "decision_id", "decided_at", "voided_by", "left_by", "left_as"),
    )


def _changes(chosen: pl.DataFrame) -> pl.DataFrame:
    try:
        told = chosen.with_columns(change=pl.col("changes").str.json_decode(_CHANGE))
    except pl.exceptions.PolarsError as error:
        raise TadasuError(
            "decisions: `changes` must be a JSON list of {field, old_value, new_value, document_id}, all "
            "text; a decision has something else."
        ) from error
    lines = told.explode("change").drop("changes").unnest("change")
    strange = lines.filter(pl.col("field").is_null() | ~pl.col("field").is_in(list(FIELDS)))
    if strange.height:
        raise TadasuError(
            f"decisions: {strange.height} changes name no field, the first in decision "
            f"{strange['decision_id'][0]}."
        )
    return lines


def _left(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose last decision corrects nothing, that decision, its verdict and its time."""
    standing = decisions.filter(pl.col("voided_by").is_null(), pl.col("verdict") != BULK)
    ordered = standing.sort("decided_at", "decision_id")
    last = ordered.unique(["tax_year", "row_id"], keep="last", maintain_order=True)
    return last.filter(~pl.col("verdict").is_in(CORRECTING)).select(
        "tax_year", "row_id", left_by="decision_id", left_as="verdict", left_at="decided_at"
    )


def _replaced(changes: pl.DataFrame) -> pl.DataFrame:
    """Say of a change that a later decision about the same row and field takes its place."""
    standing = pl.col("voided_by").is_null()
    place = ("tax_year", "row_id", "person_id", "field")
    last = pl.col("decision_id").filter(standing).last().over(place)
    return changes.with_columns(
        voided_by=pl.when(standing & (pl.col("decision_id") != last)).then(last).otherwise("voided_by")
    )


def beside_records(lines: pl.DataFrame, records: Mapped[int, pl.DataFrame]) -> pl.DataFrame:
    """Return the lines with `record_value`, and `recorded`: whether the person has a record that year.

    Args:
        lines: tax_year, person_id, field.
        records: `tables.ASSESSMENTS` by tax year.
    """
    fields = lines["field"].unique(maintain_order=True).to_list()
    schema = {"tax_year": pl.Int32(), "person_id": pl.String(), "field": pl.String()}
    found = [pl.DataFrame(schema={**schema, "record_value": pl.String(), "recorded": pl.Boolean()})]
    for year, frame in records.items():
        own = frame.join(lines.filter(tax_year=year), on="person_id", how="semi")
        texts = own.select("person_id", pl.col(fields).cast(pl.String()))
        long = texts.unpivot(fields, index="person_id", variable_name="field", value_name="record_value")
        year_is = pl.lit(year, pl.Int32()).alias("tax_year")
        found.append(long.select(year_is, "person_id", "field", "record_value", recorded=pl.lit(True)))
    key = list(schema)
    joined = lines.join(pl.concat(found), on=key, how="left", maintain_order="left")
    return joined.with_columns(pl.col("recorded").fill_null(False))


def same(one: str, other: str) -> pl.Expr:
    """Say whether two columns hold the same value of `field`; what is not stated is zero, no, or none."""
    kinds = {name: _NOTHING[field.kind] for name, field in FIELDS.items()}
    nothing = pl.col("field").replace_strict(kinds, default="", return_dtype=pl.String())
    return pl.coalesce(one, nothing) == pl.coalesce(other, nothing)


def lawful(column: str) -> pl.Expr:
    """Say whether a column of text is a value that `field` can have, or empty."""
    value, name = pl.col(column), pl.col("field")
    kind = name.replace_strict({n: f.kind for n, f in FIELDS.items()}, return_dtype=pl.String())
    negative = name.is_in([n for n, f in FIELDS.items() if f.negative])
    number = value.str.contains(r"^(?:0|[1-9][0-9]{0,14})$") | (
        negative & value.str.contains(r"^-[1-9][0-9]{0,14}$")
    )
    words = pl.any_horizontal(
        (name == n) & value.is_in(list(f.values)) for n, f in FIELDS.items() if f.kind == "status"
    )
    fits = (
        pl.when(kind.is_in(["yen", "count"]))
        .then(number)
        .when(kind == "flag")
        .then(value.is_in(["true", "false"]))
        .otherwise(words)
    )
    return fits.fill_null(True)
