"""The true record: what the law makes of the facts of each person, had nobody made a mistake."""

import polars as pl

from tadasu.fields import TAX_FIELDS
from tadasu.law import Law, assess
from tadasu.law.income import COMPREHENSIVE
from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.tables import ASSESSMENTS, EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

_APART = ("separate_transfer_income", "stock_income")
_COUNTS = tuple(field.name for field in TAX_FIELDS if field.kind == "count")
_GIFTS = ("community_chest", "ward_ordinance")


def truth(
    lives: pl.DataFrame,
    jobs: pl.DataFrame,
    pensions: pl.DataFrame,
    claims: pl.DataFrame,
    gifts: pl.DataFrame,
    law: Law,
) -> pl.DataFrame:
    """Return the true record of everybody in `lives` (columns of `assessments`, sorted by person; yen).

    Deductions and claims are those that a paper of the person states; a salary that a later employer counted
    in stays one salary.
    """
    record = lives.select(pl.exclude("one_stop"))
    for more in (_salaries(jobs), _pensions(pensions), _relatives(claims, law), _given(gifts)):
        record = record.join(more, on="person_id", how="left", maintain_order="left")
    record = record.with_columns(
        pl.col("salary_revenue", "pension_revenue", "adjusted_revenue", "adjusted_social").fill_null(0),
        pl.col(*_COUNTS, "donation_furusato", "donation_other", "specified_relative_special").fill_null(0),
        pl.col("one_stop", "special_collection").fill_null(value=False),
        pl.lit(law.year, pl.Int32).alias("tax_year"),
    )
    record = _incomes(record, law)
    record = _deductions(record, law)
    record = record.with_columns(housing_loan_credit=_housing_loan(record, law))
    return ASSESSMENTS.arrange(assess(record, law)).sort("person_id")


def _salaries(jobs: pl.DataFrame) -> pl.DataFrame:
    """`adjusted_…`: what the employer's year-end adjustment covers, the pay counted in included."""
    adjusted = pl.col("year_end_adjusted") | pl.col("rolled_into").is_not_null()
    return jobs.group_by("person_id", maintain_order=True).agg(
        salary_revenue=pl.col("revenue").sum(),
        salary_social=pl.col("social_insurance").sum(),
        adjusted_revenue=pl.col("revenue").filter(adjusted).sum(),
        adjusted_social=pl.col("social_insurance").filter(adjusted).sum(),
        special_collection=pl.col("special_collection").any(),
    )


def _pensions(pensions: pl.DataFrame) -> pl.DataFrame:
    return pensions.group_by("person_id", maintain_order=True).agg(
        pension_revenue=pl.col("revenue").sum(), pension_social=pl.col("social_insurance").sum()
    )


