"""Single rules: ages by the eve of the birthday, tables at their borders, nulls as nothing."""

from datetime import date

import polars as pl
import pytest

from tadasu.law import Law

LAW = Law.of(2026)


def value(expression: pl.Expr) -> object:
    return pl.select(expression).item()


def born(year: int, month: int, day: int) -> pl.Expr:
    return pl.lit(date(year, month, day))


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ((2010, 1, 2), "under16"),
        ((2010, 1, 1), "general"),
        ((2007, 1, 2), "general"),
        ((2007, 1, 1), "specified"),
        ((2003, 1, 2), "specified"),
        ((2003, 1, 1), "general"),
        ((1956, 1, 2), "general"),
        ((1956, 1, 1), "elderly"),
    ],
)
def test_a_relatives_class_turns_with_the_birth_on_1_january(
    birth: tuple[int, int, int], expected: str
) -> None:
    assert value(LAW.relative_class(born(*birth))) == expected


def test_without_a_date_of_birth_there_is_no_class() -> None:
    assert value(LAW.relative_class(pl.lit(None, pl.Date))) is None
    assert value(LAW.pension_income_of(pl.lit(3000000), pl.lit(None, pl.Date), pl.lit(0))) is None


def test_age_counts_1_january_as_a_year_older() -> None:
    assert value(LAW.age(born(1961, 1, 1))) == 65
    assert value(LAW.age(born(1961, 1, 2))) == 64
    assert value(LAW.is_senior(born(1961, 1, 1))) is True
    assert value(LAW.is_senior(born(1961, 1, 2))) is False
    assert value(LAW.is_elderly_spouse(born(1956, 1, 1))) is True


@pytest.mark.parametrize(("year", "first_minor"), [(2022, date(2002, 1, 3)), (2023, date(2005, 1, 3))])
def test_a_minor_is_born_from_3_january_on(year: int, first_minor: date) -> None:
    law = Law.of(year)
    assert value(law.is_minor(pl.lit(first_minor))) is True
    assert value(law.is_minor(pl.lit(first_minor.replace(day=2)))) is False


@pytest.mark.parametrize(
    ("revenue", "senior", "other", "income"),
    [
        (1100000, True, 0, 0),
        (1550000, True, 0, 450000),
        (2600000, True, 0, 1500000),
        (2000000, False, 0, 1225000),
        (1550000, True, 10000001, 550000),
        (1550000, True, 20000001, 650000),
        (450000, False, 20000001, 50000),
    ],
)
def test_pensions_by_age_and_other_income(revenue: int, senior: bool, other: int, income: int) -> None:
    assert value(LAW.pension_income.of(pl.lit(revenue), pl.lit(senior), pl.lit(other))) == income


@pytest.mark.parametrize(
    ("year", "spouse", "own", "amount"),
    [
        (2025, 480000, 5000000, 0),
        (2025, 480001, 5000000, 330000),
        (2026, 580000, 5000000, 0),
        (2026, 580001, 9000000, 330000),
        (2026, 1000001, 9000001, 210000),
        (2026, 1330000, 9500001, 10000),
        (2026, 1330001, 5000000, 0),
        (2026, 900000, 10000001, 0),
    ],
)
def test_spouse_special_by_both_incomes(year: int, spouse: int, own: int, amount: int) -> None:
    assert value(Law.of(year).spouse_special(pl.lit(own), pl.lit(spouse))) == amount


def test_the_specified_relative_exists_from_2026() -> None:
    amounts = [
        value(LAW.specified_relative_special(pl.lit(i))) for i in (580000, 950000, 1050001, 1230000, 1230001)
    ]
    assert amounts == [0, 450000, 210000, 30000, 0]
    assert value(Law.of(2025).specified_relative_special(pl.lit(900000))) == 0


@pytest.mark.parametrize(
    ("moved_in", "base", "left", "credit"),
    [
        (date(2014, 3, 31), 3000000, 500000, 97500),
        (date(2014, 4, 1), 3000000, 500000, 136500),
        (date(2021, 12, 31), 1000000, 500000, 70000),
        (date(2022, 1, 1), 1000000, 500000, 50000),
        (date(2022, 1, 1), 1000000, 12345, 12345),
    ],
)
def test_the_housing_loans_cap_goes_by_the_date_of_moving_in(
    moved_in: date, base: int, left: int, credit: int
) -> None:
    assert value(LAW.housing_loan(pl.lit(left), pl.lit(0), pl.lit(base), pl.lit(moved_in))) == credit


def test_the_housing_loan_has_its_income_limit() -> None:
    cells = (pl.lit(50000), pl.lit(0), pl.lit(3000000), pl.lit(date(2023, 5, 1)))
    assert value(LAW.housing_loan(*cells, pl.lit(20000000))) == 50000
    assert value(LAW.housing_loan(*cells, pl.lit(20000001))) == 0


def test_income_adjustments() -> None:
    assert value(LAW.income_adjustment_children(pl.lit(8500001), pl.lit(True))) == 1, "rounded up"
    assert value(LAW.income_adjustment_children(pl.lit(99999999), pl.lit(True))) == 150000
    assert value(LAW.income_adjustment_children(pl.lit(9000000), pl.lit(False))) == 0
    assert value(LAW.income_adjustment_pension(pl.lit(3460000), pl.lit(1225000))) == 100000
    assert value(LAW.income_adjustment_pension(pl.lit(60000), pl.lit(70000))) == 30000
    assert value(LAW.income_adjustment_pension(pl.lit(60000), pl.lit(0))) == 0


def test_nulls_count_as_nothing_in_rules_and_stay_null_in_shapes() -> None:
    nothing = pl.lit(None, pl.Int64)
    assert value(LAW.life_insurance(*[nothing] * 5)) == 0
    assert value(LAW.earthquake_insurance(nothing, pl.lit(10001))) == 7501
    assert value(LAW.housing_loan(nothing, nothing, nothing, pl.lit(None, pl.Date))) == 0
    assert value(LAW.salary_income.of(nothing)) is None
    assert value(LAW.deductions.medical_expense.of(nothing, pl.lit(0), pl.lit(0))) is None
    assert value(LAW.deductions.medical_expense.self_medication(nothing)) is None


def test_medical_expense_and_casualty() -> None:
    rules = LAW.deductions
    assert value(rules.medical_expense.of(pl.lit(200000), pl.lit(50000), pl.lit(5000000))) == 50000
    assert value(rules.medical_expense.of(pl.lit(200000), pl.lit(0), pl.lit(1000000))) == 150000
    assert value(rules.medical_expense.of(pl.lit(9000000), pl.lit(0), pl.lit(1000000))) == 2000000
    assert value(rules.medical_expense.self_medication(pl.lit(112000))) == 88000
    assert value(rules.casualty_loss.of(pl.lit(600000), pl.lit(300000), pl.lit(5000000))) == 250000


def test_the_consumption_tax_decides_between_the_caps_where_it_is_known() -> None:
    cells = (pl.lit(500000), pl.lit(0), pl.lit(3000000))
    early, late = pl.lit(date(2018, 1, 1)), pl.lit(date(2022, 6, 1))
    assert value(LAW.housing_loan(*cells, early, seven_percent=pl.lit(False))) == 97500
    assert value(LAW.housing_loan(*cells, late, seven_percent=pl.lit(True))) == 136500
