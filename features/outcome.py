"""What the law says of each repair: the tax after it, the change, and whether the inconsistency is gone.

Every different set of changes of a person is put through `tadasu.law`: what follows is renewed, then
assessed.
"""

import polars as pl

from features.repairs import Proposed
from features.repairs.sources import Sources
from features.settling import settles
from features.values import FIELD_NAMES
from tadasu.fields import FIELDS, TAX_FIELDS
from tadasu.law import assess, renew

KEY = ("person", "signature")
PEOPLE = ("birth_date", "sex", "public_assistance")
PART = 400_000
"""Records that are assessed at once: bounds the memory, changes no figure."""


def outcomes(proposed: Proposed, sources: Sources) -> pl.DataFrame:
    """Return one line per repair, in the order of `proposed.repairs`.

    Columns: row, repair_id, tax_after, tax_delta, income_delta, taxable_delta (yen), untaxed_after (Boolean:
    no tax at all), broken_before, broken_after (how many contradictions the law finds in the record),
    broken_new (whether the repair brings one that was not there), settles (see `features.settling`). Where
    the law cannot compute a record its figures are null.
    """
    distinct = proposed.repairs.select(*KEY, "row", "repair_id").unique(KEY, keep="first").sort(KEY)
    changes = proposed.changes.select("row", "repair_id", "field", "value")
    parts = [
        _assessed(distinct.slice(start, PART), changes, sources) for start in range(0, distinct.height, PART)
    ]
    after = pl.concat(parts) if parts else _assessed(distinct, changes, sources)
    before = after.filter(pl.col("signature") == "").drop("signature")
    joined = after.join(before, on="person", how="left", suffix="_before")
    judged = joined.select(
        *KEY,
        tax_after="tax",
        tax_delta=pl.col("tax") - pl.col("tax_before"),
        income_delta=pl.col("total") - pl.col("total_before"),
        taxable_delta=pl.col("taxable") - pl.col("taxable_before"),
        untaxed_after=pl.col("tax") == 0,
        broken_before="broken_before",
        broken_after="broken",
        broken_new=(pl.col("names").list.set_difference("names_before").list.len() > 0).fill_null(
            value=False
        ),
    )
    kept = proposed.repairs.select("row", "repair_id", *KEY)
    outcome = kept.join(judged, on=KEY, how="left", maintain_order="left").drop(KEY)
    return outcome.with_columns(settles(proposed, outcome, sources))


def _assessed(distinct: pl.DataFrame, changes: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Assess each (person, signature); `distinct` names one of the repairs that make it."""
    chosen = changes.join(distinct, on=["row", "repair_id"], how="semi")
    fields = chosen["field"].unique().sort().to_list()
    wide = distinct
    if fields:
        pivoted = chosen.pivot(
            on="field",
            on_columns=fields,
            index=["row", "repair_id"],
            values="value",
            aggregate_function="first",
        ).rename({str(field): f"new_{FIELD_NAMES[field]}" for field in fields})
        wide = distinct.join(pivoted, on=["row", "repair_id"], how="left", maintain_order="left")
    names = [FIELD_NAMES[field] for field in fields]
    people = sources.people.select("person", *PEOPLE)
    frame = wide.join(sources.record, on="person", how="left", maintain_order="left")
    frame = frame.join(people, on="person", how="left", maintain_order="left")
    frame = frame.select(
        *KEY,
        *PEOPLE,
        *(_decoded(field.name, changed=field.name in names).alias(field.name) for field in TAX_FIELDS),
        *(pl.col(f"new_{name}").is_not_null().alias(f"is_new_{name}") for name in names),
    )
    renewed = (
        renew(frame, {name: pl.col(f"is_new_{name}") for name in names}, sources.law) if names else frame
    )
    result = assess(renewed.drop([f"is_new_{name}" for name in names]), sources.law)
    broken = pl.col("contradictions").fill_null("").str.split(";").list.drop_nulls()
    broken = broken.list.filter(pl.element() != "")
    return result.select(
        *KEY,
        tax="resident_tax",
        total="total_income",
        taxable="taxable_income",
        broken=broken.list.len().cast(pl.Int64),
        names=broken,
    )


def _decoded(name: str, *, changed: bool) -> pl.Expr:
    """Return the field after the repair in the type that the law reads: yen, Boolean, or the status word."""
    value = pl.coalesce(f"new_{name}", name) if changed else pl.col(name)
    field = FIELDS[name]
    if field.kind == "flag":
        return value == 1
    if field.kind == "status":
        words = dict(enumerate(field.values))
        return value.replace_strict(words, default=field.values[0], return_dtype=pl.String)
    return value
