"""What is to be said of the one document on which a repair rests: its name, its amounts, what is odd."""

import polars as pl

from features.mended import contradictions
from features.repairs.papers import SUMMED
from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.papers import REPORTS
from models.reasons.wording import article, day, joined, short_day, yen

PART = {"salary_revenue": "previous_salary_revenue", "social_insurance": "previous_social_insurance"}


def about(lines: pl.DataFrame, sources: Sources, names: pl.DataFrame) -> pl.DataFrame:
    """Return by line, of the document its repair names: paper, paper_amount, previous, odd, keyed.

    `paper_amount` is what it states of the line's field, `previous` the previous employer's part of it; `odd`
    says why it may be one too many, `keyed` how its salary and its income do not fit (null where they do).
    """
    asked = lines.filter(pl.col("document").is_not_null()).select("line", "document", "field", "field_name")
    facts = sources.documents.select("document", *PART.values())
    amounts = sources.values.select("document", "field", paper_amount="value")
    known = asked.join(facts, on="document", how="left").join(amounts, on=["document", "field"], how="left")
    known = known.join(names.select("document", paper="long"), on="document", how="left")
    known = known.join(odd(sources), on="document", how="left").join(
        unfit(sources), on="document", how="left"
    )
    previous = pl.coalesce(
        *(pl.when(pl.col("field_name") == field).then(pl.col(part)) for field, part in PART.items())
    )
    return known.select("line", "paper", "paper_amount", "odd", "keyed", previous=previous)


def odd(sources: Sources) -> pl.DataFrame:
    """Return by report why it may count twice: void, the same payer again, a previous employer's part.

    Of such a report it is told, too, where its own figures miss its salary: of two it is the wrong one.
    """
    known = _reports(sources).join(contradictions(sources), on="document", how="left")
    birth = pl.when(pl.col("birth_date") != pl.col("register")).then(
        pl.format("生年月日が台帳と相違：資料{}・台帳{}", day(pl.col("birth_date")), day(pl.col("register")))
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
        .when(pl.col("left_job_on").is_not_null() & (pl.col("adjusted") > 0))
        .then(pl.format("{}退職、他の給報が年末調整済", short_day(pl.col("left_job_on"))))
    )
    itself = [
        pl.when(text.is_not_null() & pl.col(misses).fill_null(value=False)).then(
            pl.lit(f"{part}が収入と合わない")
        )
        for misses, part in (("insurance_misses", "雇用保険料"), ("tax_misses", "源泉徴収税額"))
    ]
    return known.select("document", odd=joined(text, birth, *itself, between="・"))


def _reports(sources: Sources) -> pl.DataFrame:
    """Return the reports with what the person's others say of the same payer and amount."""
    reports = sources.documents.filter(pl.col("kind").is_in(REPORTS))
    standing = reports.filter("in_force")
    revenue = pl.coalesce("salary_revenue", "pension_revenue")
    same_payer = (
        standing.filter(pl.col("payer_id").is_not_null())
        .group_by("person", "kind", "payer_id")
        .agg(of_payer=pl.len(), amounts=revenue.n_unique())
    )
    parts = standing.filter(pl.col("previous_salary_revenue") > 0).select(
        "person", salary_revenue="previous_salary_revenue", counted=pl.lit(True)
    )
    payers = standing.filter(pl.col("previous_payer_id").is_not_null()).select(
        "person", payer_id="previous_payer_id", previous_of=pl.lit(True)
    )
    settled = pl.col("year_end_adjusted").fill_null(value=False)
    adjusted = standing.filter(settled).group_by("person").agg(adjusted=pl.len())
    births = sources.people.select("person", register="birth_date")
    return (
        reports.join(same_payer, on=["person", "kind", "payer_id"], how="left")
        .join(parts.unique(), on=["person", "salary_revenue"], how="left")
        .join(payers.unique(), on=["person", "payer_id"], how="left")
        .join(births, on="person", how="left")
        .join(adjusted, on="person", how="left")
    )


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


def gaps(lines: pl.DataFrame, sources: Sources, names: pl.DataFrame) -> pl.DataFrame:
    """Say of lines about added-up amounts what the difference to the record is equal to: (line, gap)."""
    summed = [NUMBER[name] for name in SUMMED]
    standing = names.select("document", "short")
    whole = sources.values.filter("in_force", pl.col("field").is_in(summed), pl.col("value") > 0)
    whole = whole.select("person", "document", "field", amount="value", what=pl.lit("の"), order=pl.lit(1))
    parts = [
        sources.documents.filter("in_force", pl.col(part) > 0).select(
            "person",
            "document",
            field=pl.lit(NUMBER[field], dtype=pl.Int64),
            amount=part,
            what=pl.lit("の前職分"),
            order=pl.lit(0),
        )
        for field, part in PART.items()
    ]
    known = pl.concat([whole, *parts]).join(standing, on="document")
    asked = lines.filter(pl.col("field").is_in(summed) & (pl.col("value") != pl.col("now")))
    more = (pl.col("now") > pl.col("value")).alias("more")
    asked = asked.select("line", "person", "field", more, amount=(pl.col("now") - pl.col("value")).abs())
    found = asked.join(known, on=["person", "field", "amount"]).sort("line", "order", "document")
    verdict = pl.when("more").then(pl.lit("二重の疑い")).otherwise(pl.lit("記録にない"))
    text = pl.format("{}{}{}が{}", "short", "what", yen(pl.col("amount")), verdict)
    return found.group_by("line", maintain_order=True).agg(gap=text.first())


def odd_ones(lines: pl.DataFrame, sources: Sources, names: pl.DataFrame) -> pl.DataFrame:
    """Say of lines about added-up amounts which report of the person is odd, for a record that stays."""
    summed = [NUMBER[name] for name in SUMMED]
    known = odd(sources).filter(pl.col("odd").is_not_null())
    known = known.join(sources.documents.select("document", "person", "in_force"), on="document")
    known = known.filter("in_force").join(names.select("document", "short"), on="document")
    by_person = (
        known.sort("person", "document")
        .group_by("person", maintain_order=True)
        .agg(odd_one=pl.format("{}：{}", "short", "odd").first())
    )
    asked = lines.filter(pl.col("field").is_in(summed)).select("line", "person")
    return asked.join(by_person, on="person").drop("person")
