"""Who else claims a relative born on the same day: the clue where no number says who the relative is.

A parent or child who lives elsewhere often stands on the papers without a number. Two claims with one birth
date and one relationship are likely the same person, the more so from one household; and a relative whom the
claimant named last year is no new claim.
"""

import polars as pl

from features.repairs.incomes import in_force
from features.repairs.sources import Sources

Tables = dict[str, pl.DataFrame]
KEY = ["birth_date", "relationship"]
LINE = ["document", "line_no"]


def birthmates(sources: Sources, tables: Tables, before: Tables | None) -> pl.DataFrame:
    """Return by document and line of a dependant: mate_home, mate_elsewhere, mate_last.

    Other claimants of somebody born that day in the same relationship, within the household and outside it;
    whether the claimant named such a relative last year too (null where last year knows no paper of theirs).
    `before` is last year's extract, None without one.
    """
    homes = tables["residents"].select(other="person_id", other_home="household_id")
    named = _named(tables).rename({"claimant": "other"}).join(homes, on="other", how="left")
    lines = sources.claims.filter(pl.col("role") != "spouse").select(
        *("document", "person_id", "own_household"), pl.col("line_no").cast(pl.Int64), *KEY
    )
    pairs = lines.join(named, on=KEY).filter(pl.col("other") != pl.col("person_id"))
    home = (pl.col("other_home") == pl.col("own_household")).fill_null(value=False)
    mates = pairs.group_by(LINE).agg(
        mate_home=pl.col("other").filter(home).n_unique().cast(pl.Int64),
        mate_elsewhere=pl.col("other").filter(~home).n_unique().cast(pl.Int64),
    )
    frame = lines.join(mates, on=LINE, how="left", maintain_order="left")
    frame = frame.join(_last(lines, before), on=LINE, how="left", maintain_order="left")
    counts = pl.col("mate_home", "mate_elsewhere").fill_null(0)
    return frame.select(*LINE, counts, "mate_last").sort(LINE)


def claims_by_person(sources: Sources, mates: pl.DataFrame) -> pl.DataFrame:
    """Return by person of the claims whom the system matched with nobody: how many others claim, are new.

    nameless_home, nameless_elsewhere: such claims that somebody in the household, or elsewhere, makes too;
    nameless_new: not made last year. family_new: all claims not made last year.
    """
    unmatched = pl.col("dependent_person_id").is_null()
    claims = sources.claims.with_columns(pl.col("line_no").cast(pl.Int64)).join(mates, on=LINE)
    new = ~pl.col("mate_last")
    return claims.group_by("person").agg(
        nameless_home=(unmatched & (pl.col("mate_home") > 0)).sum(),
        nameless_elsewhere=(unmatched & (pl.col("mate_elsewhere") > 0)).sum(),
        nameless_new=(unmatched & new).sum(),
        family_new=new.sum(),
        family_knows=pl.col("mate_last").is_not_null().any(),
    )


def _named(tables: Tables) -> pl.DataFrame:
    standing = tables["documents"].filter(in_force()).select("document_id", claimant="person_id")
    claims = tables["dependents"].filter(pl.col("role") != "spouse", pl.col("birth_date").is_not_null())
    return claims.join(standing, on="document_id").select("claimant", *KEY).unique()


def _last(lines: pl.DataFrame, before: Tables | None) -> pl.DataFrame:
    if before is None:
        return lines.select(*LINE, mate_last=pl.lit(None, dtype=pl.Boolean))
    named = _named(before).rename({"claimant": "person_id"}).with_columns(was=pl.lit(value=True))
    known = before["documents"].select("person_id").unique().with_columns(here=pl.lit(value=True))
    frame = lines.join(named, on=["person_id", *KEY], how="left", maintain_order="left")
    frame = frame.join(known, on="person_id", how="left", maintain_order="left")
    was = pl.col("was").fill_null(value=False)
    return frame.select(*LINE, mate_last=pl.when("here").then(was))
