"""給与: reports and returns that do not add up, previous employers, several jobs.

Salary is the sum over all payers (所得税法28条1項); what a later employer's year-end adjustment took in of a
previous employer's pay stands in its remarks and counts once.
"""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import SALARY, differs, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, say, yen
from tadasu.law import Law


def _return_differs(records: Records, _: Law) -> pl.DataFrame:
    stated, reported = n("return_salary_revenue"), pl.col("salary_reported")
    found = records.taxpayers.filter((pl.col("n_returns") > 0) & (stated != reported))
    message = say("給与収入：申告書 {}、給与支払報告書の合計 {}", yen(stated), yen(reported))
    return rows(found, message, stated=stated, expected=reported)


def _previous_employer(records: Records, _: Law) -> pl.DataFrame:
    """Find reports that tell of a previous employer, beside another report that may be that one.

    Where payer and amount agree the merge settles it; the system asks about the rest, and where the previous
    pay is so much of the whole that it may not be in it.
    """
    pairs = _beside_told(records.papers)
    same_payer = (pl.col("payer_id") == pl.col("told_payer")).fill_null(value=False)
    same_pay = pl.col("salary_revenue") == pl.col("told")
    left = pl.col("told_payer").is_null() & pl.col("left_job_on").is_not_null()
    unsure = (same_payer & ~same_pay) | (same_pay & ~same_payer) | left
    large = same_payer & (pl.col("told") * 100 > pl.col("whole") * limits().previous_percent)
    best = (
        pairs.filter(unsure | large)
        .sort("teller", ~same_pay, "document_id")
        .unique("teller", keep="first", maintain_order=True)
    )
    told, other = pl.col("told"), pl.col("salary_revenue")
    message = say("前職分の記載 {}、前職と見られる給与支払報告書 {}", yen(told), yen(other))
    both = pl.concat_list("teller", "document_id").list.sort()
    return rows(best, message, documents=both, stated=told, expected=other)


def _beside_told(papers: pl.DataFrame) -> pl.DataFrame:
    """Return each report that tells of a previous employer (`teller`, `told…`) with each other report."""
    reports = papers.filter(pl.col("kind") == "salary_report")
    told = reports.filter(pl.col("previous_salary_revenue") > 0).select(
        "person_id",
        teller="document_id",
        told_payer="previous_payer_id",
        told="previous_salary_revenue",
        whole="salary_revenue",
    )
    others = reports.select("person_id", "document_id", "payer_id", "salary_revenue", "left_job_on")
    return told.join(others, on="person_id").filter(pl.col("document_id") != pl.col("teller"))


def _main_job(records: Records, _: Law) -> pl.DataFrame:
    """More than one employer as the main one, none at all, or one left whose pay the next did not take in."""
    several = (pl.col("n_main_staying") > 1) & (pl.col("n_adjusted") > 1)
    side_jobs = (pl.col("n_main") == 0) & (pl.col("n_reports") > 0) & (pl.col("n_pensions") == 0)
    none = side_jobs & (pl.col("n_returns") == 0)
    in_a_row = (
        (pl.col("left_alone") >= limits().left_least) & (pl.col("n_untold") > 0) & (pl.col("n_returns") == 0)
    )
    found = records.taxpayers.filter(several | none | in_a_row)
    text = (
        pl.when(none)
        .then(pl.lit("乙欄の給与支払報告書のみで申告がない"))
        .when(several)
        .then(pl.lit("主たる給与の給与支払報告書が複数ある"))
        .otherwise(pl.lit("年の中途で退職した支払者の給与が、次の支払者の年末調整に含まれていない"))
    )
    message = say("{}（給与収入 {}）", text, yen(pl.col("salary_revenue")))
    return rows(found, message, documents="report_ids", stated=pl.col("salary_revenue"))


def _income_on_papers(records: Records, law: Law) -> pl.DataFrame:
    lawful = law.salary_income.of(pl.col("salary_revenue"))
    stated = pl.col("salary_income")
    found = records.papers.filter(differs(stated, lawful))
    message = say(
        "給与所得：記載 {}、給与収入 {} からの計算 {}",
        yen(stated),
        yen(pl.col("salary_revenue")),
        yen(lawful),
    )
    return rows(found, message, documents="document_id", stated=stated, expected=lawful)


def _not_adjusted(records: Records, _: Law) -> pl.DataFrame:
    """A job kept to the end of the year without the year-end adjustment, and no return filed.

    Asked where the report states what only an adjustment gives, or much pay.
    """
    bound = limits()
    own = (pl.col("n_main_staying") > 0) & (pl.col("n_adjusted") == 0) & (pl.col("n_returns") == 0)
    pay = n("salary_revenue")
    much = pay.is_between(bound.unadjusted_least, bound.unadjusted_up_to)
    found = records.taxpayers.filter(
        own & ((pl.col("n_half_adjusted") > 0) | much) & (n("taxable_income") > 0)
    )
    message = say("年末調整がなく申告もない（給与収入 {}）", yen(pay))
    return rows(found, message, documents="report_ids", stated=pay)


CHECKS: tuple[Check, ...] = (
    Check(
        "S01",
        "給与収入：申告書と給報",
        "申告給与収入相違",
        "salary",
        "salary_revenue",
        SALARY,
        "所得税法28条1項・地方税法315条",
        ("take_document", "add_document", "drop_document", "undo_keying", "leave", "inquire"),
        "申告書の給与収入が給与支払報告書の合計（前職分として含まれるものを除く）と異なる",
        _return_differs,
    ),
    Check(
        "S02",
        "前職分の照合",
        "前職給与相違",
        "salary",
        "salary_revenue",
        SALARY,
        "所得税法28条1項・190条",
        ("drop_document", "leave", "inquire"),
        "摘要に前職分の記載があり、支払者又は金額の一致しない給与支払報告書が別にある、又は前職分の割合が大きい",
        _previous_employer,
        without_error="前職の方が給与が多かった",
    ),
    Check(
        "S03",
        "主たる給与",
        "主給与判定不能",
        "salary",
        "salary_revenue",
        SALARY,
        "所得税法185条・190条",
        ("leave", "drop_document", "take_document"),
        "年末調整済みの主たる給与が2か所以上ある、乙欄の給与のみで年金も申告もない、又は退職した前職の給与が次の年末調整に含まれていない",
        _main_job,
        without_error="前職を合算せずに年末調整を受けた、又は乙欄の給与だけの人",
    ),
    Check(
        "S04",
        "給与所得の換算",
        "給与所得再計算",
        "salary",
        "salary_income",
        ("salary_income", "salary_revenue"),
        "所得税法28条2項・別表第五",
        ("recompute", "undo_keying", "leave"),
        "資料の給与所得が、給与収入から法令で計算した額と異なる",
        _income_on_papers,
    ),
    Check(
        "S09",
        "年調未済・未申告",
        "年末調整なし申告なし",
        "salary",
        "social_insurance",
        ("salary_revenue", "social_insurance", "life_insurance", "earthquake_insurance"),
        "所得税法190条・地方税法317条の2",
        ("leave", "take_document", "inquire"),
        "年末まで在職した主たる給与に年末調整がなく申告もないのに、給与所得・控除の記載があるか、給与が多い",
        _not_adjusted,
        without_error="年末調整を受けない高い給与で、申告をしていない",
    ),
)
"""The checks of this subject."""
