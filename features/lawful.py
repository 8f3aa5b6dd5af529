"""How far a record is from what the law gives for the relatives on the papers, before and after a repair.

A paper names several relatives, and a repair can settle one and leave another: what counts is what remains.
"""

import polars as pl

from features.precedence import place
from features.repairs import Proposed
from features.repairs.family import CLASSES, DISABLED, claimed_relatives, died_before
from features.repairs.recompute import spouse_by_income
from features.repairs.sources import Sources
from features.values import NUMBER

FIELDS = (*CLASSES.values(), *DISABLED.values())
VIEWS = ("within", "single", "known")
"""Whom the law may count: within the income limit; of those, claimed by nobody else; in the register."""


def _adopted_claims(sources: Sources) -> pl.DataFrame:
    """Return the claimed relatives of one paper a person: the strongest in force, the longest of a kind."""
    claims = claimed_relatives(sources)
    papers = claims.group_by("person", "document").agg(pl.col("document_kind").first(), lines=pl.len())
    order = papers.with_columns(strength=place("document_kind")).sort(
        "person", "strength", "lines", "document", descending=[False, False, True, False]
    )
    first = order.unique("person", keep="first", maintain_order=True).select("person", "document")
    return claims.join(first, on=["person", "document"], how="semi")


def lawful_counts(sources: Sources) -> pl.DataFrame:
    """Return (person, field, within, single, known): the counts that the law gives, in three views.

    For people whose papers name relatives; a class or disability that nobody is in counts 0.
    """
    claims = _adopted_claims(sources)
    limit = sources.law.relative_income_limit
    within = (pl.col("relative_income").fill_null(0) <= limit) & ~died_before(sources.law)
    known = pl.col("register_birth").is_not_null()
    near = pl.col("together") & (pl.col("register_disability") == "special")
    word = pl.when(near).then(pl.lit("special_cohabiting")).otherwise("register_disability")
    numbers = {name: NUMBER[field] for name, field in DISABLED.items()}
    disability = word.replace_strict(numbers, default=None, return_dtype=pl.Int64)
    marked = claims.with_columns(
        within=within,
        single=within & (pl.col("claimants").fill_null(1) <= 1),
        known=within & known,
        own_class=pl.coalesce("to_field", "from_field"),
        own_disability=pl.when(known).then(disability).otherwise("disability_field"),
    )
    counted = pl.concat(
        marked.filter(pl.col(column).is_not_null())
        .group_by("person", field=column)
        .agg(pl.col(VIEWS).sum().cast(pl.Int64))
        for column in ("own_class", "own_disability")
    )
    fields = pl.DataFrame({"field": [NUMBER[name] for name in FIELDS]}, schema={"field": pl.Int64})
    people = claims.select("person").unique().sort("person")
    every = people.join(fields, how="cross").join(counted, on=["person", "field"], how="left")
    return every.with_columns(pl.col(VIEWS).fill_null(0))


def lawful_spouse(sources: Sources) -> pl.DataFrame:
    """Return (person, field, spouse): kind and special deduction by the claimed spouse's recorded income."""
    lines = spouse_by_income(sources).filter(pl.col("option") == 0)
    fields = [NUMBER["spouse_kind"], NUMBER["spouse_special_deduction"]]
    return (
        lines.filter(pl.col("field").is_in(fields))
        .sort("person", "field", "document")
        .unique(["person", "field"], keep="first", maintain_order=True)
        .select("person", "field", spouse="value")
    )


def gaps(proposed: Proposed, sources: Sources) -> pl.DataFrame:
    """Return by repair (row, repair_id) the distance from the lawful counts after it, and before.

    within_after, within_before and so on for each of `VIEWS`: the sum over the fields of how many relatives
    are counted too many or too few; spouse_after, spouse_before: fields of the spouse that differ.
    """
    counts, spouse = lawful_counts(sources), lawful_spouse(sources)
    repairs = proposed.repairs.select("row", "repair_id", "person")
    for table, names, distance in ((counts, VIEWS, _far), (spouse, ("spouse",), _differs)):
        known = table.join(sources.recorded, on=["person", "field"], how="left").with_columns(
            pl.col("recorded").fill_null(0)
        )
        before = known.group_by("person").agg(
            distance("recorded", name).sum().cast(pl.Int64).alias(f"{name}_before") for name in names
        )
        moved = (
            proposed.changes.join(table, on=["person", "field"])
            .group_by("row", "repair_id")
            .agg(
                (distance("value", name).cast(pl.Int64) - distance("recorded", name).cast(pl.Int64))
                .sum()
                .alias(f"{name}_moved")
                for name in names
            )
        )
        repairs = repairs.join(before, on="person", how="left", maintain_order="left").join(
            moved, on=["row", "repair_id"], how="left", maintain_order="left"
        )
        repairs = repairs.with_columns(
            (pl.col(f"{name}_before") + pl.col(f"{name}_moved").fill_null(0)).alias(f"{name}_after")
            for name in names
        ).drop(f"{name}_moved" for name in names)
    return repairs.drop("person")


def _far(value: str, lawful: str) -> pl.Expr:
    return (pl.col(value) - pl.col(lawful)).abs()


def _differs(value: str, lawful: str) -> pl.Expr:
    return pl.col(value) != pl.col(lawful)
