"""What a salary report says of itself, and would say after a repair: income, social insurance, tax withheld.

A salary mis-keyed breaks the figures beside it: the income that the law makes of it (所得税法28条), social
insurance, which is one share of the salary for each person and one rate for who pays 雇用保険料 alone
(労働保険料徴収法12条), the flat tax on a second job (所得税法185条) and the year's tax (同190条). The right
amount mends all of them at once, where several amounts would mend the first; and of two reports that stand
for one, the wrong one contradicts itself.
"""

import polars as pl

from features.papertax import withheld
from features.repairs import Proposed
from features.repairs.keying import MONTHS, SMALL, employment_share, second_job_share
from features.repairs.kinds import KIND_NUMBER
from features.repairs.sources import Sources
from features.repairs.withholding import CUT, monthly, usual_tax
from features.values import NUMBER

AMOUNTS = {"salary_revenue": "revenue", "social_insurance": "insurance"}
EXCLUDED = ("exclude_report", "exclude_report_revenue")
SPREAD = 0.005
"""Relative distance within which the shares of social insurance of one person's reports agree."""
TAX = 100
"""Yen to which the tax withheld is cut."""
GAPS = ("income_gap", "insurance_gap", "insurance_other", "withheld_gap", "tax_gap", "monthly_gap")


def odd_reports(sources: Sources) -> pl.DataFrame:
    """Return by person how many reports in force contradict themselves, and how social insurance goes.

    odd_income: the stated income is not that of the salary by law; odd_insurance: employment insurance alone
    is not its usual share; odd_second: nor is the tax on a second job; odd_tax: nor is the year's tax that on
    the income by law; odd_monthly: nor is tax withheld by the month the usual one; share_spread: the largest
    share of social insurance over the smallest, of reports with more than employment insurance;
    share_to_last: the share of the report with the highest salary over that of last year's record.
    """
    told = _held(_reports(sources).filter("in_force"), sources)
    share = pl.when(pl.col("insurance") >= SMALL * pl.col("revenue")).then(pl.col("share"))
    first = pl.col("share").sort_by("revenue", "document", descending=[True, False]).first()
    return (
        told.group_by("person")
        .agg(
            odd_income=pl.col("odd_income_gap").sum(),
            odd_insurance=pl.col("odd_insurance_gap").sum(),
            odd_second=pl.col("odd_withheld_gap").sum(),
            odd_tax=pl.col("odd_tax_gap").sum(),
            odd_monthly=pl.col("odd_monthly_gap").sum(),
            share_spread=share.max() / share.min(),
            share_to_last=first / pl.col("last_share").first(),
        )
        .sort("person")
    )


def report_gaps(sources: Sources) -> pl.DataFrame:
    """Return by salary report what it says of itself, in force or not (yen).

    doc_income_gap: the income by law of its salary less the stated one; doc_insurance_gap: employment
    insurance less its usual share; doc_insurance_other: social insurance less the share in the person's
    other reports; doc_withheld_gap: the tax on a second job less its usual share; doc_tax_gap: the year's
    tax withheld less that on the income by law of its salary, of adjusted reports; doc_monthly_gap: the tax
    withheld by the month less the usual one of such a salary, of the others.
    """
    told = _held(_reports(sources), sources).sort("document")
    return told.select("document", pl.col(GAPS).name.prefix("doc_"))


def contradictions(sources: Sources) -> pl.DataFrame:
    """Return by salary report whether its employment insurance, or the tax withheld, misses its salary."""
    told = _held(_reports(sources), sources).sort("document")
    taxes = ("odd_withheld_gap", "odd_tax_gap", "odd_monthly_gap")
    return told.select(
        "document",
        insurance_misses=pl.col("odd_insurance_gap").fill_null(value=False),
        tax_misses=pl.any_horizontal(pl.col(name).fill_null(value=False) for name in taxes),
    )


