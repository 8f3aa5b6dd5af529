"""Train the ranker on labelled years.

Out-of-fold scores come first: the row model and the calibration see no line that a score was fitted on.
"""

import hashlib
from collections.abc import Callable

import lightgbm
import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, log_loss

from models.ranker import KEY, Calibration, Floats, Ranker, matrix_of, row_matrix
from models.settings import ModelSettings
from tadasu.errors import TadasuError

Progress = Callable[[str, float], None]
Mask = npt.NDArray[np.bool_]


def train(
    years: dict[int, dict[str, pl.DataFrame]],
    settings: ModelSettings,
    *,
    facts: dict[str, str],
    progress: Progress | None = None,
) -> Ranker:
    """Train on labelled years (each with features, truth, inconsistencies, residents).

    Rows without a label do not take part. Folds are by household, so that nobody is scored by a model that
    saw their family. `facts` (hashes of data, law and code) enter the model_id.
    """
    tell = progress or (lambda _label, _share: None)
    frame, right, fold = _lines(years, settings.folds)
    columns = tuple(name for name in frame.columns if name not in KEY)
    steps = 2 * (settings.folds + 1)
    leave = frame["repair_id"].to_numpy() == 0
    start = np.flatnonzero(leave)
    needs = ~right[start]
    if not needs.any() or needs.all():
        raise TadasuError(
            f"The {len(needs):,} labelled rows of {', '.join(map(str, sorted(years)))} were all "
            f"{'corrected' if needs.any() else 'left as recorded'}: there is nothing to tell apart. "
            "Add years with both, or name a ranker's folder with train.from=FOLDER."
        )
    in_needing = np.repeat(needs, np.diff(np.append(start, frame.height))) & ~leave

    matrix = matrix_of(frame, columns)
    score, texts = _out_of_fold(matrix, right, fold, in_needing, settings, tell, 0, steps, apply_to=~leave)
    repair_calibration = _isotonic(score[in_needing], right[in_needing])
    conditional = np.where(leave, 0.0, repair_calibration.apply(score))

    rows = row_matrix(frame, conditional, columns)
    every = np.ones(len(rows), dtype=bool)
    row_score, row_texts = _out_of_fold(
        rows, needs, fold[start], every, settings, tell, settings.folds + 1, steps, apply_to=every
    )
    row_calibration = _isotonic(row_score, needs)
    p = np.clip(row_calibration.apply(row_score), 1e-6, 1 - 1e-6)
    metrics = {
        "oof_row_pr_auc": float(average_precision_score(needs, row_score)),
        "oof_row_log_loss": float(log_loss(needs, p)),
        "rows": float(len(rows)),
        "rows_corrected": float(needs.sum()),
    }
    return Ranker(texts, row_texts, columns, repair_calibration, row_calibration, dict(facts), metrics)


def _lines(
    years: dict[int, dict[str, pl.DataFrame]], folds: int
) -> tuple[pl.DataFrame, Mask, npt.NDArray[np.int64]]:
    """Stack the labelled rows of all years by key: features, whether right, and the fold of the household."""
    parts, folded = [], []
    for _, year in sorted(years.items()):
        parts.append(year["features"].join(year["truth"], on=list(KEY), how="inner"))
        household = year["inconsistencies"].join(year["residents"], on="person_id", how="left")
        folded.append(household.select("tax_year", "row_id", block=pl.coalesce("household_id", "person_id")))
    frame = pl.concat(parts).sort(KEY)
    blocks = pl.concat(folded)
    names = blocks["block"].unique().sort()
    place = pl.DataFrame({"block": names, "fold": [_fold(name, folds) for name in names]})
    keyed = frame.select("tax_year", "row_id").join(
        blocks.join(place, on="block"), on=["tax_year", "row_id"], how="left", maintain_order="left"
    )
    return frame.drop("is_right"), frame["is_right"].to_numpy(), keyed["fold"].to_numpy()


def _fold(name: str, folds: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % folds


def _out_of_fold(
    matrix: npt.NDArray[np.float32],
    target: Mask,
    fold: npt.NDArray[np.int64],
    use: Mask,
    settings: ModelSettings,
    tell: Progress,
    done: int,
    steps: int,
    *,
    apply_to: Mask,
) -> tuple[Floats, str]:
    """Score each line by a model that did not see its fold; return also the model of all lines in `use`."""
    score = np.zeros(len(matrix))
    for number in range(settings.folds):
        tell("学習", (done + number) / steps)
        inside = use & (fold != number)
        held = apply_to & (fold == number)
        if held.any() and not inside.any():
            score[held] = float(target[use].mean()) if use.any() else 0.0
        elif held.any():
            booster = _fit(matrix[inside], target[inside], settings)
            score[held] = booster.predict(matrix[held])
    tell("学習", (done + settings.folds) / steps)
    return score, _fit(matrix[use], target[use], settings).model_to_string()


def _fit(matrix: npt.NDArray[np.float32], target: Mask, settings: ModelSettings) -> lightgbm.Booster:
    data = lightgbm.Dataset(
        matrix, target.astype(np.int8), params={"max_bin": settings.max_bin, "verbosity": -1}
    )
    return lightgbm.train(settings.lightgbm(), data, settings.trees)


def _isotonic(score: Floats, target: Mask) -> Calibration:
    if len(score) == 0 or target.all() or not target.any():
        return Calibration()
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(score, target)
    return Calibration(tuple(map(float, fitted.X_thresholds_)), tuple(map(float, fitted.y_thresholds_)))
