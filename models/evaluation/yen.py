"""What the right repair of a row does to the tax: the corrected lines put through the law, alone."""

import polars as pl

from features.labels import SIGNATURE
from features.values import FIELD_NAMES
from tadasu.fields import FIELDS
from tadasu.law import Law, assess, renew

_OF_PEOPLE = ("person_id", "sex", "public_assistance", "birth_date")
SEPARATOR = "|"


def changes_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a line per change of the rows' signatures: row_id, person_id, field, value (a whole number)."""
    parts = rows.filter(pl.col(SIGNATURE) != "").select(
        "row_id", "person_id", change=pl.col(SIGNATURE).str.split(SEPARATOR)
    )
    number = pl.col("change").str.head(2).cast(pl.Int64)
    return parts.explode("change", empty_as_null=False).select(
        "row_id",
        "person_id",
        field=number.replace_strict(dict(enumerate(FIELD_NAMES)), return_dtype=pl.String),
        value=pl.col("change").str.slice(3).cast(pl.Int64),
        change="change",
    )


def tax_moved(rows: pl.DataFrame, tables: dict[str, pl.DataFrame], law: Law) -> pl.DataFrame:
    """Return (row_id, yen) of corrected rows: the tax after the row's own changes less the tax before.

    `rows` have row_id, person_id and signature. Yen are null where the record cannot be computed.
    """
    changes = changes_of(rows)
    fields = sorted(changes["field"].unique())
    people = tables["residents"].select(_OF_PEOPLE)
    record = (
        tables["assessments"]
        .join(people, on="person_id", how="left")
        .join(changes, on="person_id", how="semi")
    )
    wide = changes.pivot(on="field", index=["row_id", "person_id"], values="value", on_columns=fields)
    entered = wide.rename({name: f"{name}_new" for name in fields})
    before = entered.sort("row_id").join(record, on="person_id", how="left", maintain_order="left")
    after = before.with_columns(_entered(name) for name in fields)
    flags = {name: pl.col(f"{name}_new").is_not_null() for name in fields}
    assessed = assess(renew(after, flags, law), law)
    moved = assessed["resident_tax"] - assess(before, law)["resident_tax"]
    return before.select("row_id", yen=moved)


def _entered(name: str) -> pl.Expr:
    """Return the field after the change, in the record's own type (a status by its place among its words)."""
    field, value = FIELDS[name], pl.col(f"{name}_new")
    if field.kind == "flag":
        new: pl.Expr = value == 1
    elif field.kind == "status":
        new = value.replace_strict(dict(enumerate(field.values)), default=None, return_dtype=pl.String)
    else:
        new = value
    return pl.when(value.is_not_null()).then(new).otherwise(pl.col(name)).alias(name)
