"""Which papers contribute (not amended, cancelled or counted in by a later employer), and which one rules.

Deductions, claims and statuses come from one adopted paper of a person: 確定申告書, else 住民税申告書, else
the year-end adjusted salary report, else the pension report, else a salary report without adjustment, 甲
before 乙.
Within one kind the later return beats the earlier, the greater salary or pension the smaller, and a pension
report with a declaration of relatives (扶養親族等申告書) one without.
"""

import polars as pl

RETURNS = ("tax_return", "resident_return")
_LAST = 5


def in_force(documents: pl.DataFrame) -> pl.DataFrame:
    """Return the papers that contribute (the columns of `documents` and `strength`, 0 = strongest).

    A salary report counted in by a later employer is one whose payer another report of the person, in force,
    names as the previous one (摘要 前職分): what it states is already in that report.
    """
    valid = documents.filter(~pl.col("is_cancelled").fill_null(value=False))
    amended = valid.select(document_id="supersedes").drop_nulls().unique()
    valid = valid.join(amended, on="document_id", how="anti")
    counted_in = (
        valid.filter(pl.col("kind") == "salary_report", pl.col("previous_payer_id") != pl.col("payer_id"))
        .select("person_id", pl.lit("salary_report").alias("kind"), payer_id="previous_payer_id")
        .unique()
    )
    valid = valid.join(counted_in, on=["person_id", "kind", "payer_id"], how="anti")
    return valid.with_columns(_strength().alias("strength")).sort("document_id")


def adopted(valid: pl.DataFrame) -> pl.DataFrame:
    """Return of each person the one paper in force whose deductions, claims and statuses are taken."""
    is_return = pl.col("kind").is_in(RETURNS)
    order = valid.sort(
        "person_id",
        "strength",
        pl.when(is_return).then("received_on"),
        pl.col("spouse_kind").is_null(),
        pl.coalesce("salary_revenue", "pension_revenue"),
        "received_on",
        "document_id",
        descending=[False, False, True, False, True, True, True],
        nulls_last=True,
    )
    return order.unique("person_id", keep="first", maintain_order=True)


def _strength() -> pl.Expr:
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
        .otherwise(_LAST)
    )
