"""Proposals about salary and pension reports: one too many, one too few, a previous employer counted twice.

Law: a person's salary is the sum over all payers (所得税法28条); a previous employer's part that the remarks
of a year-end-adjusted report state (摘要 前職分) is in that report's amount already (所得税法190条).
"""

import polars as pl

from features.repairs.lines import lines, together
from features.repairs.papers import SUMMED
from features.repairs.sources import Sources

_REVENUES = ("salary_revenue", "pension_revenue")


def _reports(sources: Sources) -> pl.DataFrame:
    record = sources.record.select("person", *(pl.col(name).alias(f"now_{name}") for name in SUMMED))
    reports = sources.documents.filter(pl.col("kind").is_in(("salary_report", "pension_report")))
    wanted = ("document", "person", "kind", "in_force", "payer_id", "previous_payer_id", *SUMMED)
    more = ("previous_salary_revenue", "previous_social_insurance")
    numbers = pl.col(*SUMMED, *more).fill_null(0)
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


def with_insurance(sources: Sources) -> pl.DataFrame:
    """Take the reports' salaries, or one more than recorded, with all the insurance that papers state.

    Of people with a return: it may have left out a report, and what that withheld, or counted it twice.
    """
    papers = sources.documents.filter("in_force")
    is_report = pl.col("kind").is_in(("salary_report", "pension_report"))
    insured = papers.group_by("person").agg(
        whole=pl.col("social_insurance").filter(is_report).sum(),
        returned=pl.col("social_insurance").filter(~is_report).max().fill_null(0),
        salaries=pl.col("salary_revenue").filter(pl.col("kind") == "salary_report").sum(),
        reports=(pl.col("kind") == "salary_report").sum(),
    )
    known = insured.filter((pl.col("reports") > 0) & (pl.col("returned") > 0))
    one = _reports(sources).filter(
        "in_force", pl.col("salary_revenue") > 0, pl.col("kind") == "salary_report"
    )
    more = one.select("person", "document", salary=_now("salary_revenue") + pl.col("salary_revenue"))
    sums = known.select(
        "person", document=pl.lit(-1, dtype=pl.Int64), salary=pl.col("salaries").cast(pl.Int64)
    )
    both = pl.concat([sums, more]).join(known, on="person").sort("person", "document")
    option = pl.int_range(pl.len(), dtype=pl.Int64).over("person")
    made = []
    for number, insurance in enumerate((pl.col("whole"), pl.col("whole") + pl.col("returned"))):
        changes = {"salary_revenue": pl.col("salary"), "social_insurance": insurance}
        made.append(together(both, "sum_reports", changes, 1000 + 500 * number + option, 10 + number))
    return pl.concat(made)


def last_pension(sources: Sources) -> pl.DataFrame:
    """Put what the same payer paid before in place of a pension report, in the record and in the sum.

    Only where pensions of the payer usually stay as they are (`earlier.pensions`).
    """
    reports = _reports(sources).filter(
        "in_force", pl.col("kind") == "pension_report", pl.col("pension_revenue") > 0
    )
    reports = reports.with_columns(whole=pl.col("pension_revenue").sum().over("person"))
    odd = reports.join(sources.pensions, on=["person", "payer_id"]).filter(
        pl.col("before") != pl.col("pension_revenue")
    )
    gap = pl.col("before") - pl.col("pension_revenue")
    values = (
        pl.col("whole") + gap,
        _now("pension_revenue") + gap,
        _now("pension_revenue") + pl.col("before"),
    )
    return pl.concat(
        lines(odd, "last_pension", field="pension_revenue", value=value, option=option)
        for option, value in enumerate(values)
    )


def return_plus_report(sources: Sources) -> pl.DataFrame:
    """Add a report to what the return states, where the return may have left it out; sums less one report."""
    reports = _reports(sources).filter(pl.col("in_force"))
    returns = (
        sources.documents.filter(pl.col("in_force") & pl.col("kind").is_in(("tax_return", "resident_return")))
        .group_by("person")
        .agg(*(pl.col(name).max().fill_null(0).alias(f"return_{name}") for name in _REVENUES))
    )
    both = reports.join(returns, on="person").sort("document")
    sums = reports.group_by("person").agg(pl.col(name).sum().alias(f"sum_{name}") for name in _REVENUES)
    made = []
    for revenue in _REVENUES:
        added = pl.col(f"return_{revenue}") + pl.col(revenue)
        made.append(lines(both.filter(pl.col(revenue) > 0), "return_plus_report", field=revenue, value=added))
        less = reports.join(sums, on="person").sort("document").filter(pl.col(revenue) > 0)
        rest = pl.col(f"sum_{revenue}") - pl.col(revenue)
        made.append(lines(less, "return_plus_report", field=revenue, value=rest, option=1))
    return pl.concat(made)
