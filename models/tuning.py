"""Search the settings of the models on earlier years: the repair model first, then the model of rows.

The newest labelled year is never given to the search: what it finds is tested there. Matrices are built and
binned once; a trial fits one model on them and is measured by log-loss on the year after its own (where there
is but one year, on households that the model did not see).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import optuna
import polars as pl

from models.calibration import Floats
from models.learning import Mask, Rows, labelled, matrix, rows_of, sampled
from models.rows import KEY, row_matrix
from models.settings import ModelSettings, TuneSettings

Progress = Callable[[str, float], None]
Years = Mapping[int, Mapping[str, pl.DataFrame]]
Matrix = npt.NDArray[np.float32]
REPORT = 10
"""Trees between two reports to the pruner."""
WARM_UP = 3 * REPORT
"""Trees that every trial may grow before it is compared with others."""
STARTS = 8
"""Trials at random before the sampler follows what was found."""


@dataclass(frozen=True)
class Problem:
    """What a model is fitted on and what it is measured on, binned once; `space` is searched."""

    name: str
    fit: lightgbm.Dataset
    held: lightgbm.Dataset
    space: Mapping[str, list[Any]]


@dataclass(frozen=True)
class Tuned:
    """`best` settings; `trials` of both searches (model, number, state, log_loss, trees, settings searched).

    `found` says of each model the log-loss of the given settings and of the best ones.
    """

    best: ModelSettings
    trials: pl.DataFrame
    found: dict[str, tuple[float, float]]


@dataclass
class _Part:
    """A year's sampled rows, their lines, and which rows are held out for measuring."""

    frame: pl.DataFrame
    rows: Rows
    held: Mask


def tune(years: Years, model: ModelSettings, settings: TuneSettings, progress: Progress) -> Tuned:
    """Search on labelled years (as `models.training.train` takes them), the last of them held out.

    Trial 0 of each search are the settings that `model` gives. The sampler is seeded and trials follow one
    another, so that the same trial is the same again; where `minutes` end a search, a faster machine gets
    further.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    parts = _parts(years, settings, model)
    columns = tuple(name for name in parts[0].frame.columns if name not in (*KEY, "is_right"))
    progress("表の用意", 0.0)
    best, tables, found = model, [], {}
    for place, build in enumerate((_repairs, _rows)):
        problem = build(parts, columns, best, settings)
        study = _searched(problem, best, settings, _part_of(progress, 0.5 * place))
        found[problem.name] = (_first(study), float(study.best_value))
        chosen: dict[str, Any] = {**study.best_params, **_trees(problem, study.best_trial)}
        best = replace(best, **chosen)
        tables.append(_table(problem, study))
    progress("", 1.0)
    return Tuned(best, pl.concat(tables, how="diagonal"), found)


def _part_of(progress: Progress, begins: float) -> Progress:
    """Return what tells the progress of one of the two searches."""
    return lambda label, share: progress(label, begins + share / 2)


def _parts(years: Years, settings: TuneSettings, model: ModelSettings) -> list[_Part]:
    parts = []
    last = max(years)
    for number in sorted(years):
        year = years[number]
        frame = labelled({**year, "truth": _sampled_rows(year["truth"], settings)})
        rows = rows_of(frame, year, max(2, model.folds))
        held = rows.fold == 0 if len(years) == 1 else np.full(len(rows.start), number == last)
        parts.append(_Part(frame, rows, held))
    return parts


def _sampled_rows(truth: pl.DataFrame, settings: TuneSettings) -> pl.DataFrame:
    """Return the truth of as many rows as are asked for, chosen by their identifiers alone."""
    rows = truth.select("row_id").unique().sort("row_id")
    chosen = rows.with_columns(lot=rows.hash_rows(seed=settings.seed)).sort("lot", "row_id")
    return truth.join(chosen.head(settings.rows_a_year), on="row_id", how="semi")


def _repairs(
    parts: list[_Part], columns: tuple[str, ...], model: ModelSettings, settings: TuneSettings
) -> Problem:
    lines, right, weight, held = _lines(parts, columns, model)
    fit = _dataset(lines[~held], right[~held], model, weight[~held])
    return Problem("repairs", fit, _beside(fit, lines[held], right[held], weight[held]), settings.repairs)


def _lines(
    parts: list[_Part], columns: tuple[str, ...], model: ModelSettings
) -> tuple[Matrix, Mask, Floats, Mask]:
    """Return the candidate lines as training takes them: matrix, whether right, weight, whether held out."""
    made = []
    for part in parts:
        chosen, weight = sampled(part.rows, part.frame, model.wrong_repairs, model.seed)
        held = part.rows.by_line(part.held)[chosen]
        made.append((matrix(part.frame, chosen, columns), part.rows.right[chosen], weight[chosen], held))
    return tuple(np.concatenate(each) for each in zip(*made, strict=True))  # type: ignore[return-value]


def _rows(
    parts: list[_Part], columns: tuple[str, ...], model: ModelSettings, settings: TuneSettings
) -> Problem:
    """Build the rows' problem: what the repair model says of a row, by a model that did not see it."""
    lines, right, weight, held = _lines(parts, columns, model)
    halves = np.concatenate(
        [
            p.rows.by_line(p.rows.fold % 2)[sampled(p.rows, p.frame, model.wrong_repairs, model.seed)[0]]
            for p in parts
        ]
    )
    boosters = [_fit(lines, right, weight, ~held & (halves != half), model) for half in (0, 1)]
    made = [row_matrix(part.frame, _conditional(part, boosters, columns), columns)[0] for part in parts]
    outside = np.concatenate([part.held for part in parts])
    needs, table = np.concatenate([part.rows.needs for part in parts]), np.vstack(made)
    fit = _dataset(table[~outside], needs[~outside], model)
    return Problem("rows", fit, _beside(fit, table[outside], needs[outside]), settings.rows)


