"""Salary and pension reports (給与支払報告書・公的年金等支払報告書), one per payer and person."""

import polars as pl

from tadasu.law import Law
from tadasu.simulator import chance
from tadasu.simulator.papers.received import drawn, filing
from tadasu.simulator.papers.whole import PREMIUMS

_TOLD = ("own_social_insurance", "small_enterprise_mutual_aid", *PREMIUMS)
"""What an employee tells the employer for the year-end adjustment."""
_RETURNS_ONLY = ("casualty_loss", "medical_expense", "self_medication")
_LOAN = ("housing_loan_deductible", "housing_move_in_on")


def salary(jobs: pl.DataFrame, whole: pl.DataFrame, law: Law, seed: int) -> pl.DataFrame:
    """Return the salary reports that are filed: what each states before deductions are computed.

    A job that a later employer counted in stands in that employer's figures and remarks (前職分); its own
    report is filed too, unless it is small or the remarks name another.
    """
    reports = _with_previous(jobs, law, seed).join(whole, on="person_id", how="inner", maintain_order="left")
    adjusted, main = pl.col("year_end_adjusted"), pl.col("withholding_column") == "main"
    told = {name: adjusted & _is_told(reports, name, law, seed) for name in _TOLD}
    later_year = pl.col("housing_move_in_on").dt.year() < law.year - 1
    return reports.with_columns(
        kind=pl.lit("salary_report"),
        salary_revenue=pl.col("revenue"),
        names_relatives=main,
        left_job_on=pl.col("left_on"),
        **{name: pl.when(told[name]).then(name) for name in _TOLD},
        **{name: pl.when(adjusted & later_year).then(name) for name in _LOAN},
        **{name: pl.lit(None, pl.Int64) for name in _RETURNS_ONLY},
    ).with_columns(
        social_insurance=pl.col("paid_insurance") + pl.col("own_social_insurance").fill_null(0),
        salary_income=pl.when(adjusted).then(law.salary_income.of(pl.col("revenue"))),
        income_adjustment=pl.when(adjusted).then(
            law.income_adjustment_children(pl.col("revenue"), pl.col("income_adjustment_ground"))
        ),
    )


def _with_previous(jobs: pl.DataFrame, law: Law, seed: int) -> pl.DataFrame:
    jobs = jobs.rename({"social_insurance": "paid_insurance"})
    rolled = jobs.filter(pl.col("rolled_into").is_not_null())
    largest = pl.col("payer_id").sort_by("revenue", "payer_id", descending=[True, False]).first()
    previous = (
        rolled.group_by("person_id", payer_id="rolled_into")
        .agg(
            previous_salary_revenue=pl.col("revenue").sum(),
            previous_social_insurance=pl.col("paid_insurance").sum(),
            previous_withheld=pl.col("withheld_income_tax").sum(),
            previous_payer_id=largest,
        )
        .sort("person_id", "payer_id")
    )
    jobs = jobs.join(previous, on=["person_id", "payer_id"], how="left", maintain_order="left").with_columns(
        revenue=pl.col("revenue") + pl.col("previous_salary_revenue").fill_null(0),
        paid_insurance=pl.col("paid_insurance") + pl.col("previous_social_insurance").fill_null(0),
        withheld_income_tax=pl.col("withheld_income_tax") + pl.col("previous_withheld").fill_null(0),
    )
    named = previous.select(
        "person_id", rolled_into="payer_id", payer_id="previous_payer_id", is_named=pl.lit(value=True)
    )
    jobs = jobs.join(named, on=["person_id", "rolled_into", "payer_id"], how="left", maintain_order="left")
    return jobs.filter(_is_filed(jobs, law, seed)).drop("is_named", "previous_withheld")


def _is_filed(jobs: pl.DataFrame, law: Law, seed: int) -> pl.Expr:
    """Say which reports are filed: of a job counted in elsewhere, only where the remarks name its payer."""
    rule = filing()["leaver"]
    ids = chance.numbers(jobs["person_id"]) * 16 + jobs["job_no"].to_numpy()
    u = drawn(seed, "small report of a leaver", law.year, ids)
    large = (pl.col("revenue") > int(rule["report_above"])) | pl.lit(u < float(rule["small_filed"]))
    return pl.col("rolled_into").is_null() | (pl.col("is_named").fill_null(value=False) & large)


def _is_told(reports: pl.DataFrame, name: str, law: Law, seed: int) -> pl.Expr:
    """Say whose employer knows a premium: who adjusts by it, and most who state it in a return later."""
    shares: dict[str, float] = filing()["told_before"]
    u = drawn(seed, f"{name} told before", law.year, chance.numbers(reports["person_id"]))
    before = (pl.col("premiums_on") == "return") & pl.lit(u < shares.get(name, shares["premium"]))
    return (pl.col("premiums_on") == "job") | before


def pension(pensions: pl.DataFrame, whole: pl.DataFrame, law: Law, seed: int) -> pl.DataFrame:
    """Return the pension reports; the greatest names relatives where a declaration was asked for and made."""
    reports = pensions.rename({"social_insurance": "paid_insurance"})
    reports = reports.join(whole, on="person_id", how="inner", maintain_order="left")
    return reports.with_columns(
        kind=pl.lit("pension_report"),
        pension_revenue=pl.col("revenue"),
        social_insurance=pl.col("paid_insurance"),
        names_relatives=_declared(reports, law, seed),
    )


def _declared(reports: pl.DataFrame, law: Law, seed: int) -> pl.Expr:
    rule = filing()["declared"]
    senior = law.is_senior(pl.col("birth_date")).fill_null(value=False)
    asked = pl.col("revenue") >= pl.when(senior).then(rule["senior"]).otherwise(rule["below_senior"])
    u = pl.lit(drawn(seed, "declaration to the pension body", law.year, chance.numbers(reports["person_id"])))
    carries = (pl.col("claims_on") == "pension").fill_null(value=False)
    rank = pl.struct(-pl.col("revenue"), "payer_id").rank("ordinal").over("person_id")
    return (carries | (asked & (u < float(rule["share"])))) & (rank == 1)
