"""What is known of the people beside the taxpayer: the other claimant, the relative, the household.

A claim is judged by two people's papers: who else claims the relative, who earns more, who claimed last year,
and what the relative earned. All of it stands in this year's tables and in last year's final records.
"""

import polars as pl

from features.precedence import PRECEDENCE, place
from features.repairs.family import stayed
from features.repairs.incomes import in_force
from features.repairs.sources import Sources
from tadasu.law.deductions import COUNTS


def profiles(tables: dict[str, pl.DataFrame], sources: Sources) -> pl.DataFrame:
    """Return by person_id, for everybody: incomes, relatives now and last year, papers, rows."""
    now = tables["assessments"].select(
        "person_id",
        p_income="total_income",
        p_relatives=pl.sum_horizontal(COUNTS),
        p_under16="n_dependent_under16",
        p_spouse=pl.col("spouse_kind").fill_null("none") != "none",
        p_special=pl.col("spouse_special_deduction").fill_null(0) > 0,
        p_adjustment=pl.col("income_adjustment").fill_null(0) > 0,
    )
    last = tables["previous_assessments"].select(
        "person_id",
        p_last_income="total_income",
        p_last_relatives=pl.sum_horizontal(COUNTS),
        p_last_under16="n_dependent_under16",
        p_last_spouse=pl.col("spouse_kind").fill_null("none") != "none",
        p_last_special=pl.col("spouse_special_deduction").fill_null(0) > 0,
        p_last_adjustment=pl.col("income_adjustment").fill_null(0) > 0,
    )
    papers = (
        tables["documents"]
        .filter(in_force())
        .group_by("person_id")
        .agg(
            p_strength=(len(PRECEDENCE) - place("kind")).max(),
            p_papers=pl.len(),
        )
    )
    listed = tables["inconsistencies"].group_by("person_id").agg(p_rows=pl.len())
    other = sources.paper_incomes.group_by("person_id").agg(
        p_least=pl.col("income").min(), p_most=pl.col("income").max()
    )
    people = tables["residents"].select(
        "person_id",
        p_sex=pl.col("sex") == "F",
        p_head=pl.col("relationship") == "head",
        p_birth="birth_date",
        p_died=(pl.col("left_reason") == "died").fill_null(value=False),
        p_left_days=(pl.col("left_on") - pl.date(sources.law.year - 1, 1, 1)).dt.total_days(),
    )
    frame = people
    for part in (now, last, papers, listed, other):
        frame = frame.join(part, on="person_id", how="full", coalesce=True)
    return frame.with_columns(
        p_more=pl.col("p_relatives") - pl.col("p_last_relatives"), p_rows=pl.col("p_rows").fill_null(0)
    ).sort("person_id")


def _compared(frame: pl.DataFrame, known: pl.DataFrame, other: str, prefix: str) -> pl.DataFrame:
    """Join the profile of the person in column `other`, its columns called `prefix` and what they are."""
    names = [name for name in known.columns if name not in ("person_id", "p_birth")]
    renamed = known.select(
        pl.col("person_id").alias(other), *(pl.col(n).alias(prefix + n[2:]) for n in names)
    )
    return frame.join(renamed, on=other, how="left", maintain_order="left")


