"""What the figures on one paper say of one another: the tax withheld, and the total of the deductions.

An employer that makes the year-end adjustment withholds the tax of the whole year (所得税法190条), so the tax
tells which income it was computed from; and the total of the deductions is the sum of the parts beside it. A
figure keyed wrongly breaks what it enters, and the repair that mends it makes that right again.
"""

import polars as pl

from features.precedence import place
from features.repairs import Proposed
from features.repairs.sources import Sources
from features.values import NUMBER
from tadasu.law import Law
from tadasu.law.deductions import DEDUCTIONS

SAME = (
    "casualty_loss",
    "medical_expense",
    "self_medication",
    "social_insurance",
    "small_enterprise_mutual_aid",
)
"""Deductions that have one amount in both taxes: a repair of the record is one of the paper."""


def withheld(income: pl.Expr, law: Law) -> pl.Expr:
    """Return the year's tax (yen) on an income after deductions, with reconstruction tax, cut to 100 yen.

    Law: 所得税法89条・190条, 復興財源確保法13条.
    The housing-loan credit comes off (租税特別措置法41条の2の2).
    """
    papers = law.income_tax_papers
    base = papers.base_step.cut((income - pl.col("deductions_total")).clip(lower_bound=0))
    tax = papers.levy.of(base) - pl.col("housing_loan_deductible").fill_null(0)
    return papers.tax_step.cut(papers.with_reconstruction.down(tax.clip(lower_bound=0)))


def adjusted_report(sources: Sources) -> pl.DataFrame:
    """Return by person the adjusted salary report in force with the highest salary, and its figures."""
    reports = sources.documents.filter(
        "in_force",
        pl.col("kind") == "salary_report",
        pl.col("year_end_adjusted") == 1,
        pl.col("deductions_total").is_not_null(),
        pl.col("salary_revenue") > 0,
    )
    first = reports.sort("person", "salary_revenue", "document", descending=[False, True, False])
    return first.unique("person", keep="first", maintain_order=True).select(
        "person",
        "deductions_total",
        "housing_loan_deductible",
        report_revenue="salary_revenue",
        report_income="salary_income",
        report_insurance="social_insurance",
        report_adjustment=pl.col("income_adjustment").fill_null(0),
        tax=pl.col("withheld_income_tax").fill_null(0),
    )


def paper_sums(sources: Sources) -> pl.DataFrame:
    """Return by person what its adjusted report and its strongest paper say of themselves (yen).

    tax_by_stated, tax_by_law: the tax withheld less that on the stated income, on the income that the law
    gives for the salary; insurance_by_salary: social insurance as a share of the salary; parts_gap: the parts
    of the deductions less their total, those with one amount in both taxes as recorded.
    """
    law = sources.law
    report = adjusted_report(sources).select(
        "person",
        tax_by_stated=pl.col("tax") - withheld(pl.col("report_income") - pl.col("report_adjustment"), law),
        tax_by_law=pl.col("tax")
        - withheld(law.salary_income.of(pl.col("report_revenue")) - pl.col("report_adjustment"), law),
        insurance_by_salary=pl.col("report_insurance") / pl.col("report_revenue"),
    )
    return report.join(_parts(sources), on="person", how="full", coalesce=True).sort("person")


def _parts(sources: Sources) -> pl.DataFrame:
    stated = sources.documents.filter("in_force", pl.col("deductions_total").is_not_null())
    order = stated.with_columns(strength=place("kind")).sort(
        "person", "strength", "received_on", "document", descending=[False, False, True, False]
    )
    first = order.unique("person", keep="first", maintain_order=True)
    recorded = sources.record.select("person", *(pl.col(name).alias(f"now_{name}") for name in SAME))
    now = pl.sum_horizontal(f"now_{name}" for name in SAME)
    others = pl.sum_horizontal(pl.col(name).fill_null(0) for name in DEDUCTIONS if name not in SAME)
    gap = now + others - pl.col("deductions_total")
    return first.join(recorded, on="person").select("person", parts_gap=gap.cast(pl.Int64)).sort("person")


def paper_sums_after(proposed: Proposed, sources: Sources) -> pl.DataFrame:
    """Return by repair (row, repair_id) what the two identities say of it (yen).

    tax_gap_after: the tax withheld less that on the income by law of the repaired salary, for repairs of the
    salary, and as recorded for 'leave'; parts_gap_after: the parts of the deductions less their total, with
    the repair's change in them.
    """
    law = sources.law
    moved = proposed.changes.with_columns(delta=pl.col("value") - pl.col("recorded"))
    salary = moved.filter(pl.col("field") == NUMBER["salary_revenue"]).select(
        "row", "repair_id", salary_delta="delta"
    )
    same = moved.filter(pl.col("field").is_in([NUMBER[name] for name in SAME]))
    parts = same.group_by("row", "repair_id").agg(parts_delta=pl.col("delta").sum())
    key = ["row", "repair_id"]
    frame = proposed.repairs.select(*key, "person").join(salary, on=key, how="left", maintain_order="left")
    leave = pl.col("repair_id") == 0
    # Most repairs do not touch the salary: nothing is computed for them.
    told = frame.filter(leave | pl.col("salary_delta").is_not_null()).join(
        adjusted_report(sources), on="person"
    )
    repaired = pl.col("report_revenue") + pl.when(leave).then(0).otherwise("salary_delta")
    income = law.salary_income.of(repaired.clip(lower_bound=0)) - pl.col("report_adjustment")
    taxed = told.filter(repaired > 0).select(*key, tax_gap_after=pl.col("tax") - withheld(income, law))
    for table, on in ((taxed, key), (parts, key), (_parts(sources), ["person"])):
        frame = frame.join(table, on=on, how="left", maintain_order="left")
    return frame.select(
        *key, "tax_gap_after", parts_gap_after=pl.col("parts_gap") + pl.col("parts_delta").fill_null(0)
    )
