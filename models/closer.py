"""The third judgement: rows in doubt are looked at more closely, by trees that learnt from such rows alone.

Trees over all rows spend their splits on what tells the plain ones apart. Of the rows that two judgements
leave in doubt two questions are asked again: does the row need a correction, and is its likeliest repair
exactly right. Each is answered by the mean, in log-odds, of trees grown anew and of trees that add to the
answer so far: they err in different ways. Where few rows are learnt from, a forest that learnt from all of
them is the third voice (`models.forest`). What they read of the first two judgements was out of fold when
they learnt, so their answers need no calibration of their own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from models.calibration import TRACE, Floats, logit
from models.fits import dataset, together
from models.forest import Forest, grow
from models.settings import ModelSettings
from models.trees import Trees
from tadasu.store import write_text

Matrix = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
FEWEST = 300
"""Rows in doubt, and of these right and wrong ones a tenth each, below which no closer look is learnt."""
QUESTIONS = ("needs", "right")
KINDS = ("anew", "on_top")
LOOKS = len(QUESTIONS) * len(KINDS)


@dataclass(frozen=True)
class Look:
    """One question about rows in doubt: trees grown anew, trees on top of the answer so far, a forest."""

    anew: Trees
    on_top: Trees
    forest: Forest | None = None

    def answer(self, lines: Matrix, before: Floats) -> Floats:
        """Return the probability of each line, given the one `before`."""
        odds = [self.anew.log_odds(lines), self.on_top.log_odds(lines) + logit(before)]
        if self.forest is not None:
            odds.append(self.forest.log_odds(lines))
        return np.asarray(expit(np.mean(odds, axis=0)))


@dataclass(frozen=True)
class Closer:
    """The closer look at rows whose P(correction) is from `low` to `high`, and its two questions."""

    low: float
    high: float
    needs: Look
    right: Look

    def judge(self, lines: Matrix, score: Floats, correction: Floats, share: Floats) -> tuple[Floats, Floats]:
        """Return P(correction) and P(the likeliest repair is right) of each row; NaN where none is in doubt.

        Nothing becomes certain by it: a row in doubt stays at `low` or above, there in the order it had.

        Args:
            lines: what the second model reads of each row.
            score: what it says of each, and `correction` the calibrated probability of it.
            correction: P(correction) after two judgements.
            share: P(the likeliest repair is right | correction) so far.
        """
        doubt = in_doubt(correction, self.low, self.high)
        after, right = correction.copy(), np.full(len(correction), np.nan)
        if doubt.any():
            before = correction[doubt]
            seen = inputs(lines[doubt], score[doubt], before * share[doubt])
            answer = self.needs.answer(seen, before)
            after[doubt] = np.maximum(answer, self.low + TRACE * (before - self.low))
            right[doubt] = self.right.answer(seen, before * share[doubt])
        return after, right

    def content(self) -> dict[str, Any]:
        """Return what enters a model_id."""
        forests = {name: forest.identity for name, forest in self._forests()}
        return {"bounds": [self.low, self.high]} | {n: t.identity for n, t in self._trees()} | forests

    def save(self, folder: Path) -> None:
        """Write its models and closer.json into `folder`."""
        for name, trees in self._trees():
            trees.save(folder, f"booster_{name}")
        for name, forest in self._forests():
            forest.save(folder / f"{name}.txt")
        write_text(folder / "closer.json", json.dumps({"low": self.low, "high": self.high}) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Closer | None":
        """Read what `save` wrote; None where the folder holds no closer look."""
        if not (folder / "closer.json").is_file():
            return None
        bounds = json.loads((folder / "closer.json").read_text())
        looks = {name: _look(folder, name) for name in QUESTIONS}
        return cls(bounds["low"], bounds["high"], **looks)

    def _trees(self) -> list[tuple[str, Trees]]:
        looks = {name: getattr(self, name) for name in QUESTIONS}
        return [
            (f"closer_{name}_{kind}", getattr(look, kind)) for name, look in looks.items() for kind in KINDS
        ]

    def _forests(self) -> list[tuple[str, Forest]]:
        looks = {name: getattr(self, name).forest for name in QUESTIONS}
        return [(f"forest_closer_{name}", forest) for name, forest in looks.items() if forest is not None]


def _look(folder: Path, question: str) -> Look:
    anew, on_top = (Trees.load(folder, f"booster_closer_{question}_{kind}") for kind in KINDS)
    return Look(anew, on_top, Forest.load(folder / f"forest_closer_{question}.txt"))


def in_doubt(correction: Floats, low: float, high: float) -> Mask:
    """Return which rows are in doubt."""
    return np.asarray((correction >= low) & (correction <= high))


def inputs(lines: Matrix, score: Floats, right: Floats) -> Matrix:
    """Return what the closer look reads: the second model's inputs, its score, P(the likeliest is right)."""
    return np.hstack([lines, score[:, None], right[:, None]]).astype(np.float32, copy=False)


def learn(
    lines: Matrix,
    score: Floats,
    correction: Floats,
    share: Floats,
    targets: tuple[Mask, Mask],
    settings: ModelSettings,
    step: Callable[[], None],
) -> Closer | None:
    """Return the closer look that labelled rows teach, None where too few of them are in doubt.

    Args:
        lines: as `Closer.judge` has them, like `score`, `correction` and `share`, which are out of fold.
        score: see there.
        correction: see there.
        share: see there.
        targets: whether each row needed a correction, and whether its likeliest repair was right.
        settings: of the models; what is in doubt.
        step: called once for each model that is fitted (`models_of`).
    """
    low, high = settings.closer_from, settings.closer_to
    doubt = in_doubt(correction, low, high)
    needs, right = (target[doubt] for target in targets)
    if not (_enough(needs) and _enough(right)):
        return None
    before, product = correction[doubt], (correction * share)[doubt]
    seen = inputs(lines[doubt], score[doubt], product)
    looks = [
        partial(_fit, seen, target, so_far, settings.over_doubt())
        for target, start in ((needs, before), (right, product))
        for so_far in (None, start)
    ]
    if len(lines) <= settings.forest_up_to:
        every = inputs(lines, score, correction * share)
        looks += [partial(grow, every, target, settings.over_forest()) for target in targets]
    fitted = [booster.model_to_string() for booster in together(looks, settings.threads, step)]
    anew, on_top, right_anew, right_on_top = (Trees((text,)) for text in fitted[:LOOKS])
    forest, right_forest = (Forest(text) for text in fitted[LOOKS:]) if fitted[LOOKS:] else (None, None)
    return Closer(low, high, Look(anew, on_top, forest), Look(right_anew, right_on_top, right_forest))


def _fit(lines: Matrix, target: Mask, so_far: Floats | None, parameters: dict[str, Any]) -> lightgbm.Booster:
    start = None if so_far is None else logit(so_far)
    return lightgbm.train(parameters, dataset(lines, target, parameters, start=start))


def models_of(rows: int, settings: ModelSettings) -> int:
    """Return how many models a closer look takes that learns from `rows` rows."""
    return LOOKS + (len(QUESTIONS) if rows <= settings.forest_up_to else 0)


def _enough(target: Mask) -> bool:
    yes = int(target.sum())
    return len(target) >= FEWEST and min(yes, len(target) - yes) >= FEWEST // 10
