"""Each figure is what its definition says, counted by hand or by another library, also under weights."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from models.evaluation.bootstrap import draws, intervals
from models.evaluation.judged import NAMES
from models.evaluation.measures import MEASURE, MEASURES, Array

ONCE = np.ones((1, 6))
ROWS = {
    "row": np.ones(6),
    "corrected": np.array([1.0, 1, 0, 1, 0, 0]),
    "p": np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1]),
    "rank": np.array([2.0, 1, 3, 4, 5, 6]),
    "exact": np.array([1.0, 0, 0, 1, 0, 0]),
    "proposes": np.array([1.0, 1, 1, 1, 0, 0]),
    "yen": np.array([100.0, 900, 0, 1000, 0, 0]),
    "yen_counted": np.array([100.0, 900, 0, 1000, 0, 0]),
}


def _value(name: str, rows: dict[str, Array] = ROWS, weights: Array = ONCE) -> float:
    return float(MEASURE[name].of(rows, weights)[0])


def _random(seed: int, n: int = 300) -> dict[str, Array]:
    generator = np.random.default_rng(seed)
    rows = {name: generator.integers(0, 2, n).astype(float) for name in (*NAMES, "clear_unseen")}
    rows |= {"row": np.ones(n), "p": generator.integers(0, 20, n) / 20}
    rows["rank"] = generator.permutation(n) + 1.0
    rows["yen"] = generator.integers(0, 1000, n) * rows["corrected"]
    rows["yen_counted"] = rows["yen"] * generator.integers(0, 2, n)
    rows["hand"], rows["cost"] = generator.uniform(10, 100, n), generator.uniform(1, 50, n)
    return rows | {"cost_sampled": rows["cost"] + 1}


def test_average_precision_is_counted_at_each_correction() -> None:
    assert _value("row_pr_auc") == pytest.approx((1 / 1 + 2 / 2 + 3 / 4) / 3)


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_that_of_scikit_learn_with_ties_and_weights(seed: int) -> None:
    rows = _random(seed)
    weights = np.random.default_rng(seed).integers(0, 4, (3, 300)).astype(float)
    found = MEASURE["row_pr_auc"].of(rows, weights)
    expected = [average_precision_score(rows["corrected"], rows["p"], sample_weight=one) for one in weights]
    assert found == pytest.approx(expected)


def test_f1_joins_recall_of_corrections_and_precision_of_proposals() -> None:
    recall, precision = 2 / 3, 2 / 4
    assert _value("exact_repair") == pytest.approx(recall)
    assert _value("exact_repair_f1") == pytest.approx(2 * recall * precision / (recall + precision))


def test_yen_are_those_of_the_first_fifth_by_rank() -> None:
    ten = {"rank": np.arange(10.0)[::-1] + 1, "yen": np.array([0.0, 0, 0, 0, 0, 0, 0, 50, 20, 30])}
    assert _value("yen_in_first_fifth", ten, np.ones((1, 10))) == pytest.approx(0.5)


def test_yen_that_two_rows_carry_count_at_each_of_them_or_once() -> None:
    """The rows ranked 1 and 2 ask for the same change of a person, worth 40; another, last, is worth 20."""
    ten = {"rank": np.arange(10.0) + 1}
    ten["yen"] = np.array([40.0, 40, 0, 0, 0, 0, 0, 0, 0, 20])
    ten["yen_counted"] = np.array([40.0, 0, 0, 0, 0, 0, 0, 0, 0, 20])
    assert _value("yen_in_first_fifth", ten, np.ones((1, 10))) == pytest.approx(0.8)
    assert _value("yen_once_in_first_fifth", ten, np.ones((1, 10))) == pytest.approx(2 / 3)


def test_calibration_error_is_the_mean_gap_of_equally_filled_bins() -> None:
    n = 150
    p = np.linspace(0.0, 0.99, n)
    corrected = (np.arange(n) % 3 == 0).astype(float)
    bins = np.split(np.arange(n), 15)
    expected = np.mean([abs(p[part].mean() - corrected[part].mean()) for part in bins])
    assert _value("ece", {"p": p, "corrected": corrected}, np.ones((1, n))) == pytest.approx(expected)


def test_probabilities_that_mean_what_they_say_have_no_error() -> None:
    p = np.repeat([0.0, 1.0], 75)
    assert _value("ece", {"p": p, "corrected": p}, np.ones((1, 150))) == 0.0


@pytest.mark.parametrize("name", [measure.name for measure in MEASURES if measure.name != "ece"])
def test_a_weight_of_two_is_the_row_twice(name: str) -> None:
    rows = _random(7)
    weights = np.random.default_rng(3).integers(0, 3, 300)
    again = {key: np.repeat(values, weights) for key, values in rows.items()}
    whole = np.ones((1, int(weights.sum())))
    assert _value(name, rows, weights[None].astype(float)) == pytest.approx(
        _value(name, again, whole), abs=0.01
    )


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_many_sets_of_weights_give_what_each_gives_alone(measure: object) -> None:
    rows = _random(11)
    weights = np.random.default_rng(5).integers(0, 3, (4, 300)).astype(float)
    together = MEASURE[measure.name].of(rows, weights)  # type: ignore[attr-defined]
    alone = [MEASURE[measure.name].of(rows, weights[i : i + 1])[0] for i in range(4)]  # type: ignore[attr-defined]
    assert together == pytest.approx(alone)


def test_nothing_to_divide_by_is_no_figure() -> None:
    nobody = {**ROWS, "lane_inquire": np.zeros(6), "asked": np.ones(6)}
    assert np.isnan(_value("inquire_right", nobody))


def test_names_and_labels_are_given_once() -> None:
    assert len(MEASURE) == len(MEASURES) == len({measure.label for measure in MEASURES})


def test_rows_of_a_household_are_drawn_together_and_each_draw_has_all_households() -> None:
    block = np.array([0, 0, 1, 2, 2, 2])
    sets = np.concatenate(list(draws(block, 50, seed=1)))
    assert sets.shape == (50, 6)
    assert (sets[:, 0] == sets[:, 1]).all()
    assert (sets[:, 3] == sets[:, 5]).all()
    assert (sets[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_the_interval_of_a_share_is_about_as_wide_as_the_binomial() -> None:
    n = 2_000
    y = (np.arange(n) % 5 == 0).astype(float)
    found = intervals(
        lambda weights: {"share": (weights @ y) / weights.sum(axis=1)}, np.arange(n), 400, seed=2
    )
    value, low, high = (float(one) for one in found["share"])
    assert value == pytest.approx(0.2)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.2 * 0.8 / n), rel=0.15)


def test_the_same_seed_gives_the_same_interval() -> None:
    y = np.arange(40.0)
    once, again = (
        intervals(lambda weights: {"mean": weights @ y}, np.arange(40), 30, seed=4)["mean"] for _ in range(2)
    )
    assert [float(one) for one in once] == [float(one) for one in again]


def test_a_figure_that_no_set_can_measure_has_no_interval() -> None:
    found = intervals(lambda weights: {"none": np.full(len(weights), np.nan)}, np.arange(5), 10, seed=1)
    assert all(np.isnan(one) for one in found["none"])
