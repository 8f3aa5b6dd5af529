"""What the first judgement of a row says to the rows beside it: another claimant, a relative, the household.

One cause raises rows at two people: a claim is right on one side and wrong on the other; a spouse's income
that is about to be corrected settles the claimant's row too. So rows are judged twice, the second time with
the first judgements of their neighbours beside them. What a repair implies for another person
(`features.linked`) is held against the likeliest repair of that person's rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from features.repairs.scope import SUBJECTS
from tadasu.tables import CHANGES, LINKED

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
    "linked_same",
    "linked_other",
)
ROW = ["tax_year", "row_id"]
REPAIR = [*ROW, "repair_id"]
PARTS = 1_000_000_000
"""Shares of probability are added up as whole parts, so that their order does not matter."""


@dataclass(frozen=True)
class Links:
    """Which rows are beside one another, and what their repairs imply for other people.

    rows: by row (tax_year, row_id) whom and what it is about. linked: the table of that name, empty where it
    is not known. changes: those of the rows of the people whom `linked` speaks of.
    """

    rows: pl.DataFrame
    linked: pl.DataFrame
    changes: pl.DataFrame


def links(
    inconsistencies: pl.DataFrame, residents: pl.DataFrame, frames: Mapping[str, pl.DataFrame] | None = None
) -> Links:
    """Return who each row is about (person, household, related person, check, field), and what is linked.

    `frames` are the year's `linked` and `changes`; without them nothing is.
    """
    homes = residents.select("person_id", "household_id")
    joined = inconsistencies.join(homes, on="person_id", how="left", maintain_order="left")
    rows = joined.select(
        "tax_year",
        "row_id",
        person="person_id",
        home=pl.coalesce("household_id", "person_id"),
        related="related_person_id",
        check="check_code",
        field=pl.col("field").fill_null(""),
    )
    if frames is None or "linked" not in frames:
        return Links(rows, LINKED.empty(), CHANGES.empty())
    spoken_of = rows.join(
        frames["linked"].select("tax_year", person="person_id").unique(),
        on=["tax_year", "person"],
        how="semi",
    )
    return Links(rows, frames["linked"], frames["changes"].join(spoken_of, on=ROW, how="semi"))


def several(years: Iterable[Links]) -> Links:
    """Return the links of several years as one."""
    parts = list(years)
    return Links(
        pl.concat([part.rows for part in parts]),
        pl.concat([part.linked for part in parts]),
        pl.concat([part.changes for part in parts]),
    )


def beside(rows: pl.DataFrame, known: Links, shares: pl.DataFrame | None = None) -> npt.NDArray[np.float32]:
    """Return what the neighbours of each row say (rows × `NAMES`), NaN where there is no such neighbour.

    Args:
        rows: tax_year, row_id, p (first judgement), repair_id (the likeliest) and delta (what it does to the
            total income, as the feature `income_delta` has it), in the order that the result keeps.
        known: as `links` gives it, of at least these rows.
        shares: tax_year, row_id, repair_id, share (P(repair | correction)) of the repairs that are linked.
    """
    frame = rows.join(known.rows, on=ROW, how="left", maintain_order="left").with_row_index("place")
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
    joined = joined.join(homes, on="place", how="left", maintain_order="left")
    joined = joined.join(_told(frame, known, shares), on=ROW, how="left", maintain_order="left").sort("place")
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


def _told(frame: pl.DataFrame, known: Links, shares: pl.DataFrame | None) -> pl.DataFrame:
    """Return by row how likely others' repairs are that imply its likeliest repair, or other values there.

    Of several rows beside it the one that is likeliest to change something counts: linked_same, linked_other.
    """
    if shares is None or known.linked.is_empty():
        empty = {"tax_year": pl.Int32(), "row_id": pl.String(), "linked_same": pl.Float64()}
        return pl.DataFrame(schema=empty | {"linked_other": pl.Float64()})
    own = known.changes.join(frame.select(REPAIR), on=REPAIR, how="semi").select(
        *ROW, "field", own="proposed", size=pl.len().over(ROW)
    )
    asked = own.join(known.rows.select(*ROW, person_id="person"), on=ROW)
    asked = asked.rename({"row_id": "asked"})
    implied = _implied(known.linked).join(_chances(frame, known.linked, shares), on=[*REPAIR, "person_id"])
    met = (
        asked.select("tax_year", "asked", "person_id", "size")
        .unique()
        .join(implied, on=["tax_year", "person_id"])
    )
    met = met.join(asked, on=["tax_year", "asked", "person_id", "size", "field"], how="left")
    by = ["tax_year", "asked", "row_id", "repair_id"]
    sets = met.group_by(by).agg(
        pl.col("size", "chance", "rest").first(),
        speaks=pl.col("own").is_not_null().any(),
        equal=(pl.col("own") == pl.col("proposed")).sum(),
        other=(pl.col("own") != pl.col("proposed")).any(),
        implied=(pl.col("proposed") != pl.col("recorded")).sum(),
    )
    same = (pl.col("equal") == pl.col("implied")) & (pl.col("equal") == pl.col("size"))
    summed = (
        sets.filter("speaks")
        .group_by("tax_year", "asked", "row_id")
        .agg(
            pl.col("rest").first(),
            linked_same=pl.col("chance").filter(same).sum() / PARTS,
            linked_other=pl.col("chance").filter("other").sum() / PARTS,
        )
    )
    chosen = summed.sort("tax_year", "asked", "rest", "row_id").unique(["tax_year", "asked"], keep="first")
    return chosen.select("tax_year", row_id="asked", linked_same="linked_same", linked_other="linked_other")


def _implied(linked: pl.DataFrame) -> pl.DataFrame:
    """Return what each repair implies in every field of which its row speaks: proposed beside recorded."""
    row = [*ROW, "person_id"]
    fields = linked.select(*row, "field", "recorded").unique()
    leave = linked.select(*row, repair_id=pl.lit(0, dtype=pl.Int32)).unique()
    repairs = pl.concat([leave, linked.filter(pl.col("repair_id") > 0).select(leave.columns).unique()])
    every = repairs.join(fields, on=row)
    told = linked.select(*REPAIR, "person_id", "field", "proposed")
    every = every.join(told, on=[*REPAIR, "person_id", "field"], how="left")
    return every.with_columns(proposed=pl.coalesce("proposed", "recorded"))


def _chances(frame: pl.DataFrame, linked: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Return (REPAIR, person_id, chance, rest) in whole parts; 'leave' stands for all that follow it."""
    row = [*ROW, "person_id"]
    named = linked.select(*REPAIR, "person_id").unique().join(frame.select(*ROW, "p"), on=ROW)
    own = named.filter(pl.col("repair_id") > 0).join(shares, on=REPAIR)
    own = own.with_columns(chance=(pl.col("p") * pl.col("share") * PARTS).round().cast(pl.Int64))
    rest = (
        named.select(row)
        .unique()
        .join(own.group_by(row).agg(spent=pl.col("chance").sum()), on=row, how="left")
    )
    rest = rest.with_columns(rest=PARTS - pl.col("spent").fill_null(0))
    leave = rest.select(*row, "rest", repair_id=pl.lit(0, dtype=pl.Int32), chance="rest")
    names = [*REPAIR, "person_id", "chance", "rest"]
    return pl.concat([leave.select(names), own.join(rest, on=row).select(names)])
