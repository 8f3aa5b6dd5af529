"""Relatives who are counted but not named, and whom in the household they could be.

A report may state a number without the names. Whether the number can stand depends on whether the household
has a person of that class whom nobody claims and whose income is within the limit.
"""

import polars as pl

from features.repairs.family import ASCENDANTS, CLASSES, claimed_relatives, stayed
from features.repairs.sources import Sources
from features.values import NUMBER

NUMBERS = {word: NUMBER[name] for word, name in CLASSES.items()}
COUPLE = ("head", "spouse")


def unnamed(sources: Sources) -> pl.DataFrame:
    """Return by person and field (a count of relatives): how many have no name, who could be meant.

    Columns: unnamed (recorded less the most that one paper names in that class), free (members of the
    household in that class, claimed by nobody, within the income limit), free_over (those above it).
    """
    counts = sources.recorded.filter(pl.col("field").is_in(list(NUMBERS.values())))
    named = (
        claimed_relatives(sources)
        .group_by("person", "document", field="from_field")
        .agg(named=pl.len().cast(pl.Int64))
        .group_by("person", "field")
        .agg(pl.col("named").max())
    )
    key = ["person", "field"]
    frame = counts.join(named, on=key, how="left", maintain_order="left")
    frame = frame.join(_members(sources), on=key, how="left", maintain_order="left")
    return frame.select(
        *key,
        unnamed=pl.col("recorded") - pl.col("named").fill_null(0),
        free=pl.col("free").fill_null(0),
        free_over=pl.col("free_over").fill_null(0),
    )


def _members(sources: Sources) -> pl.DataFrame:
    """Return (person, field, free, free_over): unclaimed others of the household by their class."""
    law = sources.law
    taken = sources.claims.select(other="dependent_person_id").drop_nulls().unique()
    others = sources.residents.filter(stayed(law)).select(
        "household_id", "birth_date", other="person_id", other_is="relationship"
    )
    homes = sources.people.select("person", "person_id", "household_id", own_is="relationship")
    pairs = homes.join(others, on="household_id").filter(pl.col("other") != pl.col("person_id"))
    couple = pl.col("own_is").is_in(COUPLE) & pl.col("other_is").is_in(COUPLE)
    pairs = pairs.filter(~couple.fill_null(value=False)).join(taken, on="other", how="anti")
    found = classed(pairs.with_columns(together=pl.lit(value=True)), sources).group_by("person", "field")
    return found.agg(
        free=(~pl.col("over")).sum().cast(pl.Int64), free_over=pl.col("over").sum().cast(pl.Int64)
    ).sort("person", "field")


def classed(pairs: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return pairs of a person and an `other` whom they could claim, with the field that counts the other.

    `pairs` has person, other (a person_id), birth_date, own_is and other_is (relationships to the head),
    together (one household). Added are `field` and `over` (the other's income is above the limit); who is in
    no class is left out.
    """
    law = sources.law
    incomes = sources.incomes.select(other="person_id", income="total_income")
    older = pl.col("other_is").is_in(ASCENDANTS) | (
        ~pl.col("own_is").is_in(COUPLE) & pl.col("other_is").is_in(COUPLE)
    )
    by_age = law.relative_class(pl.col("birth_date"))
    near = (by_age == "elderly") & older & pl.col("together")
    word = pl.when(near).then(pl.lit("cohabiting")).otherwise(by_age)
    told = pairs.join(incomes, on="other", how="left").with_columns(
        field=word.replace_strict(NUMBERS, default=None, return_dtype=pl.Int64),
        over=pl.col("income").fill_null(0) > law.relative_income_limit,
    )
    return told.filter(pl.col("field").is_not_null())
