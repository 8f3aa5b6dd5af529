"""Which sums the record agrees with: by person, the recorded amounts beside what the papers add up to."""

import polars as pl

from features.repairs.sources import Sources

RETURNS = ("tax_return", "resident_return")


def identities(sources: Sources) -> pl.DataFrame:
    """Return by person the gaps, in yen, between the record and each way to add up the papers in force.

    `gap_<part>_sum`: less the sum of the reports. `_return`: less what the return states. `_previous`: less
    the sum without what previous employers paid. `_twins`: less the sum with equal amounts counted once.
    """
    standing = sources.documents.filter("in_force")
    report = pl.col("kind").is_in(("salary_report", "pension_report"))
    returned = pl.col("kind").is_in(RETURNS)
    parts = ("salary_revenue", "pension_revenue", "social_insurance")
    before = {"salary_revenue": "previous_salary_revenue", "social_insurance": "previous_social_insurance"}
    sums = standing.group_by("person").agg(
        *(pl.col(name).filter(report).sum().alias(f"sum_{name}") for name in parts),
        *(pl.col(name).filter(report).unique().sum().alias(f"once_{name}") for name in parts),
        *(pl.col(name).filter(returned).max().alias(f"return_{name}") for name in parts),
        *(pl.col(name).filter(report).sum().alias(f"before_{name}") for name in before.values()),
        other_column=pl.col("salary_revenue").filter(pl.col("withholding_column") == "other").sum(),
        main_column=pl.col("salary_revenue").filter(pl.col("withholding_column") == "main").max(),
        previous_here=pl.col("previous_payer_id")
        .is_in(pl.col("payer_id").drop_nulls().implode())
        .fill_null(value=False)
        .any(),
        still_employed=(
            report & (pl.col("withholding_column") == "main") & pl.col("left_job_on").is_null()
        ).any(),
        return_loss=pl.col("total_income").filter(returned).max(),
    )
    gifts = sources.donations.group_by("person").agg(
        gifts_return=pl.col("amount").filter(pl.col("source") == "return").sum(),
        gifts_one_stop=pl.col("amount").filter(pl.col("source") == "one_stop").sum(),
        gifts_places=pl.col("recipient_code").filter(pl.col("source") == "one_stop").n_unique(),
        gifts_notices=(pl.col("source") == "one_stop").sum(),
    )
    stated = standing.group_by("person").agg(gifts_stated=pl.col("donation_total").max())
    frame = sources.record.select("person", *parts, "donation_furusato", "donation_other", "total_income")
    for part in (sums, gifts, stated):
        frame = frame.join(part, on="person", how="left", maintain_order="left")
    gaps: dict[str, pl.Expr] = {}
    for name in parts:
        gaps[f"gap_{name}_sum"] = pl.col(name) - pl.col(f"sum_{name}")
        gaps[f"gap_{name}_once"] = pl.col(name) - pl.col(f"once_{name}")
        gaps[f"gap_{name}_return"] = pl.col(name) - pl.col(f"return_{name}")
    for name, previous in before.items():
        gaps[f"gap_{name}_previous"] = pl.col(name) - pl.col(f"sum_{name}") + pl.col(f"before_{previous}")
    gifts_now = pl.col("donation_furusato") + pl.col("donation_other")
    return frame.select(
        "person",
        "previous_here",
        "still_employed",
        "gifts_places",
        "gifts_notices",
        other_column="other_column",
        gap_gifts_return=gifts_now - pl.col("gifts_return"),
        gap_gifts_stated=gifts_now - pl.col("gifts_stated"),
        gap_gifts_one_stop=pl.col("donation_furusato") - pl.col("gifts_one_stop"),
        gap_total_return=pl.col("total_income") - pl.col("return_loss"),
        insurance_share=pl.col("social_insurance") / pl.col("salary_revenue"),
        **gaps,
    )