def _conditional(part: _Part, boosters: list[lightgbm.Booster], columns: tuple[str, ...]) -> Floats:
    """Return the score of each line by the model of the other half, 0 for 'leave'."""
    score = np.zeros(part.frame.height)
    half = part.rows.by_line(part.rows.fold % 2)
    for number, booster in enumerate(boosters):
        seen = ~part.rows.leave & (half == number)
        if seen.any():
            score[seen] = booster.predict(matrix(part.frame, seen, columns))
    return score


def _fit(lines: Matrix, right: Mask, weight: Floats, inside: Mask, model: ModelSettings) -> lightgbm.Booster:
    inside = inside if right[inside].any() else np.ones_like(inside)
    return lightgbm.train(model.over_repairs(), _dataset(lines[inside], right[inside], model, weight[inside]))


def _dataset(
    lines: Matrix, target: Mask, model: ModelSettings, weight: Floats | None = None
) -> lightgbm.Dataset:
    # What may be split on must not depend on the first trial's leaves: the bins serve all of them.
    binning = {"max_bin": model.max_bin, "verbosity": -1, "feature_pre_filter": False}
    return lightgbm.Dataset(lines, target.astype(np.int8), weight=weight, params=binning)


def _beside(
    fit: lightgbm.Dataset, lines: Matrix, target: Mask, weight: Floats | None = None
) -> lightgbm.Dataset:
    return fit.create_valid(lines, target.astype(np.int8), weight=weight)


def _searched(
    problem: Problem, model: ModelSettings, settings: TuneSettings, progress: Progress
) -> optuna.Study:
    """Return the study after its trials, the given settings tried first."""
    study = optuna.create_study(
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=settings.seed, n_startup_trials=STARTS),
        pruner=optuna.pruners.MedianPruner(STARTS // 2, n_warmup_steps=WARM_UP, interval_steps=REPORT),
    )
    study.enqueue_trial({name: _inside(getattr(model, name), ends) for name, ends in problem.space.items()})

    def objective(trial: optuna.Trial) -> float:
        progress(f"{problem.name} {trial.number + 1}/{settings.trials}", trial.number / settings.trials)
        tried = replace(model, **_suggested(trial, problem.space, model))
        return _log_loss(problem, tried, settings, trial)

    study.optimize(objective, n_trials=settings.trials, timeout=60 * settings.minutes)
    return study


def _inside(value: Any, ends: list[Any]) -> Any:
    return value if isinstance(value, bool) else min(max(value, ends[0]), ends[-1])


def _suggested(trial: optuna.Trial, space: Mapping[str, list[Any]], model: ModelSettings) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, ends in space.items():
        kind = type(getattr(model, name))
        if kind is bool:
            values[name] = trial.suggest_categorical(name, ends)
        elif kind is int:
            values[name] = trial.suggest_int(name, ends[0], ends[-1], log=True)
        else:
            values[name] = trial.suggest_float(name, ends[0], ends[-1], log=True)
    return values


def _log_loss(problem: Problem, model: ModelSettings, settings: TuneSettings, trial: optuna.Trial) -> float:
    """Fit one model and return its log-loss on what was held out, at the number of trees that is best."""
    parameters = model.over_repairs() if problem.name == "repairs" else model.over_rows()
    parameters |= {"num_iterations": settings.most_trees, "metric": "binary_logloss"}
    booster = lightgbm.train(
        parameters | {"feature_pre_filter": False},
        problem.fit,
        valid_sets=[problem.held],
        valid_names=["held"],
        callbacks=[lightgbm.early_stopping(settings.patience, verbose=False), _pruning(trial)],
    )
    trial.set_user_attr("trees", booster.best_iteration)
    return float(booster.best_score["held"]["binary_logloss"])


def _pruning(trial: optuna.Trial) -> Callable[[Any], None]:
    """Return what ends a trial that is worse than most were after as many trees."""

    def after_tree(env: Any) -> None:
        if (env.iteration + 1) % REPORT == 0:
            trial.report(env.evaluation_result_list[0][2], env.iteration + 1)
            if trial.should_prune():
                raise optuna.TrialPruned

    return after_tree


def _trees(problem: Problem, trial: optuna.trial.FrozenTrial) -> dict[str, int]:
    return {"trees" if problem.name == "repairs" else "row_trees": int(trial.user_attrs["trees"])}


def _first(study: optuna.Study) -> float:
    return float(study.trials[0].value or np.nan)


def _table(problem: Problem, study: optuna.Study) -> pl.DataFrame:
    """Return a line per trial; one that was cut short has the log-loss of its last report."""
    lines = [
        {
            "model": problem.name,
            "number": trial.number,
            "state": trial.state.name.lower(),
            "log_loss": trial.value,
            "trees": trial.user_attrs.get("trees"),
            **trial.params,
        }
        for trial in study.trials
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def changed(best: ModelSettings, model: ModelSettings) -> dict[str, Any]:
    """Return the settings that the search found otherwise than they were, floats with four digits."""
    before = asdict(model)
    found = {name: value for name, value in asdict(best).items() if value != before[name]}
    return {n: float(f"{v:.4g}") if isinstance(v, float) else v for n, v in found.items()}
