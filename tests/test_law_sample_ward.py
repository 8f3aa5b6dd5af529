"""The law against a ward's own system: its computed columns, and what its documents lead to.

The ward is the folder that TADASU_SAMPLE_WARD names. Where its system leaves the law, the rows concerned are
set aside, a `Convention` each; `docs/law_verification.md` tells how many they are and who is right.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tadasu.law import Law, assess
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

WARD = os.environ.get("TADASU_SAMPLE_WARD")
pytestmark = pytest.mark.skipif(WARD is None, reason="TADASU_SAMPLE_WARD is not set")

YEARS = sorted(int(p.name) for p in Path(WARD).iterdir() if p.name.isdigit()) if WARD else [0]
YEARS_OF_RELATIVES = [
    year for year in YEARS if not WARD or len(Law.of(year).deductions.specified_relative.rows) > 1
]
COLUMNS = (
    "total_income", "taxable_income", "income_levy_before_credits", "adjustment_credit", "donation_credit",
    "fixed_amount_cut", "income_levy", "per_capita_levy", "forest_tax", "resident_tax", "basic_deduction",
    "spouse_deduction", "dependent_deduction", "disability_deduction", "widow_deduction",
    "single_parent_deduction", "working_student_deduction",
)  # fmt: skip
column = pl.col


@dataclass(frozen=True)
class Convention:
    """A corner that a tax system cuts: which rows it touches, and what the law says instead."""

    name: str
    law: str
    rows: pl.Expr
    touches: frozenset[str]


def conventions(law: Law) -> tuple[Convention, ...]:
    """Return what is set aside; the expressions read the columns of `compared`."""
    levies = frozenset({"fixed_amount_cut", "income_levy", "resident_tax"})
    floor = law.donation_credit.floor.value
    return (
        Convention(
            "gifts of people whose differences exceed the comprehensive taxable income",
            "Separate incomes have rates of their own; the system takes 90 %, and no one-stop share.",
            (column("special_rate_base") < 0) & (column("donation_furusato") > floor),
            levies | {"donation_credit"},
        ),
    )


def table(year: int, name: str) -> pl.DataFrame:
    return pl.read_parquet(Path(str(WARD)) / str(year) / f"{name}.parquet")


@cache
def compared(year: int) -> pl.DataFrame:
    """Return a year's records with the law's figures beside the system's, as `law_<column>`."""
    people = table(year, "residents").select("person_id", "sex", "public_assistance")
    records = table(year, "assessments").join(people, on="person_id", how="left", maintain_order="left")
    done = assess(records, Law.of(year))
    law = (column(name).alias(f"law_{name}") for name in COLUMNS)
    figures = done.select("person_id", "special_rate_base", *law)
    return records.join(figures, on="person_id", how="left", maintain_order="left")


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("year", YEARS)
def test_computed_columns_agree(year: int, name: str) -> None:
    """The law gives the system's figure on at least 99.99 % of the records, its conventions set aside."""
    aside = [c.rows for c in conventions(Law.of(year)) if name in c.touches]
    rows = compared(year).filter(~pl.any_horizontal(aside)) if aside else compared(year)
    equal = rows.select(column(name).eq_missing(column(f"law_{name}")).sum()).item()
    assert rows.height >= 0.99 * compared(year).height
    assert equal >= 0.9999 * rows.height


@pytest.mark.parametrize("year", YEARS)
def test_conventions_hide_little(year: int) -> None:
    """The tax agrees on 99.95 % of all records even with the conventions' rows counted."""
    rows = compared(year)
    assert rows.select((column("resident_tax") == column("law_resident_tax")).mean()).item() >= 0.9995


