"""Changes of papers: restate boxes of documents, copy, drop or move documents, add or drop claimed relatives.

`hit` says where: a row a document (`document_id`), with other columns that the new values are made of.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from tadasu.law import Law, deductions
from tadasu.law.deductions import COUNTS, DEDUCTIONS, DISABLED
from tadasu.law.given import Given
from tadasu.law.income import COMPREHENSIVE
from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.tables import DOCUMENTS

INCOMES = (*COMPREHENSIVE, "separate_transfer_income", "stock_income")
_HIT = "hit: "


def hit_column(name: str) -> pl.Expr:
    """Return a column of `hit` in the expressions of `restate` (others are columns of `documents`)."""
    return pl.col(_HIT + name)


def restate(filed: Filed, hit: pl.DataFrame, values: Mapping[str, pl.Expr], *, sums: bool = True) -> Filed:
    """Return the papers with boxes of the documents in `hit` changed.

    `sums`: the totals of incomes and deductions on the paper go with the change, as when the writer believes
    it; without, they stay, as when a box alone is misread.
    """
    documents = filed.papers.documents
    there = hit.unique("document_id", keep="first", maintain_order=True).with_columns(
        pl.lit(True).alias("is")
    )
    joined = documents.join(
        there.rename(lambda name: name if name == "document_id" else _HIT + name),
        on="document_id",
        how="left",
        maintain_order="left",
    )
    at = pl.col(f"{_HIT}is").fill_null(value=False)
    new = {name: pl.when(at).then(value).otherwise(pl.col(name)) for name, value in values.items()}
    if sums:
        new |= _sums(new)
    changed = joined.with_columns(
        value.cast(documents.schema[name]).alias(name) for name, value in new.items()
    )
    return filed.but(documents=changed.select(documents.columns))


def _sums(new: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    def moved(names: tuple[str, ...]) -> pl.Expr:
        parts = [new[name].fill_null(0) - pl.col(name).fill_null(0) for name in names if name in new]
        return pl.sum_horizontal(parts) if parts else pl.lit(0)

    adjustment = moved(("income_adjustment",))
    sums = {
        "total_income": pl.col("total_income") + moved(INCOMES) - adjustment,
        "deductions_total": pl.col("deductions_total") + moved(DEDUCTIONS),
    }
    return {name: value for name, value in sums.items() if name not in new}


def claim(
    filed: Filed, hit: pl.DataFrame, values: Mapping[str, pl.Expr], law: Law, *, sums: bool = True
) -> Filed:
    """Return the papers with counts or statuses restated, and the deductions beside them as on the form.

    A resident return has the resident tax's amounts, the others those of the income tax.
    """
    stated = restate(filed, hit, values, sums=False)
    amounts = _following(law.year)
    touched = {name: value for name, value in amounts.items() if set(_CAUSES[name]) & set(values)}
    return restate(stated, hit, touched, sums=sums)


_CAUSES = {
    "spouse_deduction": ("spouse_kind",),
    "dependent_deduction": COUNTS,
    "disability_deduction": ("self_disability", *DISABLED),
    "widow_deduction": ("widow",),
    "single_parent_deduction": ("single_parent",),
    "working_student_deduction": ("working_student",),
}


@cache
def _following(year: int) -> dict[str, pl.Expr]:
    """Return the deductions that follow from statuses and counts, as each form has them."""
    law = Law.of(year)
    salary = pl.col("salary_income") - pl.col("income_adjustment").fill_null(0)
    income = pl.coalesce("total_income", salary, pl.lit(0))
    national = IncomeTax.of(year).following(income)
    lines = deductions.following(Given.of(pl.Schema(DOCUMENTS.schema)), law, income)
    local = {line.meta.output_name(): line for line in lines}
    resident = pl.col("kind") == "resident_return"
    stated = {name: pl.when(resident).then(local[name]).otherwise(national[name]) for name in _CAUSES}
    return {name: pl.when(value > 0).then(value) for name, value in stated.items()}


def copied(filed: Filed, hit: pl.DataFrame, values: Mapping[str, pl.Expr], mark: int) -> Filed:
    """Return the papers with a copy of each document in `hit`, `values` restated on the copy.

    `mark` (1 to 9) tells the copies of one document apart; claimed relatives are copied too.
    """
    documents, relatives = filed.papers.documents, filed.papers.dependents
    copies = documents.join(hit.select("document_id").unique(), on="document_id", how="semi")
    number = _copy_number(mark)
    both = filed.but(
        documents=pl.concat([documents, copies.with_columns(number)]),
        dependents=pl.concat(
            [relatives, relatives.join(copies, on="document_id", how="semi").with_columns(number)]
        ),
    )
    return restate(both, hit.with_columns(number), values)


def copy_of(hit: pl.DataFrame, mark: int) -> pl.DataFrame:
    """Return `hit` with `document_id` of the copies that `copied` made with this mark."""
    return hit.with_columns(_copy_number(mark))


def _copy_number(mark: int) -> pl.Expr:
    return (pl.col("document_id") + str(mark)).alias("document_id")


def dropped(filed: Filed, hit: pl.DataFrame) -> Filed:
    """Return the papers without the documents of `hit`, as when they never came."""
    gone = hit.select("document_id")
    tables = filed.papers
    return filed.but(
        documents=tables.documents.join(gone, on="document_id", how="anti"),
        dependents=tables.dependents.join(gone, on="document_id", how="anti"),
        donations=tables.donations.join(gone, on="document_id", how="anti", nulls_equal=False),
    )


def moved(filed: Filed, hit: pl.DataFrame) -> Filed:
    """Return the papers with the documents of `hit` under another person's number (`other_id`)."""
    return restate(filed, hit, {"person_id": hit_column("other_id")}, sums=False)


