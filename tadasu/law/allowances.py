"""The sections of the law on 所得控除 and on 人的控除額の差, with what each rule gives."""

from dataclasses import dataclass

import polars as pl

from tadasu.law.shapes import Amount, Rate, Schedule, floor_zero


@dataclass(frozen=True, slots=True)
class SpouseSpecial:
    """A table by the spouse's income (rows) and the taxpayer's (`bands`: 0, 1, 2, and 3 for none)."""

    bands: Schedule
    first: Schedule
    second: Schedule
    third: Schedule

    def of(self, spouse_income: pl.Expr, total_income: pl.Expr) -> pl.Expr:
        """Return the amount for a spouse's total income and the taxpayer's."""
        band = self.bands.of(total_income)
        lower = (
            pl.when(band == 1)
            .then(self.second.of(spouse_income))
            .otherwise(pl.when(band == 2).then(self.third.of(spouse_income)).otherwise(0))
        )
        return pl.when(band == 0).then(self.first.of(spouse_income)).otherwise(lower)


@dataclass(frozen=True, slots=True)
class LifeInsurance:
    """生命保険料控除: by contract class, with the cap of each class and of all."""

    new: Schedule
    old: Schedule
    class_cap: Amount
    total_cap: Amount

    def of(
        self,
        new_life: pl.Expr,
        old_life: pl.Expr,
        care: pl.Expr,
        new_pension: pl.Expr,
        old_pension: pl.Expr,
    ) -> pl.Expr:
        """Return the deduction for the premiums paid: the better of new, old and both in each class."""
        classes = self._class(new_life, old_life) + self.new.of(care) + self._class(new_pension, old_pension)
        return self.total_cap.cap(classes)

    def _class(self, new: pl.Expr, old: pl.Expr) -> pl.Expr:
        by_new, by_old = self.new.of(new), self.old.of(old)
        return pl.max_horizontal(by_old, self.class_cap.cap(by_new + by_old))


@dataclass(frozen=True, slots=True)
class EarthquakeInsurance:
    """地震保険料控除 with 旧長期損害保険料."""

    earthquake: Rate
    old_long_term: Schedule
    cap: Amount

    def of(self, earthquake: pl.Expr, old_long_term: pl.Expr) -> pl.Expr:
        """Return the deduction for the premiums paid (a contract that holds both counts as one of them)."""
        return self.cap.cap(self.earthquake.up(earthquake) + self.old_long_term.of(old_long_term))


@dataclass(frozen=True, slots=True)
class MedicalExpense:
    """医療費控除, and セルフメディケーション税制 in its place."""

    floor: Amount
    income_share: Rate
    cap: Amount
    self_medication_floor: Amount
    self_medication_cap: Amount

    def of(self, paid: pl.Expr, compensated: pl.Expr, aggregate_income: pl.Expr) -> pl.Expr:
        """Return the deduction for medical expenses."""
        floor = self.floor.cap(self.income_share.down(aggregate_income))
        return self.cap.cap(floor_zero(paid - compensated - floor))

    def self_medication(self, paid: pl.Expr) -> pl.Expr:
        """Return the deduction for designated drugs, which takes the place of the other."""
        return self.self_medication_cap.cap(floor_zero(paid - self.self_medication_floor.value))


@dataclass(frozen=True, slots=True)
class CasualtyLoss:
    """雑損控除."""

    income_share: Rate
    disaster_floor: Amount

    def of(self, loss: pl.Expr, disaster_expense: pl.Expr, aggregate_income: pl.Expr) -> pl.Expr:
        """Return the deduction for a loss (less compensation, the disaster expense included)."""
        by_income = loss - self.income_share.down(aggregate_income)
        return floor_zero(pl.max_horizontal(by_income, disaster_expense - self.disaster_floor.value))


@dataclass(frozen=True, slots=True)
class Deductions:
    """所得控除, in resident-tax amounts."""

    basic: Schedule
    spouse_general: Schedule
    spouse_elderly: Schedule
    spouse_special: SpouseSpecial
    specified_relative: Schedule
    dependent_general: Amount
    dependent_specified: Amount
    dependent_elderly: Amount
    dependent_elderly_cohabiting: Amount
    disability_ordinary: Amount
    disability_special: Amount
    disability_special_cohabiting: Amount
    widow: Amount
    single_parent: Amount
    working_student: Amount
    life_insurance: LifeInsurance
    earthquake_insurance: EarthquakeInsurance
    medical_expense: MedicalExpense
    casualty_loss: CasualtyLoss


@dataclass(frozen=True, slots=True)
class Differences:
    """人的控除額の差: the amounts of the table of the adjustment credit."""

    basic: Amount
    spouse_general: Schedule
    spouse_elderly: Schedule
    spouse_special: SpouseSpecial
    dependent_general: Amount
    dependent_specified: Amount
    dependent_elderly: Amount
    dependent_elderly_cohabiting: Amount
    disability_ordinary: Amount
    disability_special: Amount
    disability_special_cohabiting: Amount
    widow: Amount
    single_parent_mother: Amount
    single_parent_father: Amount
    working_student: Amount
