"""Where the record differs from the truth: the lines that would put it right, causes only.

What the system renews (a salary's income from its revenue, deductions from counts) needs no line of its own.
"""

import polars as pl

from tadasu.fields import Field, correctable

ERRORS = {"person_id": pl.String(), "field": pl.String(), "old_value": pl.String(), "new_value": pl.String()}

FOLLOWS = {"salary_income": "salary_revenue", "pension_income": "pension_revenue"}
"""Incomes that follow when the revenue beside them is corrected."""


def errors(record: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Return one line per person and correctable field in which `record` differs from `truth`.

    Both hold `person_id` and tax fields (yen, counts, flags, statuses; null and absence mean 0, false, none).
    A person that only one of them knows is compared with an empty record. Values are text as in
    `corrections`. Sorted by person, then in the order of the tax notice.
    """
    both = record.join(truth, on="person_id", how="full", coalesce=True, suffix=":right")
    found = [_of_field(both, number, field) for number, field in enumerate(correctable())]
    lines = pl.concat([frame for frame in found if frame is not None])
    causes = [_without_what_follows(lines, income, revenue) for income, revenue in FOLLOWS.items()]
    for followed in causes:
        lines = lines.join(followed, on=["person_id", "field"], how="anti")
    return lines.sort("person_id", "number").select(*ERRORS)


def _of_field(both: pl.DataFrame, number: int, field: Field) -> pl.DataFrame | None:
    if field.name not in both.columns or f"{field.name}:right" not in both.columns:
        return None
    recorded, right = (_filled(name, field) for name in (field.name, f"{field.name}:right"))
    return both.filter(recorded != right).select(
        "person_id",
        pl.lit(field.name).alias("field"),
        recorded.cast(pl.String).alias("old_value"),
        right.cast(pl.String).alias("new_value"),
        pl.lit(number, pl.Int32).alias("number"),
    )


def _filled(name: str, field: Field) -> pl.Expr:
    if field.kind == "flag":
        return pl.col(name).fill_null(field.name == "is_resident")
    return pl.col(name).fill_null("none" if field.kind == "status" else 0)


def _without_what_follows(lines: pl.DataFrame, income: str, revenue: str) -> pl.DataFrame:
    corrected = lines.filter(pl.col("field") == revenue).select("person_id")
    return corrected.with_columns(pl.lit(income).alias("field"))
