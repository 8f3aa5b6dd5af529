"""A forest: the mean of deep trees with random split points, grown by LightGBM, as text.

Each tree predicts the share of right answers in a leaf of a few rows. Where few rows are learnt from and
their labels err, such a mean is a steadier judge than trees that each mend the errors of those before it
(extremely randomized trees: Geurts, Ernst, Wehenkel, Machine Learning 63, 2006).
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from models.calibration import Floats, logit
from models.fits import dataset
from models.trees import trees_alone
from tadasu.store import write_text

Mask = npt.NDArray[np.bool_]
LEAST = 0.001
"""A share of few rows says no more than this, and its opposite: a leaf without one is no proof."""


@dataclass(frozen=True)
class Forest:
    """A forest of one question, as LightGBM's text."""

    text: str

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.text)

    def log_odds(self, lines: npt.NDArray[np.float32]) -> Floats:
        """Return the log-odds of each line."""
        share = np.asarray(self._booster.predict(lines), dtype=np.float64)
        return logit(np.clip(share, LEAST, 1.0 - LEAST))

    @property
    def identity(self) -> str:
        """Return what enters a model_id."""
        return trees_alone(self.text)

    def save(self, path: Path) -> None:
        """Write it as text."""
        write_text(path, self.text)

    @classmethod
    def load(cls, path: Path) -> "Forest | None":
        """Read what `save` wrote; None where nothing was."""
        return cls(path.read_text()) if path.is_file() else None


def grow(lines: npt.NDArray[np.float32], target: Mask, parameters: dict[str, Any]) -> lightgbm.Booster:
    """Return a forest of all lines; `parameters` are those of `ModelSettings.over_forest`."""
    return lightgbm.train(parameters, dataset(lines, target, parameters))
