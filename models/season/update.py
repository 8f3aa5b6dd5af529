"""What this year's decisions add to the yearly ranker: shifts of checks, and small trees where they help."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from sklearn.metrics import log_loss

from models.calibrate import with_shifts
from models.calibration import Calibration, Floats, logit
from models.settings import SeasonSettings

Matrix = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.str_]
NEWEST = 5
"""One in so many decisions, the newest, says whether the trees help."""


@dataclass(frozen=True)
class Update:
    """Log-odds that are added to the yearly ones: `whole` to all rows, `checks` by check code, then `trees`.

    `decided` counts the rows that it was learnt from. `gain` is by how much the trees lowered the log-loss of
    the newest decisions, which they had not seen; under 0 they were not kept, None: not tried.
    """

    whole: float = 0.0
    checks: dict[str, float] = field(default_factory=dict)
    trees: str = ""
    decided: int = 0
    gain: float | None = None

    def apply(self, p: Floats, checks: Keys, rows: Matrix) -> Floats:
        """Return the probabilities of rows (shape n) after this season's decisions."""
        if not self.decided:
            return p
        odds = self._shifted(p, checks)
        if self.trees:
            odds = odds + lightgbm.Booster(model_str=self.trees).predict(rows, raw_score=True)
        return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)

    def _shifted(self, p: Floats, checks: Keys) -> Floats:
        return np.asarray(logit(p) + self.whole + _of_checks(self.checks, checks), dtype=np.float64)

    def json(self) -> dict[str, Any]:
        """Return the update as plain values for a JSON file."""
        return asdict(self)

    def identity(self, model_id: str) -> str:
        """Return the model_id of the yearly ranker with this update: a hash of both."""
        content = {**self.json(), "trees": self.trees.split("\nparameters:")[0], "yearly": model_id}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _of_checks(shifts: dict[str, float], checks: Keys) -> Floats:
    names, place = np.unique(checks, return_inverse=True)
    return np.array([shifts.get(str(name), 0.0) for name in names])[place]


def learn(
    p: Floats, checks: Keys, rows: Matrix, needs: Mask, decided_on: Any, settings: SeasonSettings
) -> Update:
    """Learn from decided rows, each array as long as there are of them.

    Args:
        p: the yearly ranker's probability that the row needs a correction.
        checks: its check code; this season's own, so that no code of an earlier year is asked for.
        rows: what the row model sees of it.
        needs: whether staff corrected it.
        decided_on: when (days, any type that sorts).
        settings: of the trees.
    """
    if not len(p):
        return Update()
    shifted = _shifts(p, checks, needs)
    if len(p) < settings.tree_rows or needs.all() or not needs.any():
        return shifted
    recent = np.sort(np.argsort(decided_on, kind="stable")[-settings.tree_rows_most :])
    p, checks, rows, needs = p[recent], checks[recent], rows[recent], needs[recent]
    newest = np.zeros(len(p), dtype=bool)
    newest[np.argsort(decided_on[recent], kind="stable")[-(len(p) // NEWEST) :]] = True
    gain = _gain(p, checks, rows, needs, newest, settings)
    start = shifted._shifted(p, checks)
    trees = _fit(rows, needs, start, settings).model_to_string() if gain > 0 else ""
    return Update(shifted.whole, shifted.checks, trees, shifted.decided, round(gain, 6))


def _shifts(p: Floats, checks: Keys, needs: Mask) -> Update:
    """Return by how much all rows are off, and beyond that those of each check, shrunk where they are few."""
    whole = with_shifts(Calibration(), p, needs, np.zeros(len(p), dtype=np.int64), 1).shifts[0]
    names, place = np.unique(checks, return_inverse=True)
    moved = np.asarray(1.0 / (1.0 + np.exp(-(logit(p) + whole))), dtype=np.float64)
    found = with_shifts(Calibration(), moved, needs, place.astype(np.int64), len(names)).shifts
    return Update(whole, dict(zip(map(str, names), found, strict=True)), decided=len(p))


def _gain(
    p: Floats, checks: Keys, rows: Matrix, needs: Mask, newest: Mask, settings: SeasonSettings
) -> float:
    """Return by how much trees of the older decisions lower the log-loss of the newest, beyond shifts."""
    older = ~newest
    if needs[older].all() or not needs[older].any():
        return -1.0
    shifted = _shifts(p[older], checks[older], needs[older])
    start = shifted._shifted(p, checks)
    trees = _fit(rows[older], needs[older], start[older], settings)
    after = start[newest] + trees.predict(rows[newest], raw_score=True)
    loss = [log_loss(needs[newest], 1.0 / (1.0 + np.exp(-odds)), labels=[False, True])
            for odds in (start[newest], after)]  # fmt: skip
    return float(loss[0] - loss[1])


def _fit(rows: Matrix, needs: Mask, start: Floats, settings: SeasonSettings) -> lightgbm.Booster:
    parameters = {
        "objective": "binary",
        "num_iterations": settings.trees,
        "num_leaves": settings.num_leaves,
        "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.min_data_in_leaf,
        "feature_fraction": settings.feature_fraction,
        "lambda_l2": settings.lambda_l2,
        "extra_trees": True,
        "boost_from_average": False,
        "num_threads": 1,  # small trees: threads would wait for one another
        "seed": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    binning = {"max_bin": 63, "verbosity": -1}
    data = lightgbm.Dataset(rows, needs.astype(np.int8), init_score=start, params=binning)
    return lightgbm.train(parameters, data)
