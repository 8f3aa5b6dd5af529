"""Worked cases: what municipalities and others have published, computed again by the law.

The cases are `law_cases/<year>/*.yaml`. A case has a `source`, an `ordinance`, what is `given` (tax
fields, or facts from which `_prepared` fills a field by the law) and what is `expected`: figures that the
source states. `derived` figures follow from the law where the source stops. A case with `columns` and `rows`
is a table: the last column (or as many as `expects` says) is expected, the others are given; `years` names
the years it is run in. A key of what is expected may be a sum of columns. A source that contradicts the law
is kept as `contradicted`: what it `published`, and `because` of what the law's figure stands.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tadasu.fields import FIELDS
from tadasu.law import Law, assess
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

FOLDER = Path(__file__).parent / "law_cases"
KEYS = {
    "id", "name", "source", "ordinance", "years", "given", "columns", "rows", "expects",
    "expected", "derived", "contradicted",
}  # fmt: skip
YEN = (
    *LIFE_PREMIUMS, *EARTHQUAKE_PREMIUMS, "relative_income", "medical_paid", "medical_compensated",
    "drugs_paid", "loss", "disaster_expense", "income_tax_base", "housing_loan_left", "n_abroad",
)  # fmt: skip
FACTS: dict[str, Any] = {
    **dict.fromkeys(YEN, pl.Int64),
    **dict.fromkeys(("birth_date", "spouse_birth_date", "housing_move_in_on"), pl.Date),
    "sex": pl.String,
    "public_assistance": pl.Boolean,
    "remnant_spouse": pl.Boolean,
}
DTYPES = {"yen": pl.Int64, "count": pl.Int64, "flag": pl.Boolean, "status": pl.String}


@dataclass(frozen=True)
class Case:
    """One person of one year: what is given and what is expected."""

    key: str
    year: int
    ordinance: str
    given: dict[str, Any]
    expected: dict[str, Any]
    contradicted: dict[str, Any]


def _cases(path: Path) -> list[Case]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [case for entry in content for case in _expand(entry, int(path.parent.name))]


def _expand(entry: dict[str, Any], folder: int) -> list[Case]:
    """Return the cases of an entry: one a year, one a row."""
    assert entry.keys() <= KEYS, f"{entry['id']}: unknown {entry.keys() - KEYS}"
    assert entry["source"], f"{entry['id']}: no source"
    given, columns = entry.get("given", {}), entry.get("columns", [])
    split = len(columns) - entry.get("expects", 1)
    pairs = [
        (
            given | dict(zip(columns[:split], row, strict=False)),
            dict(zip(columns[split:], row[split:], strict=True)),
        )
        for row in entry.get("rows", [])
    ] or [(given, entry.get("expected", {}) | entry.get("derived", {}))]
    return [
        Case(_name(entry, year, row), year, entry["ordinance"], have, want, entry.get("contradicted", {}))
        for year in entry.get("years", [folder])
        for row, (have, want) in enumerate(pairs, 1)
    ]


def _name(entry: dict[str, Any], year: int, row: int) -> str:
    return f"{entry['id']}[{year}{'-' + str(row) if 'rows' in entry else ''}]"


CASES = [case for path in sorted(FOLDER.glob("*/*.yaml")) for case in _cases(path)]


@cache
def _results(year: int, ordinance: str) -> dict[str, dict[str, Any]]:
    """Return what the law computes of every case of a year and an ordinance, assessed together."""
    cases = [case for case in CASES if (case.year, case.ordinance) == (year, ordinance)]
    law = Law.of(year, ordinance=ordinance)
    done = assess(_prepared(_frame(cases), law), law)
    sums = {key for case in cases for key in case.expected if " " in key}
    done = done.with_columns(pl.sql_expr(key).alias(key) for key in sorted(sums))
    return {row["key"]: row for row in done.to_dicts()}


def _frame(cases: list[Case]) -> pl.DataFrame:
    schema = {name: DTYPES[field.kind] for name, field in FIELDS.items() if field.entry != "computed"} | FACTS
    unknown = {name for case in cases for name in case.given} - schema.keys()
    assert not unknown, f"given, but neither a tax field nor a fact: {unknown}"
    return pl.DataFrame(
        [{"key": case.key, **case.given} for case in cases], schema={"key": pl.String, **schema}
    )


def _prepared(frame: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Fill the fields that follow from the facts given, in the order of the tax notice."""
    frame = frame.with_columns(
        _where("salary_income", law.salary_income.of(pl.col("salary_revenue"))),
        _where("minor", law.is_minor(pl.col("birth_date"))),
    )
    frame = frame.with_columns(_adjustment(law, pension=pl.lit(0, pl.Int64)))
    frame = frame.with_columns(_pension(law, other=assess(frame, law)["total_income"]))
    frame = frame.with_columns(_adjustment(law, pension=pl.col("pension_income").fill_null(0)))
    frame = frame.with_columns(*_relatives(law), *_premiums(law))
    known = assess(frame, law)
    return frame.with_columns(_by_income(law, known["total_income"], known["aggregate_income"]))


