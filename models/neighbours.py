"""What the first judgement of a row says to the rows beside it: another claimant, a relative, the household.

One cause raises rows at two people: a claim is right on one side and wrong on the other; a spouse's income
that is about to be corrected settles the claimant's row too. So rows are judged twice, the second time with
the first judgements of their neighbours beside them.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from features.repairs.scope import SUBJECTS

INCOME = ("salary", "pension", "adjustment", "other_income")
_INCOME_FIELDS = [name for subject in INCOME for name in SUBJECTS[subject]]
NAMES = (
    "mutual",
    "related_any",
    "related_income",
    "related_delta",
    "own_other",
    "own_same",
    "home_other",
    "home_income",
    "pointed",
)


def links(inconsistencies: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Return by row (tax_year, row_id) who it is about: person, household, related person, check, field."""
    homes = residents.select("person_id", "household_id")
    joined = inconsistencies.join(homes, on="person_id", how="left", maintain_order="left")
    return joined.select(
        "tax_year",
        "row_id",
        person="person_id",
        home=pl.coalesce("household_id", "person_id"),
        related="related_person_id",
        check="check_code",
        field=pl.col("field").fill_null(""),
    )


def beside(rows: pl.DataFrame, known: pl.DataFrame) -> npt.NDArray[np.float32]:
    """Return what the neighbours of each row say (rows × `NAMES`), NaN where there is no such neighbour.

    Args:
        rows: tax_year, row_id, p (first judgement), delta (what the likeliest repair does to the total
            income, as the feature `income_delta` has it), in the order that the result keeps.
        known: as `links` gives it, of at least these rows.
    """
    on = ["tax_year", "row_id"]
    frame = rows.join(known, on=on, how="left", maintain_order="left").with_row_index("place")
    income = pl.col("field").is_in(_INCOME_FIELDS)
    likely = pl.when(income & (pl.col("p") > 0.5)).then("delta")
    year = ["tax_year"]
    people = frame.group_by(*year, related="person").agg(
        related_any=pl.col("p").max(),
        related_income=pl.col("p").filter(income).max(),
        related_delta=likely.filter(income).sort_by(pl.col("p").filter(income)).last(),
    )
    mutual = (
        frame.filter(pl.col("related").is_not_null())
        .group_by(*year, "check", related="person", person="related")
        .agg(mutual=pl.col("p").max())
    )
    pointed = (
        frame.filter(pl.col("related").is_not_null())
        .group_by(*year, person="related")
        .agg(pointed=pl.col("p").max())
    )
    joined = frame.join(people, on=[*year, "related"], how="left", maintain_order="left")
    joined = joined.join(mutual, on=[*year, "check", "related", "person"], how="left", maintain_order="left")
    joined = joined.join(pointed, on=[*year, "person"], how="left", maintain_order="left")
    joined = joined.with_columns(
        own_other=_other_most(["tax_year", "person"]),
        own_same=_other_most(["tax_year", "person", "field"]),
    )
    homes = _homes(frame, income)
    joined = joined.join(homes, on="place", how="left", maintain_order="left").sort("place")
    return joined.select(pl.col(NAMES).cast(pl.Float32)).to_numpy()


def _other_most(by: list[str]) -> pl.Expr:
    """Return the greatest p among the other rows of the group, null where there is none."""
    p = pl.col("p")
    most = p.max().over(by)
    second = p.top_k(2).min().over(by)
    alone = pl.len().over(by) < 2
    return pl.when(alone).then(None).when(p == most).then(second).otherwise(most)


def _homes(frame: pl.DataFrame, income: pl.Expr) -> pl.DataFrame:
    """Return by row the greatest p among the rows of other people of the household, of all and of incomes."""
    pairs = (
        frame.select("tax_year", "home", "person", "place")
        .join(
            frame.select("tax_year", "home", other="person", p="p", income=pl.when(income).then("p")),
            on=["tax_year", "home"],
        )
        .filter(pl.col("person") != pl.col("other"))
    )
    return pairs.group_by("place").agg(home_other=pl.col("p").max(), home_income=pl.col("income").max())
