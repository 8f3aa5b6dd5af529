"""Claimed relatives whom the system could not match, found in the claimant's household by their birth date.

A paper without a usable number leaves `dependent_person_id` empty. Where the household in the register has
somebody born on the very day, whom no other line of the paper names, an officer takes that person.
"""

import polars as pl

Tables = dict[str, pl.DataFrame]
NTH = "nth"


def identified(tables: Tables) -> Tables:
    """Return the tables with `dependents` completed, and `found` (Boolean) true on the lines so completed."""
    if "found" in tables["dependents"].columns:
        return tables
    claims = tables["dependents"].with_row_index("line")
    found = _found(claims, tables["documents"], tables["residents"])
    completed = claims.join(found, on="line", how="left", maintain_order="left").with_columns(
        found=pl.col("other").is_not_null(),
        dependent_person_id=pl.coalesce("dependent_person_id", "other"),
    )
    return {**tables, "dependents": completed.drop("line", "other")}


def _found(claims: pl.DataFrame, documents: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Return (line, other): of several people born on one day the first for the first line, and so on."""
    homes = residents.select("person_id", "household_id")
    owner = documents.select("document_id", "person_id").join(homes, on="person_id")
    known = claims.filter(pl.col("dependent_person_id").is_not_null())
    named = known.select("document_id", other="dependent_person_id")
    unknown = claims.filter(pl.col("dependent_person_id").is_null(), pl.col("birth_date").is_not_null())
    day = ["document_id", "birth_date"]
    lines = unknown.join(owner, on="document_id").sort("line")
    lines = lines.with_columns(pl.int_range(pl.len()).over(day).alias(NTH))
    members = residents.select("household_id", "birth_date", other="person_id").sort("other")
    pairs = lines.select(*day, "household_id", "person_id").unique().join(
        members, on=["household_id", "birth_date"]
    )  # fmt: skip
    free = pairs.filter(pl.col("other") != pl.col("person_id")).join(
        named, on=["document_id", "other"], how="anti"
    )
    free = free.sort(*day, "other").with_columns(pl.int_range(pl.len()).over(day).alias(NTH))
    return lines.join(free.select(*day, NTH, "other"), on=[*day, NTH]).select("line", "other")
