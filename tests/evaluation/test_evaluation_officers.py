"""Two officers beside each other and the model beside them, on rows made by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from models.evaluation.officers import Officers, officers, two_officers
from models.settings import EvaluateSettings
from tadasu.tables import CORRECTIONS, INCONSISTENCIES, RESIDENTS

Tables = dict[str, pl.DataFrame]
NOTHING = ""
FIRST = {"a": "100", "b": "200", "c": "300", "d": NOTHING, "e": NOTHING, "f": "600"}
"""What the first officer set social_insurance to, by row; NOTHING: left as recorded."""
SECOND = {"a": "100", "b": "222", "c": NOTHING, "d": "400", "e": NOTHING}
MODEL = {"a": "100", "b": "200", "c": "300", "d": NOTHING, "e": "500", "f": "600"}


def _lines(said: dict[str, str]) -> pl.DataFrame:
    columns = {
        "row_id": list(said),
        "action_no": [1] * len(said),
        "decided_on": [date(2025, 5, 1)] * len(said),
        "staff_id": ["S1"] * len(said),
        "outcome": ["no_change" if value == NOTHING else "corrected" for value in said.values()],
        "field": [None if value == NOTHING else "social_insurance" for value in said.values()],
        "new_value": [None if value == NOTHING else value for value in said.values()],
    }
    return pl.concat([CORRECTIONS.empty(), pl.DataFrame(columns)], how="diagonal_relaxed")


def _tables(first: dict[str, str], second: dict[str, str]) -> Tables:
    people = {"row_id": list(first), "person_id": [f"P{name}" for name in first]}
    homes = {"person_id": people["person_id"], "household_id": [f"H{name}" for name in first]}
    return {
        "corrections": _lines(first),
        "second_opinions": _lines(second),
        "inconsistencies": pl.concat([INCONSISTENCIES.empty(), pl.DataFrame(people)], how="diagonal_relaxed"),
        "residents": pl.concat([RESIDENTS.empty(), pl.DataFrame(homes)], how="diagonal_relaxed"),
    }


def _held() -> pl.DataFrame:
    rows = list(FIRST)
    corrected = pl.Series([FIRST[name] != NOTHING for name in rows])
    proposes = pl.Series([MODEL[name] != NOTHING for name in rows])
    exact = pl.Series([MODEL[name] == FIRST[name] != NOTHING for name in rows])
    columns = {
        "corrected": corrected,
        "proposes": proposes,
        "exact": exact,
        "agrees": corrected == proposes,
    }
    return pl.DataFrame({name: each.cast(pl.Float64) for name, each in columns.items()})


@pytest.fixture(scope="module")
def found() -> Officers:
    rows = pl.DataFrame({"row_id": list(FIRST)})
    past = [_tables({"x": "1", "y": "2"}, {"x": "1", "y": "2"})]
    return officers(_held(), rows, _tables(FIRST, SECOND), past, EvaluateSettings(resamples=40))


def test_only_rows_that_both_judged_count(found: Officers) -> None:
    both = two_officers(_tables(FIRST, SECOND))
    assert both["row_id"].to_list() == list(SECOND)
    assert found.this_year.rows == found.model.rows == 5
    assert found.all_years.rows == 7


def test_agreement_asks_only_whether_a_correction_is_needed(found: Officers) -> None:
    assert found.this_year.count == 3  # a and e, and b with another value
    assert found.model.count == 4  # all but e


def test_exact_repairs_are_held_against_the_first_officer(found: Officers) -> None:
    """Both change three rows of five, of these one alike; earlier years add two that are alike."""
    assert found.exact.value == pytest.approx(2 * 1 / (3 + 3))
    assert found.exact_all_years.value == pytest.approx(2 * 3 / (5 + 5))
    assert found.exact_model.value == pytest.approx(2 * 3 / (3 + 4))


def test_where_both_did_the_same_the_model_is_held_against_both(found: Officers) -> None:
    """Of a (both 100) and e (both nothing) the model has a, and changes e for nothing."""
    assert found.exact_where_same.value == pytest.approx(2 * 1 / (1 + 2))


def test_intervals_enclose_the_figures(found: Officers) -> None:
    for figure in (found.exact, found.exact_all_years, found.exact_model):
        assert figure.low <= figure.value <= figure.high


def test_without_second_opinions_nothing_is_measured() -> None:
    tables = _tables(FIRST, {})
    rows = pl.DataFrame({"row_id": list(FIRST)})
    none = officers(_held(), rows, tables, [], EvaluateSettings(resamples=5))
    assert none.this_year.rows == 0
    assert all(np.isnan(figure.value) for figure in (none.exact, none.exact_model, none.exact_where_same))
