"""Claims: one relative claimed on an adopted document a row, with what is known of both sides.

Columns: the line's own (`role`, `stated_birth`, `relationship`, `lives_apart`, `lives_abroad`, `disability`,
`stated_income`) with `relative_id`; the claimant's `person_id`, `household_id` and record (`own_…`); of the
relative, from register, record and papers, `rel_registered`, `rel_household`, `rel_relationship`,
`rel_left_on`, `rel_left_reason`, `rel_certificate`, `rel_papers`, `rel_recorded`, `rel_income` (the recorded
total income, 0 without a record); `known_income` (the recorded, else as stated), `birth` (the register's,
else as stated), `class` (by law: general, specified, elderly, cohabiting, under16).
"""

import polars as pl

from tadasu.checks.merged import Merged
from tadasu.law import Law

ASCENDANTS = ("parent", "grandparent")
"""Relatives who are 同居老親等 when they are old and live with the claimant."""

CLASSES: dict[str, str] = {
    "general": "n_dependent_general",
    "specified": "n_dependent_specified",
    "elderly": "n_dependent_elderly",
    "cohabiting": "n_dependent_elderly_cohabiting",
    "under16": "n_dependent_under16",
}
"""The field that counts each class."""

_OWN = ("total_income", "spouse_kind", "spouse_special_deduction", "n_dependent_under16", "business_income")


def claims(merged: Merged) -> pl.DataFrame:
    """Return the view; sorted by document and line."""
    papers = merged.adopted.select(
        "document_id", "person_id", "household_id", document_kind="kind", received_on="received_on"
    )
    lines = merged.dependents.rename({"dependent_person_id": "relative_id", "birth_date": "stated_birth"})
    found = (
        lines.join(papers, on="document_id")
        .join(_own(merged), on="person_id", how="left")
        .join(_relatives(merged), on="relative_id", how="left")
        .sort("document_id", "line_no")
    )
    flags = ("rel_registered", "lives_apart", "lives_abroad")
    return found.with_columns(
        pl.col(flags).fill_null(value=False),
        rel_income=pl.col("rel_income").fill_null(0),
        birth=pl.coalesce("rel_birth", "stated_birth"),
    ).with_columns(lawful_class(merged.law).alias("class"), known_income=_known())


def _known() -> pl.Expr:
    """Return what is known of the relative's income: the record's, else what the line states."""
    return (
        pl.when(pl.col("rel_recorded").fill_null(value=False)).then("rel_income").otherwise("stated_income")
    )


def _own(merged: Merged) -> pl.DataFrame:
    return merged.assessments.select("person_id", *(pl.col(name).alias(f"own_{name}") for name in _OWN))


def _relatives(merged: Merged) -> pl.DataFrame:
    register = merged.residents.select(
        relative_id="person_id",
        rel_birth="birth_date",
        rel_household="household_id",
        rel_relationship="relationship",
        rel_left_on="left_on",
        rel_left_reason="left_reason",
        rel_certificate="disability",
        rel_registered=pl.lit(value=True),
    )
    record = merged.assessments.select(
        relative_id="person_id",
        rel_recorded=pl.lit(value=True),
        rel_income="total_income",
    )
    held = merged.papers.group_by(relative_id="person_id", maintain_order=True).agg(
        rel_papers=pl.col("document_id").sort()
    )
    return register.join(record, on="relative_id", how="full", coalesce=True).join(
        held, on="relative_id", how="left"
    )


def lawful_class(law: Law) -> pl.Expr:
    """Return the class of a relative by age; an ascendant who is old and not apart is cohabiting."""
    by_age = law.relative_class(pl.col("birth"))
    together = pl.col("relationship").is_in(ASCENDANTS) & ~pl.col("lives_apart")
    return pl.when((by_age == "elderly") & together).then(pl.lit("cohabiting")).otherwise(by_age)


def class_field() -> pl.Expr:
    """Return the field that counts relatives of the line's class by law."""
    return pl.col("class").replace_strict(CLASSES, default=None, return_dtype=pl.String)


def lines_by_class(lines: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Count by document: the named relatives of each class (`named_…`), and all of each role (`lines_…`).

    A relative of 特定親族特別控除 is named among the dependants and counted among none of the classes.
    """
    special = (pl.col("class") == "specified") & (law.specified_relative_special(pl.col("stated_income")) > 0)
    role, other = pl.col("role"), (pl.col("role") != "spouse") & ~special
    counted = {f"named_{name}": other & (pl.col("class") == name) for name in CLASSES}
    counted |= {
        "lines_dependent": (role == "dependent") & ~special,
        "lines_under16": role == "under16",
        "lines_spouse": role == "spouse",
    }
    # Only who is 同一生計配偶者 or 扶養親族 counts as disabled: not a spouse or relative above the limit.
    within = (pl.col("stated_income") <= law.relative_income_limit).fill_null(value=True)
    counted |= {
        f"lines_disabled_{kind}": within & (pl.col("disability") == kind)
        for kind in ("ordinary", "special", "special_cohabiting")
    }
    return lines.group_by("document_id", maintain_order=True).agg(
        **{name: which.sum().cast(pl.Int64) for name, which in counted.items()}
    )
