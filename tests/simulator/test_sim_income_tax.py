"""The income tax that papers are made with: its amounts agree with what the resident tax's law says of it."""

import polars as pl
import pytest

from tadasu.law import Law, LawError
from tadasu.law.shapes import Amount, Schedule
from tadasu.simulator.papers.income_tax import IncomeTax

PERSONAL = (
    "dependent_general", "dependent_specified", "dependent_elderly", "dependent_elderly_cohabiting",
    "disability_ordinary", "disability_special", "disability_special_cohabiting", "widow",
    "working_student",
)  # fmt: skip


def value(expr: pl.Expr) -> int:
    found: int = pl.select(expr).item()
    return found


def of(schedule: Schedule, argument: int) -> int:
    return value(schedule.of(pl.lit(argument, pl.Int64)))


@pytest.mark.parametrize("year", Law.years())
@pytest.mark.parametrize("name", PERSONAL)
def test_a_personal_deduction_is_the_resident_taxs_and_the_statutory_difference(year: int, name: str) -> None:
    law = Law.of(year)
    amounts: list[Amount] = [getattr(table, name) for table in (law.deductions, law.differences)]
    own: Amount = getattr(IncomeTax.of(year), name)
    assert own.value == sum(amount.value for amount in amounts)


@pytest.mark.parametrize("year", Law.years())
@pytest.mark.parametrize("income", [5_000_000, 9_000_000, 9_000_001, 9_500_001, 10_000_000, 10_000_001])
def test_so_is_the_deduction_for_a_spouse_in_every_band(year: int, income: int) -> None:
    law, tax = Law.of(year), IncomeTax.of(year)
    for name in ("spouse_general", "spouse_elderly"):
        tables = (getattr(law.deductions, name), getattr(law.differences, name))
        assert of(getattr(tax, name), income) == sum(of(table, income) for table in tables)


@pytest.mark.parametrize("year", Law.years())
def test_so_is_the_deduction_of_a_single_mother(year: int) -> None:
    law = Law.of(year)
    sum_ = law.deductions.single_parent.value + law.differences.single_parent_mother.value
    assert IncomeTax.of(year).single_parent.value == sum_


@pytest.mark.parametrize("income", [0, 1_320_000, 1_320_001, 4_000_000, 6_550_001, 23_500_000, 24_000_000])
def test_the_basic_deduction_of_2025_is_what_the_special_gift_rate_adds(income: int) -> None:
    """The law of gifts knows it: 人的控除差調整額 grows by what the income tax's exceeds its old amount."""
    law, before = Law.of(2026), IncomeTax.of(2025)
    added = of(law.donation_credit.difference_addition, income)
    assert of(IncomeTax.of(2026).basic, income) == before.basic.rows[0].value + added


@pytest.mark.parametrize(
    ("base", "tax"),
    [
        (0, 0),
        (-5, 0),
        (1_949_999, 97_450),
        (1_950_000, 97_500),
        (5_000_999, 572_500),
        (41_000_000, 13_654_000),
    ],
)
def test_the_tax_of_a_base_cut_to_the_thousand(base: int, tax: int) -> None:
    assert value(IncomeTax.of(2025).tax(pl.lit(base, pl.Int64))) == tax


def test_what_is_due_is_after_the_loan_with_reconstruction_tax_and_cut_to_the_hundred() -> None:
    tax = IncomeTax.of(2025)
    assert value(tax.due(pl.lit(166_500, pl.Int64), pl.lit(100_000, pl.Int64))) == 67_800
    assert value(tax.due(pl.lit(166_500, pl.Int64), pl.lit(200_000, pl.Int64))) == 0


def test_a_spouse_who_earns_too_much_for_the_deduction_gives_the_special_one() -> None:
    own = pl.lit(5_000_000, pl.Int64)
    for year, limit in ((2025, 480_000), (2026, 580_000)):
        table = IncomeTax.of(year).spouse_special
        assert [value(table.of(pl.lit(limit + more, pl.Int64), own)) for more in (0, 1)] == [0, 380_000]
        assert value(table.of(pl.lit(1_330_001, pl.Int64), own)) == 0


def test_a_year_before_the_first_file_is_refused() -> None:
    with pytest.raises(LawError, match="no income tax for tax year 2019: files begin with"):
        IncomeTax.of(2019)