def related_evidence(known: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return by row: the profile of the person whom the row names, beside the taxpayer's own."""
    rows = sources.rows.select("row", "person", "person_id", "related_person_id", "check_code")
    frame = _compared(_compared(rows, known, "person_id", "own_"), known, "related_person_id", "rel_")
    claims = sources.claims.select("person", related_person_id="dependent_person_id").unique()
    frame = frame.join(
        claims.with_columns(rel_is_claimed=pl.lit(value=True)),
        on=["person", "related_person_id"],
        how="left",
        maintain_order="left",
    )
    pairs = (
        rows.select("check_code", person_id="related_person_id", related_person_id="person_id")
        .drop_nulls()
        .unique()
    )
    frame = frame.join(
        pairs.with_columns(rel_has_same=pl.lit(value=True)),
        on=["check_code", "person_id", "related_person_id"],
        how="left",
        maintain_order="left",
    )
    limit = sources.law.relative_income_limit
    return frame.with_columns(
        pl.col("rel_is_claimed", "rel_has_same").fill_null(value=False),
        rel_income_gap=pl.col("own_income") - pl.col("rel_income"),
        rel_over=pl.col("rel_income") - limit,
        rel_least_over=pl.col("rel_least") - limit,
        rel_strength_gap=pl.col("own_strength") - pl.col("rel_strength"),
        rel_more_gap=pl.col("own_more") - pl.col("rel_more"),
    ).drop("person", "person_id", "related_person_id", "check_code")


def claimant_evidence(known: pl.DataFrame, sources: Sources, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return by document and line: the richest other claimant of the relative, and the relative's profile."""
    standing = tables["documents"].filter(in_force()).select("document_id", "person_id")
    pairs = (
        tables["dependents"]
        .filter(pl.col("dependent_person_id").is_not_null())
        .join(standing, on="document_id")
        .select("dependent_person_id", other="person_id")
        .unique()
    )
    claims = sources.claims.select(
        "document", "line_no", "dependent_person_id", "person_id", "birth_date", household="own_household"
    )
    others = claims.join(pairs, on="dependent_person_id").filter(pl.col("other") != pl.col("person_id"))
    richest = (
        others.join(known.select(other="person_id", income="p_income"), on="other", how="left")
        .sort(
            "document", "line_no", "income", "other", descending=[False, False, True, False], nulls_last=True
        )
        .unique(["document", "line_no"], keep="first", maintain_order=True)
        .select("document", "line_no", "other")
    )
    frame = claims.join(richest, on=["document", "line_no"], how="left", maintain_order="left")
    own = known.select("person_id", own_income="p_income", own_strength="p_strength", own_more="p_more")
    frame = frame.join(own, on="person_id", how="left", maintain_order="left")
    frame = _compared(frame, known, "other", "oth_")
    frame = _compared(frame, known, "dependent_person_id", "dep_")
    frame = frame.join(_namesakes(sources), on=["household", "birth_date"], how="left", maintain_order="left")
    limit = sources.law.relative_income_limit
    return frame.select(
        "document",
        pl.col("line_no").cast(pl.Int64),
        oth_income_gap=pl.col("own_income") - pl.col("oth_income"),
        oth_strength_gap=pl.col("own_strength") - pl.col("oth_strength"),
        oth_more="oth_more",
        oth_more_gap=pl.col("own_more") - pl.col("oth_more"),
        oth_rows="oth_rows",
        dep_rows="dep_rows",
        dep_strength="dep_strength",
        dep_over=pl.col("dep_income") - limit,
        dep_least_over=pl.col("dep_least") - limit,
        dep_most_over=pl.col("dep_most") - limit,
        dep_last_over=pl.col("dep_last_income") - limit,
        dep_namesakes=pl.col("namesakes").fill_null(0),
        dep_age=(pl.date(sources.law.year, 1, 1) - pl.col("birth_date")).dt.total_days() / 365.25,
    )


def _namesakes(sources: Sources) -> pl.DataFrame:
    """Count the people of a household in the register by date of birth: an unmatched claim may be one."""
    return sources.residents.group_by(household="household_id", birth_date="birth_date").agg(
        namesakes=pl.len().cast(pl.Int64)
    )


def household_evidence(sources: Sources, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return by person: the household's children and young people, and who claims how many of them."""
    law = sources.law
    age = law.age(pl.col("birth_date"))
    here = sources.residents.with_columns(
        child=(law.relative_class(pl.col("birth_date")) == "under16") & stayed(law),
        young=(age < law.ages.specified_before.value) & stayed(law),
        old=law.is_elderly_spouse(pl.col("birth_date")) & (pl.col("relationship") != "head"),
        disabled=(pl.col("disability") == "special") & (pl.col("relationship") != "head"),
        pair=pl.col("relationship").is_in(("head", "spouse")),
    )
    claims = tables["assessments"].join(
        tables["residents"].select("person_id", "household_id"), on="person_id"
    )
    last = tables["previous_assessments"].join(
        tables["residents"].select("person_id", "household_id"), on="person_id"
    )
    homes = here.group_by("household_id").agg(
        home_children=pl.col("child").sum(),
        home_young=pl.col("young").sum(),
        home_old=pl.col("old").sum(),
        home_disabled=pl.col("disabled").sum(),
        home_pair=pl.col("pair").sum(),
    )
    claimed = claims.group_by("household_id").agg(
        home_claimed=pl.sum_horizontal(COUNTS).sum(),
        home_claimed_under16=pl.col("n_dependent_under16").sum(),
        home_adjusted=(pl.col("income_adjustment").fill_null(0) > 0).sum(),
        home_richest=pl.col("total_income").max(),
    )
    claimed_last = last.group_by("household_id").agg(home_last_under16=pl.col("n_dependent_under16").sum())
    people = sources.people.select("person", "household_id")
    for part in (homes, claimed, claimed_last):
        people = people.join(part, on="household_id", how="left", maintain_order="left")
    young = (
        sources.claims.filter(pl.col("role") != "spouse")
        .group_by("person")
        .agg(
            claims_young=(
                law.age(pl.coalesce("register_birth", "birth_date")) < law.ages.specified_before.value
            ).sum(),
            claims_special=pl.col("disability").is_in(("special", "special_cohabiting")).sum(),
        )
    )
    people = people.with_columns(
        home_unclaimed=pl.col("home_children") - pl.col("home_claimed_under16").fill_null(0)
    )
    return people.join(young, on="person", how="left", maintain_order="left").drop("household_id")
