"""Projected hours: the stated seconds of each case, what is expected of a row not yet judged, their sums."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.hours import expected_seconds, forecast, hours, projected
from models.seconds import Seconds, by_hand, recorded
from models.settings import TimeModel

TIME = TimeModel()
HAND = 100.0
SALARY, INSURANCE = "00", "19"
"""Numbers of salary_revenue and social_insurance in a label's signature."""


def _lines(lane: str, *changes: tuple[str | None, str | None, bool]) -> pl.DataFrame:
    """Return the lines of one row: field, proposed value, whether it belongs to the proposal."""
    return pl.DataFrame(
        [
            {"row_id": "R", "lane": lane, "field": f, "proposed_value": v, "proposed": proposed}
            for f, v, proposed in changes
        ],
        schema={
            "row_id": pl.String,
            "lane": pl.String,
            "field": pl.String,
            "proposed_value": pl.String,
            "proposed": pl.Boolean,
        },
    )


def _cost(lines: pl.DataFrame, signature: str, *, asked: bool = False) -> float:
    told = pl.DataFrame({"row_id": ["R"], "signature": [signature], "asked": [asked]})
    hand = pl.DataFrame({"row_id": ["R"], "hand": [HAND], "own": [True]})
    return float(projected(lines, told, hand, TIME)["cost"][0])


