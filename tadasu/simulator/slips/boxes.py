"""Innocent causes: figures on papers that are wrong although nothing is assessed by them."""

import polars as pl

from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.simulator.slips.edit import copied, hit_column, restate
from tadasu.simulator.slips.figures import between, misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip


def _adjusted(scene: Scene) -> pl.DataFrame:
    """Year-end adjusted reports of people without a return, that state no loan."""
    found = scene.lone_reports.filter(
        pl.col("salary_income") > 0, pl.col("housing_loan_deductible").is_null(), pl.col("channel") != "eltax"
    )
    return found.select("person_id", "document_id", "payer_id")


def _income_misprinted(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(
        filed, hit, {"salary_income": misread(pl.col("salary_income"), hit_column("u"))}, sums=False
    )


def _filers(scene: Scene, kind: str, revenue: str) -> pl.DataFrame:
    """Reports of a kind of people whose return states the income that the reports are about."""
    filers = scene.returns.filter(pl.col(revenue) > 0).select("person_id")
    found = scene.valid.filter(pl.col("kind") == kind, pl.col(revenue) > 0)
    found = found.join(filers, on="person_id", how="semi", maintain_order="left")
    return found.select("person_id", "document_id", "payer_id", "social_insurance", "life_insurance")


def _pension_filers(scene: Scene) -> pl.DataFrame:
    return _filers(scene, "pension_report", "pension_revenue")


def _lump_sum(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """A sum paid once, which the return rightly declares elsewhere, stands in the report of a pension."""
    more = between(60_000, 900_000, hit_column("u") ** 2, 100)
    return restate(filed, hit, {"pension_revenue": pl.col("pension_revenue") + more})


def _twice(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    days = pl.duration(days=between(2, 40, hit_column("u")))
    return copied(
        filed, hit, {"channel": pl.lit("paper"), "received_on": pl.col("received_on") + days}, mark=5
    )


def _insured_filers(scene: Scene) -> pl.DataFrame:
    """Reports with social insurance of people whose return covers all of it."""
    covered = scene.returns.filter(pl.col("social_insurance") > 0).select("person_id")
    found = _filers(scene, "salary_report", "salary_revenue").filter(pl.col("social_insurance") > 20_000)
    return found.join(covered, on="person_id", how="semi", maintain_order="left")


def _insurance_too_high(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    share = 1.3 + 1.5 * hit_column("u")
    return restate(
        filed, hit, {"social_insurance": (pl.col("social_insurance") * share).cast(pl.Int64) + 60_000}
    )


def _uninsured_filers(scene: Scene) -> pl.DataFrame:
    """Reports of people whose return claims no life insurance."""
    none = scene.returns.filter(pl.col("life_insurance").fill_null(0) == 0).select("person_id")
    found = _filers(scene, "salary_report", "salary_revenue").filter(
        pl.col("life_insurance").fill_null(0) == 0
    )
    return found.join(none, on="person_id", how="semi", maintain_order="left")


def _last_years_contract(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The employer carried on a contract that ended; the return rightly leaves it out."""
    premium = between(20_000, 120_000, hit_column("u"), 10)
    nothing = pl.lit(0, pl.Int64)
    deduction = IncomeTax.of(scene.year).life_insurance.of(premium, nothing, nothing, nothing, nothing)
    return restate(filed, hit, {"new_life_premium": premium, "life_insurance": deduction})


def _loans_of_filers(scene: Scene) -> pl.DataFrame:
    """Reports that state a loan which a return states too."""
    filers = scene.returns.filter(pl.col("housing_loan_deductible") > 0).select("person_id")
    found = scene.salary_reports.filter(pl.col("housing_loan_deductible") > 0)
    return found.join(filers, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id"
    )


def _day_blank(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"housing_move_in_on": pl.lit(None, pl.Date)})


def _returns(scene: Scene) -> pl.DataFrame:
    found = scene.returns.filter(
        pl.col("housing_loan_deductible").is_null(), pl.col("total_income") >= 500_000
    )
    return found.select("person_id", "document_id")


def _total_misprinted(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"total_income": misread(pl.col("total_income"), hit_column("u"))}, sums=False)


def _first_return(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The return in force replaces one filed some days before, with less in it."""
    share = 0.2 + 0.7 * hit_column("u")
    less = {
        name: (pl.col(name) * share).cast(pl.Int64)
        for name in ("medical_expense", "social_insurance", "life_insurance")
    }
    days = pl.duration(days=between(4, 25, hit_column("u")))
    return copied(filed, hit, less | {"received_on": pl.col("received_on") - days}, mark=6)


BOXES: tuple[Slip, ...] = (
    Slip(
        name="report_income_misprinted",
        cause_ja="給報の給与所得欄だけが誤っている（支払金額は正しく、所得は収入から計算される）",
        who="employer",
        checks=("S04",),
        fields=(),
        repair_ja="修正不要",
        places=_adjusted,
        change=_income_misprinted,
        asks="R",
    ),
    Slip(
        name="lump_sum_in_pension_report",
        cause_ja="年金報に一時金が含まれているが、申告書の年金収入は正しい",
        who="pension payer",
        checks=("P01",),
        fields=(),
        repair_ja="修正不要",
        places=_pension_filers,
        change=_lump_sum,
    ),
    Slip(
        name="pension_report_of_filer_twice",
        cause_ja="同じ年金報が2度届いたが、申告書の年金収入は正しい",
        who="pension payer",
        checks=("N06", "P01"),
        fields=(),
        repair_ja="修正不要",
        places=_pension_filers,
        change=_twice,
        asks="R",
    ),
    Slip(
        name="report_insurance_too_high",
        cause_ja="給報の社会保険料が過大だが、申告書の社会保険料控除は正しい",
        who="employer",
        checks=("D01",),
        fields=(),
        repair_ja="修正不要",
        places=_insured_filers,
        change=_insurance_too_high,
    ),
    Slip(
        name="ended_contract_on_report",
        cause_ja="解約した生命保険が給報に残っているが、申告書では正しく外れている",
        who="employer",
        checks=("D07",),
        fields=(),
        repair_ja="修正不要",
        places=_uninsured_filers,
        change=_last_years_contract,
    ),
    Slip(
        name="loan_day_blank_on_report",
        cause_ja="給報の居住開始年月日が空だが、申告書により正しく計算されている",
        who="employer",
        checks=("C01",),
        fields=(),
        repair_ja="修正不要",
        places=_loans_of_filers,
        change=_day_blank,
    ),
    Slip(
        name="total_income_misprinted",
        cause_ja="申告書の合計所得の欄だけが誤っている（各所得は正しい）",
        who="taxpayer",
        checks=("I04",),
        fields=(),
        repair_ja="修正不要",
        places=_returns,
        change=_total_misprinted,
        asks="R",
    ),
    Slip(
        name="return_filed_again",
        cause_ja="申告書を出し直し、後の申告書が正しく採用されている",
        who="taxpayer",
        checks=("N09",),
        fields=(),
        repair_ja="修正不要",
        places=_returns,
        change=_first_return,
        asks="R",
    ),
)
