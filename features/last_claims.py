"""Who claimed whom last year: from last year's papers, for the people whom last year's extract holds.

Only half of the people are in both years' extracts; for the others the clue is empty.
"""

import polars as pl

from features.repairs import Proposed
from features.repairs.family import stayed
from features.repairs.incomes import in_force
from features.repairs.sources import Sources
from features.unnamed import classed

Tables = dict[str, pl.DataFrame]


def _claims(tables: Tables) -> pl.DataFrame:
    """Return (claimant, relative) of papers in force, each pair once."""
    standing = tables["documents"].filter(in_force()).select("document_id", claimant="person_id")
    named = tables["dependents"].filter(pl.col("dependent_person_id").is_not_null())
    return named.join(standing, on="document_id").select("claimant", relative="dependent_person_id").unique()


def last_claims(sources: Sources, before: Tables | None) -> pl.DataFrame:
    """Return by document and line: whether the relative was claimed last year, by the same or another person.

    last_mine, last_other: null where last year's extract has no paper of the claimant, or knows nobody who
    claimed the relative. `before` is last year's extract, None without one.
    """
    claims = sources.claims.select(
        "document",
        pl.col("line_no").cast(pl.Int64),
        claimant="person_id",
        relative="dependent_person_id",
    )
    if before is None:
        return claims.select("document", "line_no", last_mine=pl.lit(None), last_other=pl.lit(None)).cast(
            {"last_mine": pl.Boolean, "last_other": pl.Boolean}
        )
    pairs = _claims(before)
    mine = pairs.with_columns(mine=pl.lit(value=True))
    count = pairs.group_by("relative").agg(n=pl.len().cast(pl.Int64))
    known = before["documents"].select(claimant="person_id").unique().with_columns(here=pl.lit(value=True))
    frame = claims.join(mine, on=["claimant", "relative"], how="left", maintain_order="left")
    frame = frame.join(count, on="relative", how="left", maintain_order="left")
    frame = frame.join(known, on="claimant", how="left", maintain_order="left")
    was = pl.col("mine").fill_null(value=False)
    others = pl.col("n").fill_null(0) - was.cast(pl.Int64)
    return frame.select(
        "document",
        "line_no",
        last_mine=pl.when(pl.col("here")).then(was),
        last_other=pl.when(pl.col("n").is_not_null()).then(others > 0),
    )


def last_papers(sources: Sources, before: Tables | None) -> pl.DataFrame:
    """Return (person) whom last year's extract has papers of."""
    people = sources.people.select("person", "person_id")
    if before is None:
        return people.clear().select("person")
    return people.join(before["documents"], on="person_id", how="semi").select("person").sort("person")


def dropped(sources: Sources, tables: Tables, before: Tables | None) -> pl.DataFrame:
    """Return by person and field (a count of relatives) whom the person claimed last year and not now.

    dropped, dropped_over: of those whom nobody claims now and who are still there, how many are within the
    income limit, and above it; given: those whom somebody else claims now. By the class they are in now.
    """
    now = _claims(tables)
    past = _claims(before) if before is not None else now.clear()
    gone = past.join(now, on=["claimant", "relative"], how="anti")
    taken = now.select("relative").unique().with_columns(taken=pl.lit(value=True))
    homes = sources.people.select("person", "household_id", claimant="person_id", own_is="relationship")
    others = sources.residents.filter(stayed(sources.law)).select(
        "birth_date", relative="person_id", other_home="household_id", other_is="relationship"
    )
    pairs = homes.join(gone, on="claimant").join(others, on="relative")
    pairs = pairs.join(taken, on="relative", how="left").with_columns(
        together=pl.col("household_id") == pl.col("other_home"), taken=pl.col("taken").fill_null(value=False)
    )
    told = classed(pairs.rename({"relative": "other"}), sources).group_by("person", "field")
    free = ~pl.col("taken")
    return told.agg(
        dropped=(free & ~pl.col("over")).sum().cast(pl.Int64),
        dropped_over=(free & pl.col("over")).sum().cast(pl.Int64),
        given=pl.col("taken").sum().cast(pl.Int64),
    ).sort("person", "field")


def dropped_after(proposed: Proposed, lost: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return by repair what it does for relatives who are not claimed any more (`dropped`).

    dropped, dropped_over, given: of all classes; dropped_here, given_here: of the classes that the repair
    counts more of; dropped_left: whom nobody claims after it. Null for who is not in `known` (person): the
    people whom last year's extract has papers of.
    """
    key = ["row", "repair_id"]
    sums = lost.group_by("person").agg(pl.col("dropped", "dropped_over", "given").sum())
    raised = proposed.changes.filter(pl.col("value") > pl.col("recorded")).join(lost, on=["person", "field"])
    more = pl.col("value") - pl.col("recorded")
    here = raised.group_by(key).agg(
        dropped_here=pl.min_horizontal("dropped", more).sum(),
        given_here=pl.min_horizontal("given", more).sum(),
    )
    marked = known.select("person").unique().with_columns(here=pl.lit(value=True))
    frame = proposed.repairs.select(*key, "person").join(sums, on="person", how="left", maintain_order="left")
    frame = frame.join(here, on=key, how="left", maintain_order="left")
    frame = frame.join(marked, on="person", how="left", maintain_order="left")
    names = ("dropped", "dropped_over", "given", "dropped_here", "given_here")
    frame = frame.with_columns(pl.when("here").then(pl.col(name).fill_null(0)).alias(name) for name in names)
    return frame.select(*key, *names, dropped_left=pl.col("dropped") - pl.col("dropped_here"))


def last_shared(sources: Sources, tables: Tables, before: Tables | None) -> pl.DataFrame:
    """Return by row with a person named beside: of the relatives whom both claim, who claimed them last year.

    shared: relatives claimed by both now; shared_mine, shared_other: how many of them each claimed last year.
    """
    rows = sources.rows.select("row", claimant="person_id", other="related_person_id").drop_nulls()
    now = _claims(tables)
    both = rows.join(now, on="claimant").join(
        now.rename({"claimant": "other"}), on=["other", "relative"], how="semi"
    )
    past = _claims(before) if before is not None else now.clear()
    mine = past.with_columns(mine=pl.lit(1, dtype=pl.Int64))
    theirs = past.select(other="claimant", relative="relative").with_columns(theirs=pl.lit(1, dtype=pl.Int64))
    told = both.join(mine, on=["claimant", "relative"], how="left").join(
        theirs, on=["other", "relative"], how="left"
    )
    return (
        told.group_by("row")
        .agg(shared=pl.len(), shared_mine=pl.col("mine").sum(), shared_other=pl.col("theirs").sum())
        .sort("row")
    )
