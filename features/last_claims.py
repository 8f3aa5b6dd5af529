"""Who claimed whom last year: from last year's papers, for the people whom last year's extract holds.

Only half of the people are in both years' extracts; for the others the clue is empty.
"""

import polars as pl

from features.repairs.incomes import in_force
from features.repairs.sources import Sources

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
