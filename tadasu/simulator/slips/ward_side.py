"""Slips of the ward and its system: residence noticed late, papers read late, figures keyed wrong."""

from datetime import date

import polars as pl

from tadasu.simulator.slips.edit import hit_column, restate, sent_here
from tadasu.simulator.slips.figures import between, misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import EVERYTHING, PENSION, SALARY, Slip

HERE = ("is_resident",)


def _taxed(scene: Scene, of_register: pl.Expr) -> pl.DataFrame:
    """People with papers whose line in the register is so."""
    found = scene.facts.residents.filter(of_register).select("person_id")
    paper = scene.adopted.select("person_id")
    return found.join(paper, on="person_id", how="semi", maintain_order="left")


def _day(scene: Scene) -> date:
    return date(scene.year, 1, 1)


def _moved_out(scene: Scene) -> pl.DataFrame:
    return scene.strangers.filter(pl.col("left_reason") == "moved").select("person_id")


def _died(scene: Scene) -> pl.DataFrame:
    return scene.strangers.filter(pl.col("left_reason") == "died").select("person_id")


def _moved_in(scene: Scene) -> pl.DataFrame:
    came = pl.col("resident_since").is_between(date(scene.year - 1, 10, 1), _day(scene))
    return _taxed(scene, came & pl.col("left_on").is_null())


def _taken_for_resident(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Their papers came here, and the merge did not know that they had gone."""
    return sent_here(filed, hit, scene).keying(hit, "is_resident", pl.lit(value=True))


def _taken_for_stranger(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "is_resident", pl.lit(value=False))


def _reports_of_filers(scene: Scene) -> pl.DataFrame:
    """Returns of people who have a report too: without the return there still is a record."""
    reports = scene.valid.filter(pl.col("strength") > 1).select("person_id").unique()
    found = scene.returns.join(reports, on="person_id", how="semi", maintain_order="left")
    return found.select("person_id", "document_id")


def _came_late(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The return reached the ward after the merge."""
    late = pl.lit(date(scene.year, 5, 1)) + pl.duration(days=between(0, 30, hit_column("u")))
    return restate(filed, hit, {"received_on": late}).losing(hit)


def _keyed_papers(scene: Scene) -> pl.DataFrame:
    """Papers whose figures are keyed from paper, of people whose record they decide."""
    by_hand = pl.col("channel").is_in(("paper", "counter", "ksk"))
    return scene.adopted.filter(by_hand).select("person_id", "document_id")


def _keyed(scene: Scene, field: str, least: int) -> pl.DataFrame:
    right = scene.facts.truth.filter(pl.col(field) >= least).select("person_id", pl.col(field).alias("right"))
    return _keyed_papers(scene).join(right, on="person_id", how="inner", maintain_order="left")


def _keyed_salary(scene: Scene) -> pl.DataFrame:
    return _keyed(scene, "salary_revenue", 300_000)


def _salary_mistyped(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    revenue = misread(pl.col("right"), pl.col("u"))
    typed = hit.with_columns(revenue.alias("typed")).with_columns(
        scene.law.salary_income.of(pl.col("typed")).alias("income")
    )
    keyed = filed.keying(typed, "salary_revenue", pl.col("typed"))
    return keyed.keying(typed, "salary_income", pl.col("income"))


def _keyed_pension(scene: Scene) -> pl.DataFrame:
    return _keyed(scene, "pension_revenue", 300_000)


def _pension_mistyped(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "pension_revenue", misread(pl.col("right"), pl.col("u")))


def _keyed_insurance(scene: Scene) -> pl.DataFrame:
    return _keyed(scene, "social_insurance", 20_000)


def _insurance_mistyped(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "social_insurance", misread(pl.col("right"), pl.col("u")))


def _keyed_business(scene: Scene) -> pl.DataFrame:
    return _keyed(scene, "business_income", 100_000)


def _business_mistyped(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "business_income", misread(pl.col("right"), pl.col("u")))


def _leavers(scene: Scene) -> pl.DataFrame:
    """Reports of jobs that were left and whose tax is not withheld any more."""
    right = scene.facts.truth.filter(~pl.col("special_collection")).select("person_id")
    found = scene.salary_reports.filter(pl.col("left_job_on").is_not_null()).select(
        "person_id", "document_id", "payer_id"
    )
    return found.join(right, on="person_id", how="semi", maintain_order="left")


def _collected(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"special_collection": pl.lit(value=True)})


def _workers(scene: Scene) -> pl.DataFrame:
    """Reports of people with one job, whose tax is withheld from it."""
    one = scene.salary_reports.group_by("person_id").len().filter(pl.col("len") == 1)
    found = scene.salary_reports.filter(pl.col("special_collection"), pl.col("left_job_on").is_null())
    found = found.join(one, on="person_id", how="semi", maintain_order="left")
    return found.select("person_id", "document_id", "payer_id")


def _not_collected(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"special_collection": pl.lit(value=False)})