def mended_after(proposed: Proposed, sources: Sources) -> pl.DataFrame:
    """Return by repair (row, repair_id) of salary or social insurance, and for 'leave', what its report says.

    The report is the repair's evidence, or else the one in force with the highest salary; the repair's change
    is taken for a change of it unless it states the new amount itself. after_…: as in `report_gaps`, after
    the repair (yen); after_share_to_last: the share of social insurance over last year's; after_odd,
    after_fit: of the figures that the person's reports in force are held against, how many do not fit, and
    fit. Of a report that is left out nothing counts any more.
    """
    reports = _reports(sources)
    before = _held(reports, sources).select("document", "person", "in_force", _odd(), _fit())
    in_force = (
        before.filter("in_force")
        .group_by("person")
        .agg(all_odd=pl.col("odd").sum(), all_fit=pl.col("fit").sum())
    )
    frame = _amounts_after(proposed, reports)
    out = pl.col("kind").is_in([KIND_NUMBER[name] for name in EXCLUDED])
    changed = frame.with_columns(pl.col(f"new_{name}").alias(column) for name, column in AMOUNTS.items())
    told = _held(changed, sources).with_columns(_odd("new_odd"), _fit("new_fit"))
    told = told.join(
        before.select("document", "odd", "fit"), on="document", how="left", maintain_order="left"
    )
    told = told.join(in_force, on="person", how="left", maintain_order="left")
    mine = pl.col("in_force")
    rest = {
        name: pl.col(f"all_{name}").fill_null(0) - pl.when(mine).then(name).otherwise(0)
        for name in ("odd", "fit")
    }
    share = pl.col("insurance") / pl.col("revenue") / pl.col("last_share")
    return told.select(
        "row",
        "repair_id",
        *(pl.when(~out).then(name).alias(f"after_{name}") for name in GAPS),
        after_share_to_last=pl.when(~out).then(share),
        **{
            f"after_{name}": left + pl.when(out).then(0).otherwise(f"new_{name}")
            for name, left in rest.items()
        },
    )