def _relatives(claims: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Counts by class, the spouse's kind and income, and 特定親族特別控除, of each claimant."""
    limit, income = law.relative_income_limit, pl.col("relative_income")
    by_age, is_spouse = law.relative_class(pl.col("birth_date")), pl.col("role") == "spouse"
    elder = (pl.col("relationship") == "parent") & ~pl.col("lives_apart")
    within = income <= limit
    named = claims.with_columns(
        kind=pl.when(is_spouse)
        .then(pl.lit("spouse"))
        .when(pl.col("role") == "under16")
        .then(pl.lit("n_dependent_under16"))
        .when(~within)
        .then(pl.lit("specified"))
        .when((by_age == "elderly") & elder)
        .then(pl.lit("n_dependent_elderly_cohabiting"))
        .otherwise(pl.lit("n_dependent_") + by_age)
    )
    counts = [name for name in _COUNTS if name.startswith("n_dependent")]
    disabled = {
        f"n_disabled_{word}": pl.col("disability") == word
        for word in ("ordinary", "special", "special_cohabiting")
    }
    elderly = law.is_elderly_spouse(pl.col("birth_date"))
    spouse = pl.when(within).then(pl.when(elderly).then(pl.lit("elderly")).otherwise(pl.lit("general")))
    return named.group_by("person_id", maintain_order=True).agg(
        *((pl.col("kind") == name).sum().cast(pl.Int64).alias(name) for name in counts),
        *((flag & within).sum().cast(pl.Int64).alias(name) for name, flag in disabled.items()),
        spouse_kind=spouse.filter(is_spouse).first(),
        spouse_total_income=income.filter(is_spouse).first(),
        specified_relative_special=law.specified_relative_special(income)
        .filter(pl.col("kind") == "specified")
        .sum(),
    )


def _given(gifts: pl.DataFrame) -> pl.DataFrame:
    return gifts.group_by("person_id", maintain_order=True).agg(
        donation_furusato=pl.col("amount").filter(pl.col("kind") == "furusato").sum(),
        donation_other=pl.col("amount").filter(pl.col("kind").is_in(_GIFTS)).sum(),
        one_stop=(pl.col("via") == "one_stop").any(),
    )


def _incomes(record: pl.DataFrame, law: Law) -> pl.DataFrame:
    record = record.with_columns(
        salary_income=law.salary_income.of(pl.col("salary_revenue")),
        high=law.income_adjustment_children(pl.col("salary_revenue"), pl.col("income_adjustment_ground")),
    )
    rest = pl.sum_horizontal(n for n in COMPREHENSIVE if n != "pension_income")
    other = (rest - pl.col("high")).clip(0) + _apart()
    record = record.with_columns(
        pension_income=law.pension_income_of(pl.col("pension_revenue"), pl.col("birth_date"), other)
    )
    beside = law.income_adjustment_pension(pl.col("salary_income") - pl.col("high"), pl.col("pension_income"))
    record = record.with_columns(income_adjustment=pl.col("high") + beside)
    total = (pl.sum_horizontal(COMPREHENSIVE) - pl.col("income_adjustment")).clip(0) + _apart()
    return record.with_columns(own_total=total)


def _apart() -> pl.Expr:
    return pl.sum_horizontal(pl.col(name).clip(0) for name in _APART)


def _deductions(record: pl.DataFrame, law: Law) -> pl.DataFrame:
    special = pl.col("spouse_kind").is_null() & pl.col("spouse_total_income").is_not_null()
    amount = law.spouse_special(pl.col("own_total"), pl.col("spouse_total_income"))
    reported = pl.col("salary_social").fill_null(0) + pl.col("pension_social").fill_null(0)
    return record.with_columns(
        own_social="social_insurance",
        reported_social=reported,
        social_insurance=pl.col("social_insurance") + reported,
        life_insurance=law.life_insurance(*(pl.col(name) for name in LIFE_PREMIUMS)),
        earthquake_insurance=law.earthquake_insurance(*(pl.col(name) for name in EARTHQUAKE_PREMIUMS)),
        spouse_special_deduction=pl.when(special).then(amount).otherwise(0),
        spouse_kind=pl.col("spouse_kind").fill_null("none"),
    )


def _housing_loan(record: pl.DataFrame, law: Law) -> pl.Series:
    """What the income tax of the paper that states the loan left of the deductible amount, capped.

    A tax return covers everything; an adjustment only the pay that the employer knows.
    """
    tax = IncomeTax.of(law.year)
    by_return = pl.col("filing") == "tax_return"
    salary = law.salary_income.of(pl.col("adjusted_revenue"))
    on_paper = pl.when(by_return).then(pl.col("own_total") - _apart()).otherwise(salary - pl.col("high"))
    total = pl.when(by_return).then("own_total").otherwise(on_paper)
    reported = pl.when(by_return).then("reported_social").otherwise("adjusted_social")
    paper = record.with_columns(total=total, on_paper=on_paper, reported=reported).with_columns(
        **tax.following(total)
    )
    claimed = pl.col("spouse_special_deduction") > 0
    spouse = (
        pl.when(claimed)
        .then(tax.spouse_special.of(pl.col("spouse_total_income"), pl.col("total")))
        .otherwise(0)
    )
    deductions = pl.sum_horizontal(
        "spouse_deduction", "dependent_deduction", "disability_deduction", "widow_deduction",
        "single_parent_deduction", "working_student_deduction", "basic_deduction", "casualty_loss",
        "medical_expense", "self_medication", "small_enterprise_mutual_aid",
    )  # fmt: skip
    paper = paper.with_columns(
        deductions=deductions + spouse + pl.col("own_social") + pl.col("reported")
        + tax.life_insurance.of(*(pl.col(name) for name in LIFE_PREMIUMS))
        + tax.earthquake_insurance.of(*(pl.col(name) for name in EARTHQUAKE_PREMIUMS))
    )  # fmt: skip
    base = law.rounding.taxable_income.cut((pl.col("on_paper") - pl.col("deductions")).clip(0))
    separate = (
        pl.when(by_return)
        .then(tax.separate_rate.down(law.rounding.taxable_income.cut(_apart())))
        .otherwise(0)
    )
    credit = law.housing_loan(
        pl.col("housing_loan_deductible"),
        tax.tax(base) + separate,
        base,
        pl.col("housing_move_in_on"),
        pl.col("total"),
    )
    return paper.select(credit.alias("credit"))["credit"]