def _where(name: str, value: pl.Expr, told: pl.Expr | None = None) -> pl.Expr:
    """Return the field as given, otherwise `value` (where the fact it follows from is `told`)."""
    follows = value if told is None else pl.when(told.is_not_null()).then(value)
    return pl.coalesce(pl.col(name), follows).alias(name)


def _adjustment(law: Law, pension: pl.Expr) -> pl.Expr:
    family = pl.sum_horizontal("n_dependent_under16", "n_dependent_specified") > 0
    salary = pl.col("salary_income").fill_null(0)
    revenue = pl.col("salary_revenue").fill_null(0)
    return law.income_adjustment.of(revenue, salary, pension, family).alias("income_adjustment")


def _pension(law: Law, other: pl.Series) -> pl.Expr:
    senior = law.is_senior(pl.col("birth_date"))
    return _where("pension_income", law.pension_income.of(pl.col("pension_revenue"), senior, pl.lit(other)))


def _relatives(law: Law) -> list[pl.Expr]:
    """Class the spouse by age and income, and take the specified relative's table."""
    elderly = law.age(pl.col("spouse_birth_date")) >= law.ages.elderly_from.value
    is_one = pl.col("spouse_total_income") <= law.income_limits.relative.value
    kind = pl.when(is_one & elderly).then(pl.lit("elderly")).when(is_one & ~elderly).then(pl.lit("general"))
    special = law.deductions.specified_relative.of(pl.col("relative_income"))
    return [_where("spouse_kind", kind), _where("specified_relative_special", special)]


def _premiums(law: Law) -> list[pl.Expr]:
    life = law.deductions.life_insurance.of(*(pl.col(name).fill_null(0) for name in LIFE_PREMIUMS))
    quake = law.deductions.earthquake_insurance.of(
        *(pl.col(name).fill_null(0) for name in EARTHQUAKE_PREMIUMS)
    )
    return [_where("life_insurance", life), _where("earthquake_insurance", quake)]


def _by_income(law: Law, total: pl.Series, aggregate: pl.Series) -> list[pl.Expr]:
    """Return the deductions and the credit that depend on the taxpayer's income."""
    rules, own, all_told = law.deductions, pl.lit(total), pl.lit(aggregate)
    spouse = rules.spouse_special.of(pl.col("spouse_total_income"), own)
    claimed = pl.when(pl.col("spouse_kind").is_null() | (pl.col("spouse_kind") == "none")).then(spouse)
    paid = pl.col("medical_paid")
    medical = rules.medical_expense.of(paid, pl.col("medical_compensated").fill_null(0), all_told)
    casualty = rules.casualty_loss.of(pl.col("loss"), pl.col("disaster_expense"), all_told)
    drugs = rules.medical_expense.self_medication(pl.col("drugs_paid"))
    loan = law.housing_loan_credit.of(
        pl.col("housing_loan_left"), pl.col("income_tax_base"), pl.col("housing_move_in_on"), own
    )
    return [
        _where("spouse_special_deduction", claimed).fill_null(0),
        _where("medical_expense", medical, told=paid),
        _where("self_medication", drugs, told=pl.col("drugs_paid")),
        _where("casualty_loss", casualty, told=pl.col("loss")),
        _where("housing_loan_credit", loan, told=pl.col("housing_loan_left")),
    ]


@pytest.mark.parametrize("case", CASES, ids=[case.key for case in CASES])
def test_the_law_gives_the_published_figures(case: Case) -> None:
    """Every figure that the source states comes out of the law to the yen."""
    found = _results(case.year, case.ordinance)[case.key]
    assert {name: found[name] for name in case.expected} == case.expected


def test_contradicted_sources_stay_contradicted() -> None:
    """A published figure that the law contradicts differs from the law's, and the reason is said."""
    contradicted = [case for case in CASES if case.contradicted]
    assert contradicted
    for case in contradicted:
        found = _results(case.year, case.ordinance)[case.key]
        assert case.contradicted["because"].endswith(".")
        for name, published in case.contradicted["published"].items():
            assert found[name] == case.expected[name] != published, case.key


def test_cases_are_told_apart() -> None:
    """No two cases share an identifier."""
    keys = [case.key for case in CASES]
    assert len(keys) == len(set(keys))
