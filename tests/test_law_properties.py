"""Properties of the tax: it rises with income, jumps only where the law does, and rounds where it says."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tadasu.law import WORKING, Law, assess

YEARS = Law.years()
AMOUNT = st.integers(0, 40_000_000)
COUNT = st.integers(0, 3)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "salary_income": AMOUNT,
            "business_income": st.integers(-5_000_000, 20_000_000),
            "dividend_income": st.integers(0, 3_000_000),
            "stock_income": st.integers(0, 5_000_000),
            "separate_transfer_income": st.integers(-1_000_000, 5_000_000),
            "short_transfer_income": st.integers(-1_000_000, 5_000_000),
            "loss_carryforward": st.integers(0, 2_000_000),
            "social_insurance": st.integers(0, 2_000_000),
            "donation_furusato": st.integers(0, 500_000),
            "donation_other": st.integers(0, 100_000),
            "donation_ward_only": st.integers(0, 50_000),
            "housing_loan_credit": st.integers(0, 136_500),
            "dividend_levy_credit": st.integers(0, 300_000),
            "spouse_kind": st.sampled_from(["none", "general", "elderly"]),
            "self_disability": st.sampled_from(["none", "ordinary", "special"]),
            "single_parent": st.booleans(),
            "one_stop": st.booleans(),
            "sex": st.sampled_from(["M", "F"]),
            "n_dependent_general": COUNT,
            "n_dependent_specified": COUNT,
            "n_dependent_under16": COUNT,
            "n_disabled_special_cohabiting": COUNT,
        }
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60)
@given(people=PEOPLE, year=st.sampled_from(YEARS))
def test_lines_hold_together_for_anybody(people: list[dict[str, object]], year: int) -> None:
    law = Law.of(year)
    result = assess(pl.DataFrame(people), law)
    assert result["error"].null_count() == result.height
    assert result.select(pl.sum_horizontal(pl.col(WORKING).null_count())).item() == 0
    free = [line for line in WORKING if line != "special_rate_base"]
    assert result.select(pl.all_horizontal(pl.col(free) >= 0).all()).item()
    both = ["income_levy", "per_capita_levy", "adjustment_credit", "donation_credit", "fixed_amount_cut"]
    checks = [
        *(pl.col(line) == pl.col(f"{line}_ward") + pl.col(f"{line}_metropolis") for line in both),
        pl.col("income_levy_ward") % 100 == 0,
        pl.col("income_levy_metropolis") % 100 == 0,
        pl.col("taxable_income") % 1000 == 0,
        pl.col("income_levy") <= pl.col("income_levy_before_credits"),
        pl.col("donation_special_ward") * 5 <= pl.col("levy_before_credits_ward"),
        (pl.col("income_levy") == 0) | (pl.col("per_capita_levy") > 0),
        pl.col("resident_tax") == pl.col("income_levy") + pl.col("per_capita_levy") + pl.col("forest_tax"),
    ]
    assert result.select(pl.all_horizontal(checks).all()).item()


@settings(max_examples=30)
@given(people=PEOPLE, year=st.sampled_from(YEARS))
def test_a_row_is_computed_alike_alone_and_in_company(people: list[dict[str, object]], year: int) -> None:
    law, frame = Law.of(year), pl.DataFrame(people)
    together = assess(frame, law)
    alone = pl.concat([assess(frame[row], law) for row in range(frame.height)])
    assert together.equals(alone)


@pytest.mark.parametrize("year", YEARS)
def test_the_tax_rises_with_salary_and_no_yen_costs_more_than_the_law_says(year: int) -> None:
    """A step: 4,000 of salary or 1,000 of base; at limits the exemption, the basic deduction's phase-out."""
    law = Law.of(year)
    revenue = pl.int_range(0, 30_000_001, 1000, eager=True).alias("salary_revenue")
    frame = pl.DataFrame(revenue).with_columns(salary_income=law.salary_income.of(pl.col("salary_revenue")))
    result = assess(frame, law)
    rise = result["resident_tax"].diff().drop_nulls()
    assert rise.min() >= 0  # type: ignore[operator]
    jumps = result.with_columns(rise=pl.col("resident_tax").diff()).filter(pl.col("rise") > 500)
    incomes = jumps["total_income"].to_list()
    limit, *phases = 450_000, 18_050_000, 24_000_000, 24_500_000, 25_000_000  # the second: the cut of 2024
    assert all(any(0 < income - border <= 3200 for border in (limit, *phases)) for income in incomes), incomes


@pytest.mark.parametrize("year", YEARS)
def test_the_tax_never_rises_with_a_deduction(year: int) -> None:
    paid = pl.int_range(0, 4_000_000, 777, eager=True).alias("social_insurance")
    frame = pl.DataFrame(paid).with_columns(salary_income=pl.lit(6_000_000), n_dependent_general=pl.lit(1))
    assert assess(frame, Law.of(year))["resident_tax"].diff().drop_nulls().max() <= 0  # type: ignore[operator]


@pytest.mark.parametrize("year", YEARS)
def test_incomes_from_revenue_never_fall_and_never_exceed_it(year: int) -> None:
    law = Law.of(year)
    frame = pl.DataFrame(pl.int_range(0, 21_000_000, 997, eager=True).alias("revenue"))
    revenue = pl.col("revenue")
    incomes = frame.select(
        salary=law.salary_income.of(revenue),
        **{
            f"pension_{senior}_{other}": law.pension_income.of(revenue, pl.lit(senior), pl.lit(other))
            for senior in (True, False)
            for other in (0, 15_000_000, 25_000_000)
        },
    )
    for column in incomes.columns:
        income = incomes[column]
        assert (income.diff().drop_nulls() >= 0).all(), column
        assert (income <= frame["revenue"]).all(), column
        assert (income >= 0).all(), column


@pytest.mark.parametrize("year", YEARS)
def test_premiums_give_no_more_than_their_caps_and_more_premium_never_less(year: int) -> None:
    law = Law.of(year)
    frame = pl.DataFrame(pl.int_range(0, 120_000, eager=True).alias("p"))
    paid, none = pl.col("p"), pl.lit(0, pl.Int64)
    result = frame.select(
        new=law.life_insurance(paid, none, none, none, none),
        old=law.life_insurance(none, paid, none, none, none),
        both=law.life_insurance(paid, paid, none, none, none),
        all=law.life_insurance(paid, paid, paid, paid, paid),
        quake=law.earthquake_insurance(paid, paid),
    )
    assert result.max().row(0) == (28_000, 35_000, 35_000, 70_000, 25_000)
    assert all((result[column].diff().drop_nulls() >= 0).all() for column in result.columns)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("relatives", [1, 2, 4])
def test_near_the_limits_the_levy_never_pushes_income_below_them(year: int, relatives: int) -> None:
    """所得割の調整措置: what is left after the levy is at least the limit, and no line is null."""
    law = Law.of(year)
    limit = 350_000 * (relatives + 1) + 420_000
    frame = pl.DataFrame(pl.int_range(limit - 100, limit + 60_000, 7, eager=True).alias("business_income"))
    frame = frame.with_columns(n_dependent_under16=pl.lit(relatives), dividend_levy_credit=pl.lit(0))
    result = assess(frame, law)
    assert result.select(pl.sum_horizontal(pl.col(WORKING).null_count())).item() == 0
    owes = result.filter(pl.col("income_levy") > 0)
    assert (owes["aggregate_income"] - owes["income_levy"] >= limit).all()
    assert (result.filter(pl.col("aggregate_income") <= limit)["income_levy"] == 0).all()
    assert result.filter(pl.col("levy_relief") > 0).height > 0
