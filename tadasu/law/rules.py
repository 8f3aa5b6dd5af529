"""What single rules of a year give, as expressions over long frames: for repairs, the simulator, the notice.

Money is whole yen (Int64). An empty cell counts as nothing, except a date of birth: no date, no answer.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from tadasu.law.parameters import YearLaw
from tadasu.law.shapes import Amount, floor_zero


@dataclass(frozen=True, kw_only=True)
class Rules(YearLaw):
    """The rules of a tax year by what they are asked for."""

    year: int

    def age(self, birth_date: pl.Expr) -> pl.Expr:
        """Return the age on 31 December of the income year (Int64, years).

        A year of life is complete on the eve of the birthday, so who is born on 1 January is a year older.
        """
        later = (birth_date.dt.month() > 1) | (birth_date.dt.day() > 1)
        return self.year - birth_date.dt.year().cast(pl.Int64) - later.cast(pl.Int64)

    def has_reached(self, birth_date: pl.Expr, age: Amount) -> pl.Expr:
        """Return whether an age is reached on 31 December of the income year (see `age`)."""
        return birth_date <= date(self.year - age.value, 1, 1)

    def is_senior(self, birth_date: pl.Expr) -> pl.Expr:
        """Return whether the deduction from pensions is that of a senior."""
        return self.has_reached(birth_date, self.ages.pension_senior)

    def is_minor(self, birth_date: pl.Expr) -> pl.Expr:
        """Return whether the person is a minor on the assessment date, 1 January of the tax year.

        On that day an age is reached by who has the birthday on the next.
        """
        return birth_date > date(self.year - self.ages.adult.value, 1, 2)

    def is_elderly_spouse(self, birth_date: pl.Expr) -> pl.Expr:
        """Return whether a spouse is 老人控除対象配偶者 by age."""
        return self.has_reached(birth_date, self.ages.elderly_from)

    def relative_class(self, birth_date: pl.Expr) -> pl.Expr:
        """Return `under16`, `general`, `specified` or `elderly` by age; who lives together, callers know."""
        ages = self.ages
        return (
            pl.when(self.has_reached(birth_date, ages.elderly_from))
            .then(pl.lit("elderly"))
            .when(self.has_reached(birth_date, ages.specified_before))
            .then(pl.lit("general"))
            .when(self.has_reached(birth_date, ages.specified_from))
            .then(pl.lit("specified"))
            .when(self.has_reached(birth_date, ages.dependent_from))
            .then(pl.lit("general"))
            .when(birth_date.is_not_null())
            .then(pl.lit("under16"))
        )

    @property
    def relative_income_limit(self) -> int:
        """Return the total income up to which a relative may be claimed."""
        return self.income_limits.relative.value

    @property
    def spouse_limit_own(self) -> int:
        """Return the taxpayer's total income up to which a spouse may be claimed."""
        return self.income_limits.spouse_claimant.value

    def pension_income_of(self, revenue: pl.Expr, birth_date: pl.Expr, other_income: pl.Expr) -> pl.Expr:
        """Return the income from a pension; null where the date of birth is not known."""
        return self.pension_income.of(_given(revenue), self.is_senior(birth_date), _given(other_income))

    def income_adjustment_children(self, salary_revenue: pl.Expr, eligible: pl.Expr) -> pl.Expr:
        """Return the adjustment for a high salary, where there is a ground for it (Boolean)."""
        amount = self.income_adjustment.high_salary.of(_given(salary_revenue))
        return pl.when(eligible).then(amount).otherwise(0)

    def income_adjustment_pension(self, salary_income: pl.Expr, pension_income: pl.Expr) -> pl.Expr:
        """Return the adjustment beside a pension, of the salary after the adjustment for a high one."""
        return self.income_adjustment.beside_pension(
            floor_zero(_given(salary_income)), _given(pension_income)
        )

    def spouse_special(self, own_total_income: pl.Expr, spouse_income: pl.Expr) -> pl.Expr:
        """Return 配偶者特別控除 by both incomes, 0 outside the table."""
        return self.deductions.spouse_special.of(_given(spouse_income), _given(own_total_income))

    def specified_relative_special(self, relative_income: pl.Expr) -> pl.Expr:
        """Return 特定親族特別控除 for one relative's total income, 0 outside the table."""
        return self.deductions.specified_relative.of(_given(relative_income))

    def life_insurance(
        self,
        new_life: pl.Expr,
        old_life: pl.Expr,
        care: pl.Expr,
        new_pension: pl.Expr,
        old_pension: pl.Expr,
    ) -> pl.Expr:
        """Return 生命保険料控除 for the premiums paid."""
        premiums = (new_life, old_life, care, new_pension, old_pension)
        return self.deductions.life_insurance.of(*(_given(premium) for premium in premiums))

    def earthquake_insurance(self, earthquake: pl.Expr, old_long_term: pl.Expr) -> pl.Expr:
        """Return 地震保険料控除 for the premiums paid."""
        return self.deductions.earthquake_insurance.of(_given(earthquake), _given(old_long_term))

    def housing_loan(
        self,
        deductible: pl.Expr,
        income_tax_before_credits: pl.Expr,
        income_tax_base: pl.Expr,
        moved_in_on: pl.Expr,
        total_income: pl.Expr | None = None,
        seven_percent: pl.Expr | None = None,
    ) -> pl.Expr:
        """Return the housing-loan credit: what the income tax left of the deductible amount, capped.

        Without `total_income` its limit is not looked at. Without `seven_percent` (Boolean: the consumption
        tax paid allows the higher cap, or a special later date does) the date of moving in decides alone.
        """
        remaining = floor_zero(_given(deductible) - _given(income_tax_before_credits))
        own = pl.lit(0, pl.Int64) if total_income is None else _given(total_income)
        credit = self.housing_loan_credit.of(
            remaining, _given(income_tax_base), moved_in_on, own, seven_percent
        )
        return credit.fill_null(0)


def _given(amount: pl.Expr) -> pl.Expr:
    return amount.cast(pl.Int64).fill_null(0)
