"""Papers: which documents are in force, which of a person's counts for deductions, what reports add up to."""

from datetime import date

import polars as pl

RETURNS = ("tax_return", "resident_return")
REPORTS = ("salary_report", "pension_report")


def _valid(documents: pl.DataFrame) -> pl.DataFrame:
    valid = documents.filter(~pl.col("is_cancelled").fill_null(value=False))
    amended = valid.select(document_id="supersedes").drop_nulls()
    return valid.join(amended, on="document_id", how="anti", maintain_order="left")


def in_force(documents: pl.DataFrame, residents: pl.DataFrame, merged_on: date | None) -> pl.DataFrame:
    """Return the documents that the merge took: neither cancelled nor superseded nor late.

    Sorted by person, then by precedence: tax return, resident return, adjusted salary report, pension
    report, other salary report (甲 before 乙); within one kind the later return, the report that says
    something of a spouse, the higher revenue. Added: `place` (0 is the adopted one), `rolled_in`, and the
    register's `register_birth` and `household_id`.
    """
    seen = documents
    if merged_on is not None:
        seen = seen.filter((pl.col("received_on") <= merged_on).fill_null(value=True))
    register = residents.select("person_id", "household_id", register_birth="birth_date")
    standing = _valid(seen).join(register, on="person_id", how="left")
    order = standing.select(
        "document_id",
        "person_id",
        "received_on",
        rank=_rank(),
        on_return=pl.when(pl.col("kind").is_in(RETURNS)).then("received_on"),
        says_nothing=pl.col("spouse_kind").is_null(),
        revenue=pl.coalesce("salary_revenue", "pension_revenue"),
    ).sort(
        "person_id",
        "rank",
        "on_return",
        "says_nothing",
        "revenue",
        "received_on",
        "document_id",
        descending=[False, False, True, False, True, True, True],
        nulls_last=True,
    )
    place = pl.int_range(pl.len(), dtype=pl.Int64).over("person_id")
    ordered = order.select("document_id", place=place).join(standing, on="document_id", maintain_order="left")
    return _with_rolled_in(ordered)


def _rank() -> pl.Expr:
    kind, adjusted = pl.col("kind"), pl.col("year_end_adjusted").fill_null(value=False)
    return (
        pl.when(kind == "tax_return")
        .then(0)
        .when(kind == "resident_return")
        .then(1)
        .when((kind == "salary_report") & adjusted)
        .then(2)
        .when(kind == "pension_report")
        .then(3)
        .when(pl.col("withholding_column") == "main")
        .then(4)
        .otherwise(5)
    )


def _with_rolled_in(papers: pl.DataFrame) -> pl.DataFrame:
    """Mark the salary reports of previous employers whose pay a later employer's report includes.

    The later report names the payer; one that names none settles nothing.
    """
    reports = papers.filter(pl.col("kind") == "salary_report")
    told = reports.filter(pl.col("previous_payer_id") != pl.col("payer_id")).select(
        "person_id", payer_id="previous_payer_id"
    )
    included = reports.join(told, on=["person_id", "payer_id"], how="semi").select(
        "document_id", rolled_in=pl.lit(value=True)
    )
    marked = papers.join(included, on="document_id", how="left", maintain_order="left")
    return marked.with_columns(pl.col("rolled_in").fill_null(value=False))


def late(documents: pl.DataFrame, merged_on: date | None) -> pl.DataFrame:
    """Return the documents in force that came after the merge."""
    if merged_on is None:
        return documents.clear()
    return _valid(documents).filter(pl.col("received_on") > merged_on)


def adopted(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the adopted document of each person."""
    return papers.filter(pl.col("place") == 0)


def returns(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the adopted document of each person who filed a return."""
    return adopted(papers).filter(pl.col("kind").is_in(RETURNS))


def sums(papers: pl.DataFrame) -> pl.DataFrame:
    """Return by person what the reports add up to, how many papers there are, and their numbers.

    A report that a later employer's includes (`rolled_in`) adds nothing.
    """
    salary, pension = pl.col("kind") == "salary_report", pl.col("kind") == "pension_report"
    filed, counted = pl.col("kind").is_in(RETURNS), ~pl.col("rolled_in")
    main = salary & (pl.col("withholding_column").fill_null("main") == "main")
    adjusted = salary & pl.col("year_end_adjusted").fill_null(value=False)
    staying = pl.col("left_job_on").is_null()
    of_adjustment = pl.any_horizontal(pl.col("salary_income", "deductions_total").is_not_null())

    def added(name: str, which: pl.Expr) -> pl.Expr:
        return pl.col(name).filter(which & counted).sum()

    return papers.group_by("person_id", maintain_order=True).agg(
        salary_reported=added("salary_revenue", salary),
        pension_reported=added("pension_revenue", pension),
        insurance_reported=added("social_insurance", salary | pension),
        mutual_aid_reported=added("small_enterprise_mutual_aid", salary),
        n_reports=(salary & counted).sum().cast(pl.Int64),
        n_main_staying=(main & staying & counted).sum().cast(pl.Int64),
        n_main=(main & counted).sum().cast(pl.Int64),
        n_adjusted=(adjusted & counted).sum().cast(pl.Int64),
        n_half_adjusted=(main & ~adjusted & staying & counted & of_adjustment).sum().cast(pl.Int64),
        left_alone=added("salary_revenue", main & ~adjusted & ~staying),
        n_untold=(adjusted & staying & pl.col("previous_salary_revenue").is_null()).sum().cast(pl.Int64),
        n_pensions=pension.sum().cast(pl.Int64),
        n_returns=filed.sum().cast(pl.Int64),
        paper_ids=pl.col("document_id").sort(),
        report_ids=pl.col("document_id").filter(salary).sort(),
        pension_ids=pl.col("document_id").filter(pension).sort(),
        return_ids=pl.col("document_id").filter(filed).sort(),
    )
