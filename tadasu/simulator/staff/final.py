"""The record after corrections: entered, renewed, assessed anew — the books as they stood in the end."""

import polars as pl

from tadasu.fields import FIELDS
from tadasu.law import Law, assess, renew

_FROM_REGISTER = ("birth_date", "sex", "public_assistance")


def final(
    record: pl.DataFrame,
    lines: pl.DataFrame,
    residents: pl.DataFrame,
    law: Law,
    spouses: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return `record` with the corrected lines entered, in the same columns and order of rows.

    Args:
        record: `assessments`.
        lines: `person_id`, `field`, `new_value` (text as in `corrections`), latest last: of two lines about
            one field the later stands.
        residents: the register (dates of birth, sex, public assistance).
        law: of the tax year.
        spouses: `person_id`, `spouse_total_income`: what is known of spouses' incomes, which a corrected
            spouse takes along (absent: as recorded).
    """
    if lines.is_empty():
        return record
    changed = lines.group_by("person_id", "field", maintain_order=True).agg(pl.col("new_value").last())
    wide = changed.pivot(on="field", index="person_id", values="new_value")
    numbered = record.with_row_index("place")
    touched = numbered.join(wide, on="person_id", how="inner", suffix=":new")
    fields = [name for name in wide.columns if name != "person_id"]
    entered = touched.with_columns(_entered(name) for name in fields).join(
        residents.select("person_id", *_FROM_REGISTER), on="person_id", how="left", maintain_order="left"
    )
    known = None
    if spouses is not None:
        incomes = spouses.select("person_id", known_income="spouse_total_income")
        entered = entered.join(incomes, on="person_id", how="left", maintain_order="left")
        known = pl.coalesce("known_income", "spouse_total_income")
    flags = {name: pl.col(f"{name}:new").is_not_null() for name in fields}
    after = assess(renew(entered, flags, law, spouse_total_income=known), law).select(numbered.columns)
    same = numbered.join(wide, on="person_id", how="anti")
    return pl.concat([same, after]).sort("place").drop("place")


def _entered(name: str) -> pl.Expr:
    new = pl.col(f"{name}:new")
    match FIELDS[name].kind:
        case "flag":
            value: pl.Expr = pl.when(new.is_not_null()).then(new == "true")
        case "status":
            value = new
        case _:
            value = new.cast(pl.Int64)
    return pl.coalesce(value, pl.col(name)).alias(name)
