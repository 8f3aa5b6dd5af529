"""所得控除: what follows from statuses and counts is computed anew, the rest is taken as entered."""

import polars as pl

from tadasu.law.given import Given
from tadasu.law.law import Law

ENTERED = (
    "casualty_loss",
    "medical_expense",
    "self_medication",
    "social_insurance",
    "small_enterprise_mutual_aid",
    "life_insurance",
    "earthquake_insurance",
    "spouse_special_deduction",
    "specified_relative_special",
)
"""Deductions entered as they stand."""

FOLLOWING = (
    "spouse_deduction",
    "dependent_deduction",
    "disability_deduction",
    "widow_deduction",
    "single_parent_deduction",
    "working_student_deduction",
    "basic_deduction",
)
"""Deductions that follow from statuses, counts and incomes."""

DEDUCTIONS = (*ENTERED, *FOLLOWING)
"""所得控除 that records and papers have a column for; 寄附金控除 has none and is in no total."""

DEPENDENTS = (
    "n_dependent_general",
    "n_dependent_specified",
    "n_dependent_elderly",
    "n_dependent_elderly_cohabiting",
)
COUNTS = (*DEPENDENTS, "n_dependent_under16")
"""Counts of relatives who count for limits: those under 16 too."""

DISABLED = ("n_disabled_ordinary", "n_disabled_special", "n_disabled_special_cohabiting")
"""Counts of relatives with a disability."""


def following(given: Given, law: Law, total_income: pl.Expr) -> list[pl.Expr]:
    """Return the deductions of `FOLLOWING`, from the taxpayer's total income and what is given."""
    amounts = law.deductions
    return [
        spouse(given, law, total_income).alias("spouse_deduction"),
        by_count(given, {name: getattr(amounts, name[2:]).value for name in DEPENDENTS}).alias(
            "dependent_deduction"
        ),
        disability(given, law).alias("disability_deduction"),
        by_flag(given, "widow", amounts.widow.value).alias("widow_deduction"),
        by_flag(given, "single_parent", amounts.single_parent.value).alias("single_parent_deduction"),
        by_flag(given, "working_student", amounts.working_student.value).alias("working_student_deduction"),
        amounts.basic.of(total_income).alias("basic_deduction"),
    ]


def total(given: Given) -> list[pl.Expr]:
    """Return the sum of all deductions, and the number of relatives that count for limits."""
    return [
        (given.total(*ENTERED) + pl.sum_horizontal(FOLLOWING)).alias("deductions_total"),
        relatives(given).alias("n_relatives"),
    ]


def relatives(given: Given) -> pl.Expr:
    """Return how many relatives count for limits: the spouse and all dependants, those under 16 too."""
    return has_spouse(given).cast(pl.Int64) + given.total(*COUNTS)


def has_spouse(given: Given) -> pl.Expr:
    """Return whether a spouse is claimed."""
    return given.word_is("spouse_kind", "general") | given.word_is("spouse_kind", "elderly")


def spouse(given: Given, law: Law, total_income: pl.Expr) -> pl.Expr:
    """Return 配偶者控除, by the spouse's age class and the taxpayer's income."""
    amounts = law.deductions
    return (
        pl.when(given.word_is("spouse_kind", "general"))
        .then(amounts.spouse_general.of(total_income))
        .when(given.word_is("spouse_kind", "elderly"))
        .then(amounts.spouse_elderly.of(total_income))
        .otherwise(0)
    )


def disability(given: Given, law: Law) -> pl.Expr:
    """Return 障害者控除, of the taxpayer and of relatives."""
    amounts = law.deductions
    values = {
        "n_disabled_ordinary": amounts.disability_ordinary.value,
        "n_disabled_special": amounts.disability_special.value,
        "n_disabled_special_cohabiting": amounts.disability_special_cohabiting.value,
    }
    own = (values["n_disabled_ordinary"], values["n_disabled_special"])
    return own_disability(given, *own) + by_count(given, values)


def own_disability(given: Given, ordinary: int, special: int) -> pl.Expr:
    """Return `ordinary` or `special` by the taxpayer's own disability."""
    if not given.has("self_disability"):
        return pl.lit(0, pl.Int64)
    special_or_none = pl.when(given.word_is("self_disability", "special")).then(special).otherwise(0)
    return (
        pl.when(given.word_is("self_disability", "ordinary"))
        .then(pl.lit(ordinary, pl.Int64))
        .otherwise(special_or_none.cast(pl.Int64))
    )


def by_count(given: Given, values: dict[str, int]) -> pl.Expr:
    """Return the sum of each count times its value."""
    parts = [given.whole(name) * value for name, value in values.items() if given.has(name)]
    return pl.sum_horizontal(parts) if parts else pl.lit(0, pl.Int64)


def by_flag(given: Given, name: str, value: int) -> pl.Expr:
    """Return `value` where the flag is set."""
    return given.flag(name).cast(pl.Int64) * value
