"""Train the ranker on labelled years.

Out-of-fold scores come first: the row model and the calibration see no line that a score was fitted on. Years
are read one after another, and of a corrected row's wrong repairs a weighted sample is learnt from, so that
memory and time follow the rows and not the repairs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit
from sklearn.metrics import average_precision_score, log_loss

from models.calibrate import isotonic, with_shifts
from models.calibration import Calibration, Floats
from models.closer import learn, models_of
from models.fits import dataset, fits
from models.learning import Mask, Rows, Whole, labelled, matrix, rows_of, sampled
from models.neighbours import Links, beside, links, several
from models.oversights import believed
from models.ranker import Ranker
from models.rows import (
    BLOCK,
    FAMILY,
    KEY,
    likeliest,
    linked_shares,
    matrix_of,
    row_matrix,
    scored,
    share_of_best,
)
from models.settings import ModelSettings
from models.trees import Trees
from tadasu.errors import TadasuError

Progress = Callable[[str, float], None]
Years = Mapping[int, Mapping[str, pl.DataFrame]]
Matrix = npt.NDArray[np.float32]
FAMILIES = max(FAMILY.values()) + 1


@dataclass
class _Work:
    """What training carries along: settings, progress, the rows of each year."""

    settings: ModelSettings
    tell: Progress
    columns: tuple[str, ...]
    rows: dict[int, Rows]
    done: int = 0

    def step(self) -> None:
        """Tell that one more of the models is fitted."""
        self.done += 1
        models = 2 + 2 * len(self.over_rows())
        closer = models_of(self.number, self.settings)
        self.tell("学習", self.done / (models * (self.settings.folds + 1) + closer))

    @property
    def number(self) -> int:
        """Return how many rows are learnt from."""
        return sum(len(rows.start) for rows in self.rows.values())

    @property
    def many(self) -> bool:
        """Return whether so many rows are learnt from that their labels are weighed (`models.oversights`)."""
        return self.number > self.settings.weigh_labels_above

    def over_rows(self) -> list[dict[str, Any]]:
        """Return the parameters of the models over rows, as many as the rows call for."""
        return self.settings.over_these_rows(self.number)

    @property
    def family(self) -> Whole:
        """Return the family of each row of all years."""
        return np.asarray(self.all("family"), dtype=np.int64)

    def all(self, name: str) -> npt.NDArray[np.generic]:
        """Return a property of the rows of all years."""
        return np.concatenate([getattr(rows, name) for _, rows in sorted(self.rows.items())])


@dataclass(frozen=True)
class _Near:
    """What stands beside the rows of a year: their likeliest repairs, their links, the linked repairs.

    `right`: whether a row's likeliest repair is what staff did.
    """

    rows: pl.DataFrame
    right: Mask
    known: Links
    shares: pl.DataFrame


def train(
    years: Years,
    settings: ModelSettings,
    *,
    facts: dict[str, str],
    progress: Progress | None = None,
) -> Ranker:
    """Train on labelled years (each with features, truth, inconsistencies, residents, corrections).

    With `linked` and `changes` beside them, what repairs imply for others is learnt from too. Rows without a
    label do not take part. Folds are by household, so that nobody is scored by a model that
    saw their family. `facts` (hashes of data, law and code) enter the model_id. Without `corrections` nobody
    is taken to have been asked.

    Raises:
        TadasuError: the labelled rows were all corrected, or none was.
    """
    work = _Work(settings, progress or (lambda _label, _share: None), (), {})
    work.tell("学習", 0.0)
    boosters = _repair_models(years, work)
    scores = {
        year: _out_of_fold(labelled(years[year]), work.rows[year], boosters, work) for year in work.rows
    }
    repair_calibration = _repair_calibration(scores, work)
    rows, near = _row_lines(years, scores, repair_calibration, work)
    needs = np.asarray(work.all("needs"), dtype=bool)
    asked = np.asarray(work.all("asked"), dtype=bool)
    row, calibration, first = _row_model(rows, needs, work, work.over_rows())
    asked_trees, asked_calibration, asked_score = _row_model(rows, asked, work, [settings.over_inquiries()])
    share = share_of_best(rows)
    rows = np.hstack([rows, first[:, None].astype(np.float32), _beside(near, first)])
    likely = believed(needs, calibration.apply(first, work.family)) if work.many else None
    second, row_calibration, row_score = _row_model(rows, needs, work, work.over_rows(), likely)
    p = row_calibration.apply(row_score, work.family)
    right = np.concatenate([year.right for year in near])
    closer = learn(rows, row_score, p, share, (needs, right), settings, work.step)
    work.tell("", 1.0)
    return Ranker(
        repair_text=boosters[-1].model_to_string(),
        row=row,
        second=second,
        asked_text=asked_trees.texts[0],
        columns=work.columns,
        repair_calibration=repair_calibration,
        row_calibration=row_calibration,
        asked_calibration=asked_calibration,
        facts=dict(facts),
        metrics=_metrics(needs, row_score, p, asked, asked_score),
        closer=closer,
    )


def _repair_models(years: Years, work: _Work) -> list[lightgbm.Booster]:
    """Return a model of the repairs without each fold, and last the one of all lines.

    The learning lines are let go on return: the matrix of the rows needs their place.
    """
    lines, right, fold, weight = _learning_lines(years, work)
    _require_both(np.asarray(work.all("needs"), dtype=bool), years)
    parameters = work.settings.over_repairs()
    inside = [fold != number for number in range(work.settings.folds)]
    chosen = [mask if right[mask].any() else np.ones_like(mask) for mask in inside]
    data = dataset(lines, right, parameters, weight)
    return fits(data, parameters, chosen, work.settings.threads, work.step)


def _learning_lines(years: Years, work: _Work) -> tuple[Matrix, Mask, Whole, Floats]:
    """Return the sampled candidate lines of all years: matrix, whether right, fold, weight."""
    parts = [_lines_of_year(years[number], number, work) for number in sorted(years)]
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))  # type: ignore[return-value]


def _lines_of_year(
    year: Mapping[str, pl.DataFrame], number: int, work: _Work
) -> tuple[Matrix, Mask, Whole, Floats]:
    frame = labelled(year)
    work.columns = tuple(name for name in frame.columns if name not in (*KEY, "is_right"))
    rows = work.rows[number] = rows_of(frame, year, work.settings.folds)
    chosen, weight = sampled(rows, frame, work.settings.wrong_repairs, work.settings.seed)
    fold = np.asarray(rows.by_line(rows.fold)[chosen], dtype=np.int64)
    return matrix(frame, chosen, work.columns), rows.right[chosen], fold, weight[chosen]


def _require_both(needs: Mask, years: Years) -> None:
    if not needs.any() or needs.all():
        raise TadasuError(
            f"The {len(needs):,} labelled rows of {', '.join(map(str, sorted(years)))} were all "
            f"{'corrected' if needs.any() else 'left as recorded'}: there is nothing to tell apart. "
            "Add years with both, or name a ranker's folder with train.from=FOLDER."
        )


def _out_of_fold(frame: pl.DataFrame, rows: Rows, boosters: list[lightgbm.Booster], work: _Work) -> Floats:
    """Score each line other than 'leave' by the model that did not see its row's fold."""
    score = np.zeros(frame.height)
    fold = np.where(rows.leave, -1, rows.by_line(rows.fold))
    for begin in range(0, frame.height, BLOCK):
        block = slice(begin, begin + BLOCK)
        lines = matrix_of(frame[block], work.columns)
        for number in range(work.settings.folds):
            held = fold[block] == number
            if held.any():
                score[block][held] = scored(boosters[number], lines[held])
    return score


