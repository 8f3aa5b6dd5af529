"""Slips about credits: the housing loan, what was withheld on dividends."""

import polars as pl

from tadasu.simulator.slips.edit import hit_column, restate
from tadasu.simulator.slips.figures import between
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

LOAN = ("housing_loan_credit",)
GIFTS = ("donation_furusato", "donation_other", "one_stop")


def _loans(scene: Scene) -> pl.DataFrame:
    """Papers with a loan whose credit counts in the resident tax."""
    right = scene.facts.truth.filter(pl.col("housing_loan_credit") > 0).select(
        "person_id", "housing_loan_credit"
    )
    found = scene.adopted.filter(pl.col("housing_loan_deductible") > 0).select(
        "person_id", "document_id", "housing_loan_deductible", "income_tax_before_credits"
    )
    return found.join(right, on="person_id", how="inner", maintain_order="left")


def _moved_in_unread(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The year of moving in was read as ten years later or earlier, with another cap."""
    other = pl.col("housing_move_in_on").dt.offset_by("-9y")
    return restate(filed, hit, {"housing_move_in_on": other})


def _moved_in_blank(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"housing_move_in_on": pl.lit(None, pl.Date)})


def _capped_otherwise(scene: Scene) -> pl.DataFrame:
    """Loans whose credit reaches its cap, so that the date of moving in matters."""
    left = pl.col("housing_loan_deductible") - pl.col("income_tax_before_credits").fill_null(0)
    return _loans(scene).filter(pl.col("housing_loan_credit") < left)


def _taken_as_deductible(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """What the income tax took was written where the deductible amount belongs."""
    return restate(filed, hit, {"housing_loan_deductible": pl.col("income_tax_before_credits").fill_null(0)})


def _uncapped(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    left = pl.col("housing_loan_deductible") - pl.col("income_tax_before_credits").fill_null(0)
    return filed.keying(hit, "housing_loan_credit", left.clip(0))


def _loan_blank(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"housing_loan_deductible": pl.lit(None, pl.Int64)})


def _dividends(scene: Scene) -> pl.DataFrame:
    found = scene.returns.filter(pl.col("dividend_levy_credit") > 0)
    return found.select("person_id", "document_id", "dividend_levy_credit")


def _levy_blank(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"dividend_levy_credit": pl.lit(None, pl.Int64)})


def _national_levy(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """What was withheld for the income tax (15.315 %) stands in the box of the resident tax (5 %)."""
    national = (pl.col("dividend_levy_credit") * 3_063 // 1_000).cast(pl.Int64)
    return restate(filed, hit, {"dividend_levy_credit": national})


def _undeclared(scene: Scene) -> pl.DataFrame:
    """Returns that declare neither dividends nor listed shares, of people with income enough to own some."""
    none = pl.col("dividend_levy_credit").fill_null(0) + pl.col("stock_income").fill_null(0)
    found = scene.returns.filter(none == 0, pl.col("total_income") > 3_000_000)
    return found.select("person_id", "document_id")


def _levy_without_income(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """A levy is claimed back although the dividends were not declared."""
    return restate(filed, hit, {"dividend_levy_credit": between(500, 30_000, hit_column("u") ** 2)})


CREDITS: tuple[Slip, ...] = (
    Slip(
        name="moved_in_misread",
        cause_ja="住宅の居住開始年を読み違え、別の控除限度額になった",
        who="municipality",
        checks=(),
        fields=LOAN,
        repair_ja="居住開始年月日を確かめ、住民税の控除額を計算し直す",
        places=_capped_otherwise,
        change=_moved_in_unread,
    ),
    Slip(
        name="moved_in_blank",
        cause_ja="居住開始年月日の欄が空で、控除限度額が決まらず住民税の控除が計算されなかった",
        who="employer",
        checks=("C01",),
        fields=LOAN,
        repair_ja="前年の記録や本人の申告により居住開始年月日を補い、計算し直す",
        places=_loans,
        change=_moved_in_blank,
    ),
    Slip(
        name="loan_taken_as_deductible",
        cause_ja="住宅借入金等特別控除可能額の欄に所得税で控除した額が書かれた",
        who="employer",
        checks=(),
        fields=LOAN,
        repair_ja="可能額を確かめ、住民税の控除額を計算し直す",
        places=_loans,
        change=_taken_as_deductible,
    ),
    Slip(
        name="loan_uncapped",
        cause_ja="住宅借入金等特別税額控除が限度額を超えて計算された",
        who="system",
        checks=("C01",),
        fields=LOAN,
        repair_ja="限度額までにする",
        places=_capped_otherwise,
        change=_uncapped,
        asks="R",
    ),
    Slip(
        name="loan_deductible_blank",
        cause_ja="住宅借入金等特別控除可能額の欄が空である",
        who="employer",
        checks=("C01",),
        fields=LOAN,
        repair_ja="前年と所得税の控除額から可能額を求める",
        places=_loans,
        change=_loan_blank,
        asks="Q",
    ),
    Slip(
        name="dividend_levy_left_out",
        cause_ja="配当割額・株式等譲渡所得割額控除の欄に書かなかった",
        who="taxpayer",
        checks=("I02",),
        fields=("dividend_levy_credit",),
        repair_ja="報告書により控除額を加える",
        places=_dividends,
        change=_levy_blank,
        asks="Q",
    ),
    Slip(
        name="dividend_levy_in_income_tax_amount",
        cause_ja="配当割額控除の欄に所得税の源泉徴収税額を書いた",
        who="taxpayer",
        checks=("I02",),
        fields=("dividend_levy_credit",),
        repair_ja="特別徴収された住民税（5%）の額にする",
        places=_dividends,
        change=_national_levy,
        asks="Q",
    ),
    Slip(
        name="dividend_levy_without_income",
        cause_ja="上場株式等の所得を申告せずに配当割額控除だけを受けた",
        who="taxpayer",
        checks=("I02",),
        fields=("dividend_levy_credit",),
        repair_ja="控除額を0にする",
        places=_undeclared,
        change=_levy_without_income,
    ),
)
