"""What one tax year's law consists of: the keys of `years/<year>.yaml`, section by section.

Each field is a key of the file; the loader accepts no other and misses none. A rule that a year does not
have is an amount of 0 or a schedule of nothing, so the computation knows no years.
"""

from dataclasses import dataclass

import polars as pl

from tadasu.law.allowances import Deductions, Differences
from tadasu.law.shapes import Amount, Rate, Schedule, at_most, floor_zero


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages reached on 31 December of the income year, a year being complete on the eve of the birthday."""

    pension_senior: Amount
    dependent_from: Amount
    specified_from: Amount
    specified_before: Amount
    elderly_from: Amount
    adult: Amount


@dataclass(frozen=True, slots=True)
class IncomeAdjustment:
    """所得金額調整控除: for high salaries with a family or a disability; for salary beside a pension."""

    high_salary: Schedule
    salary_and_pension_each: Amount
    salary_and_pension_free: Amount

    def of(
        self, salary_revenue: pl.Expr, salary_income: pl.Expr, pension_income: pl.Expr, family: pl.Expr
    ) -> pl.Expr:
        """Return the adjustment; `family` (Boolean) says that the high salary has a ground for it."""
        high = pl.when(family).then(self.high_salary.of(salary_revenue)).otherwise(0)
        return high + self.beside_pension(floor_zero(salary_income - high), pension_income)

    def beside_pension(self, salary_income: pl.Expr, pension_income: pl.Expr) -> pl.Expr:
        """Return the adjustment for salary (after the part for a high one) beside a pension."""
        each = self.salary_and_pension_each
        both = each.cap(salary_income) + each.cap(pension_income) - self.salary_and_pension_free.value
        return pl.when((salary_income > 0) & (pension_income > 0)).then(floor_zero(both)).otherwise(0)


@dataclass(frozen=True, slots=True)
class PensionIncome:
    """公的年金等に係る雑所得: by age, and by the other income of the person."""

    below_senior: Schedule
    senior: Schedule
    other_income_shift: Schedule

    def of(self, revenue: pl.Expr, senior: pl.Expr, other_income: pl.Expr) -> pl.Expr:
        """Return the income from a pension; `other_income` is the total income without it.

        `senior` (Boolean) says that the age of a senior is reached (`Law.is_senior`); null gives null.
        """
        by_age = (
            pl.when(senior).then(self.senior.of(revenue)).when(~senior).then(self.below_senior.of(revenue))
        )
        return floor_zero(by_age + self.other_income_shift.of(other_income))


@dataclass(frozen=True, slots=True)
class IncomeLimits:
    """Total incomes (合計所得金額) up to which a person or a relative qualifies."""

    relative: Amount
    spouse_claimant: Amount
    widow: Amount
    single_parent: Amount
    working_student: Amount
    exempt_status: Amount


@dataclass(frozen=True, slots=True)
class AdjustmentCredit:
    """調整控除."""

    income_limit: Amount
    taxable_threshold: Amount
    least: Amount


@dataclass(frozen=True, slots=True)
class HousingLoanCredit:
    """住宅借入金等特別税額控除: its cap by the date of moving in (days as yyyymmdd)."""

    five_percent: Rate
    five_percent_cap: Amount
    seven_percent: Rate
    seven_percent_cap: Amount
    seven_percent_moved_in: Schedule
    income_limit: Schedule

    def of(
        self,
        remaining: pl.Expr,
        base: pl.Expr,
        moved_in: pl.Expr,
        total_income: pl.Expr,
        seven_percent: pl.Expr | None = None,
    ) -> pl.Expr:
        """Return the credit.

        Args:
            remaining: the deductible amount less what the income tax took of it.
            base: the taxable total income of the income tax.
            moved_in: the date of moving in (Date).
            total_income: of the taxpayer.
            seven_percent: Boolean, whether the consumption tax paid allows the higher cap (absent: yes, where
                the date does; a special later date is told by passing true).
        """
        day = moved_in.dt.year().cast(pl.Int64) * 10000 + moved_in.dt.month().cast(pl.Int64) * 100
        day = day + moved_in.dt.day().cast(pl.Int64)
        higher = self.seven_percent_moved_in.of(day) == 1 if seven_percent is None else seven_percent
        low = self.five_percent_cap.cap(self.five_percent.down(base))
        high = self.seven_percent_cap.cap(self.seven_percent.down(base))
        cap = pl.when(higher).then(high).otherwise(low)
        within = total_income <= self.income_limit.of(day)
        return pl.when(within).then(floor_zero(at_most(remaining, cap))).otherwise(0)


@dataclass(frozen=True, slots=True)
class DonationCredit:
    """寄附金税額控除: basic part, special part (特例控除額) and one-stop part (申告特例控除額)."""

    income_share: Rate
    floor: Amount
    special_rate: Schedule
    special_rate_no_base: Rate
    special_rate_short_transfer: Rate
    special_rate_long_transfer: Rate
    special_cap: Rate
    one_stop: Schedule
    difference_addition: Schedule


@dataclass(frozen=True, slots=True)
class Exemption:
    """所得割の非課税限度額, which is also the floor of the levy adjustment (調整措置)."""

    per_head: Amount
    base: Amount
    with_dependents: Amount


@dataclass(frozen=True, slots=True)
class FixedAmountCut:
    """定額減税 and what remained of it for the year after."""

    per_person: Amount
    income_limit: Amount
    remnant: Amount
    remnant_income_limit: Amount


@dataclass(frozen=True, slots=True)
class IncomeTaxPapers:
    """What income-tax papers state in income-tax amounts, for turning it into resident-tax amounts."""

    life_insurance_new: Schedule
    life_insurance_old: Schedule
    dividend_withholding: Rate
    dividend_levy: Rate
    levy: Schedule
    with_reconstruction: Rate
    base_step: Amount
    tax_step: Amount


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where figures are cut off."""

    taxable_income: Amount
    levy: Amount


@dataclass(frozen=True, slots=True)
class YearLaw:
    """The whole law of one tax year, without what ordinances set."""

    ages: Ages
    salary_income: Schedule
    income_adjustment: IncomeAdjustment
    pension_income: PensionIncome
    income_limits: IncomeLimits
    deductions: Deductions
    differences: Differences
    adjustment_credit: AdjustmentCredit
    dividend_threshold: Amount
    housing_loan_credit: HousingLoanCredit
    donation_credit: DonationCredit
    exemption: Exemption
    fixed_amount_cut: FixedAmountCut
    forest_tax: Amount
    income_tax_papers: IncomeTaxPapers
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class PerCapitaExemption:
    """均等割の非課税限度額, by 級地."""

    per_head: Amount
    base: Amount
    with_dependents: Amount


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two levies: the ward's (or city's), or the metropolis's (or prefecture's)."""

    per_capita: Amount
    comprehensive: Rate
    short_transfer: Rate
    long_transfer: Rate
    stock: Rate
    adjustment: Rate
    dividend: Rate
    dividend_above: Rate
    housing_loan: Rate
    donation: Rate
    donation_special: Rate
    levy_credit: Rate


@dataclass(frozen=True, slots=True)
class Ordinance:
    """What ordinances and the class of the municipality set, as it stands in one tax year."""

    exemption: PerCapitaExemption
    ward: Side
    metropolis: Side

    @property
    def sides(self) -> tuple[tuple[str, Side], tuple[str, Side]]:
        """Return both levies with the suffix of their columns."""
        return (("ward", self.ward), ("metropolis", self.metropolis))
