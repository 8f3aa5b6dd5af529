"""Settings of the models, typed: what `conf/` fills in. Nothing heavy is imported here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ModelSettings:
    """Settings of the LightGBM models; `threads` of them are fitted side by side, each on one thread.

    Names with `row_` are of the two models over rows, the others of the model over repairs; `row_extra_trees`
    draws their split points at random, which holds better in a year with other habits. Where at most
    `pair_up_to` rows are learnt from, each of the two is the mean with another of its kind (`pair_`: the best
    split points, smaller trees), for one model of few rows errs by chance. Rows whose P(correction) is from
    `closer_from` to `closer_to` are judged once more (`closer_`: `models.closer`); where few rows are learnt
    from, by a forest too (`forest_`: `models.forest`). Above `weigh_labels_above` rows the second of the two
    learns how likely each label is right (`models.oversights`). `wrong_repairs`: of a corrected row at most
    so many wrong repairs are learnt from, each weighted for those left out.
    """

    num_leaves: int = 127
    learning_rate: float = 0.1
    trees: int = 400
    min_data_in_leaf: int = 50
    feature_fraction: float = 0.2
    lambda_l2: float = 1.0
    row_num_leaves: int = 127
    row_learning_rate: float = 0.05
    row_trees: int = 260
    row_min_data_in_leaf: int = 20
    row_feature_fraction: float = 0.6
    row_lambda_l2: float = 1.0
    row_extra_trees: bool = True
    pair_up_to: int = 60_000
    pair_num_leaves: int = 31
    pair_learning_rate: float = 0.03
    pair_trees: int = 400
    pair_feature_fraction: float = 0.2
    closer_from: float = 0.06
    closer_to: float = 0.995
    closer_num_leaves: int = 47
    closer_learning_rate: float = 0.04
    closer_trees: int = 250
    closer_min_data_in_leaf: int = 30
    closer_feature_fraction: float = 0.1
    weigh_labels_above: int = 60_000
    forest_up_to: int = 60_000
    forest_trees: int = 100
    forest_num_leaves: int = 8191
    forest_min_data_in_leaf: int = 3
    forest_feature_fraction: float = 0.6
    max_bin: int = 63
    wrong_repairs: int = 12
    folds: int = 3
    seed: int = 1
    threads: int = 2

    def over_repairs(self) -> dict[str, Any]:
        """Return LightGBM's parameters of the repair model, its number of trees among them."""
        return self._common() | {
            "num_iterations": self.trees,
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_data_in_leaf,
            "feature_fraction": self.feature_fraction,
            "lambda_l2": self.lambda_l2,
        }

    def over_rows(self) -> dict[str, Any]:
        """Return LightGBM's parameters of the row models, their number of trees among them."""
        return self._common() | {
            "num_iterations": self.row_trees,
            "num_leaves": self.row_num_leaves,
            "learning_rate": self.row_learning_rate,
            "min_data_in_leaf": self.row_min_data_in_leaf,
            "feature_fraction": self.row_feature_fraction,
            "lambda_l2": self.row_lambda_l2,
            "extra_trees": self.row_extra_trees,
        }

    def over_these_rows(self, rows: int) -> list[dict[str, Any]]:
        """Return the parameters of each model of `rows` rows whose mean is taken."""
        first = self.over_rows()
        pair = first | {
            "num_iterations": self.pair_trees,
            "num_leaves": self.pair_num_leaves,
            "learning_rate": self.pair_learning_rate,
            "feature_fraction": self.pair_feature_fraction,
            "extra_trees": False,
        }
        return [first, pair] if rows <= self.pair_up_to else [first]

    def over_doubt(self) -> dict[str, Any]:
        """Return LightGBM's parameters of the closer look at rows in doubt, with their number of trees."""
        return self._common() | {
            "num_iterations": self.closer_trees,
            "num_leaves": self.closer_num_leaves,
            "learning_rate": self.closer_learning_rate,
            "min_data_in_leaf": self.closer_min_data_in_leaf,
            "feature_fraction": self.closer_feature_fraction,
            "lambda_l2": self.row_lambda_l2,
        }

    def over_forest(self) -> dict[str, Any]:
        """Return LightGBM's parameters of a forest, with its number of trees.

        Squared loss without shrinkage: a leaf holds the share of its rows. `forest_feature_fraction` of the
        inputs are tried at each split, at one split point each.
        """
        return self._common() | {
            "boosting": "rf",
            "objective": "regression",
            "extra_trees": True,
            "num_iterations": self.forest_trees,
            "num_leaves": self.forest_num_leaves,
            "min_data_in_leaf": self.forest_min_data_in_leaf,
            "min_sum_hessian_in_leaf": 0.0,
            "feature_fraction_bynode": self.forest_feature_fraction,
            "bagging_fraction": 0.9,  # LightGBM grows no forest without
            "bagging_freq": 1,
        }

    def over_inquiries(self) -> dict[str, Any]:
        """Return LightGBM's parameters of the inquiry model: little is to be learnt, so fewer trees do."""
        rows = self.over_rows()
        return rows | {
            "num_iterations": max(1, rows["num_iterations"] // 2),
            "num_leaves": max(2, rows["num_leaves"] // 4),
        }

    def _common(self) -> dict[str, Any]:
        """Return what makes the same data give the same model, bit for bit."""
        return {
            "objective": "binary",
            "max_bin": self.max_bin,
            "num_threads": 1,  # sums depend on the number
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }


@dataclass(frozen=True)
class TimeModel:
    """Seconds of a row by lane, for *projected* hours alone; hours that were measured never use it.

    `hand` is what the row takes by hand; each line of `conf/suggest/default.yaml` says when it holds.
    """

    name: str = "標準時間モデル"
    clear: float = 3.0
    confirm_right: float = 12.0
    confirm_other_more: float = 10.0
    review_found_times: float = 0.5
    review_other_more: float = 5.0
    inquire_right_times: float = 0.6
    inquire_other_more: float = 5.0
    unrecorded_hand: float = 90.0


@dataclass(frozen=True)
class CertifySettings:
    """The promise about `clear`, and how it is tested.

    With probability `confidence` at most `wrong_share` of the cleared rows needed a correction, and they
    missed at most `mean_yen` of tax a row, each loss cut off at `clip_yen`. A row whose repairs beyond
    `clip_yen` have together a probability over `clip_chance` is never cleared, nor one that needs a
    correction with a probability over `row_chance`. `share_step`: how much more of the list each step of the
    test clears.
    """

    wrong_share: float = 0.01
    confidence: float = 0.95
    clip_yen: int = 100_000
    mean_yen: int = 1_000
    clip_chance: float = 0.02
    row_chance: float = 0.1
    share_step: float = 0.005


@dataclass(frozen=True)
class SuggestSettings:
    """What is shown of a row, in which order, and in which lane.

    `lines`: fields shown where fewer are proposed. `inquire_from`: a row goes to `inquire` only where staff
    have to ask with a higher probability. `propose_from`: where staff read the row anyway (`review`,
    `inquire`), its best repair is proposed from this probability on, and not below. `correction_worth`: yen
    that a correction is worth beside the tax that it moves. `per_minute`: 0 ranks by yen, 1 by yen a minute.
    `sample_share` of the rows, drawn with `sample_seed`, are judged blind. `explain_rows`: rows, first by
    rank and outside `clear`, whose reasons say what weighed in the model.
    """

    lines: int = 3
    explain_rows: int = 250
    inquire_from: float = 0.5
    propose_from: float = 0.35
    correction_worth: int = 1_000
    per_minute: float = 0.1
    sample_share: float = 0.05
    sample_seed: int = 1
    certify: CertifySettings = field(default_factory=CertifySettings)
    time: TimeModel = field(default_factory=TimeModel)


@dataclass(frozen=True)
class EvaluateSettings:
    """How the backtest is made.

    `resamples` of households for the intervals, `seed` of their choice. `rolling`: every labelled year after
    the first is tested with a ranker trained on the years before it; otherwise the newest alone. The labels
    of `certify_share` of its rows say what may be cleared, misses are counted on the others. `age_bands`
    (years of age on 1 January) and `yen_bands` (tax moved) are the lower ends of the bands of groups.
    """

    resamples: int = 200
    seed: int = 1
    rolling: bool = False
    certify_share: float = 0.5
    age_bands: list[int] = field(default_factory=lambda: [20, 30, 40, 50, 65, 75])
    yen_bands: list[int] = field(default_factory=lambda: [1, 10_000, 50_000, 100_000])


def _space_of_repairs() -> dict[str, Any]:
    return {
        "num_leaves": [31, 255],
        "learning_rate": [0.04, 0.2],
        "min_data_in_leaf": [5, 100],
        "feature_fraction": [0.1, 0.8],
        "lambda_l2": [0.1, 30.0],
    }


def _space_of_rows() -> dict[str, Any]:
    searched = {f"row_{name}": ends for name, ends in _space_of_repairs().items()}
    return {**searched, "row_extra_trees": [False, True]}


@dataclass(frozen=True)
class TuneSettings:
    """How the settings of the models are searched, and how long.

    `repairs` and `rows` name settings of `ModelSettings` with the lowest and highest value that is tried.
    Each of the two searches ends after `trials` or `minutes`, whichever comes first. A trial grows at most
    `most_trees` and stops where `patience` more of them bring nothing. `rows_a_year` are learnt from and
    measured on.
    """

    trials: int = 30
    minutes: float = 10.0
    seed: int = 1
    rows_a_year: int = 20_000
    most_trees: int = 400
    patience: int = 30
    repairs: dict[str, Any] = field(default_factory=_space_of_repairs)
    rows: dict[str, Any] = field(default_factory=_space_of_rows)


@dataclass(frozen=True)
class SeasonSettings:
    """The season loop: what is learnt from this year's decisions, and what its simulation assumes.

    `day` (YYYY-MM-DD) is the morning that is ranked for: decisions before it count; '' is the day after the
    last decision. From `tree_rows` decided rows on small trees are fitted too, to the newest `tree_rows_most`
    of them: `trees` of `num_leaves` with at least `min_data_in_leaf` rows each. `deadlines` (MM-DD) are the
    last days on which a decision enters the notices of special collection and of ordinary collection.
    `hours_a_day`: what all staff together work on the list each day from `begins` (MM-DD) to `ends`;
    `rerank_days`: days between two re-rankings. `other`: the folder of another ward's ranker, simulated too;
    `prior`: what a ward without a record takes a row's probability of a correction to be.
    """

    day: str = ""
    tree_rows: int = 2_000
    tree_rows_most: int = 10_000
    trees: int = 40
    num_leaves: int = 15
    min_data_in_leaf: int = 100
    learning_rate: float = 0.1
    feature_fraction: float = 0.3
    lambda_l2: float = 10.0
    deadlines: dict[str, str] = field(default_factory=lambda: {"special": "05-15", "ordinary": "06-10"})
    hours_a_day: float = 20.0
    begins: str = "04-07"
    ends: str = "06-23"
    rerank_days: int = 1
    prior: float = 0.3
    other: Path | None = None
