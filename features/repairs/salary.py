"""Proposals about salary and pension reports: one too many, one too few, a previous employer counted twice.

Law: a person's salary is the sum over all payers (所得税法28条); a previous employer's part that the remarks
of a year-end-adjusted report state (摘要 前職分) is in that report's amount already (所得税法190条).
"""

import polars as pl

from features.repairs.lines import lines, together
from features.repairs.sources import Sources

PARTS = ("salary_revenue", "pension_revenue", "social_insurance", "small_enterprise_mutual_aid")


def _reports(sources: Sources) -> pl.DataFrame:
    record = sources.record.select("person", *(pl.col(name).alias(f"now_{name}") for name in PARTS))
    reports = sources.documents.filter(pl.col("kind").is_in(("salary_report", "pension_report")))
    wanted = ("document", "person", "kind", "in_force", "payer_id", "previous_payer_id", *PARTS)
    more = ("previous_salary_revenue", "previous_social_insurance")
    numbers = pl.col(*PARTS, *more).fill_null(0)
    return reports.select(*wanted, *more).with_columns(numbers).join(record, on="person")


def _now(name: str) -> pl.Expr:
    return pl.col(f"now_{name}")


def one_report(sources: Sources) -> pl.DataFrame:
    """Leave one report out of the record, or add one, with and without what it says of social insurance."""
    reports = _reports(sources)
    made = []
    for revenue in ("salary_revenue", "pension_revenue"):
        stated = reports.filter(pl.col(revenue) > 0)
        for sign, name in ((-1, "exclude_report"), (1, "add_report")):
            alone = _now(revenue) + sign * pl.col(revenue)
            made.append(lines(stated, f"{name}_revenue", field=revenue, value=alone))
            kept = ("social_insurance", "small_enterprise_mutual_aid")
            changes = {revenue: alone} | {part: _now(part) + sign * pl.col(part) for part in kept}
            made.append(together(stated, name, changes))
    return pl.concat(made)


def previous_employer(sources: Sources) -> pl.DataFrame:
    """Take a previous employer's part out of the record, or put it in."""
    reports = _reports(sources).filter(pl.col("previous_salary_revenue") > 0)
    made = []
    for sign, name in ((-1, "undo_previous"), (1, "add_previous")):
        revenue = _now("salary_revenue") + sign * pl.col("previous_salary_revenue")
        social = _now("social_insurance") + sign * pl.col("previous_social_insurance")
        made.append(lines(reports, f"{name}_revenue", field="salary_revenue", value=revenue))
        made.append(together(reports, name, {"salary_revenue": revenue, "social_insurance": social}))
    return pl.concat(made)


def return_plus_report(sources: Sources) -> pl.DataFrame:
    """Add a report to what the return states, where the return may have left it out; sums less one report."""
    reports = _reports(sources).filter(pl.col("in_force"))
    returns = (
        sources.documents.filter(pl.col("in_force") & pl.col("kind").is_in(("tax_return", "resident_return")))
        .group_by("person")
        .agg(*(pl.col(name).max().fill_null(0).alias(f"return_{name}") for name in PARTS[:2]))
    )
    both = reports.join(returns, on="person").sort("document")
    sums = reports.group_by("person").agg(pl.col(name).sum().alias(f"sum_{name}") for name in PARTS[:2])
    made = []
    for revenue in PARTS[:2]:
        added = pl.col(f"return_{revenue}") + pl.col(revenue)
        made.append(lines(both.filter(pl.col(revenue) > 0), "return_plus_report", field=revenue, value=added))
        less = reports.join(sums, on="person").sort("document").filter(pl.col(revenue) > 0)
        rest = pl.col(f"sum_{revenue}") - pl.col(revenue)
        made.append(lines(less, "return_plus_report", field=revenue, value=rest, option=1))
    return pl.concat(made)
