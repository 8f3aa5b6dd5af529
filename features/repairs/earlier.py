"""What earlier years' papers let one expect of this year: premiums, the housing loan, other pensions."""

from collections.abc import Mapping

import polars as pl

from features.repairs.incomes import in_force
from tadasu.tables import LIFE_PREMIUMS

PAIRS = 5
"""Loans of one year of moving in, or people of one payer, from which what is usual is learnt."""
STEP = 100
"""Yen to which what is deductible of a housing loan is cut (租税特別措置法41条2項)."""

Past = Mapping[int, dict[str, pl.DataFrame]]


def _papers(past: Past) -> list[tuple[int, pl.DataFrame]]:
    """Return each earlier year's documents in force, oldest first."""
    return [(year, tables["documents"].filter(in_force())) for year, tables in sorted(past.items())]


def premiums(past: Past, place: pl.DataFrame) -> pl.DataFrame:
    """Return (person, premiums), of each person the newest earlier paper that states any (yen)."""
    stated = pl.any_horizontal(pl.col(LIFE_PREMIUMS) > 0)
    found = [
        papers.filter(stated).select(
            "person_id", "document_id", *LIFE_PREMIUMS, year=pl.lit(year, dtype=pl.Int64)
        )
        for year, papers in _papers(past)
    ]
    if not found:
        schema = {"person": pl.Int64, **dict.fromkeys(LIFE_PREMIUMS, pl.Int64)}
        return pl.DataFrame(schema=schema)
    every = pl.concat(found).join(place, on="person_id").sort("person", "year", "document_id")
    newest = every.group_by("person", maintain_order=True).last()
    return newest.select("person", pl.col(LIFE_PREMIUMS).cast(pl.Int64).fill_null(0))


def _loans(papers: pl.DataFrame) -> pl.DataFrame:
    stated = papers.filter(pl.col("housing_loan_deductible") > 0).sort(
        "person_id", "received_on", "document_id"
    )
    newest = stated.unique("person_id", keep="last", maintain_order=True)
    return newest.select(
        "person_id",
        deductible=pl.col("housing_loan_deductible").cast(pl.Int64),
        moved_in="housing_move_in_on",
    )


def loans(past: Past, documents: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """Return (person, deductible, moved_in): what is to be expected of this year's housing loan (yen).

    A loan is paid back by a plan, so what the newest earlier paper states is brought forward by the share
    that it usually is of it this year: the median of loans as old, of people with papers of both years.
    """
    schema = pl.Schema({"person": pl.Int64, "deductible": pl.Int64, "moved_in": pl.Date})
    found = [_loans(papers).with_columns(year=pl.lit(year)) for year, papers in _papers(past)]
    if not found:
        return pl.DataFrame(schema=schema)
    every = pl.concat(found).sort("person_id", "year")
    before = every.unique("person_id", keep="last", maintain_order=True)
    now = _loans(documents.filter(in_force())).select("person_id", now="deductible")
    age = ["year", pl.col("moved_in").dt.year().alias("since")]
    shares = (
        every.join(now, on="person_id")
        .group_by(age)
        .agg(share=(pl.col("now") / pl.col("deductible")).median(), pairs=pl.len())
    )
    usual = shares.filter((pl.col("pairs") >= PAIRS) & (pl.col("share") < 1))
    known = before.join(place, on="person_id").with_columns(since=pl.col("moved_in").dt.year())
    known = known.join(usual, on=["year", "since"]).sort("person")
    # What was stated had been cut to whole steps: half of one more is what it came to on average.
    expected = ((pl.col("deductible") + STEP // 2) * pl.col("share")).cast(pl.Int64) // STEP * STEP
    return known.select("person", deductible=expected, moved_in="moved_in").cast(schema)


def pensions(past: Past, documents: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """Return (person, payer_id, before): what a payer reported of a person in the newest earlier year (yen).

    Only payers most of whose pensions stay as they are from year to year (企業年金など): the public ones
    are revised every year.
    """
    schema = pl.Schema({"person": pl.Int64, "payer_id": pl.String, "before": pl.Int64})
    found = [_pensions(papers).with_columns(year=pl.lit(year)) for year, papers in _papers(past)]
    if not found:
        return pl.DataFrame(schema=schema)
    key = ["person_id", "payer_id"]
    before = pl.concat(found).sort(*key, "year").unique(key, keep="last", maintain_order=True)
    both = before.join(_pensions(documents.filter(in_force())), on=key, suffix="_now")
    same = pl.col("revenue") == pl.col("revenue_now")
    steady = both.group_by("payer_id").agg(same=same.mean(), pairs=pl.len())
    kept = steady.filter((pl.col("same") > 0.5) & (pl.col("pairs") >= PAIRS)).select("payer_id")
    known = before.join(kept, on="payer_id").join(place, on="person_id").sort("person", "payer_id")
    return known.select("person", "payer_id", before="revenue").cast(schema)


def _pensions(papers: pl.DataFrame) -> pl.DataFrame:
    """Return (person_id, payer_id, revenue) of those who got one pension report of the payer."""
    reports = papers.filter(
        (pl.col("kind") == "pension_report")
        & (pl.col("pension_revenue") > 0)
        & pl.col("payer_id").is_not_null()
    )
    one = reports.group_by("person_id", "payer_id").agg(
        revenue=pl.col("pension_revenue").first(), papers=pl.len()
    )
    return one.filter(pl.col("papers") == 1).drop("papers")
