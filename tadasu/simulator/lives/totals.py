"""Incomes by the law: salary and pension income, the adjustment, the total income of everybody."""

from dataclasses import dataclass

import polars as pl

from tadasu.law.income import COMPREHENSIVE
from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives.year import Flags, Year


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Yen of each person: salary_income, pension_income, income_adjustment, total_income."""

    salary_income: Wholes
    pension_income: Wholes
    income_adjustment: Wholes
    total_income: Wholes


def totals(year: Year, salary: Wholes, pension: Wholes, others: dict[str, Wholes], ground: Flags) -> Totals:
    """Return the incomes by law.

    Args:
        year: the income year.
        salary: revenue of all jobs in yen.
        pension: revenue of all pensions in yen.
        others: the other incomes by name.
        ground: who has a ground for the adjustment of a high salary (所得金額調整控除).
    """
    law, birth = year.law, year.people.birth.astype("datetime64[D]")
    frame = pl.DataFrame({"salary": salary, "pension": pension, "ground": ground, "birth": birth, **others})
    frame = frame.with_columns(salary_income=law.salary_income.of(pl.col("salary")))
    high = law.income_adjustment_children(pl.col("salary"), pl.col("ground"))
    rest = pl.sum_horizontal(n for n in COMPREHENSIVE if n not in ("salary_income", "pension_income"))
    separate = pl.col("separate_transfer_income").clip(0) + pl.col("stock_income").clip(0)
    other = (pl.col("salary_income") + rest - pl.col("high")).clip(0) + separate
    frame = frame.with_columns(high=high).with_columns(
        pension_income=law.pension_income_of(pl.col("pension"), pl.col("birth"), other)
    )
    beside = law.income_adjustment_pension(pl.col("salary_income") - pl.col("high"), pl.col("pension_income"))
    frame = frame.with_columns(adjustment=pl.col("high") + beside)
    comprehensive = pl.col("salary_income") + pl.col("pension_income") + rest - pl.col("adjustment")
    frame = frame.with_columns(total=comprehensive.clip(0) + separate)
    return Totals(
        *(
            frame[n].cast(pl.Int64).to_numpy()
            for n in ("salary_income", "pension_income", "adjustment", "total")
        )
    )