def with_relative(
    filed: Filed, hit: pl.DataFrame, role: str, *, lives_apart: bool = False, lives_abroad: bool = False
) -> Filed:
    """Return the papers with a relative claimed on each document of `hit` (one a document).

    `hit` has `relative_id`, `birth_date`, `relationship`, and maybe `disability` and `stated_income`.
    """
    lines = filed.papers.dependents
    last = lines.group_by("document_id").agg(pl.col("line_no").max().alias("last"))
    here = filed.papers.documents.select("document_id")
    one = hit.unique("document_id", keep="first", maintain_order=True).join(
        here, on="document_id", how="semi"
    )
    new = one.join(last, on="document_id", how="left", maintain_order="left").select(
        "document_id",
        (pl.col("last").fill_null(0) + 1).alias("line_no"),
        pl.lit(role).alias("role"),
        pl.col("relative_id").alias("dependent_person_id"),
        "birth_date",
        "relationship",
        pl.lit(value=lives_apart).alias("lives_apart"),
        pl.lit(value=lives_abroad).alias("lives_abroad"),
        (pl.col("disability") if "disability" in hit.columns else pl.lit("none")).alias("disability"),
        (pl.col("stated_income") if "stated_income" in hit.columns else pl.lit(None)).alias("stated_income"),
    )
    typed = new.select(pl.col(name).cast(dtype) for name, dtype in lines.schema.items())
    return filed.but(dependents=pl.concat([lines, typed]))


def relined(filed: Filed, hit: pl.DataFrame, values: Mapping[str, pl.Expr]) -> Filed:
    """Return the papers with lines of claimed relatives changed (`hit`: `document_id`, `line_no`)."""
    lines = filed.papers.dependents
    there = hit.unique(["document_id", "line_no"], maintain_order=True).with_columns(pl.lit(True).alias("is"))
    joined = lines.join(
        there.rename(lambda name: name if name in ("document_id", "line_no") else _HIT + name),
        on=["document_id", "line_no"],
        how="left",
        maintain_order="left",
    )
    at = pl.col(f"{_HIT}is").fill_null(value=False)
    new = [
        pl.when(at).then(value).otherwise(pl.col(name)).cast(lines.schema[name]).alias(name)
        for name, value in values.items()
    ]
    return filed.but(dependents=joined.with_columns(new).select(lines.columns))


def without_relative(filed: Filed, hit: pl.DataFrame) -> Filed:
    """Return the papers without lines of claimed relatives (`hit`: `document_id`, `line_no`)."""
    lines = filed.papers.dependents
    return filed.but(dependents=lines.join(hit, on=["document_id", "line_no"], how="anti"))


def sent_here(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Return the papers with those of people (`person_id`) who are no residents of the ward."""
    more, tables, people = scene.strangers_papers, filed.papers, hit.select("person_id")
    documents = more.documents.join(people, on="person_id", how="semi")
    gifts = more.donations.join(people, on="person_id", how="semi")
    return filed.but(
        documents=pl.concat([tables.documents, documents]),
        dependents=pl.concat(
            [tables.dependents, more.dependents.join(documents, on="document_id", how="semi")]
        ),
        donations=pl.concat([tables.donations, gifts.join(tables.donations, on="donation_id", how="anti")]),
    )
