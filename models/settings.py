"""Settings of the models, typed: what `conf/` fills in. Nothing heavy is imported here."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ModelSettings:
    """Settings of both LightGBM models; `threads` is fixed because sums depend on it."""

    num_leaves: int = 31
    learning_rate: float = 0.1
    trees: int = 160
    min_data_in_leaf: int = 40
    feature_fraction: float = 0.4
    lambda_l2: float = 5.0
    max_bin: int = 63
    folds: int = 3
    seed: int = 1
    threads: int = 2

    def lightgbm(self) -> dict[str, Any]:
        """Return LightGBM's parameters; the same data give the same model, bit for bit."""
        return {
            "objective": "binary",
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_data_in_leaf,
            "feature_fraction": self.feature_fraction,
            "lambda_l2": self.lambda_l2,
            "max_bin": self.max_bin,
            "num_threads": self.threads,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }


@dataclass(frozen=True)
class SuggestSettings:
    """What is shown of a row.

    `lines`: fields shown where fewer are proposed. `confirm_from`: the least probability of the proposal
    (a repair, or 'leave') at which a row goes to the lane `confirm`; the others go to `review`.
    """

    lines: int = 3
    confirm_from: float = 0.5


@dataclass(frozen=True)
class EvaluateSettings:
    """`resamples` of households for the intervals; `seed` of their choice."""

    resamples: int = 200
    seed: int = 1
