"""The demo ward looks like Nerima where Nerima's figures are public, and like the nation elsewhere.

Run with `-s` to read the tables. Figures marked * are asserted; estimates are no targets and not in them.
"""

import sys

import numpy as np
import polars as pl
import pytest

from tadasu.law import Law
from tadasu.simulator import marginals, population
from tadasu.simulator.facts import Facts, gathered
from tadasu.simulator.population import history, raking
from tadasu.simulator.refit import CURVES, refit
from tadasu.simulator.settings import Knobs

YEAR = 2024
KNOBS = Knobs(seed=1, rows=4_000, years=(YEAR,))


@pytest.fixture(scope="module")
def facts() -> Facts:
    return gathered([population.year(KNOBS, block, YEAR) for block in range(KNOBS.blocks)])


def off(figures: list[marginals.Figure]) -> list[str]:
    """Return the headline figures that are further from their source than allowed."""
    sys.stdout.write(f"\n{marginals.table(figures)}\n")
    return [f.name for f in figures if f.headline and abs(f.ratio - 1) > marginals.HEADLINE]


def test_taxes_deductions_pensions_returns_and_gifts_are_those_of_public_statistics(facts: Facts) -> None:
    law = Law.of(YEAR)
    means = marginals.by_bracket(marginals.taxpayers(facts, law))
    sys.stdout.write(f"\n{marginals.bracket_table(means)}\n")
    assert not off(marginals.figures(facts, law))


def test_age_sex_and_households_are_the_census_of_the_origin() -> None:
    knobs = Knobs(seed=1, rows=8_000, years=(YEAR,))
    people = [history.people_of(knobs, block, knobs.origin) for block in range(knobs.blocks)]
    counts = np.sum([raking.counted(part, knobs.rates, knobs.origin) for part in people], axis=0)
    assert not off(marginals.census(counts, knobs.rates))


def test_four_years_on_the_ward_is_neither_deserted_nor_grown_old() -> None:
    knobs = Knobs(seed=1, rows=2_500, years=(YEAR,))
    people = history.people_of(knobs, 0, knobs.origin + 4)
    figures = marginals.census(raking.counted(people, knobs.rates, knobs.origin + 4), knobs.rates)
    off(figures)
    assert all(abs(f.ratio - 1) < 0.3 for f in figures if f.headline)


def test_the_ward_is_as_large_as_its_rows_ask_for(facts: Facts) -> None:
    payers = marginals.taxpayers(facts, Law.of(YEAR))
    rows_per_100 = KNOBS.rows / len(payers) * 100
    assert 12 < rows_per_100 < 18
    residents = facts.lives.filter("is_resident")
    assert residents.select(pl.col("person_id").is_unique().all()).item()


def test_refitting_proposes_new_points_for_the_curves_in_the_file(facts: Facts) -> None:
    proposed = refit(facts, Law.of(YEAR), KNOBS.rates)
    short = {f.name.removesuffix(" per taxpayer"): f.ratio for f in marginals.figures(facts, Law.of(YEAR))}
    for path, points in proposed.items():
        old = KNOBS.rates.section(path)
        assert list(points) == [int(income) for income in old]
        assert all(0 <= share <= 0.99 for share in points.values())
        if short[CURVES[path]] < 0.98:  # too little is deducted: take-up rises somewhere
            assert any(points[int(income)] > share for income, share in old.items())


def test_the_rich_ward_is_richer_and_smaller() -> None:
    knobs = Knobs(seed=1, rows=400, years=(YEAR,), ward="chuo")
    rich = population.year(knobs, 0, YEAR)
    payers = marginals.taxpayers(rich, Law.of(YEAR))
    base = float(payers["taxable_income"].cast(pl.Float64).median() or 0)  # type: ignore[arg-type]
    plain = population.year(Knobs(seed=1, rows=400, years=(YEAR,)), 0, YEAR)
    other = marginals.taxpayers(plain, Law.of(YEAR))["taxable_income"].cast(pl.Float64).median()
    assert base > 1.4 * float(other or 0)  # type: ignore[arg-type]