@cache
def documents(year: int) -> pl.DataFrame:
    """Return the documents that count: valid, no employer twice, the return before the reports."""
    read = table(year, "documents")
    valid = read.filter(
        ~column("is_cancelled").fill_null(False)
        & ~column("document_id").is_in(read["supersedes"].drop_nulls())
    )
    named = valid.select("person_id", payer_id="previous_payer_id").drop_nulls().unique()
    once = valid.join(named, on=["person_id", "payer_id"], how="anti").sort("received_on", "document_id")
    returns = ("tax_return", "resident_return")
    first = (
        pl.when(column("kind") == returns[0]).then(0).when(column("kind") == returns[1]).then(1).otherwise(2)
    )
    ranked = once.with_columns(first.alias("rank"))
    chosen = ranked.filter(column("rank") == column("rank").min().over("person_id"))
    latest = column("document_id") == column("document_id").last().over("person_id")
    return chosen.filter((column("rank") > 1) | latest)


@cache
def unlisted(year: int) -> pl.DataFrame:
    """Return the records of people who are not on the list, with what their documents state.

    Revenues of several documents are added, anything else that is stated on two of them counts once.
    """
    summed = ("salary_revenue", "pension_revenue")
    once = (
        *LIFE_PREMIUMS,
        *EARTHQUAKE_PREMIUMS,
        "life_insurance",
        "earthquake_insurance",
        "spouse_total_income",
        "income_adjustment",
    )
    stated = documents(year).group_by("person_id").agg(
        *(column(name).sum().alias(f"stated_{name}") for name in summed),
        *(column(name).max().alias(f"stated_{name}") for name in once),
    )  # fmt: skip
    listed = table(year, "inconsistencies")["person_id"].unique()
    people = table(year, "residents").select("person_id", "birth_date")
    records = table(year, "assessments").filter(~column("person_id").is_in(listed))
    return records.join(people, on="person_id", how="left").join(stated, on="person_id", how="left")


def agreement(rows: pl.DataFrame, ours: pl.Expr, theirs: str, explained: pl.Expr | None = None) -> float:
    """Return the share on which the law's figure, or an explained other one, is the system's.

    Asked of the people who have the item: by the law or by the system.
    """
    known = rows.with_columns(ours=ours.fill_null(0), theirs=column(theirs).fill_null(0))
    having = known.filter((column("ours") != 0) | (column("theirs") != 0))
    same = column("ours") == column("theirs")
    if having.is_empty():
        pytest.skip(f"nobody in this ward has {theirs}")
    return float(having.select((same if explained is None else same | explained).mean()).item())


def stated(name: str) -> pl.Expr:
    return column(f"stated_{name}").fill_null(0)


@pytest.mark.parametrize("year", YEARS)
def test_salary_income_follows_from_documents(year: int) -> None:
    """Salary income by the table, from the revenues that the documents state."""
    ours = Law.of(year).salary_income.of(stated("salary_revenue"))
    assert agreement(unlisted(year), ours, "salary_income") >= 0.999


@pytest.mark.parametrize("year", YEARS)
def test_pension_income_follows_from_documents(year: int) -> None:
    """Pension income by age and other income, from the revenues that the documents state."""
    law = Law.of(year)
    other = column("total_income") - column("pension_income")
    senior = law.is_senior(column("birth_date"))
    ours = law.pension_income.of(stated("pension_revenue"), senior, other)
    assert agreement(unlisted(year), ours, "pension_income") >= 0.999


@pytest.mark.parametrize("year", YEARS)
def test_income_adjustment_has_the_amount_of_the_law(year: int) -> None:
    """Who has the adjustment has the law's amount, with a ground or without, or what the document states.

    The ground can be a child that the other parent claims, so a person's own documents do not show it.
    """
    law, none = Law.of(year), column("income_adjustment") == 0
    incomes = (stated("salary_revenue"), column("salary_income"), column("pension_income"))
    with_ground, without = (law.income_adjustment.of(*incomes, pl.lit(ground)) for ground in (True, False))
    ours = pl.when(column("income_adjustment") == with_ground).then(with_ground).otherwise(without)
    rows = unlisted(year).filter(~none)
    assert agreement(rows, ours, "income_adjustment") >= 0.995
    as_stated = column("income_adjustment") == stated("income_adjustment")
    assert agreement(rows, ours, "income_adjustment", as_stated) >= 0.999


