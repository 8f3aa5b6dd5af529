"""Relatives on papers: which claim stands on which paper, its line, and what the lines count up to."""

import polars as pl

from tadasu.law import Law
from tadasu.simulator import chance
from tadasu.simulator.papers.income_tax import COUNTED, DISABLED, IncomeTax
from tadasu.simulator.papers.received import drawn, filing
from tadasu.tables import DEPENDENTS

UNDER16 = "n_dependent_under16"
COUNTS = (*COUNTED, UNDER16, *DISABLED)
_ORDER = ("spouse", "dependent", "under16")
_ASCENDANTS = ("parent", "grandparent")
_PLACE = {"salary_report": "job", "pension_report": "pension"}


def on_papers(documents: pl.DataFrame, claims: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """Return the claims of each document: the columns of `claims`, with document_id, kind and total_income.

    A return states all claims of its person; a report that names relatives those told to its sender, and most
    of those that only the return counts for.
    """
    papers = documents.filter("names_relatives").select("document_id", "person_id", "kind", "total_income")
    lines = papers.join(claims, on="person_id", how="inner", maintain_order="left_right")
    place = pl.col("kind").replace_strict(_PLACE, default="return", return_dtype=pl.String)
    shares = filing()["told_before"]
    often = place.replace_strict({name: shares[name] for name in _PLACE.values()}, default=1.0)
    ids = chance.numbers(lines["person_id"]) * 31 + chance.numbers(lines["relative_id"])
    u = drawn(seed, "told before the return", year, ids)
    before = (pl.col("stated_on") == "return") & (u < often)
    return lines.filter((place == "return") | (place == pl.col("stated_on")) | before)


def counts(lines: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return of each document that names relatives the counts and what it says of the spouse.

    `specified_income_tax` and `specified_resident_tax` are the sums of 特定親族特別控除 in either tax.
    """
    tax, marked = IncomeTax.of(law.year), lines.with_columns(**_marks(law))
    specified = pl.col("relative_income").filter("is_specified")
    return (
        marked.group_by("document_id")
        .agg(
            *((pl.col("counts_as") == name).sum().cast(pl.Int64).alias(name) for name in (*COUNTED, UNDER16)),
            *((pl.col("disabled_as") == name).sum().cast(pl.Int64).alias(name) for name in DISABLED),
            spouse_kind=pl.col("spouse_as").drop_nulls().first(),
            spouse_total_income=pl.col("relative_income").filter("is_claimed_spouse").first(),
            specified_income_tax=tax.specified_relative.of(specified).sum(),
            specified_resident_tax=law.specified_relative_special(specified).sum(),
        )
        .sort("document_id")
    )


def _marks(law: Law) -> dict[str, pl.Expr]:
    """Say of each line what it counts as: by age on 31 December, income, and who lives together."""
    role, income = pl.col("role"), pl.col("relative_income").fill_null(0)
    is_spouse, within = role == "spouse", income <= law.relative_income_limit
    may = pl.col("total_income") <= law.spouse_limit_own
    elderly = law.is_elderly_spouse(pl.col("birth_date")).fill_null(value=False)
    kind = pl.when(elderly).then(pl.lit("elderly")).otherwise(pl.lit("general"))
    age = law.relative_class(pl.col("birth_date"))
    together = pl.col("relationship").is_in(_ASCENDANTS) & ~pl.col("lives_apart").fill_null(value=False)
    by_class = pl.when((age == "elderly") & together).then(pl.lit("elderly_cohabiting")).otherwise(age)
    return {
        "spouse_as": pl.when(is_spouse & within & may).then(kind),
        "is_claimed_spouse": is_spouse & may,
        "counts_as": pl.when(~is_spouse & within).then(pl.lit("n_dependent_") + by_class),
        "is_specified": ~is_spouse & ~within & (age == "specified"),
        "disabled_as": pl.when(within & (pl.col("disability") != "none")).then(
            pl.lit("n_disabled_") + pl.col("disability")
        ),
    }


def lines(claims: pl.DataFrame, residents: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return the table `dependents` of claims on papers (`on_papers`): spouse first, then by age.

    An income stands where a form asks for one: of the spouse, and of a 特定親族.
    """
    marked = claims.with_columns(**_marks(law))
    known = residents.select(relative_id="person_id", dependent_person_id="person_id")
    marked = marked.join(known, on="relative_id", how="left", maintain_order="left")
    stated = pl.when(pl.col("is_claimed_spouse") | pl.col("is_specified")).then("relative_income")
    rank = pl.col("role").replace_strict({role: n for n, role in enumerate(_ORDER)}, return_dtype=pl.Int64)
    ordered = marked.with_columns(stated_income=stated).sort("document_id", rank, "birth_date", "relative_id")
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("document_id")
    return DEPENDENTS.arrange(ordered.with_columns(line_no=number).select(DEPENDENTS.schema.keys()))
