"""The merged record of who has a paper: incomes, the adopted paper's claims, gifts; then the tax."""

from datetime import date

import polars as pl

from tadasu.law import Law, assess
from tadasu.simulator.merge import claims, gifts, incomes
from tadasu.simulator.merge.in_force import adopted, in_force
from tadasu.simulator.papers.papers import Papers
from tadasu.tables import ASSESSMENTS


def merge(residents: pl.DataFrame, papers: Papers, law: Law) -> pl.DataFrame:
    """Return `assessments` (standard layout, whole yen) as a tax system merges the papers of one tax year.

    One row a person with a paper in force. What no paper says follows the register: residence on the
    assessment date, the age of who draws a pension, and of a minor where no box says it.
    """
    valid = in_force(papers.documents)
    one = adopted(valid)
    register = residents.select(
        "person_id",
        "sex",
        "public_assistance",
        register_birth="birth_date",
        is_resident=_resident_on(date(law.year, 1, 1)),
        by_age=law.is_minor(pl.col("birth_date")),
    )
    births = register.select("person_id", "register_birth")
    record = incomes.incomes(one, valid, births, claims.grounds(one, papers.dependents, law), law)
    for more in (
        register,
        claims.claims(one, papers.dependents, law),
        claims.housing_loan(valid, law),
        gifts.gifts(papers.donations, valid, one),
    ):
        record = record.join(more, on="person_id", how="left", maintain_order="left")
    record = claims.spouse_special(record, law).with_columns(
        pl.col("housing_loan_credit", "donation_furusato", "donation_other").fill_null(0),
        pl.col("one_stop", "is_resident").fill_null(value=False),
        minor=pl.coalesce("stated_minor", "by_age", pl.lit(value=False)),
        tax_year=pl.lit(law.year, pl.Int32),
    )
    return ASSESSMENTS.arrange(assess(record, law))


def _resident_on(day: date) -> pl.Expr:
    """Who leaves or dies on the day itself was there when it began."""
    came, left = pl.col("resident_since"), pl.col("left_on")
    return (came.is_null() | (came <= day)) & (left.is_null() | (left >= day))
