"""The other rows of the list about the same person, or that name the person: what else the system doubts.

One cause raises several rows, and staff correct a person's record as a whole: a row says something about the
person's other rows too.
"""

import polars as pl

from features.repairs.scope import SUBJECTS
from features.repairs.sources import Sources
from features.values import NUMBER

UNNAMED = "unnamed"
FAMILIES = (*SUBJECTS, UNNAMED)
_FAMILY = {NUMBER[name]: subject for subject, fields in reversed(list(SUBJECTS.items())) for name in fields}


def _subjects(sources: Sources) -> pl.DataFrame:
    family = pl.col("named").replace_strict(_FAMILY, default=UNNAMED, return_dtype=pl.String)
    return sources.rows.select("person", "person_id", "related_person_id", "check_code", family=family)


def rows_beside(sources: Sources) -> pl.DataFrame:
    """Return by person: its rows by subject (`listed_…`), others' rows that name the person (`pointed_…`)."""
    rows = _subjects(sources)
    listed = rows.group_by("person").agg(
        (pl.col("family") == family).sum().alias(f"listed_{family}") for family in FAMILIES
    )
    place = rows.select("person", "person_id").unique()
    pointed = (
        rows.drop("person", "person_id")
        .rename({"related_person_id": "person_id"})
        .join(place, on="person_id")
        .group_by("person")
        .agg((pl.col("family") == family).sum().alias(f"pointed_{family}") for family in FAMILIES)
    )
    return listed.join(pointed, on="person", how="left").sort("person")


def fields_beside(sources: Sources) -> pl.DataFrame:
    """Return by person and field: how many of the person's rows name it, in how many checks."""
    rows = sources.rows.filter(pl.col("named") >= 0)
    return rows.group_by("person", field="named").agg(
        field_listed=pl.len(), field_checks=pl.col("check_code").n_unique()
    )


def values_beside(sources: Sources) -> pl.DataFrame:
    """Return by person, field and value: how many of the person's rows expect that value of that field."""
    rows = sources.rows.filter((pl.col("named") >= 0) & pl.col("expected").is_not_null())
    return rows.group_by("person", field="named", value="expected").agg(value_expected=pl.len())
