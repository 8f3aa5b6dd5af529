"""Deductions, claims, statuses and the housing loan of the adopted paper, in resident-tax amounts.

Papers state income-tax amounts: what follows from a status, a count or a premium is computed anew, the rest
is an amount paid and the same in both taxes.
"""

import polars as pl

from tadasu.law import Law
from tadasu.law.deductions import COUNTS, DISABLED
from tadasu.law.income import COMPREHENSIVE
from tadasu.simulator.merge.in_force import adopted
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

AMOUNTS = ("casualty_loss", "medical_expense", "self_medication", "small_enterprise_mutual_aid")
FLAGS = ("widow", "single_parent", "working_student")


def claims(one: pl.DataFrame, relatives: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return a row a person: what the adopted paper claims, without what the taxpayer's income decides.

    `one` holds one paper a person (`in_force.adopted`).
    `relatives` are the lines of `dependents`: 特定親族特別控除 goes by the income that a line states.
    """
    special = relatives.filter(pl.col("role") == "dependent").select(
        "document_id", specified_by_line=law.specified_relative_special(pl.col("stated_income"))
    )
    special = special.group_by("document_id").agg(pl.col("specified_by_line").sum())
    papers = one.join(special, on="document_id", how="left", maintain_order="left")
    return papers.select(
        "person_id",
        *(pl.col(name).fill_null(0) for name in (*AMOUNTS, *COUNTS, *DISABLED)),
        *(pl.col(name).fill_null(value=False) for name in FLAGS),
        pl.col("spouse_kind").fill_null("none"),
        pl.col("self_disability").fill_null("none"),
        _life(law).alias("life_insurance"),
        _earthquake(law).alias("earthquake_insurance"),
        dividend_levy_credit=pl.col("dividend_levy_credit").fill_null(0),
        specified_relative_special=_specified(),
        spouse_special_deduction=pl.col("spouse_special_deduction").fill_null(0),
        spouse_total_income="spouse_total_income",
        stated_minor="minor",
    )


def grounds(one: pl.DataFrame, relatives: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return (person_id, has_ground): who shows on the adopted paper a ground for the adjustment of high pay.

    A relative below 23 or with a special disability, or one's own (租税特別措置法41条の3の11第1項).
    """
    young = (pl.col("role") != "spouse") & ~law.has_reached(pl.col("birth_date"), law.ages.specified_before)
    special = pl.col("disability").is_in(("special", "special_cohabiting"))
    lines = relatives.filter(young | special).select("document_id", by_line=pl.lit(value=True)).unique()
    papers = one.join(lines, on="document_id", how="left", maintain_order="left")
    own = (pl.col("self_disability") == "special").fill_null(value=False)
    return papers.select("person_id", has_ground=own | pl.col("by_line").fill_null(value=False))


def _life(law: Law) -> pl.Expr:
    """From the premiums; where none is stated, the deduction as far as the resident tax grants one."""
    stated = law.deductions.life_insurance.total_cap.cap(pl.col("life_insurance").fill_null(0))
    premiums = [pl.col(name) for name in LIFE_PREMIUMS]
    return pl.when(_some(premiums)).then(law.life_insurance(*premiums)).otherwise(stated)


def _earthquake(law: Law) -> pl.Expr:
    stated = law.deductions.earthquake_insurance.cap.cap(pl.col("earthquake_insurance").fill_null(0))
    premiums = [pl.col(name) for name in EARTHQUAKE_PREMIUMS]
    return pl.when(_some(premiums)).then(law.earthquake_insurance(*premiums)).otherwise(stated)


def _some(premiums: list[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(premium.is_not_null() for premium in premiums)


def _specified() -> pl.Expr:
    """Where no line states an income, the stated deduction stands."""
    stated = pl.col("specified_relative_special").fill_null(0)
    return pl.when(stated > 0).then(pl.coalesce("specified_by_line", stated)).otherwise(0)


def spouse_special(record: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Replace a stated 配偶者特別控除 by the resident tax's, by the incomes of both."""
    income = pl.col("spouse_total_income").fill_null(0)
    claimed = pl.col("spouse_special_deduction") > 0
    amount = pl.when(claimed).then(law.spouse_special(_total(), income)).otherwise(0)
    return record.with_columns(spouse_special_deduction=amount)


def _total() -> pl.Expr:
    """Return the total income of a record that is not assessed yet (see `tadasu.law.income.total`)."""
    comprehensive = pl.sum_horizontal(COMPREHENSIVE) - pl.col("income_adjustment")
    separate = pl.col("separate_transfer_income").clip(0) + pl.col("stock_income").clip(0)
    return comprehensive.clip(0) + separate


def housing_loan(valid: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return (person_id, housing_loan_credit) of the tax return, or else of the adjusted salary report.

    The cap goes by the taxable total income of the income tax: the paper's income, without what is taxed
    apart, less its deductions and losses.
    """
    apart = pl.sum_horizontal(
        pl.col(name).fill_null(0).clip(0) for name in ("separate_transfer_income", "stock_income")
    )
    salary = pl.col("salary_income") - pl.col("income_adjustment").fill_null(0)
    income = pl.coalesce(pl.col("total_income") - apart, salary).fill_null(0)
    less = pl.col("deductions_total").fill_null(0) + pl.col("loss_carryforward").fill_null(0)
    base = law.rounding.taxable_income.cut((income - less).clip(0))
    credit = law.housing_loan(
        pl.col("housing_loan_deductible"),
        pl.col("income_tax_before_credits"),
        base,
        pl.col("housing_move_in_on"),
        pl.coalesce("total_income", salary),
    )
    income_tax = (pl.col("kind") == "tax_return") | pl.col("year_end_adjusted")
    return adopted(valid.filter(income_tax)).select("person_id", housing_loan_credit=credit)
