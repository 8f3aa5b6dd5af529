"""Papers without a mistake merge to the truth; a ward's own papers to nearly its own record."""

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.simulator.facts import Facts
from tadasu.simulator.merge import merge
from tadasu.simulator.papers import Papers, file
from tadasu.simulator.population import year as facts_of
from tadasu.simulator.settings import Knobs
from tadasu.tables import ASSESSMENTS, DEPENDENTS, DOCUMENTS, DONATIONS, RESIDENTS, Table

YEAR = 2025
LAW = Law.of(YEAR)
FAMILIES = Knobs(seed=3, rows=60, years=(2025,))
WARD = os.environ.get("TADASU_SAMPLE_WARD")

Yearly = Callable[[int], Facts]


@pytest.fixture(scope="module")
def facts() -> Yearly:
    known: dict[int, Facts] = {}

    def of(year: int) -> Facts:
        return known.setdefault(year, facts_of(FAMILIES, 0, year))

    return of


@pytest.mark.parametrize("year", Law.years()[1:])
def test_papers_without_a_mistake_give_the_true_record_in_every_field(year: int, facts: Yearly) -> None:
    its = facts(year)
    papers = file(its, Law.of(year), FAMILIES)
    record = merge(its.residents, papers, Law.of(year))
    both = its.truth.join(record, on="person_id", how="inner", suffix="_merged")
    wrong = {
        name: both.filter(differs).select("person_id", name, f"{name}_merged").rows()[:3]
        for name in FIELDS
        if both.select((differs := pl.col(name).ne_missing(pl.col(f"{name}_merged"))).any()).item()
    }
    assert both.height == record.height > 400
    assert not wrong


def test_who_is_taxed_by_the_truth_has_a_record(facts: Yearly) -> None:
    its = facts(YEAR)
    record = merge(its.residents, file(its, LAW, FAMILIES), LAW)
    taxed = its.truth.filter("is_resident", pl.col("resident_tax") > 0)
    assert taxed.join(record, on="person_id", how="anti").is_empty()
    assert taxed.height > 300


def test_the_record_does_not_depend_on_the_order_of_the_papers(facts: Yearly) -> None:
    its = facts(YEAR)
    papers = file(its, LAW, FAMILIES)
    turned = Papers(papers.documents.reverse(), papers.dependents.reverse(), papers.donations.reverse())
    assert merge(its.residents.reverse(), turned, LAW).equals(merge(its.residents, papers, LAW))


@pytest.mark.skipif(WARD is None, reason="TADASU_SAMPLE_WARD is not set")
def test_a_wards_own_papers_give_nearly_its_own_record() -> None:
    """Its system leaves the law and the rules of merging here and there: 99 in 100 are asked for."""
    folder = Path(str(WARD)) / str(YEAR)

    def read(kind: Table) -> pl.DataFrame:
        frame = pl.read_parquet(folder / f"{kind.name}.parquet")
        blank = [pl.lit(None, t).alias(n) for n, t in kind.schema.items() if n not in frame.columns]
        return frame.with_columns(blank).select(pl.col(n).cast(t) for n, t in kind.schema.items())

    papers = Papers(read(DOCUMENTS), read(DEPENDENTS), read(DONATIONS))
    both = read(ASSESSMENTS).join(merge(read(RESIDENTS), papers, LAW), on="person_id", suffix="_merged")
    equal = both.select(pl.col(name).eq_missing(pl.col(f"{name}_merged")).mean() for name in FIELDS).row(0)
    assert {name: share for name, share in zip(FIELDS, equal, strict=True) if share < 0.99} == {}
