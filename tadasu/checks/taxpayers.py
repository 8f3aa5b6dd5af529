"""Taxpayers: one person a row, with the record beside the papers, the register, last year and the gifts.

Columns: the record's fields under their own names (`recorded` says whether there is one); `paper_…` of the
adopted document; `return_…` of the return, if one was filed; `last_…` of last year's record; what the
reports add up to (`tadasu.checks.papers.sums`); the register's `birth_date`, `household_id`, `certificate`
and so on (`registered`); the sums of gifts.
"""

import polars as pl

from tadasu.checks import papers as filed
from tadasu.checks.merged import Merged
from tadasu.fields import COMPUTED_FIELDS, TAX_FIELDS

_LAST = (
    "salary_revenue",
    "pension_revenue",
    "business_income",
    "agricultural_income",
    "real_estate_income",
    "comprehensive_transfer_income",
    "other_misc_income",
    "loss_carryforward",
    "n_dependent_general",
    "n_dependent_specified",
    "n_dependent_elderly",
    "n_dependent_elderly_cohabiting",
    "n_dependent_under16",
    "widow",
    "single_parent",
    "social_insurance",
    "medical_expense",
    "self_disability",
    "n_disabled_ordinary",
    "n_disabled_special",
    "n_disabled_special_cohabiting",
    "dividend_levy_credit",
    "housing_loan_credit",
    "special_collection",
    "resident_tax",
)

_REGISTER = (
    "person_id",
    "household_id",
    "relationship",
    "birth_date",
    "sex",
    "resident_since",
    "left_on",
    "left_reason",
    "public_assistance",
)


def taxpayers(merged: Merged) -> pl.DataFrame:
    """Return the view; sorted by person."""
    papers = merged.papers
    names = [field.name for field in (*TAX_FIELDS, *COMPUTED_FIELDS)]
    record = merged.assessments.select("person_id", *names, recorded=pl.lit(value=True))
    register = merged.residents.select(*_REGISTER, certificate="disability", registered=pl.lit(value=True))
    last = merged.previous_assessments.select(
        "person_id", *(pl.col(name).alias(f"last_{name}") for name in _LAST), last_known=pl.lit(value=True)
    )
    people = record.join(filed.sums(papers), on="person_id", how="full", coalesce=True)
    parts = (
        register,
        last,
        _prefixed(merged.adopted, "paper"),
        _prefixed(filed.returns(papers), "return"),
        gifts(merged.donations, papers),
    )
    for part in parts:
        people = people.join(part, on="person_id", how="left")
    flags = ("recorded", "registered", "last_known")
    counted = (
        "left_alone",
        "n_untold",
        "n_reports",
        "n_main",
        "n_main_staying",
        "n_adjusted",
        "n_pensions",
        "n_returns",
    )
    reported = ("salary_reported", "pension_reported", "insurance_reported", "mutual_aid_reported")
    return people.with_columns(
        pl.col(flags).fill_null(value=False), pl.col(*counted, *reported).fill_null(0)
    ).sort("person_id")


def _prefixed(papers: pl.DataFrame, prefix: str) -> pl.DataFrame:
    left_out = ("person_id", "tax_year", "supersedes", "is_cancelled", "place", "household_id", "rolled_in")
    names = [name for name in papers.columns if name not in left_out]
    return papers.select("person_id", *(pl.col(name).alias(f"{prefix}_{name}") for name in names))


def gifts(donations: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Return by person the sums of one-stop notices and of the gifts of the adopted return (yen)."""
    adopted = filed.returns(papers).select("document_id", on_return=pl.lit(value=True))
    notice = pl.col("source") == "one_stop"
    line = (pl.col("source") == "return") & pl.col("on_return")
    furusato, none = pl.col("kind") == "furusato", pl.col("kind") == "other"
    # Membership is joined before grouping: looked up within the groups it takes minutes.
    given = donations.join(adopted, on="document_id", how="left")
    return given.group_by("person_id", maintain_order=True).agg(
        notices=pl.col("amount").filter(notice).sum(),
        n_notices=notice.sum().cast(pl.Int64),
        n_places=pl.col("recipient_code").filter(notice).n_unique().cast(pl.Int64),
        gifts=pl.col("amount").filter(line).sum(),
        gifts_furusato=pl.col("amount").filter(line & furusato).sum(),
        gifts_other=pl.col("amount").filter(line & ~furusato & ~none).sum(),
        n_gifts=line.sum().cast(pl.Int64),
    )
