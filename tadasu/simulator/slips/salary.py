"""Slips about the figures of a salary: jobs left out of returns, misread boxes, tables of the year before."""

import polars as pl

from tadasu.law import Law
from tadasu.simulator.slips.edit import hit_column, restate
from tadasu.simulator.slips.figures import between, misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import FOLLOWS_INCOME, SALARY, Slip


def _second_jobs(scene: Scene) -> pl.DataFrame:
    """Returns of people with two or more salary reports, with the smallest job."""
    reports = scene.salary_reports.filter(pl.col("salary_revenue") > 0)
    several = reports.group_by("person_id").agg(
        pl.len().alias("n"),
        pl.col("salary_revenue").min().alias("small_revenue"),
        pl.col("social_insurance").sort_by("salary_revenue").first().fill_null(0).alias("small_insurance"),
    )
    here = scene.returns.filter(pl.col("salary_revenue") > 0).select("person_id", "document_id")
    return here.join(several.filter(pl.col("n") > 1), on="person_id", how="inner", maintain_order="left")


def _leave_out(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    revenue = (pl.col("salary_revenue") - hit_column("small_revenue")).clip(0)
    insurance = (pl.col("social_insurance") - hit_column("small_insurance")).clip(0)
    income = scene.law.salary_income.of(revenue)
    boxes = {"salary_revenue": revenue, "salary_income": income, "social_insurance": insurance}
    return restate(filed, hit, boxes)


def _salary_returns(scene: Scene) -> pl.DataFrame:
    found = scene.returns.filter(pl.col("salary_revenue") >= 600_000, pl.col("salary_income") > 0)
    return found.select("person_id", "document_id")


def _misread_revenue(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(
        filed, hit, {"salary_revenue": misread(pl.col("salary_revenue"), hit_column("u"))}, sums=False
    )


def _estimated(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The return was written from pay slips: a month's bonus more or less."""
    share = 0.88 + 0.2 * hit_column("u")
    revenue = (pl.col("salary_revenue") * share / 1_000).cast(pl.Int64) * 1_000
    return restate(
        filed, hit, {"salary_revenue": revenue, "salary_income": scene.law.salary_income.of(revenue)}
    )


def _paper_reports(scene: Scene) -> pl.DataFrame:
    found = scene.lone_reports.filter(pl.col("channel") == "paper", pl.col("salary_revenue") >= 100_000)
    return found.select("person_id", "document_id", "payer_id")


def _adjusted_reports(scene: Scene) -> pl.DataFrame:
    found = scene.lone_reports.filter(pl.col("salary_income") > 0, pl.col("channel") != "eltax")
    return found.select("person_id", "document_id", "payer_id")


def _income_as_revenue(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"salary_revenue": pl.col("salary_income")}, sums=False)


def _old_table_places(scene: Scene) -> pl.DataFrame:
    """Returns whose salary has another income by the table of the year before."""
    if scene.year - 1 not in Law.years():
        return scene.returns.select("person_id", "document_id").clear()
    old = Law.of(scene.year - 1).salary_income.of(pl.col("salary_revenue"))
    found = scene.returns.filter(pl.col("salary_income") > 0, old != pl.col("salary_income"))
    return found.select("person_id", "document_id")


def _by_old_table(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    old = Law.of(scene.year - 1).salary_income.of(pl.col("salary_revenue"))
    return restate(filed, hit, {"salary_income": old})


def _income_misread(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(
        filed, hit, {"salary_income": misread(pl.col("salary_income"), hit_column("u"))}, sums=False
    )


def _allowance(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    revenue = pl.col("salary_revenue") + 12 * between(4_000, 26_000, hit_column("u"), 10)
    income = pl.when(pl.col("salary_income").is_not_null()).then(scene.law.salary_income.of(revenue))
    return restate(filed, hit, {"salary_revenue": revenue, "salary_income": income})


def _left(scene: Scene) -> pl.DataFrame:
    found = scene.lone_reports.filter(
        pl.col("left_job_on").is_not_null(), pl.col("salary_revenue") > 1_000_000
    )
    return found.select("person_id", "document_id", "payer_id")


def _retirement_pay(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    pay = between(1_500_000, 12_000_000, hit_column("u") ** 2, 10_000)
    return restate(filed, hit, {"salary_revenue": pl.col("salary_revenue") + pay})


def _high_salaries(scene: Scene) -> pl.DataFrame:
    """Adopted papers of who earns so much that children give an adjustment."""
    adjustment = scene.law.income_adjustment_children(pl.col("salary_revenue"), pl.lit(value=True))
    return scene.adopted.filter(adjustment > 0).select("person_id", "document_id", "income_adjustment")


def _with_adjustment(scene: Scene) -> pl.DataFrame:
    right = scene.facts.truth.filter(pl.col("income_adjustment") > 0).select("person_id")
    stated = _high_salaries(scene).filter(pl.col("income_adjustment") > 0)
    return stated.join(right, on="person_id", how="semi", maintain_order="left")


def _without_adjustment(scene: Scene) -> pl.DataFrame:
    right = scene.facts.truth.filter(pl.col("income_adjustment") == 0).select("person_id")
    return _high_salaries(scene).join(right, on="person_id", how="semi", maintain_order="left")


def _adjustment_blank(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"income_adjustment": pl.lit(None, pl.Int64)})


def _adjustment_unfounded(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    amount = scene.law.income_adjustment_children(pl.col("salary_revenue"), pl.lit(value=True))
    return restate(filed, hit, {"income_adjustment": amount})


def _salary_beside_pension(scene: Scene) -> pl.DataFrame:
    right = scene.facts.truth.filter(
        pl.col("salary_income") > 0, pl.col("pension_income") > 0, pl.col("income_adjustment") > 0
    )
    return right.select("person_id", "income_adjustment", "salary_revenue")


def _beside_pension_forgotten(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "income_adjustment", pl.lit(0))


SALARIES: tuple[Slip, ...] = (
    Slip(
        name="job_left_out_of_return",
        cause_ja="申告書に2か所目の給与を書かなかった",
        who="taxpayer",
        checks=("S01",),
        fields=SALARY,
        repair_ja="給報の分を加えて給与収入を合計にする（地方税法315条ただし書）",
        places=_second_jobs,
        change=_leave_out,
    ),
    Slip(
        name="return_by_pay_slips",
        cause_ja="源泉徴収票が届く前に給与明細から見積もって申告した",
        who="taxpayer",
        checks=("S01",),
        fields=SALARY,
        repair_ja="給報の額にする",
        places=_salary_returns,
        change=_estimated,
    ),
    Slip(
        name="return_revenue_misread",
        cause_ja="申告書の給与収入欄の数字を読み違えて入力された（給与所得欄は正しい）",
        who="tax office",
        checks=("S01", "S04"),
        fields=("salary_revenue",),
        repair_ja="給与収入を給報の額にする（税額は変わらない）",
        places=_salary_returns,
        change=_misread_revenue,
        asks="R",
    ),
    Slip(
        name="paper_report_misread",
        cause_ja="紙の給報の支払金額がOCRで誤読された",
        who="municipality",
        checks=("S04", "I01", "T04"),
        fields=SALARY,
        repair_ja="原票の支払金額にする",
        places=_paper_reports,
        change=_misread_revenue,
    ),
    Slip(
        name="income_written_as_revenue",
        cause_ja="給報の支払金額の欄に給与所得控除後の金額が書かれた",
        who="employer",
        checks=("S04",),
        fields=SALARY,
        repair_ja="給与所得から支払金額を逆算し、事業所に確かめる",
        places=_adjusted_reports,
        change=_income_as_revenue,
    ),
    Slip(
        name="old_salary_table",
        cause_ja="前年分の給与所得の表を使って申告した",
        who="taxpayer",
        checks=("S04",),
        fields=("salary_income", *FOLLOWS_INCOME),
        repair_ja="当年分の表で給与所得を計算し直す",
        places=_old_table_places,
        change=_by_old_table,
        asks="R",
        reform=True,
    ),
    Slip(
        name="salary_income_misread",
        cause_ja="申告書の給与所得欄の数字を写し間違えた",
        who="taxpayer",
        checks=("S04",),
        fields=("salary_income", *FOLLOWS_INCOME),
        repair_ja="給与収入から給与所得を計算し直す",
        places=_salary_returns,
        change=_income_misread,
        asks="R",
    ),
    Slip(
        name="commuting_allowance_in_pay",
        cause_ja="非課税の通勤手当を支払金額に含めて給報を作った",
        who="employer",
        checks=(),
        fields=SALARY,
        repair_ja="事業所の訂正を待ち、給与収入から除く",
        places=_adjusted_reports,
        change=_allowance,
        asks="Q",
    ),
    Slip(
        name="retirement_pay_in_salary",
        cause_ja="退職手当を給報の支払金額に含めた",
        who="employer",
        checks=(),
        fields=SALARY,
        repair_ja="退職手当を除いた額にする",
        places=_left,
        change=_retirement_pay,
        asks="Q",
    ),
    Slip(
        name="adjustment_for_children_blank",
        cause_ja="23歳未満の扶養親族等がいるのに所得金額調整控除が書かれていない",
        who="employer",
        checks=("S05",),
        fields=("income_adjustment", *FOLLOWS_INCOME),
        repair_ja="所得金額調整控除を計算して加える",
        places=_with_adjustment,
        change=_adjustment_blank,
    ),
    Slip(
        name="adjustment_without_ground",
        cause_ja="要件に当たる親族がいないのに所得金額調整控除を受けた",
        who="employer",
        checks=("S05",),
        fields=("income_adjustment", *FOLLOWS_INCOME),
        repair_ja="所得金額調整控除を0にする",
        places=_without_adjustment,
        change=_adjustment_unfounded,
    ),
    Slip(
        name="adjustment_beside_pension_forgotten",
        cause_ja="給与と年金の双方がある人の所得金額調整控除が合算時に計算されなかった",
        who="system",
        checks=("S06",),
        fields=("income_adjustment", "spouse_special_deduction"),
        repair_ja="所得金額調整控除を計算して加える",
        places=_salary_beside_pension,
        change=_beside_pension_forgotten,
        asks="R",
    ),
)
