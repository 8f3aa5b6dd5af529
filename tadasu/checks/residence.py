"""宛名・課税資格: who is taxed here at all; the register decides who lived here on the assessment date."""

from datetime import date

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import PENSION, SALARY, is_set, n
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.law import Law

_NEAR = pl.duration(days=14)
"""How close to the assessment date a move makes another city likely to tax the person too."""


def assessment_date(law: Law) -> date:
    """Return 賦課期日: 1 January of the tax year."""
    return date(law.year, 1, 1)


def lives_here(law: Law) -> pl.Expr:
    """Return whether the register has the person as living here on the assessment date.

    Who leaves or dies on the day itself was there when it began.
    """
    day = assessment_date(law)
    arrived = (pl.col("resident_since") <= day).fill_null(value=True)
    return is_set("registered") & arrived & (pl.col("left_on") >= day).fill_null(value=True)


def _not_here(records: Records, law: Law) -> pl.DataFrame:
    day = pl.lit(assessment_date(law))
    gone = pl.when(pl.col("left_reason") == "moved").then(pl.col("left_on"))
    moved = pl.coalesce(gone, pl.col("resident_since"))
    born_here = pl.col("birth_date") == pl.col("resident_since")
    close = moved.is_between(day - _NEAR, day + _NEAR) & ~born_here.fill_null(value=False)
    contradicts = is_set("is_resident") != lives_here(law)
    alive = pl.col("left_reason").fill_null("moved") == "moved"
    found = records.taxpayers.filter(
        alive & is_set("registered") & is_set("recorded") & (contradicts | close.fill_null(value=False))
    )
    since, left = said(pl.col("resident_since")), said(pl.col("left_on"))
    return rows(
        found,
        say("賦課期日の居住を確認（住民となった日 {}・異動日 {}）", since, left),
        stated=pl.col("is_resident"),
        expected=lives_here(law),
    )


def _not_registered(records: Records, _: Law) -> pl.DataFrame:
    found = records.taxpayers.filter(~is_set("registered") & (pl.col("paper_ids").list.len() > 0))
    return rows(found, say("住民登録のない者に課税資料がある"), stated=pl.col("is_resident"))


def _died(records: Records, law: Law) -> pl.DataFrame:
    day, february = assessment_date(law), date(law.year, 2, 1)
    died = (pl.col("left_reason") == "died").fill_null(value=False)
    before = died & (pl.col("left_on") < day) & is_set("is_resident")
    in_january = died & (pl.col("left_on") >= day) & (pl.col("left_on") < february)
    found = records.taxpayers.filter((before | in_january) & is_set("recorded"))
    message = say("死亡者に課税資料がある（死亡日 {}）", said(pl.col("left_on")))
    return rows(found, message, stated=pl.col("left_on"), expected=pl.lit(day))


def _no_papers(records: Records, law: Law) -> pl.DataFrame:
    pension = n("pension_revenue") > n("salary_revenue")
    largest = pl.max_horizontal(n("salary_revenue"), n("pension_revenue"))
    # Of salary and pension a payer reports; of anything else only the person does.
    taxed = records.previous_assessments.filter((pl.col("resident_tax") > 0) & (largest > 0)).select(
        "person_id", "salary_revenue", "pension_revenue"
    )
    here = records.residents.with_columns(registered=pl.lit(value=True)).filter(lives_here(law))
    claimed = records.claims.select(person_id="relative_id").drop_nulls()
    found = (
        taxed.join(here.select("person_id"), on="person_id", how="semi")
        .join(records.papers.select("person_id"), on="person_id", how="anti")
        .join(claimed, on="person_id", how="anti")
        .with_columns(none=pl.lit(None, pl.String))
    )
    field = pl.when(pension).then(pl.lit("pension_revenue")).otherwise(pl.lit("salary_revenue"))
    return rows(
        found,
        say("前年度は課税（収入 {}）、当年度の課税資料がない", yen(largest)),
        documents="none",
        field=field,
        expected=largest,
    )


def _on_assistance(records: Records, _: Law) -> pl.DataFrame:
    with_income = is_set("public_assistance") & (n("income_levy_before_credits") > 0)
    found = records.taxpayers.filter(with_income & is_set("recorded"))
    message = say("生活保護受給者に課税標準のある所得がある（合計所得 {}）", yen(pl.col("total_income")))
    return rows(found, message, stated=pl.col("total_income"))


CHECKS: tuple[Check, ...] = (
    Check(
        "N03",
        "賦課期日の居住",
        "住所要件確認",
        "identity",
        "is_resident",
        ("is_resident",),
        "地方税法294条1項・318条",
        ("set_residence", "leave", "drop_document", "inquire"),
        "賦課期日の居住が住民基本台帳と異なる、又は賦課期日の前後14日に異動がある",
        _not_here,
        without_error="賦課期日の前後に転入・転出した",
    ),
    Check(
        "N04",
        "住登外の課税資料",
        "住民登録外者確認",
        "identity",
        "is_resident",
        ("is_resident",),
        "地方税法294条3項",
        ("leave", "set_residence", "inquire"),
        "住民基本台帳にない者に課税資料がある",
        _not_registered,
    ),
    Check(
        "N05",
        "死亡者の課税資料",
        "死亡者課税確認",
        "identity",
        "is_resident",
        ("is_resident",),
        "地方税法294条1項・318条",
        ("set_residence", "leave"),
        "賦課期日以前に死亡した者を居住者としている、又は1月中に死亡した者に課税資料がある",
        _died,
        without_error="1月に死亡し、前年の所得に課税される",
    ),
    Check(
        "N07",
        "当年資料なし",
        "未申告調査対象",
        "identity",
        None,
        (*SALARY, *PENSION),
        "地方税法317条の2",
        ("leave", "add_document", "inquire"),
        "給与・年金で前年度に課税された居住者に当年度の資料がなく、扶養親族等としても申告されていない",
        _no_papers,
        without_error="収入がなくなった",
    ),
    Check(
        "N08",
        "生活保護受給者の所得",
        "被保護者所得確認",
        "identity",
        None,
        (*SALARY, *PENSION),
        "地方税法295条1項1号",
        ("leave", "drop_document", "inquire"),
        "生活保護の受給者に、所得割の課される額の所得がある",
        _on_assistance,
        without_error="所得のある月があった",
    ),
)
"""The checks of this subject."""
