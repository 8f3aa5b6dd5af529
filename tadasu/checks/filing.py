"""宛名・課税資格: whose paper it is, and whether it was filed twice."""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import PENSION, SALARY, differs
from tadasu.checks.papers import REPORTS
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.law import Law
from tadasu.tables import KIND_LABELS

_DOUBTED = {"salary_report": "salary_revenue", "pension_report": "pension_revenue"}


def _kind_in_words() -> pl.Expr:
    return pl.col("kind").replace_strict(KIND_LABELS, default=None, return_dtype=pl.String)


def _doubted() -> pl.Expr:
    return pl.col("kind").replace_strict(_DOUBTED, default=None, return_dtype=pl.String)


def _birth_differs(records: Records, _: Law) -> pl.DataFrame:
    papers = records.papers.filter(differs(pl.col("birth_date"), pl.col("register_birth")))
    kin = records.residents.select("household_id", "birth_date", namesake="person_id")
    others = papers.select("document_id", "person_id", "household_id", "birth_date").join(
        kin, on=["household_id", "birth_date"]
    )
    other = (
        others.filter(pl.col("namesake") != pl.col("person_id"))
        .group_by("document_id")
        .agg(pl.min("namesake"))
    )
    stated, register = said(pl.col("birth_date")), said(pl.col("register_birth"))
    return rows(
        papers.join(other, on="document_id", how="left", maintain_order="left"),
        say("{}の生年月日が {}、住民基本台帳では {}", _kind_in_words(), stated, register),
        documents="document_id",
        related="namesake",
        field=_doubted(),
        stated=stated,
        expected=register,
    )


def _same_report_twice(records: Records, _: Law) -> pl.DataFrame:
    """Find reports of one payer, and reports that state the same pay and insurance."""
    reports = records.papers.with_columns(revenue=pl.coalesce("salary_revenue", "pension_revenue")).filter(
        pl.col("kind").is_in(REPORTS), pl.col("revenue") > 0
    )
    payer = reports.filter(pl.col("payer_id").is_not_null())
    amount = reports.filter(pl.col("social_insurance") > 0)
    twice = pl.concat([_alike(payer, "payer_id"), _alike(amount, "revenue", "social_insurance")])
    # Three reports of one payer, two of them alike, are one question, not two.
    found = twice.sort("person_id", "kind", pl.col("document_ids").list.len(), descending=[False, True, True])
    found = found.unique(["person_id", "kind"], keep="first", maintain_order=True)
    more, less = pl.col("more"), pl.col("less")
    message = say("{}が重複している疑い（{} と {}）", _kind_in_words(), yen(more), yen(less))
    return rows(found, message, documents="document_ids", field=_doubted(), stated=more, expected=less)


def _alike(reports: pl.DataFrame, *columns: str) -> pl.DataFrame:
    grouped = reports.with_columns(same=pl.struct(columns)).group_by("person_id", "kind", "same")
    several = grouped.agg(
        document_ids=pl.col("document_id").sort(),
        less=pl.col("revenue").min(),
        more=pl.col("revenue").max(),
    ).filter(pl.col("document_ids").list.len() > 1)
    return several.drop("same").sort("person_id", "kind", pl.col("document_ids").list.first())


def _several_returns(records: Records, _: Law) -> pl.DataFrame:
    found = records.taxpayers.filter(pl.col("n_returns") > 1)
    return rows(
        found,
        say("申告書が{}件ある", said(pl.col("n_returns"))),
        documents="return_ids",
        stated=pl.col("n_returns"),
        expected=pl.lit(1),
    )


def _late(records: Records, _: Law) -> pl.DataFrame:
    found = records.late
    message = say("合算後に{}を受け付けた（受付日 {}）", _kind_in_words(), said(pl.col("received_on")))
    revenue = pl.coalesce("salary_revenue", "pension_revenue")
    return rows(found, message, documents="document_id", field=_doubted(), expected=revenue)


CHECKS: tuple[Check, ...] = (
    Check(
        "N02",
        "資料の生年月日",
        "宛名生年月日相違",
        "identity",
        None,
        (*SALARY, *PENSION),
        "地方税法317条の6",
        ("leave", "drop_document", "inquire"),
        "資料の生年月日が住民基本台帳と異なる（同じ世帯に一致する者があればその者を示す）",
        _birth_differs,
    ),
    Check(
        "N06",
        "支払報告書の重複",
        "同一資料重複",
        "identity",
        None,
        (*SALARY, *PENSION),
        "所得税法28条1項・35条3項",
        ("drop_document", "leave", "inquire"),
        "同じ支払者の、又は収入と社会保険料の同じ支払報告書が2件以上ある",
        _same_report_twice,
        without_error="同じ勤務先で続けて2件の給与がある",
    ),
    Check(
        "N09",
        "申告書の重複",
        "申告書複数件",
        "identity",
        None,
        (
            "salary_revenue",
            "pension_revenue",
            "business_income",
            "social_insurance",
            "life_insurance",
            "medical_expense",
        ),
        "地方税法315条",
        ("leave", "drop_document", "take_document"),
        "有効な確定申告書・住民税申告書が合わせて2件以上ある",
        _several_returns,
    ),
    Check(
        "N12",
        "合算後の受付資料",
        "合算後到着資料",
        "identity",
        None,
        (*SALARY, *PENSION),
        "地方税法315条・317条の6",
        ("add_document", "leave"),
        "合算の日より後に資料を受け付けた",
        _late,
    ),
)
"""The checks of this subject."""