WARD: tuple[Slip, ...] = (
    Slip(
        name="moved_out_before",
        cause_ja="1月1日より前に転出したことが合算時の住民記録に反映されていなかった",
        who="ward",
        checks=("N03",),
        fields=HERE,
        repair_ja="賦課期日に区民でないため課税しない",
        places=_moved_out,
        change=_taken_for_resident,
        asks="R",
    ),
    Slip(
        name="moved_in_before",
        cause_ja="1月1日までに転入したことが合算時の住民記録に反映されていなかった",
        who="ward",
        checks=("N03",),
        fields=HERE,
        repair_ja="賦課期日に区民であるため課税する",
        places=_moved_in,
        change=_taken_for_stranger,
        asks="R",
    ),
    Slip(
        name="died_before",
        cause_ja="1月1日より前に死亡したことが反映されていなかった",
        who="ward",
        checks=("N05",),
        fields=HERE,
        repair_ja="賦課期日前の死亡のため課税しない",
        places=_died,
        change=_taken_for_resident,
        asks="R",
    ),
    Slip(
        name="return_came_late",
        cause_ja="申告書が合算の後に届き、給報・年金報だけで計算された",
        who="tax office",
        checks=("N12",),
        fields=EVERYTHING,
        repair_ja="申告書により計算し直す",
        places=_reports_of_filers,
        change=_came_late,
        asks="R",
    ),
    Slip(
        name="salary_mistyped",
        cause_ja="資料の給与収入を入力するときに桁や数字を誤った",
        who="ward",
        checks=("T04", "S01", "I01"),
        fields=SALARY,
        repair_ja="資料のとおり入力し直す",
        places=_keyed_salary,
        change=_salary_mistyped,
        asks="R",
    ),
    Slip(
        name="pension_mistyped",
        cause_ja="資料の年金収入を入力するときに桁や数字を誤った",
        who="ward",
        checks=("T04", "P01", "I01"),
        fields=PENSION,
        repair_ja="資料のとおり入力し直す",
        places=_keyed_pension,
        change=_pension_mistyped,
        asks="R",
    ),
    Slip(
        name="insurance_mistyped",
        cause_ja="資料の社会保険料を入力するときに桁や数字を誤った",
        who="ward",
        checks=("T04", "D01"),
        fields=("social_insurance",),
        repair_ja="資料のとおり入力し直す",
        places=_keyed_insurance,
        change=_insurance_mistyped,
        asks="R",
    ),
    Slip(
        name="business_mistyped",
        cause_ja="申告書の営業等所得を入力するときに桁や数字を誤った",
        who="ward",
        checks=("T04",),
        fields=("business_income", "spouse_special_deduction", "pension_income"),
        repair_ja="申告書のとおり入力し直す",
        places=_keyed_business,
        change=_business_mistyped,
        asks="R",
    ),
    Slip(
        name="collected_after_leaving",
        cause_ja="退職した人の給報が特別徴収のままである",
        who="employer",
        checks=("T01",),
        fields=("special_collection",),
        repair_ja="普通徴収に切り替える",
        places=_leavers,
        change=_collected,
        asks="R",
    ),
    Slip(
        name="not_collected",
        cause_ja="普通徴収とする理由がないのに給報が普通徴収である",
        who="employer",
        checks=("T01",),
        fields=("special_collection",),
        repair_ja="特別徴収に切り替える",
        places=_workers,
        change=_not_collected,
        asks="Q",
        per="payer",
    ),
)
