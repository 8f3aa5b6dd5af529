"""人的控除（採用資料）: another paper claims more than the adopted one; the basic deduction by income."""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import dependents, has_spouse, n
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.law import Law
from tadasu.law.deductions import COUNTS, DISABLED

_CLAIMS = ("spouse", "dependents", "disabled")


def _claims_more(records: Records, _: Law) -> pl.DataFrame:
    """Another document in force claims a spouse, relatives or disabilities that the adopted one does not."""
    spouse = has_spouse() | (n("spouse_special_deduction") > 0)
    disabled = pl.sum_horizontal(n(name) for name in DISABLED)
    own = (pl.col("self_disability").fill_null("none") != "none").cast(pl.Int64)
    papers = records.papers.filter(pl.len().over("person_id") > 1).select(
        "person_id",
        "place",
        "document_id",
        spouse=spouse.cast(pl.Int64),
        dependents=dependents(),
        disabled=disabled + own,
    )
    adopted, others = pl.col("place") == 0, pl.col("place") > 0
    compared = papers.group_by("person_id", maintain_order=True).agg(
        *(pl.col(name).filter(adopted).first() for name in _CLAIMS),
        *(pl.col(name).filter(others).max().alias(f"other_{name}") for name in _CLAIMS),
        document_ids=pl.col("document_id").sort(),
    )
    more = {name: pl.col(f"other_{name}") > pl.col(name) for name in _CLAIMS}
    found = compared.filter(pl.any_horizontal(more.values()))

    def chosen(spouse: pl.Expr, disabled: pl.Expr, dependents: pl.Expr) -> pl.Expr:
        beside = pl.when(more["disabled"]).then(disabled).otherwise(dependents)
        return pl.when(more["spouse"]).then(spouse).otherwise(beside)

    field = chosen(pl.lit("spouse_kind"), pl.lit("self_disability"), pl.lit("n_dependent_general"))
    subject = chosen(pl.lit("配偶者"), pl.lit("障害者"), pl.lit("扶養親族"))
    stated = chosen(pl.col("spouse"), pl.col("disabled"), pl.col("dependents"))
    expected = chosen(pl.col("other_spouse"), pl.col("other_disabled"), pl.col("other_dependents"))
    message = say("{}：採用した資料 {}人、他の資料 {}人", subject, said(stated), said(expected))
    return rows(found, message, documents="document_ids", field=field, stated=stated, expected=expected)


def _basic(records: Records, law: Law) -> pl.DataFrame:
    """The merged income falls into another step of the basic deduction than the adopted document's own."""
    alone = pl.coalesce("paper_total_income", "paper_salary_income", "paper_pension_income").fill_null(0)
    merged, before = law.deductions.basic.of(pl.col("total_income")), law.deductions.basic.of(alone)
    several = pl.col("paper_ids").list.len() > 1
    found = records.taxpayers.filter(pl.col("recorded") & several & (merged != before))
    limit = law.deductions.basic.rows[0].to or 0
    message = say("合計所得 {}、基礎控除の額が資料の所得によるものと異なる", yen(pl.col("total_income")))
    return rows(found, message, stated=pl.col("total_income"), expected=pl.lit(limit))


CHECKS: tuple[Check, ...] = (
    Check(
        "F19",
        "人的控除の採用資料",
        "控除採用資料確認",
        "family",
        None,
        (*COUNTS, *DISABLED, "spouse_kind", "spouse_special_deduction", "self_disability"),
        "地方税法315条・317条の6",
        ("leave", "take_document", "add_claim", "inquire"),
        "採用した資料より多くの配偶者・扶養親族・障害者を、他の有効な資料が申告している",
        _claims_more,
    ),
    Check(
        "F20",
        "基礎控除と合計所得",
        "基礎控除段階相違",
        "family",
        "basic_deduction",
        ("basic_deduction", "salary_revenue", "pension_revenue"),
        "地方税法314条の2第2項",
        ("leave", "recompute"),
        "合算した合計所得による基礎控除の額が、採用した資料の所得によるものと異なる",
        _basic,
        without_error="年金などを合わせて初めて段階を超える",
    ),
)
"""The checks of this subject."""
