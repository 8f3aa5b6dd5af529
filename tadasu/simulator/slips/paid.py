"""Slips about what a taxpayer paid: social insurance, mutual aid, medical costs."""

import polars as pl

from tadasu.simulator.slips.edit import hit_column, restate
from tadasu.simulator.slips.figures import between, misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

INSURANCE = ("social_insurance",)


def _withheld(scene: Scene, kind: str) -> pl.DataFrame:
    """Return what reports of a kind say was withheld for social insurance, by person."""
    reports = scene.valid.filter(pl.col("kind") == kind)
    return reports.group_by("person_id").agg(pl.col("social_insurance").sum().alias("withheld"))


def _returns_with(scene: Scene, kind: str) -> pl.DataFrame:
    found = scene.returns.filter(pl.col("social_insurance") > 0).select("person_id", "document_id")
    withheld = _withheld(scene, kind).filter(pl.col("withheld") > 0)
    return found.join(withheld, on="person_id", how="inner", maintain_order="left")


def _salary_filers(scene: Scene) -> pl.DataFrame:
    return _returns_with(scene, "salary_report")


def _pension_filers(scene: Scene) -> pl.DataFrame:
    return _returns_with(scene, "pension_report")


def _leave_out(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    left = (pl.col("social_insurance") - hit_column("withheld")).clip(0)
    return restate(filed, hit, {"social_insurance": left})


def _twice(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"social_insurance": pl.col("social_insurance") + hit_column("withheld")})


def _spouses_pension(scene: Scene) -> pl.DataFrame:
    """Returns of people whose spouse has premiums withheld from a pension."""
    withheld = (
        _withheld(scene, "pension_report").filter(pl.col("withheld") > 0).rename({"person_id": "other_id"})
    )
    couples = scene.couples.select("person_id", "other_id")
    theirs = couples.join(withheld, on="other_id", how="inner", maintain_order="left")
    found = scene.returns.filter(pl.col("social_insurance") > 0).select("person_id", "document_id")
    return found.join(theirs, on="person_id", how="inner", maintain_order="left").drop("other_id")


def _national_pension(scene: Scene) -> pl.DataFrame:
    """Returns of people who pay premiums themselves."""
    paid = scene.returns.filter(pl.col("social_insurance") >= 150_000)
    return paid.select("person_id", "document_id")