RIGHT = ("salary_revenue", "5000", True)
OTHER = ("social_insurance", "7", False)
NOTHING = (None, None, True)
CASES = {
    "a cleared row is a glance": ("clear", [NOTHING], "", False, 3.0),
    "a cleared row is a glance also where it was wrong": ("clear", [NOTHING], f"{SALARY}=5000", False, 3.0),
    "a right proposal is confirmed": ("confirm", [RIGHT, OTHER], f"{SALARY}=5000", False, 12.0),
    "a right proposal that needs an inquiry is not": ("confirm", [RIGHT], f"{SALARY}=5000", True, HAND + 10),
    "a proposal that lacks a field is wrong": (
        "confirm",
        [RIGHT],
        f"{SALARY}=5000|{INSURANCE}=7",
        False,
        HAND + 10,
    ),
    "a proposal with another value is wrong": ("confirm", [RIGHT], f"{SALARY}=5001", False, HAND + 10),
    "an empty line proposes to leave": ("confirm", [NOTHING], "", False, 12.0),
    "lines that are not proposed propose to leave": ("confirm", [OTHER], "", False, 12.0),
    "leaving is wrong where staff corrected": ("confirm", [OTHER], f"{INSURANCE}=7", False, HAND + 10),
    "a wrong field shown halves the reading": ("review", [RIGHT], f"{SALARY}=1", False, 0.5 * HAND),
    "no wrong field shown costs a little": ("review", [RIGHT], f"{INSURANCE}=7", False, HAND + 5),
    "nothing wrong costs a little": ("review", [RIGHT], "", False, HAND + 5),
    "an inquiry that was needed saves": ("inquire", [RIGHT], "", True, 0.6 * HAND),
    "an inquiry that was not needed costs": ("inquire", [RIGHT], f"{SALARY}=5000", False, HAND + 5),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_case_takes_the_seconds_that_the_time_model_states(
    case: tuple[str, list[tuple[str | None, str | None, bool]], str, bool, float],
) -> None:
    lane, changes, signature, asked, seconds = case
    assert _cost(_lines(lane, *changes), signature, asked=asked) == seconds


def test_only_the_first_three_fields_shown_count_in_review() -> None:
    fields = ("medical_expense", "life_insurance", "earthquake_insurance", "salary_revenue")
    lines = _lines("review", *((name, "1", True) for name in fields))
    assert _cost(lines, f"{SALARY}=5000") == HAND + 5
    assert _cost(lines.reverse(), f"{SALARY}=5000") == 0.5 * HAND


def test_a_row_without_a_line_takes_its_time_by_hand() -> None:
    assert _cost(_lines("confirm"), "") == HAND


def test_the_sample_is_charged_on_top_at_hand() -> None:
    told = pl.DataFrame({"row_id": ["R"], "signature": [""], "asked": [False]})
    hand = pl.DataFrame({"row_id": ["R"], "hand": [HAND], "own": [False]})
    sample = pl.DataFrame({"row_id": ["R"], "drawn": [True]})
    made = projected(_lines("clear", NOTHING), told, hand, TIME, sample).row(0, named=True)
    assert (made["cost"], made["cost_sampled"]) == (3.0, 3.0 + HAND)


def test_hours_follow_the_weights_of_resampled_households() -> None:
    rows = pl.DataFrame({"hand": [3600.0, 7200.0], "cost": [360.0, 7200.0], "cost_sampled": [360.0, 14400.0]})
    every = hours(rows)
    assert every["hours_by_hand"].tolist() == [3.0]
    assert every["saved"] == pytest.approx([1 - 2.1 / 3.0])
    drawn = hours(rows, np.array([[2.0, 0.0], [0.0, 1.0]]))
    assert drawn["saved"] == pytest.approx([0.9, 0.0])
    assert drawn["saved_with_sample"] == pytest.approx([0.9, -1.0])


def test_expected_seconds_are_the_mean_of_what_rows_will_cost() -> None:
    """Many rows drawn with the stated probabilities cost on average what was expected, in each lane."""
    p, asked_p, right_p, size = 0.6, 0.25, 0.7, 200_000
    seconds = Seconds(60.0, 140.0, 240.0, 350.0)
    generator = np.random.default_rng(5)
    corrected, asked = generator.random(size) < p, generator.random(size) < asked_p
    right = corrected & (generator.random(size) < right_p)
    outcome = np.array([[60.0, 140.0], [240.0, 350.0]])[asked.astype(int), corrected.astype(int)]
    names = [str(number) for number in range(size)]
    told = pl.DataFrame(
        {
            "row_id": names,
            "signature": np.where(right, f"{SALARY}=5000", np.where(corrected, f"{INSURANCE}=9", "")),
            "asked": asked,
        }
    )
    hand = pl.DataFrame({"row_id": names, "hand": outcome, "own": True})
    row = pl.DataFrame(
        {
            "p_correction": [p],
            "p_asked": [asked_p],
            "leaves": [False],
            "p_proposed": [p * right_p],
            "p_shown": [p * right_p],
        }
    )
    expected = expected_seconds(row, seconds, TIME).row(0, named=True)
    assert expected["hand"] == pytest.approx(outcome.mean(), rel=0.01)
    for lane in ("clear", "confirm", "review", "inquire"):
        lines = pl.DataFrame(
            {
                "row_id": names,
                "lane": lane,
                "field": "salary_revenue",
                "proposed_value": "5000",
                "proposed": True,
            }
        )
        cost = projected(lines, told, hand, TIME)["cost"].mean()
        assert expected[f"sec_{lane}"] == pytest.approx(cost, rel=0.01), lane


def _year(rows: dict[str, tuple[str, str, int | None]]) -> dict[str, pl.DataFrame]:
    """Return a year's list and corrections: row_id → check code, outcome, seconds."""
    done = [outcome == "corrected" for _, outcome, _ in rows.values()]
    corrections = pl.DataFrame(
        {
            "row_id": list(rows),
            "staff_id": ["S"] * len(rows),
            "outcome": [outcome for _, outcome, _ in rows.values()],
            "field": ["salary_revenue" if it else None for it in done],
            "new_value": ["1" if it else None for it in done],
            "work_seconds": [seconds for _, _, seconds in rows.values()],
        },
        schema_overrides={"field": pl.String, "new_value": pl.String, "work_seconds": pl.Int64},
    )
    listed = pl.DataFrame({"row_id": list(rows), "check_code": [code for code, _, _ in rows.values()]})
    return {"corrections": corrections, "inconsistencies": listed}


def test_hand_is_the_rows_own_or_the_mean_of_its_check_and_outcome() -> None:
    past = _year(
        {
            "a": ("A", "no_change", 40),
            "b": ("A", "no_change", 60),
            "c": ("A", "corrected", 200),
            "d": ("B", "no_change", 10),
        }
    )
    here = _year(
        {
            "1": ("A", "no_change", 33),
            "2": ("A", "no_change", None),
            "3": ("A", "corrected", None),
            "4": ("NEW", "corrected", None),
        }
    )
    found = by_hand(here, [past], TIME)
    assert dict(found.select("row_id", "hand").iter_rows()) == {"1": 33.0, "2": 50.0, "3": 200.0, "4": 200.0}
    assert found["own"].to_list() == [True, False, False, False]
    assert by_hand(here, [], replace(TIME, unrecorded_hand=77.0))["hand"].to_list() == [
        33.0,
        77.0,
        77.0,
        77.0,
    ]


def test_seconds_of_an_outcome_are_its_mean_and_say_what_they_rest_on() -> None:
    past = _year({"a": ("A", "no_change", 40), "b": ("A", "corrected", 200), "c": ("A", "no_change", None)})
    seconds = Seconds.recorded([past["corrections"]], TIME)
    assert (seconds.no_change, seconds.corrected, seconds.rows) == (40.0, 200.0, 2)
    assert seconds.asked_corrected == 120.0, "an outcome never recorded has the mean of all"
    assert "2件の平均" in seconds.describe()
    none = Seconds.recorded([], TIME)
    assert none.no_change == TIME.unrecorded_hand
    assert "記録なし" in none.describe()


def test_an_inquirys_seconds_belong_to_its_outcome(mini_tables: dict[int, dict[str, pl.DataFrame]]) -> None:
    found = recorded(mini_tables[2025]["corrections"]).drop_nulls("hand")
    means = dict(found.group_by("outcome").agg(pl.col("hand").mean()).iter_rows())
    assert means["asked_corrected"] > means["corrected"] > means["no_change"]


def test_a_forecast_adds_the_sample_by_hand() -> None:
    rows = pl.DataFrame({"row_id": ["a", "b"], "hand": [3600.0, 7200.0], "expected": [360.0, 720.0]})
    sample = pl.DataFrame({"row_id": ["a", "b"], "drawn": [True, False]})
    assert forecast(rows, sample) == pytest.approx({"by_hand": 3.0, "suggested": 0.3, "with_sample": 1.3})
