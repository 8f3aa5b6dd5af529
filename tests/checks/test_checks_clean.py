"""On papers in which nothing went wrong, checks of figures are silent and the others ask seldom."""

import polars as pl
import pytest

from tadasu.checks import CATALOGUE, run
from tadasu.law import Law
from tadasu.simulator import population
from tadasu.simulator.merge import merge
from tadasu.simulator.papers import file
from tadasu.simulator.settings import Knobs

YEAR = 2025
KNOBS = Knobs(block_size=500)


@pytest.fixture(scope="module")
def clean() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The list and the record of a few families whose papers hold no mistake."""
    made = {}
    for year in (YEAR - 1, YEAR):
        law = Law.of(year)
        facts = population.year(KNOBS, 0, year)
        papers = file(facts, law, KNOBS)
        made[year] = (facts, papers, merge(facts.residents, papers, law))
    facts, papers, record = made[YEAR]
    tables = {
        "residents": facts.residents,
        "documents": papers.documents,
        "dependents": papers.dependents,
        "donations": papers.donations,
        "assessments": record,
        "previous_assessments": made[YEAR - 1][2],
    }
    return run(tables, Law.of(YEAR)), record


def test_checks_of_figures_are_silent(clean: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    listed, _ = clean
    silent = [check.code for check in CATALOGUE if not check.without_error]
    odd = listed.filter(pl.col("check_code").is_in(silent))
    assert odd.is_empty(), odd.select("check_code", "message").to_dicts()[:5]
    assert len(silent) > 25


def test_what_is_asked_without_a_mistake_is_a_small_part_of_a_list(
    clean: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    listed, record = clean
    assert 0 < listed.height < 0.07 * record.height