@pytest.mark.parametrize("year", YEARS)
def test_life_insurance_follows_from_premiums(year: int) -> None:
    """Life insurance from the premiums; where none is stated, the stated deduction up to the cap."""
    rule = Law.of(year).deductions.life_insurance
    by_premium = rule.of(*(stated(name) for name in LIFE_PREMIUMS))
    unstated = pl.all_horizontal(column(f"stated_{name}").is_null() for name in LIFE_PREMIUMS)
    ours = pl.when(unstated).then(rule.total_cap.cap(stated("life_insurance"))).otherwise(by_premium)
    assert agreement(unlisted(year), ours, "life_insurance") >= 0.999


@pytest.mark.parametrize("year", YEARS)
def test_earthquake_insurance_follows_from_premiums(year: int) -> None:
    """Earthquake insurance from the premiums; two fractions of a yen the system rounds up together."""
    rule = Law.of(year).deductions.earthquake_insurance
    by_premium = rule.of(*(stated(name) for name in EARTHQUAKE_PREMIUMS))
    unstated = pl.all_horizontal(column(f"stated_{name}").is_null() for name in EARTHQUAKE_PREMIUMS)
    ours = pl.when(unstated).then(rule.cap.cap(stated("earthquake_insurance"))).otherwise(by_premium)
    both_odd = pl.all_horizontal(stated(name) % 2 == 1 for name in EARTHQUAKE_PREMIUMS)
    together = both_odd & (column("ours") - column("theirs") == 1)
    assert agreement(unlisted(year), ours, "earthquake_insurance") >= 0.99
    assert agreement(unlisted(year), ours, "earthquake_insurance", together) >= 0.999


@pytest.mark.parametrize("year", YEARS)
def test_spouse_special_deduction_follows_from_documents(year: int) -> None:
    """The spouse special deduction by both incomes, of whom no spouse is claimed as such."""
    rule = Law.of(year).deductions.spouse_special
    ours = rule.of(stated("spouse_total_income"), column("total_income"))
    rows = unlisted(year).filter(column("spouse_kind") == "none")
    assert agreement(rows, ours, "spouse_special_deduction") >= 0.999


@pytest.mark.parametrize("year", YEARS_OF_RELATIVES)
def test_specified_relatives_follow_from_documents(year: int) -> None:
    """The deduction for relatives of 19 to 22 years by the income that the document states."""
    law = Law.of(year)
    age = law.age(column("birth_date"))
    of_age = (age >= law.ages.specified_from.value) & (age < law.ages.specified_before.value)
    claims = table(year, "dependents").join(
        documents(year).select("document_id", "person_id"), on="document_id"
    )
    amount = law.deductions.specified_relative.of(column("stated_income").fill_null(0))
    claimed = (
        claims.filter((column("role") != "spouse") & of_age).group_by("person_id").agg(relatives=amount.sum())
    )
    rows = unlisted(year).join(claimed, on="person_id", how="left")
    assert agreement(rows, column("relatives"), "specified_relative_special") >= 0.999


@pytest.mark.parametrize("year", YEARS)
def test_housing_loan_credit_follows_from_documents(year: int) -> None:
    """The housing-loan credit by the deductible amount, the income tax, its base and the day of moving in."""
    law = Law.of(year)
    income = pl.coalesce("total_income", column("salary_income") - column("income_adjustment").fill_null(0))
    base = law.rounding.taxable_income.cut(
        pl.max_horizontal(income.fill_null(0) - column("deductions_total"), 0)
    )
    left = column("housing_loan_deductible") - column("income_tax_before_credits").fill_null(0)
    loans = documents(year).filter(column("housing_loan_deductible").is_not_null())
    facts = loans.select("person_id", "housing_move_in_on", base=base, left=pl.max_horizontal(left, 0))
    rows = unlisted(year).join(facts, on="person_id", how="left")
    credit = law.housing_loan_credit.of(
        column("left"), column("base"), column("housing_move_in_on"), column("total_income")
    )
    ours = pl.when(column("left").is_not_null()).then(credit)
    assert agreement(rows, ours, "housing_loan_credit") >= 0.998
