"""Slips about pensions: one left out of a return, a tax-free one in it, the deduction of another age."""

import polars as pl

from tadasu.law.income import COMPREHENSIVE
from tadasu.simulator.slips.edit import dropped, hit_column, restate
from tadasu.simulator.slips.figures import between, misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import EVERYTHING, FOLLOWS_INCOME, PENSION, PERSONAL, Slip


def _returns(scene: Scene) -> pl.DataFrame:
    """Returns that state a pension, with the date of birth by which its income goes."""
    found = scene.returns.filter(pl.col("pension_revenue") >= 100_000)
    births = scene.people.select("person_id", own_birth="birth_date")
    return found.select("person_id", "document_id").join(
        births, on="person_id", how="inner", maintain_order="left"
    )


def _two_pensions(scene: Scene) -> pl.DataFrame:
    """Returns of people with two pension reports or more, with the smallest pension."""
    small = scene.pension_reports.group_by("person_id").agg(
        pl.len().alias("n"), pl.col("pension_revenue").min().alias("small_revenue")
    )
    several = small.filter(pl.col("n") > 1, pl.col("small_revenue") > 0)
    return _returns(scene).join(several, on="person_id", how="inner", maintain_order="left")


def _income(scene: Scene, revenue: pl.Expr, birth: pl.Expr) -> pl.Expr:
    """Return the income from a pension as the writer of a return computes it."""
    others = [pl.col(name).fill_null(0) for name in COMPREHENSIVE if name != "pension_income"]
    other = (pl.sum_horizontal(others) - pl.col("income_adjustment").fill_null(0)).clip(0)
    apart = pl.col("separate_transfer_income").fill_null(0).clip(0) + pl.col("stock_income").fill_null(
        0
    ).clip(0)
    return scene.law.pension_income_of(revenue, birth, other + apart)


def _with_revenue(filed: Filed, hit: pl.DataFrame, scene: Scene, revenue: pl.Expr) -> Filed:
    income = _income(scene, revenue, hit_column("own_birth"))
    return restate(filed, hit, {"pension_revenue": revenue, "pension_income": income})


def _leave_out(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _with_revenue(filed, hit, scene, (pl.col("pension_revenue") - hit_column("small_revenue")).clip(0))


def _survivors(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    more = between(240_000, 1_300_000, hit_column("u"), 100)
    return _with_revenue(filed, hit, scene, pl.col("pension_revenue") + more)


def _last_year(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    share = 0.962 + 0.03 * hit_column("u")
    return _with_revenue(filed, hit, scene, (pl.col("pension_revenue") * share / 100).cast(pl.Int64) * 100)


def _misread(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    revenue = misread(pl.col("pension_revenue"), hit_column("u"))
    return restate(filed, hit, {"pension_revenue": revenue}, sums=False)


def _wrong_age_places(scene: Scene) -> pl.DataFrame:
    """Returns whose pension has another income by the deduction of the other age."""
    found = scene.returns.filter(pl.col("pension_income") > 0, pl.col("pension_revenue") > 0)
    births = scene.people.select("person_id", own_birth="birth_date")
    return (
        found.join(births, on="person_id", how="inner", maintain_order="left")
        .filter(_of_other_age(scene, pl.col("own_birth")) != pl.col("pension_income"))
        .select("person_id", "document_id", "own_birth")
    )


def _of_other_age(scene: Scene, birth: pl.Expr) -> pl.Expr:
    """Return the income with the deduction of the other side of the age limit."""
    limit = scene.law.ages.pension_senior.value
    senior = scene.law.is_senior(birth)
    other = (
        pl.when(senior)
        .then(pl.date(scene.year - limit + 5, 6, 1))
        .otherwise(pl.date(scene.year - limit - 5, 6, 1))
    )
    return _income(scene, pl.col("pension_revenue"), other)


def _by_other_age(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return restate(filed, hit, {"pension_income": _of_other_age(scene, hit_column("own_birth"))})


def _reports(scene: Scene) -> pl.DataFrame:
    filers = scene.returns.select("person_id")
    lone = scene.pension_reports.join(filers, on="person_id", how="anti", maintain_order="left")
    return lone.select("person_id", "document_id", "payer_id")


def _never_came(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return dropped(filed, hit)


def _adjusted_beside_pension(scene: Scene) -> pl.DataFrame:
    """Adopted year-end adjusted salary reports of people who have a pension report too."""
    pensioners = scene.pension_reports.select("person_id").unique()
    found = scene.adopted.filter(pl.col("kind") == "salary_report", pl.col("year_end_adjusted"))
    return found.join(pensioners, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id"
    )


def _mark_lost(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"year_end_adjusted": pl.lit(value=False)})


PENSIONS: tuple[Slip, ...] = (
    Slip(
        name="pension_left_out_of_return",
        cause_ja="申告書に企業年金など一部の年金を書かなかった",
        who="taxpayer",
        checks=("P01",),
        fields=PENSION,
        repair_ja="年金報の合計にする",
        places=_two_pensions,
        change=_leave_out,
    ),
    Slip(
        name="survivors_pension_in_return",
        cause_ja="非課税の遺族年金・障害年金を年金収入に含めて申告した",
        who="taxpayer",
        checks=("P01",),
        fields=PENSION,
        repair_ja="非課税の年金を除き、年金報の合計にする",
        places=_returns,
        change=_survivors,
    ),
    Slip(
        name="last_years_pension",
        cause_ja="前年の源泉徴収票の額を写して申告した",
        who="taxpayer",
        checks=("P01",),
        fields=PENSION,
        repair_ja="年金報の額にする",
        places=_returns,
        change=_last_year,
    ),
    Slip(
        name="pension_revenue_misread",
        cause_ja="申告書の年金収入欄の数字を読み違えて入力された（年金所得欄は正しい）",
        who="tax office",
        checks=("P01", "P02"),
        fields=("pension_revenue",),
        repair_ja="年金収入を年金報の額にする（税額は変わらない）",
        places=_returns,
        change=_misread,
        asks="R",
    ),
    Slip(
        name="pension_by_other_age",
        cause_ja="65歳の判定を誤り、別の年齢区分の控除で年金所得を計算した",
        who="taxpayer",
        checks=("P02",),
        fields=FOLLOWS_INCOME,
        repair_ja="年齢に応じて年金所得を計算し直す",
        places=_wrong_age_places,
        change=_by_other_age,
        asks="R",
    ),
    Slip(
        name="pension_delivery_lost",
        cause_ja="ある年金支払者の報告書が一括して取り込まれなかった",
        who="ward",
        checks=("P03", "N07"),
        fields=EVERYTHING,
        repair_ja="支払者に照会し、年金報を取り込む",
        places=_reports,
        change=_never_came,
        asks="Q",
        per="payer",
    ),
    Slip(
        name="year_end_adjustment_mark_lost",
        cause_ja="年末調整済の表示が落ち、年金報の控除が採用された",
        who="employer",
        checks=("S09", "F19"),
        fields=PERSONAL,
        repair_ja="年末調整済の給報の控除を採用する",
        places=_adjusted_beside_pension,
        change=_mark_lost,
        asks="R",
    ),
)
