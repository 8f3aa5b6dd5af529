"""The ranker: LightGBM models and their calibration, as text and JSON in one folder.

The repair model says which repair is right, given that the row needs one; the row model says whether it does,
seeing the best repair beside the row. Their product is the probability of each repair: P(repair) =
P(correction) × P(repair | correction); P(leave) is what remains. A row is judged twice: the second model has
the first judgements of the rows beside it (`models.neighbours`); rows in doubt after that are looked at once
more (`models.closer`). The inquiry model says whether staff will have to ask somebody before they can tell.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from models.calibration import Calibration, Floats
from models.closer import Closer
from models.neighbours import Links
from models.rows import (
    CLEAR,
    KEY,
    SHARED,
    families,
    in_blocks,
    linked_shares,
    row_matrix,
    scored,
    share_of_best,
    with_neighbours,
)
from models.shares import shares, spread, with_right
from models.trees import Trees, trees_alone
from tadasu.errors import TadasuError
from tadasu.store import write_text


@dataclass(frozen=True)
class Ranker:
    """A trained ranker. `columns` are the features it reads; `metrics` are out of fold."""

    repair_text: str
    row: Trees
    second: Trees
    asked_text: str
    columns: tuple[str, ...]
    repair_calibration: Calibration
    row_calibration: Calibration
    asked_calibration: Calibration
    facts: dict[str, str]
    metrics: dict[str, float] = field(default_factory=dict)
    closer: Closer | None = None

    @property
    def model_id(self) -> str:
        """Return a hash of the models, their calibration, and the facts (data, law, code) behind them."""
        content = {
            "repair": trees_alone(self.repair_text),
            "row": self.row.identity,
            "second": self.second.identity,
            "asked": trees_alone(self.asked_text),
            "columns": self.columns,
            "calibration": _calibration_json(self),
            "facts": self.facts,
        }
        if self.closer is not None:
            content["closer"] = self.closer.content()
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def score(self, features: pl.DataFrame) -> Floats:
        """Return the calibrated probability of each repair, 'leave' included.

        Those of a row add up to one at most: the rest is that of a correction nobody thought of (`spread`).

        Args:
            features: lines (tax_year, row_id, repair_id, columns…), the repairs of a row together.

        Raises:
            TadasuError: a column that the model reads is missing.
        """
        return self.judged(features)[0]

    def judged(self, features: pl.DataFrame, known: Links | None = None) -> tuple[Floats, Floats]:
        """Return the probability of each repair (as `score`), and of each row that staff have to ask.

        `known` says which rows are beside one another (`models.neighbours.links`); without it each row is
        judged as if alone.

        Raises:
            TadasuError: a column that the model reads is missing.
        """
        from lightgbm import Booster

        frame = self._checked(features)
        conditional = self.conditional(frame)
        rows, best = row_matrix(frame, conditional, self.columns)
        first = self.row.predict(rows)
        near = None if known is None else (known, linked_shares(frame, conditional, known))
        again = with_neighbours(frame, rows, best, first, near)
        family = families(frame)
        if self.second.inputs != again.shape[1]:
            raise TadasuError(
                f"model {self.model_id} reads {self.second.inputs} figures of a row, this version gives "
                f"{again.shape[1]}: it was trained by another version. Train anew, or use that version."
            )
        score, share = self.second.predict(again), shares(frame, conditional)
        correction = self.row_calibration.apply(score, family)
        if self.closer is not None:
            correction, right = self.closer.judge(again, score, correction, share_of_best(rows))
            share = with_right(frame, share, best, correction, right)
        asked = self.asked_calibration.apply(Booster(model_str=self.asked_text).predict(rows), family)
        return spread(frame, share, correction), asked

    def row_values(self, features: pl.DataFrame) -> npt.NDArray[np.float32]:
        """Return what the first row model sees of whole rows, a line each; `row_inputs` names its columns."""
        frame = self._checked(features)
        return row_matrix(frame, self.conditional(frame), self.columns)[0]

    @property
    def row_inputs(self) -> tuple[tuple[str, str], ...]:
        """Return (side, column) of each input of the row model: `row`, `repair` (the best one) or ''."""
        both = [name for name in self.columns if name not in SHARED]
        clear = (("", f"clear_{place}") for place in range(CLEAR))
        return (*(("row", name) for name in self.columns), *(("repair", name) for name in both), *clear)

    def conditional(self, frame: pl.DataFrame) -> Floats:
        """Return P(repair | the row needs a correction) of each line, 0 for 'leave'."""
        from lightgbm import Booster

        booster = Booster(model_str=self.repair_text)
        raw = in_blocks(lambda lines: scored(booster, lines), frame, self.columns)
        score = np.asarray(self.repair_calibration.apply(raw))
        score[frame["repair_id"].to_numpy() == 0] = 0.0
        return score

    def _checked(self, features: pl.DataFrame) -> pl.DataFrame:
        missing = [name for name in (*KEY, *self.columns) if name not in features.columns]
        if missing:
            raise TadasuError(
                f"features: {', '.join(missing[:5])} missing, which model {self.model_id} reads. "
                "Run featurize with the code that trained it, or train anew."
            )
        return features

    def save(self, folder: Path) -> None:
        """Write boosters, closer.json, columns.json, calibration.json and metrics.json into `folder`."""
        write_text(folder / "booster_repair.txt", self.repair_text)
        write_text(folder / "booster_asked.txt", self.asked_text)
        self.row.save(folder, "booster_row")
        self.second.save(folder, "booster_second")
        if self.closer is not None:
            self.closer.save(folder)
        parts = {
            "columns": {"columns": self.columns},
            "calibration": _calibration_json(self),
            "metrics": self.metrics,
            "model": {"model_id": self.model_id, "facts": self.facts},
        }
        for name, content in parts.items():
            write_text(folder / f"{name}.json", json.dumps(content, indent=1, sort_keys=True) + "\n")


def load(folder: Path) -> Ranker:
    """Read a ranker from its folder: text and JSON only.

    Raises:
        TadasuError: the folder holds no ranker, or its content is not what its model_id says.
    """
    if not (folder / "model.json").is_file():
        raise TadasuError(
            f"{folder}: no ranker there (model.json is missing). Run train, or name another folder."
        )
    parts = {
        name: json.loads((folder / f"{name}.json").read_text())
        for name in ("columns", "calibration", "metrics", "model")
    }
    known = {name: _calibration(knots) for name, knots in parts["calibration"].items()}
    ranker = Ranker(
        repair_text=(folder / "booster_repair.txt").read_text(),
        row=Trees.load(folder, "booster_row"),
        second=Trees.load(folder, "booster_second"),
        asked_text=(folder / "booster_asked.txt").read_text(),
        columns=tuple(parts["columns"]["columns"]),
        repair_calibration=known["repair"],
        row_calibration=known["row"],
        asked_calibration=known["asked"],
        facts=parts["model"]["facts"],
        metrics=parts["metrics"],
        closer=Closer.load(folder),
    )
    if ranker.model_id != parts["model"]["model_id"]:
        raise TadasuError(
            f"{folder}: changed since it was trained (model_id differs). Take an untouched copy."
        )
    return ranker


def _calibration(parts: Any) -> Calibration:
    scores, probabilities, shifts = (tuple(part) for part in parts)
    return Calibration(scores, probabilities, shifts)


def _calibration_json(ranker: Ranker) -> dict[str, Any]:
    known = {
        "repair": ranker.repair_calibration,
        "row": ranker.row_calibration,
        "asked": ranker.asked_calibration,
    }
    return {name: [each.scores, each.probabilities, each.shifts] for name, each in known.items()}
