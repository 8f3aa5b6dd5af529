"""What is to be said of the one document on which a repair rests: its name, amounts, and what is odd about it."""

import polars as pl

from features.repairs.sources import Sources
from models.reasons.papers import REPORTS, named
from models.reasons.wording import article, yen

PART = {"salary_revenue": "previous_salary_revenue", "social_insurance": "previous_social_insurance"}


def about(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return by line, of the document its repair names: paper, paper_amount, previous, odd, keyed.

    `paper_amount` is what it states of the line's field, `previous` the previous employer's part of it; `odd`
    says why it may be one too many, `keyed` how its salary and its income do not fit (null where they do).
    """
    asked = lines.filter(pl.col("document").is_not_null()).select("line", "document", "field", "field_name")
    facts = sources.documents.select("document", *set(PART.values()))
    amounts = sources.values.select("document", "field", paper_amount="value")
    known = asked.join(facts, on="document", how="left").join(amounts, on=["document", "field"], how="left")
    known = known.join(named(sources).select("document", paper="long"), on="document", how="left")
    known = known.join(odd(sources), on="document", how="left").join(
        unfit(sources), on="document", how="left"
    )
    previous = pl.coalesce(
        *(pl.when(pl.col("field_name") == field).then(pl.col(part)) for field, part in PART.items())
    )
    return known.select("line", "paper", "paper_amount", "odd", "keyed", previous=previous)


def odd(sources: Sources) -> pl.DataFrame:
    """Return by report why it may count twice: void, the same payer again, a previous employer's part."""
    reports = sources.documents.filter(pl.col("kind").is_in(REPORTS)).select(
        "document", "person", "kind", "in_force", "is_cancelled", "payer_id", "salary_revenue",
        "pension_revenue", "previous_salary_revenue", "previous_payer_id",
    )
    standing = reports.filter("in_force")
    revenue = pl.coalesce("salary_revenue", "pension_revenue")
    same_payer = standing.filter(pl.col("payer_id").is_not_null()).group_by("person", "kind", "payer_id").agg(
        of_payer=pl.len(), amounts=revenue.n_unique()
    )
    parts = standing.filter(pl.col("previous_salary_revenue") > 0).select(
        "person", salary_revenue="previous_salary_revenue", counted=pl.lit(True)
    ).unique()
    payers = standing.filter(pl.col("previous_payer_id").is_not_null()).select(
        "person", payer_id="previous_payer_id", previous_of=pl.lit(True)
    ).unique()
    known = (
        reports.join(same_payer, on=["person", "kind", "payer_id"], how="left")
        .join(parts, on=["person", "salary_revenue"], how="left")
        .join(payers, on=["person", "payer_id"], how="left")
    )
    text = (
        pl.when(pl.col("is_cancelled").fill_null(value=False))
        .then(pl.lit("取消済の資料"))
        .when(~pl.col("in_force"))
        .then(pl.lit("訂正前の資料"))
        .when(pl.col("counted").fill_null(value=False))
        .then(pl.lit("他の給報の前職分と同額"))
        .when(pl.col("previous_of").fill_null(value=False))
        .then(pl.lit("他の給報に前職として記載"))
        .when((pl.col("of_payer") > 1) & (pl.col("amounts") == 1))
        .then(pl.lit("同じ支払者・同額の資料が重複"))
        .when(pl.col("of_payer") > 1)
        .then(pl.lit("同じ支払者の資料が重複"))
    )
    return known.select("document", odd=text)


def unfit(sources: Sources) -> pl.DataFrame:
    """Return by document how its salary and its income do not fit by law (null where they do)."""
    law = sources.law
    by_law = law.salary_income.of(pl.col("salary_revenue"))
    stated = sources.documents.filter(
        "in_force", pl.col("salary_income").is_not_null(), by_law != pl.col("salary_income")
    )
    text = pl.format(
        "所得{}が収入{}と合わない（法定{}、{}）",
        yen(pl.col("salary_income")),
        yen(pl.col("salary_revenue")),
        yen(by_law),
        pl.lit(article(law.salary_income.cite)),
    )
    return stated.select("document", keyed=text)