def _held(reports: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Add to reports, as `_reports` gives them, by how much their figures miss one another (yen).

    And whether that is more than cutting and rounding explain (`odd_…`), null where there is nothing to say.
    """
    law, curve = sources.law, usual_tax(sources)
    monthly_gap = _MISSING if curve is None else pl.col("month_tax") - curve.of(pl.col("revenue"))
    income = law.salary_income.of(pl.col("revenue"))
    adjusted = pl.when(pl.col("adjusted") & pl.col("deductions_total").is_not_null())
    net, paid = pl.col("revenue") - pl.col("previous"), pl.col("insurance") - pl.col("previous_paid")
    told = reports.with_columns(
        income_gap=income - pl.col("stated"),
        insurance_gap=_flat_gap("insurance", "rate"),
        # Of employment insurance alone the rate tells more than another report.
        insurance_other=pl.when(pl.col("insurance") >= SMALL * pl.col("revenue")).then(
            paid - pl.col("other_share") * net
        ),
        withheld_gap=_flat_gap("tax", "tax_rate"),
        tax_gap=adjusted.then(pl.col("year_tax") - withheld(income - pl.col("adjustment"), law)),
        monthly_gap=monthly_gap,
    )
    return told.with_columns(_misfits(CUT if curve is None else curve.limit))


def _flat_gap(part: str, rate: str) -> pl.Expr:
    """Return by how much (yen) a part misses its share of the salary; null where it is no such part."""
    usual = pl.when(pl.col(part) < SMALL * pl.col("revenue")).then(pl.col(rate))
    return pl.col(part) - usual * pl.col("revenue")


_MISSING = pl.lit(None, dtype=pl.Float64)


def _misfits(monthly_limit: float) -> list[pl.Expr]:
    most = {
        "income_gap": pl.lit(0),
        "insurance_gap": pl.lit(MONTHS),
        "insurance_other": SPREAD * pl.col("insurance") + MONTHS,
        "withheld_gap": pl.lit(MONTHS),
        "tax_gap": pl.lit(TAX),
        "monthly_gap": pl.lit(monthly_limit),
    }
    return [(pl.col(name).abs() > limit).alias(f"odd_{name}") for name, limit in most.items()]


def _odd(name: str = "odd") -> pl.Expr:
    return (
        pl.sum_horizontal(pl.col(f"odd_{gap}").fill_null(value=False) for gap in GAPS)
        .cast(pl.Int64)
        .alias(name)
    )


def _fit(name: str = "fit") -> pl.Expr:
    return (
        pl.sum_horizontal((~pl.col(f"odd_{gap}")).fill_null(value=False) for gap in GAPS)
        .cast(pl.Int64)
        .alias(name)
    )


def _reports(sources: Sources) -> pl.DataFrame:
    """Return the salary reports with a salary, what they state, and the shares they are held against."""
    papers = sources.documents.filter(pl.col("kind") == "salary_report", pl.col("salary_revenue") > 0)
    paid = pl.col("social_insurance").fill_null(0)
    previous = pl.col("previous_salary_revenue").fill_null(0)
    tax = pl.col("withheld_income_tax").fill_null(0)
    reports = papers.select(
        "person",
        "document",
        "in_force",
        "deductions_total",
        "housing_loan_deductible",
        revenue="salary_revenue",
        insurance=pl.when(paid > 0).then(paid),
        stated="salary_income",
        adjustment=pl.col("income_adjustment").fill_null(0),
        adjusted=pl.col("year_end_adjusted") == 1,
        year_tax=tax,
        month_tax=pl.when(monthly()).then(tax),
        tax=pl.when((pl.col("withholding_column") == "other") & (tax > 0)).then(tax),
        previous=previous,
        previous_paid=pl.when(previous > 0).then(pl.col("previous_social_insurance")).fill_null(0),
        share=paid / pl.col("salary_revenue"),
    )
    reports = reports.with_columns(
        rate=pl.lit(employment_share(sources), dtype=pl.Float64),
        tax_rate=pl.lit(second_job_share(sources), dtype=pl.Float64),
        other_share=_other_share(),
    )
    before = sources.previous.filter(pl.col("salary_revenue") > 0, pl.col("social_insurance") > 0)
    last = before.select("person", last_share=pl.col("social_insurance") / pl.col("salary_revenue"))
    return reports.join(last, on="person", how="left", maintain_order="left")


def _other_share() -> pl.Expr:
    """Return the share of social insurance in the person's other reports, or in the previous employer's."""
    counted = pl.when(pl.col("in_force") & (pl.col("insurance") > 0))
    revenue, paid = counted.then(pl.col("revenue")).fill_null(0), counted.then("insurance").fill_null(0)
    others = revenue.sum().over("person") - revenue
    share = pl.when(others > 0).then((paid.sum().over("person") - paid) / others)
    before = pl.when(pl.col("previous_paid") > 0).then(pl.col("previous_paid") / pl.col("previous"))
    return pl.coalesce(share, before)


def _amounts_after(proposed: Proposed, reports: pl.DataFrame) -> pl.DataFrame:
    """Return the repairs that have a report, with both amounts of it after the repair."""
    key = ["row", "repair_id"]
    frame = proposed.repairs.select(*key, "person", "kind", "document")
    for name in AMOUNTS:
        change = proposed.changes.filter(pl.col("field") == NUMBER[name]).select(
            *key,
            pl.col("value").alias(f"value_{name}"),
            (pl.col("value") - pl.col("recorded")).alias(f"delta_{name}"),
        )
        frame = frame.join(change, on=key, how="left", maintain_order="left")
    touched = pl.any_horizontal(pl.col(f"value_{name}").is_not_null() for name in AMOUNTS)
    main = reports.filter("in_force").sort("person", "revenue", "document", descending=[False, True, False])
    main = main.unique("person", keep="first", maintain_order=True).select("person", main="document")
    known = reports.select(evidence="document").with_columns(document="evidence")
    chosen = frame.filter((pl.col("repair_id") == 0) | touched)
    chosen = chosen.join(main, on="person", how="left", maintain_order="left")
    chosen = chosen.join(known, on="document", how="left", maintain_order="left")
    chosen = chosen.with_columns(document=pl.coalesce("evidence", "main"))
    told = chosen.join(reports.drop("person"), on="document", maintain_order="left")
    told = told.with_columns(_after(name, pl.col(column)) for name, column in AMOUNTS.items())
    # A report counted once more is not mended.
    more = pl.col("delta_salary_revenue").fill_null(0) == pl.col("revenue")
    gone = pl.col("kind").is_in([KIND_NUMBER[name] for name in EXCLUDED])
    return told.filter(gone | ((pl.col("new_salary_revenue") > 0) & ~more))


def _after(name: str, amount: pl.Expr) -> pl.Expr:
    value, delta = pl.col(f"value_{name}"), pl.col(f"delta_{name}").fill_null(0)
    return pl.when(value == amount).then(amount).otherwise(amount + delta).alias(f"new_{name}")
