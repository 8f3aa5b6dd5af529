"""Innocent causes in employers' reports: they look doubled or out of step, and are right."""

import polars as pl

from tadasu.simulator.slips.edit import copied, copy_of, hit_column, restate
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.reports import first_version, lone_reports, rolled_in
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

_ADJUSTED_BOXES = (
    "salary_income",
    "deductions_total",
    "basic_deduction",
    "life_insurance",
    "earthquake_insurance",
)


def _amended_properly(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    both = first_version(filed, hit, scene)
    first = copy_of(hit, 2).select(first_id="document_id")
    return restate(both, pl.concat([hit, first], how="horizontal"), {"supersedes": hit_column("first_id")})


def _earlier_differs(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The previous employer's own report has another amount: a bonus paid after leaving, or none yet."""
    earlier = hit.select("u", document_id="earlier_id")
    revenue = (pl.col("salary_revenue") * (0.90 + 0.14 * hit_column("u"))).cast(pl.Int64)
    return restate(filed, earlier, {"salary_revenue": revenue})


def _whole_reports(scene: Scene) -> pl.DataFrame:
    """Year-end adjusted reports of people with one paper, without a loan or an adjustment of income."""
    one = scene.valid.group_by("person_id").len().filter(pl.col("len") == 1).select("person_id")
    found = scene.lone_reports.filter(
        pl.col("year_end_adjusted"),
        pl.col("salary_revenue").is_between(1_500_000, 8_000_000),
        pl.col("housing_loan_deductible").is_null(),
    )
    found = found.join(one, on="person_id", how="semi", maintain_order="left")
    return found.select(
        "person_id", "document_id", "payer_id", whole="salary_revenue", insurance="social_insurance"
    )


def _in_two(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Two branches of a payer report their parts of one salary."""
    share = 0.25 + 0.5 * hit_column("u")
    part = (hit_column("whole") * share).cast(pl.Int64)
    insured = (hit_column("insurance").fill_null(0) * share).cast(pl.Int64)
    own = {"salary_revenue": part, "social_insurance": insured, "year_end_adjusted": pl.lit(value=False)}
    empty = {name: pl.lit(None, pl.Int64) for name in _ADJUSTED_BOXES}
    both = copied(filed, hit, own | empty, mark=4)
    rest = hit_column("whole") - part
    boxes = {
        "salary_revenue": rest,
        "salary_income": scene.law.salary_income.of(rest),
        "social_insurance": hit_column("insurance").fill_null(0) - insured,
    }
    return restate(both, hit, boxes)


INNOCENT_REPORTS: tuple[Slip, ...] = (
    Slip(
        name="previous_pay_told_otherwise",
        cause_ja="摘要の前職分の額が前職の給報と少し違うが、前職分は合算済みで二重ではない",
        who="employer",
        checks=("S02",),
        fields=(),
        repair_ja="修正不要",
        places=rolled_in,
        change=_earlier_differs,
    ),
    Slip(
        name="amended_properly",
        cause_ja="訂正の給報が訂正元を示して提出され、訂正前の給報は既に外れている",
        who="employer",
        checks=(),
        fields=(),
        repair_ja="修正不要",
        places=lone_reports,
        change=_amended_properly,
        asks="R",
    ),
    Slip(
        name="one_report_in_two",
        cause_ja="同じ支払者の2つの支店がそれぞれの支払分の給報を提出した（重複ではない）",
        who="employer",
        checks=("N06",),
        fields=(),
        repair_ja="修正不要",
        places=_whole_reports,
        change=_in_two,
    ),
)
