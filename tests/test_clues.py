"""Clues that are computed: the tax of a repair, what it leaves undone, what the rows beside a row say."""

import numpy as np
import polars as pl
import pytest

from features.lawful import VIEWS, gaps
from features.outcome import outcomes
from features.payers import payer_rows
from features.repairs import propose
from features.repairs.keying import variants
from features.repairs.proposals import Proposed
from features.repairs.sources import Sources, sources
from models.neighbours import NAMES, Links, beside
from tadasu.law import Law, assess, renew
from tadasu.tables import CHANGES, LINKED

Tables = dict[int, dict[str, pl.DataFrame]]
YEAR = 2025


@pytest.fixture(scope="module")
def prepared(mini_tables: Tables) -> Sources:
    """The newest labelled year of the small ward."""
    return sources(mini_tables[YEAR], Law.of(YEAR))


@pytest.fixture(scope="module")
def proposed(prepared: Sources) -> Proposed:
    """Its repairs."""
    return propose(prepared)


@pytest.fixture(scope="module")
def outcome(proposed: Proposed, prepared: Sources) -> pl.DataFrame:
    """What the law says of them."""
    return outcomes(proposed, prepared)


def test_leaving_the_record_moves_no_tax(
    outcome: pl.DataFrame, prepared: Sources, mini_tables: Tables
) -> None:
    """The tax before is the extract's own, and 'leave' has a difference of 0."""
    leave = outcome.filter(pl.col("repair_id") == 0)
    assert (leave["tax_delta"] == 0).all()
    ids = prepared.rows.select("row", "person_id")
    recorded = mini_tables[YEAR]["assessments"].select("person_id", "resident_tax")
    both = leave.join(ids, on="row").join(recorded, on="person_id")
    assert (both["tax_after"] == both["resident_tax"]).mean() > 0.99  # type: ignore[operator]


def test_the_tax_of_a_repair_is_that_of_the_corrected_record(
    outcome: pl.DataFrame, proposed: Proposed, prepared: Sources, mini_tables: Tables
) -> None:
    """A changed salary goes through renew and assess, as for a single record."""
    law = Law.of(YEAR)
    salary = proposed.changes.filter((pl.col("field") == 0) & (pl.len().over("row", "repair_id") == 1)).head(
        20
    )
    one = salary.join(prepared.rows.select("row", "person_id"), on="row")
    people = mini_tables[YEAR]["residents"].select("person_id", "birth_date", "sex", "public_assistance")
    record = one.join(mini_tables[YEAR]["assessments"], on="person_id").join(people, on="person_id")
    entered = record.with_columns(salary_revenue="value").drop("field", "value", "recorded", "person")
    taxed = assess(renew(entered, {"salary_revenue"}, law), law)
    both = taxed.select("row", "repair_id", tax="resident_tax").join(outcome, on=["row", "repair_id"])
    assert both.height == salary.height > 5
    assert both["tax"].to_list() == both["tax_after"].to_list()


def test_what_a_repair_leaves_undone_is_counted(proposed: Proposed, prepared: Sources) -> None:
    """'Leave' keeps the distance from the lawful counts; taking one relative out moves it by one."""
    found = gaps(proposed, prepared)
    assert found.height == proposed.repairs.height
    leave = found.filter(pl.col("repair_id") == 0)
    for view in VIEWS:
        known = leave.filter(pl.col(f"{view}_before").is_not_null())
        assert (known[f"{view}_before"] == known[f"{view}_after"]).all()
    fewer = proposed.changes.filter(
        (pl.len().over("row", "repair_id") == 1)
        & pl.col("field").is_between(39, 43)
        & (pl.col("value") == pl.col("recorded") - 1)
    )
    moved = fewer.join(found, on=["row", "repair_id"]).drop_nulls("within_before")
    steps = (moved["within_after"] - moved["within_before"]).abs()
    assert steps.len() > 20
    assert (steps == 1).all()


def test_a_keying_error_is_undone_by_one_digit() -> None:
    """One digit other, one more, one less and two exchanged are tried, and nothing else."""
    frame = pl.DataFrame({"amount": [1234]})
    right = set(variants(frame, "amount")["right"].to_list())
    assert {1334, 12934, 124, 2134, 1243} <= right
    assert 1234 not in right
    assert 4321 not in right


def test_premiums_are_read_backwards_from_the_income_tax_deduction() -> None:
    """A deduction of 29,173 yen of an old contract is 33,346 yen of premiums, of a new one 38,346."""
    papers = Law.of(YEAR).income_tax_papers
    frame = pl.DataFrame({"stated": [29_173, 16_348]})
    told = frame.select(
        old=papers.life_insurance_old.inverse(pl.col("stated")),
        new=papers.life_insurance_new.inverse(pl.col("stated")),
    )
    assert told.rows() == [(33_346, 38_346), (16_348, 16_348)]
    assert told.select(papers.life_insurance_old.of(pl.col("old")))["old"].to_list() == [29_173, 16_348]


def test_rows_beside_say_what_was_first_judged_of_them() -> None:
    """The other claimant's row of the check, the relative's rows, the person's others, the household's."""
    known = pl.DataFrame(
        {
            "tax_year": [2025] * 4,
            "row_id": ["a", "b", "c", "d"],
            "person": ["A", "B", "A", "C"],
            "home": ["H", "H", "H", "K"],
            "related": ["B", "A", None, None],
            "check": ["x", "x", "y", "y"],
            "field": ["n_dependent_general", "n_dependent_general", "salary_revenue", "salary_revenue"],
        }
    )
    rows = known.select("tax_year", "row_id", p=pl.Series([0.1, 0.9, 0.6, 0.5]), delta=pl.lit(-3.0))
    near = beside(rows.with_columns(repair_id=pl.lit(1)), Links(known, LINKED.empty(), CHANGES.empty()))
    told = dict(zip(NAMES, near.T.tolist(), strict=True))
    assert told["mutual"][:2] == pytest.approx([0.9, 0.1])
    assert told["related_any"][1] == pytest.approx(0.6)
    assert told["related_income"][1] == pytest.approx(0.6)
    assert told["related_delta"][1] == pytest.approx(-3.0)
    assert told["own_other"][:3:2] == pytest.approx([0.6, 0.1])
    assert told["home_other"][:3] == pytest.approx([0.9, 0.6, 0.9])
    assert np.isnan([told[name][3] for name in NAMES]).all(), "a row without neighbours has no such clue"


def test_rows_closed_in_bulk_are_no_record_of_a_payer(mini_tables: Tables) -> None:
    """What nobody looked at is missing: it neither counts as a row of the payer nor as 'needs nothing'."""
    past = {YEAR - 1: mini_tables[YEAR - 1]}
    known = payer_rows(mini_tables[YEAR], past)
    assert known["payer_field_rows"].sum() > 0
    staff = tuple(mini_tables[YEAR - 1]["corrections"]["staff_id"].drop_nulls().unique())
    closed = payer_rows(mini_tables[YEAR], past, staff)
    assert closed["payer_field_rows"].is_null().all()
    assert closed["payer_field_share"].is_null().all()
    assert closed["payer_listed"].equals(known["payer_listed"]), "this year's list is evidence all the same"