def _row_lines(
    years: Years, scores: dict[int, Floats], calibration: Calibration, work: _Work
) -> tuple[Matrix, list[_Near]]:
    """Return the matrix of all rows, and of each year what stands beside them."""
    made = [
        _rows_of_year(years[year], work.rows[year], scores[year], calibration, work) for year in work.rows
    ]
    lines, near = zip(*made, strict=True)
    return np.vstack(lines), list(near)


def _rows_of_year(
    tables: Mapping[str, pl.DataFrame], rows: Rows, score: Floats, calibration: Calibration, work: _Work
) -> tuple[Matrix, _Near]:
    frame = labelled(tables)
    conditional = np.where(rows.leave, 0.0, calibration.apply(score))
    lines, best = row_matrix(frame, conditional, work.columns)
    known = links(tables["inconsistencies"], tables["residents"], tables)
    right = rows.right[best] & rows.needs
    return lines, _Near(likeliest(frame, best), right, known, linked_shares(frame, conditional, known))


def _beside(near: list[_Near], first: Floats) -> Matrix:
    """Return what the out-of-fold judgements of the rows beside each row say."""
    rows = pl.concat([year.rows for year in near]).with_columns(p=pl.Series(first))
    shares = pl.concat([year.shares for year in near])
    return beside(rows, several(year.known for year in near), shares)


def _repair_calibration(scores: dict[int, Floats], work: _Work) -> Calibration:
    inside = {year: work.rows[year].candidates for year in sorted(scores)}
    score = np.concatenate([scores[year][mask] for year, mask in inside.items()])
    return isotonic(score, np.concatenate([work.rows[year].right[mask] for year, mask in inside.items()]))


def _row_model(
    rows: Matrix,
    target: Mask,
    work: _Work,
    parameters: list[dict[str, Any]],
    likely: Floats | None = None,
) -> tuple[Trees, Calibration, Floats]:
    """Return a model of all rows by each parameters; calibration and out-of-fold scores of their mean.

    `likely`: how likely each row's answer is yes, learnt from instead of `target`; what is calibrated to
    remains `target`.
    """
    fold = np.asarray(work.all("fold"), dtype=np.int64)
    masks = [fold != number for number in range(work.settings.folds)]
    usable = [mask for mask in masks if mask.any() and not mask.all()]
    data = dataset(rows, target if likely is None else likely, parameters[0])
    weighed = {} if likely is None else {"objective": "cross_entropy"}
    fitted = [fits(data, each | weighed, usable, work.settings.threads, work.step) for each in parameters]
    score = np.full(len(rows), float(target.mean()))
    for place, mask in enumerate(usable):
        held = [boosters[place].predict(rows[~mask], raw_score=True) for boosters in fitted]
        score[~mask] = expit(np.mean(held, axis=0))
    # The mean of two kinds is calibrated as it is: out of fold, few rows make models too sure.
    whole = Calibration() if len(parameters) > 1 else isotonic(score, target)
    trees = Trees(tuple(boosters[-1].model_to_string() for boosters in fitted))
    return trees, with_shifts(whole, score, target, work.family, FAMILIES), score


def _metrics(needs: Mask, score: Floats, p: Floats, asked: Mask, asked_score: Floats) -> dict[str, float]:
    metrics = {
        "oof_row_pr_auc": float(average_precision_score(needs, score)),
        "oof_row_log_loss": float(log_loss(needs, np.clip(p, 1e-6, 1 - 1e-6))),
        "rows": float(len(needs)),
        "rows_corrected": float(needs.sum()),
        "rows_asked": float(asked.sum()),
    }
    if asked.any():
        metrics["oof_asked_pr_auc"] = float(average_precision_score(asked, asked_score))
    return metrics
