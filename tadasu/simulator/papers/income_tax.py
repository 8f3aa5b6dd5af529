"""Income-tax amounts of deductions and of the tax, as papers state them (numbers: YAML beside this; the law).

Resident tax is not computed here (`tadasu.law`): an employer and a tax return write deductions as the income
tax has them (所得税法76条〜86条), and the tax system turns them into those of the resident tax.
Not modelled: the income tax's own fixed-amount cut of 2024 (定額減税) and its dividend credit.
"""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import polars as pl

from tadasu.fields import DISABILITIES, SPOUSE_KINDS
from tadasu.law import Law
from tadasu.law.allowances import EarthquakeInsurance, LifeInsurance, SpouseSpecial
from tadasu.law.load import LawError, build, read, whole
from tadasu.law.shapes import Amount, Rate, Schedule, floor_zero

_FOLDER = Path(__file__).parent
_FILE = "income_tax_{}.yaml"

COUNTED = {
    "n_dependent_general": "dependent_general",
    "n_dependent_specified": "dependent_specified",
    "n_dependent_elderly": "dependent_elderly",
    "n_dependent_elderly_cohabiting": "dependent_elderly_cohabiting",
}
DISABLED = {
    "n_disabled_ordinary": "disability_ordinary",
    "n_disabled_special": "disability_special",
    "n_disabled_special_cohabiting": "disability_special_cohabiting",
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the income tax has instead of the resident tax's amounts: the keys of the YAML."""

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
    life_insurance_class_cap: Amount
    life_insurance_total_cap: Amount
    earthquake_insurance: EarthquakeInsurance
    separate_rate: Rate


@dataclass(frozen=True, slots=True)
class IncomeTax(Amounts):
    """The income tax of one year, with what the law's own files know of it (`Law.income_tax_papers`)."""

    life_insurance: LifeInsurance
    rates: Schedule
    with_reconstruction: Rate
    base_step: Amount
    tax_step: Amount

    @staticmethod
    def of(tax_year: int) -> "IncomeTax":
        """Return the income tax of the year before a tax year (課税年度).

        Raises:
            LawError: no file covers the year, or one is not right.
        """
        return _income_tax(int(tax_year))

    def following(self, total_income: pl.Expr) -> dict[str, pl.Expr]:
        """Return the deductions (yen) that follow from statuses and counts (columns named as tax fields)."""
        return {
            "spouse_deduction": self.spouse(pl.col("spouse_kind"), total_income),
            "dependent_deduction": self._counted(COUNTED),
            "disability_deduction": self._own_disability() + self._counted(DISABLED),
            "widow_deduction": _where("widow", self.widow),
            "single_parent_deduction": _where("single_parent", self.single_parent),
            "working_student_deduction": _where("working_student", self.working_student),
            "basic_deduction": self.basic.of(total_income),
        }

    def spouse(self, kind: pl.Expr, total_income: pl.Expr) -> pl.Expr:
        """Return 配偶者控除 by the spouse's kind and the taxpayer's total income."""
        _, general, elderly = SPOUSE_KINDS
        return (
            pl.when(kind == general)
            .then(self.spouse_general.of(total_income))
            .when(kind == elderly)
            .then(self.spouse_elderly.of(total_income))
            .otherwise(0)
        )

    def tax(self, base: pl.Expr) -> pl.Expr:
        """Return the tax before credits of a taxable income, both in yen; the base is cut to the thousand."""
        return self.rates.of(self.base_step.cut(floor_zero(base)))

    def due(self, tax: pl.Expr, credit: pl.Expr) -> pl.Expr:
        """Return the tax after the housing-loan credit, with the reconstruction tax, cut to 100 yen."""
        return self.tax_step.cut(self.with_reconstruction.down(floor_zero(tax - credit)))

    def _counted(self, amounts: dict[str, str]) -> pl.Expr:
        parts = [pl.col(count).fill_null(0) * getattr(self, name).value for count, name in amounts.items()]
        return pl.sum_horizontal(parts)

    def _own_disability(self) -> pl.Expr:
        _, ordinary, special = DISABILITIES
        own = pl.col("self_disability")
        return (
            pl.when(own == ordinary)
            .then(self.disability_ordinary.lit)
            .when(own == special)
            .then(self.disability_special.lit)
            .otherwise(0)
        )


def _where(flag: str, amount: Amount) -> pl.Expr:
    return pl.col(flag).fill_null(value=False).cast(pl.Int64) * amount.value


@cache
def _income_tax(tax_year: int) -> IncomeTax:
    amounts, known = _amounts(tax_year), Law.of(tax_year).income_tax_papers
    return IncomeTax(
        **{field.name: getattr(amounts, field.name) for field in fields(amounts)},
        life_insurance=LifeInsurance(
            new=known.life_insurance_new,
            old=known.life_insurance_old,
            class_cap=amounts.life_insurance_class_cap,
            total_cap=amounts.life_insurance_total_cap,
        ),
        rates=known.levy,
        with_reconstruction=known.with_reconstruction,
        base_step=known.base_step,
        tax_step=known.tax_step,
    )


def _amounts(tax_year: int) -> Amounts:
    begun = sorted(int(path.stem.rpartition("_")[2]) for path in _FOLDER.glob(_FILE.format("*")))
    since = [year for year in begun if year <= tax_year]
    if not since:
        raise LawError(f"no income tax for tax year {tax_year}: files begin with {begun}")
    path = _FOLDER / _FILE.format(since[-1])
    content = read(path)
    if whole(content.pop("since", None), f"{path.name}: since") != since[-1]:
        raise LawError(f"{path.name}: since is not {since[-1]}")
    return build(Amounts, content, path.name)
