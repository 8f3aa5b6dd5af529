"""One LightGBM model, or several whose log-odds are averaged, as text."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from models.calibration import Floats
from tadasu.store import write_text


@dataclass(frozen=True)
class Trees:
    """Models of the same inputs and target. They err in different ways, so their mean errs less."""

    texts: tuple[str, ...]

    @cached_property
    def boosters(self) -> list[Any]:
        """Return the models, read from their texts."""
        from lightgbm import Booster

        return [Booster(model_str=text) for text in self.texts]

    @property
    def inputs(self) -> int:
        """Return how many columns the models read."""
        return int(self.boosters[0].num_feature())

    def log_odds(self, lines: npt.NDArray[np.floating]) -> Floats:
        """Return the mean of the models' log-odds of each line."""
        each = [booster.predict(lines, raw_score=True) for booster in self.boosters]
        return np.asarray(np.mean(each, axis=0))

    def predict(self, lines: npt.NDArray[np.floating]) -> Floats:
        """Return the probability of each line (not calibrated)."""
        return np.asarray(expit(self.log_odds(lines)))

    def contributions(self, lines: npt.NDArray[np.floating]) -> Floats:
        """Return by line and input its part in the log-odds (TreeSHAP), last the part of no input."""
        parts = [np.asarray(booster.predict(lines, pred_contrib=True)) for booster in self.boosters]
        return np.asarray(np.mean(parts, axis=0))

    @property
    def identity(self) -> str | list[str]:
        """Return what enters a model_id: the trees alone (of one model as text, as rankers had it before)."""
        parts = [trees_alone(text) for text in self.texts]
        return parts if len(parts) > 1 else parts[0]

    def save(self, folder: Path, name: str) -> None:
        """Write `name`.txt, and `name`_2.txt and so on where there are several."""
        for path, text in zip(_paths(folder, name, len(self.texts)), self.texts, strict=True):
            write_text(path, text)

    @classmethod
    def load(cls, folder: Path, name: str) -> "Trees":
        """Read what `save` wrote."""
        number = 1 + len(list(folder.glob(f"{name}_[0-9]*.txt")))
        return cls(tuple(path.read_text() for path in _paths(folder, name, number)))


def trees_alone(text: str) -> str:
    """Return the trees of a model's text: what follows `parameters:` repeats the settings."""
    return text.split("\nparameters:")[0]


def _paths(folder: Path, name: str, number: int) -> list[Path]:
    return [folder / f"{name}.txt", *(folder / f"{name}_{place}.txt" for place in range(2, number + 1))]
