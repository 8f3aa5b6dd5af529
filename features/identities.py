"""Which sums the record agrees with: by person, the recorded amounts beside what the papers add up to."""

import polars as pl

from features.repairs.sources import Sources

RETURNS = ("tax_return", "resident_return")


PARTS = ("salary_revenue", "pension_revenue", "social_insurance")
BEFORE = {"salary_revenue": "previous_salary_revenue", "social_insurance": "previous_social_insurance"}


def identities(sources: Sources) -> pl.DataFrame:
    """Return by person the gaps, in yen, between the record and each way to add up the papers in force.

    `gap_<part>_sum`: less the sum of the reports. `_return`: less what the return states. `_previous`: less
    the sum without what previous employers paid. `_once`: less the sum with equal amounts counted once.
    """
    frame = sources.record.select("person", *PARTS, "donation_furusato", "donation_other", "total_income")
    for part in (_sums(sources), _gifts(sources)):
        frame = frame.join(part, on="person", how="left", maintain_order="left")
    gifts_now = pl.col("donation_furusato") + pl.col("donation_other")
    return frame.select(
        "person",
        "previous_here",
        "still_employed",
        "gifts_places",
        "gifts_notices",
        "other_column",
        gap_gifts_return=gifts_now - pl.col("gifts_return"),
        gap_gifts_stated=gifts_now - pl.col("gifts_stated"),
        gap_gifts_one_stop=pl.col("donation_furusato") - pl.col("gifts_one_stop"),
        gap_total_return=pl.col("total_income") - pl.col("return_total"),
        insurance_share=pl.col("social_insurance") / pl.col("salary_revenue"),
        **_gaps(),
    )


def _gaps() -> dict[str, pl.Expr]:
    gaps: dict[str, pl.Expr] = {}
    for name in PARTS:
        gaps[f"gap_{name}_sum"] = pl.col(name) - pl.col(f"sum_{name}")
        gaps[f"gap_{name}_once"] = pl.col(name) - pl.col(f"once_{name}")
        gaps[f"gap_{name}_return"] = pl.col(name) - pl.col(f"return_{name}")
    for name, previous in BEFORE.items():
        gaps[f"gap_{name}_previous"] = pl.col(name) - pl.col(f"sum_{name}") + pl.col(f"before_{previous}")
    return gaps


def _sums(sources: Sources) -> pl.DataFrame:
    """Return by person what reports add up to and returns state."""
    report = pl.col("kind").is_in(("salary_report", "pension_report"))
    returned = pl.col("kind").is_in(RETURNS)
    main = report & (pl.col("withholding_column") == "main")
    payers = pl.col("payer_id").drop_nulls().implode()
    return (
        sources.documents.filter("in_force")
        .group_by("person")
        .agg(
            *(pl.col(name).filter(report).sum().alias(f"sum_{name}") for name in PARTS),
            *(pl.col(name).filter(report).unique().sum().alias(f"once_{name}") for name in PARTS),
            *(pl.col(name).filter(returned).max().alias(f"return_{name}") for name in PARTS),
            *(pl.col(name).filter(report).sum().alias(f"before_{name}") for name in BEFORE.values()),
            other_column=pl.col("salary_revenue").filter(pl.col("withholding_column") == "other").sum(),
            previous_here=pl.col("previous_payer_id").is_in(payers).fill_null(value=False).any(),
            still_employed=(main & pl.col("left_job_on").is_null()).any(),
            return_total=pl.col("total_income").filter(returned).max(),
            gifts_stated=pl.col("donation_total").max(),
        )
    )


def _gifts(sources: Sources) -> pl.DataFrame:
    """Return by person the gifts by source, and to how many bodies the one-stop notices went."""
    one_stop = pl.col("source") == "one_stop"
    return sources.donations.group_by("person").agg(
        gifts_return=pl.col("amount").filter(pl.col("source") == "return").sum(),
        gifts_one_stop=pl.col("amount").filter(one_stop).sum(),
        gifts_places=pl.col("recipient_code").filter(one_stop).n_unique(),
        gifts_notices=one_stop.sum(),
    )