def _unpaid(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """Premiums that fell due, not those that were paid."""
    share = 1.1 + 0.5 * hit_column("u")
    return restate(filed, hit, {"social_insurance": (pl.col("social_insurance") * share).cast(pl.Int64)})


def _reports_with_insurance(scene: Scene) -> pl.DataFrame:
    found = scene.lone_reports.filter(pl.col("social_insurance") >= 10_000, pl.col("channel") != "eltax")
    return found.select("person_id", "document_id", "payer_id")


def _insurance_misread(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(
        filed, hit, {"social_insurance": misread(pl.col("social_insurance"), hit_column("u"))}, sums=False
    )


def _mutual_aid(scene: Scene) -> pl.DataFrame:
    """Returns with contributions that an employer's report states too."""
    told = scene.salary_reports.filter(pl.col("small_enterprise_mutual_aid") > 0).select("person_id").unique()
    found = scene.returns.filter(pl.col("small_enterprise_mutual_aid") > 0)
    return found.join(told, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id"
    )


def _as_insurance(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    paid = pl.col("small_enterprise_mutual_aid")
    boxes = {
        "social_insurance": pl.col("social_insurance").fill_null(0) + paid,
        "small_enterprise_mutual_aid": pl.lit(None, pl.Int64),
    }
    return restate(filed, hit, boxes)


def _medical(scene: Scene) -> pl.DataFrame:
    return scene.returns.filter(pl.col("medical_expense") > 0).select("person_id", "document_id")


def _gross(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The threshold of the deduction was not taken off."""
    whole = pl.col("medical_expense") + _threshold(scene)
    return restate(filed, hit, {"medical_expense": whole})


def _threshold(scene: Scene) -> pl.Expr:
    """Return what stays with the taxpayer: the law's deduction of a great expense less that expense."""
    great = pl.lit(1_000_000, pl.Int64)
    income = pl.col("total_income").fill_null(0)
    return great - scene.law.deductions.medical_expense.of(great, pl.lit(0, pl.Int64), income)


def _compensated(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """What an insurer paid back was not taken off."""
    more = between(30_000, 400_000, hit_column("u") ** 2, 10)
    return restate(filed, hit, {"medical_expense": pl.col("medical_expense") + more})


def _both(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"self_medication": between(1_000, 40_000, hit_column("u"))})


def _self_medicators(scene: Scene) -> pl.DataFrame:
    return scene.returns.filter(pl.col("self_medication") > 0).select("person_id", "document_id")


def _as_medical(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    boxes = {"medical_expense": pl.col("self_medication"), "self_medication": pl.lit(None, pl.Int64)}
    return restate(filed, hit, boxes)


def _with_totals(scene: Scene) -> pl.DataFrame:
    found = scene.adopted.filter(pl.col("deductions_total") > 0, pl.col("housing_loan_deductible").is_null())
    return found.select("person_id", "document_id", "payer_id")


def _total_misprinted(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"deductions_total": misread(pl.col("deductions_total"), hit_column("u"))})


PAID: tuple[Slip, ...] = (
    Slip(
        name="insurance_withheld_left_out",
        cause_ja="給与から引かれた社会保険料を申告書に書かなかった",
        who="taxpayer",
        checks=("D01",),
        fields=INSURANCE,
        repair_ja="給報の社会保険料を加える",
        places=_salary_filers,
        change=_leave_out,
    ),
    Slip(
        name="pension_insurance_left_out",
        cause_ja="年金から引かれた介護保険料などを申告書に書かなかった",
        who="taxpayer",
        checks=("D01",),
        fields=INSURANCE,
        repair_ja="年金報の社会保険料を加える",
        places=_pension_filers,
        change=_leave_out,
    ),
    Slip(
        name="pension_insurance_twice",
        cause_ja="年金から引かれた介護保険料などを二重に申告した",
        who="taxpayer",
        checks=("D01",),
        fields=INSURANCE,
        repair_ja="二重の分を除く",
        places=_pension_filers,
        change=_twice,
    ),
    Slip(
        name="spouses_pension_insurance",
        cause_ja="配偶者の年金から引かれた保険料を自分の控除として申告した",
        who="taxpayer",
        checks=("D01",),
        fields=INSURANCE,
        repair_ja="配偶者の年金から引かれた分を除く",
        places=_spouses_pension,
        change=_twice,
    ),
    Slip(
        name="unpaid_insurance",
        cause_ja="納めていない国民健康保険料や国民年金保険料まで申告した",
        who="taxpayer",
        checks=(),
        fields=INSURANCE,
        repair_ja="納付額を確かめ、その額にする",
        places=_national_pension,
        change=_unpaid,
        asks="Q",
    ),
    Slip(
        name="insurance_misread",
        cause_ja="紙の給報の社会保険料欄の数字を読み違えた",
        who="municipality",
        checks=("D04", "D01", "T04"),
        fields=INSURANCE,
        repair_ja="原票の額にする",
        places=_reports_with_insurance,
        change=_insurance_misread,
    ),
    Slip(
        name="mutual_aid_as_insurance",
        cause_ja="小規模企業共済等掛金を社会保険料の欄に書いた",
        who="taxpayer",
        checks=("D07",),
        fields=("social_insurance", "small_enterprise_mutual_aid"),
        repair_ja="小規模企業共済等掛金控除に移す（税額は変わらない）",
        places=_mutual_aid,
        change=_as_insurance,
    ),
    Slip(
        name="medical_threshold_forgotten",
        cause_ja="医療費控除で10万円（所得の5%）を引いていない",
        who="taxpayer",
        checks=(),
        fields=("medical_expense", "self_medication"),
        repair_ja="10万円（所得の5%）を引いた額にする",
        places=_medical,
        change=_gross,
    ),
    Slip(
        name="medical_compensation_forgotten",
        cause_ja="医療費控除で保険金などの補填額を引いていない",
        who="taxpayer",
        checks=(),
        fields=("medical_expense", "self_medication"),
        repair_ja="本人に照会し、補填額を引く",
        places=_medical,
        change=_compensated,
        asks="Q",
    ),
    Slip(
        name="medical_and_self_medication",
        cause_ja="医療費控除とセルフメディケーション税制を両方申告した",
        who="taxpayer",
        checks=("D03",),
        fields=("medical_expense", "self_medication"),
        repair_ja="本人が選んだ医療費控除だけにする",
        places=_medical,
        change=_both,
    ),
    Slip(
        name="self_medication_as_medical",
        cause_ja="セルフメディケーション税制の額を医療費控除の欄に書いた",
        who="taxpayer",
        checks=(),
        fields=("medical_expense", "self_medication"),
        repair_ja="明細書によりセルフメディケーション税制に移す（税額は変わらない）",
        places=_self_medicators,
        change=_as_medical,
    ),
)

INNOCENT_PAID: tuple[Slip, ...] = (
    Slip(
        name="deductions_total_misprinted",
        cause_ja="所得控除の合計欄だけが誤っている（各控除は正しい）",
        who="employer",
        checks=("D04",),
        fields=(),
        repair_ja="修正不要",
        places=_with_totals,
        change=_total_misprinted,
    ),
)
