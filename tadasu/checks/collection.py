"""徴収・形式: who collects the tax, and figures that cannot be what was meant."""

from datetime import date

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import differs, is_set, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.fields import FIELDS
from tadasu.law import Law

_TRANSCRIBED = (
    "salary_revenue",
    "pension_revenue",
    "business_income",
    "real_estate_income",
    "dividend_income",
    "stock_income",
    "other_misc_income",
    "social_insurance",
    "small_enterprise_mutual_aid",
)
_ADDED_UP = {
    "salary_revenue": "salary_reported",
    "pension_revenue": "pension_reported",
    "social_insurance": "insurance_reported",
}


def _special_collection(records: Records, _: Law) -> pl.DataFrame:
    """The mark contradicts the reports: no employer left who could collect, several, or none any more."""
    reports = records.papers.filter(pl.col("kind") == "salary_report", ~pl.col("rolled_in"))
    staying = is_set("special_collection") & pl.col("left_job_on").is_null()
    employers = reports.group_by("person_id", maintain_order=True).agg(
        collectors=pl.col("payer_id").filter(staying).n_unique().cast(pl.Int64),
        jobs=pl.col("left_job_on").is_null().sum().cast(pl.Int64),
    )
    people = records.taxpayers.filter(pl.col("recorded")).join(
        employers, on="person_id", how="left", maintain_order="left"
    )
    collected, collectors = is_set("special_collection"), n("collectors")
    stopped = ~collected & is_set("last_special_collection") & (n("jobs") > 0) & (pl.col("n_adjusted") > 0)
    found = people.filter((collected & (collectors == 0)) | (collectors > 1) | stopped)
    message = say("特別徴収の区分を確認（特別徴収とする在職中の支払者 {}か所）", said(collectors))
    return rows(found, message, documents="report_ids", stated=collected, expected=collectors > 0)


def _keyed(records: Records, law: Law) -> pl.DataFrame:
    transcribed = [_not_as_returned(records, name) for name in _TRANSCRIBED]
    added = [_not_as_reported(records, name) for name in _ADDED_UP]
    return pl.concat([*transcribed, *added, _impossible(records, law)])


def _not_as_returned(records: Records, name: str) -> pl.DataFrame:
    """The record is not what the return states."""
    stated, returned = n(name), pl.col(f"return_{name}")
    found = records.taxpayers.filter(pl.col("recorded") & differs(stated, returned))
    return _apart(found, name, returned, "return_ids")


def _not_as_reported(records: Records, name: str) -> pl.DataFrame:
    """Without a return, the record is not what the reports add up to."""
    reported = pl.col(_ADDED_UP[name])
    without = (pl.col("n_returns") == 0) & pl.col("recorded")
    return _apart(records.taxpayers.filter(without & (n(name) != reported)), name, reported, "paper_ids")


def _apart(found: pl.DataFrame, name: str, papers: pl.Expr, documents: str) -> pl.DataFrame:
    message = say(f"{FIELDS[name].label}：合算結果 {{}}、資料 {{}}", yen(n(name)), yen(papers))
    return rows(found, message, documents=documents, field=pl.lit(name), stated=n(name), expected=papers)


def _impossible(records: Records, law: Law) -> pl.DataFrame:
    """Figures of a report that cannot stand beside each other, and days outside the year."""
    revenue = n("salary_revenue")
    first, last = date(law.year - 1, 1, 1), date(law.year - 1, 12, 31)
    bound = limits()
    insurance = n("social_insurance")
    reasons = {
        "withheld": n("withheld_income_tax") > revenue,
        "previous": n("previous_salary_revenue") > revenue,
        "insurance": (insurance > bound.insurance_least)
        & (insurance * 100 > revenue * bound.insurance_percent),
        "left": (pl.col("left_job_on") < first) | (pl.col("left_job_on") > last),
    }
    texts = {
        "withheld": "源泉徴収税額が給与収入を超える",
        "previous": "前職分が給与収入を超える",
        "insurance": "社会保険料が給与収入に比べて大きい",
        "left": "退職日がこの年でない",
    }
    why = pl.coalesce(
        pl.when(condition.fill_null(value=False)).then(pl.lit(texts[name]))
        for name, condition in reasons.items()
    )
    reports = records.papers.filter(pl.col("kind") == "salary_report").with_columns(why=why)
    found = reports.filter(pl.col("why").is_not_null())
    by_insurance = pl.col("why") == texts["insurance"]
    field = pl.when(by_insurance).then(pl.lit("social_insurance")).otherwise(pl.lit("salary_revenue"))
    stated = pl.when(by_insurance).then(insurance).otherwise(revenue)
    message = say("{}（給与収入 {}）", pl.col("why"), yen(revenue))
    return rows(found, message, documents="document_id", field=field, stated=stated)


CHECKS: tuple[Check, ...] = (
    Check(
        "T01",
        "特別徴収の区分",
        "徴収区分確認",
        "collection",
        "special_collection",
        ("special_collection",),
        "地方税法321条の3",
        ("leave", "set_status", "inquire"),
        "特別徴収とする在職中の支払者がない、又は2か所以上ある、又は前年の特別徴収がなくなっている",
        _special_collection,
    ),
    Check(
        "T04",
        "入力・桁",
        "入力値異常",
        "collection",
        None,
        ("salary_income", "pension_income", *_TRANSCRIBED),
        "地方税法317条の6",
        ("undo_keying", "take_document", "leave", "inquire"),
        "合算結果が採用した資料の額と異なる、又は支払報告書の数値・日付が互いに成り立たない",
        _keyed,
        without_error="任意継続などで社会保険料が給与より大きい",
    ),
)
"""The checks of this subject."""
