"""Fit LightGBM models on folds of the same lines, several at a time, each on one thread.

Threads inside a fit wait for one another at every leaf, which costs more than the work itself where lines are
few or another process runs; fits side by side never wait. And what one thread adds up is the same sum on
every machine, so `threads` says how fast a model is made, not which.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
FEWEST = 20
"""Lines a leaf below which LightGBM's own filter would drop inputs that such a leaf can still be told by."""


def dataset(
    lines: npt.NDArray[np.float32],
    target: Mask | npt.NDArray[np.float64],
    parameters: dict[str, Any],
    weight: npt.NDArray[np.float64] | None = None,
    start: npt.NDArray[np.float64] | None = None,
) -> lightgbm.Dataset:
    """Bin the lines once for all folds: bins depend on the inputs alone, on no label.

    `target` says yes or no, or how likely yes is (for the objective `cross_entropy`); `start` are log-odds
    that the trees add to.
    """
    binning = {"max_bin": parameters["max_bin"], "verbosity": -1}
    if parameters["min_data_in_leaf"] < FEWEST:
        binning["feature_pre_filter"] = False
    label = target.astype(np.int8) if target.dtype == np.bool_ else target
    return lightgbm.Dataset(lines, label, weight=weight, init_score=start, params=binning).construct()


def fits(
    data: lightgbm.Dataset,
    parameters: dict[str, Any],
    masks: Sequence[Mask],
    threads: int,
    step: Callable[[], None],
) -> list[lightgbm.Booster]:
    """Return a model of the lines of each mask, and last the one of all lines (`together`)."""

    def fit(mask: Mask | None) -> lightgbm.Booster:
        inside = data if mask is None else data.subset(np.flatnonzero(mask).tolist())
        return lightgbm.train(parameters, inside)

    whole, *parts = together([partial(fit, mask) for mask in (None, *masks)], threads, step)  # longest first
    return [*parts, whole]


def together(
    jobs: Sequence[Callable[[], lightgbm.Booster]], threads: int, step: Callable[[], None]
) -> list[lightgbm.Booster]:
    """Return the model of each job; `threads` are fitted at a time, `step` called for each that is done."""
    pool = ThreadPoolExecutor(threads)
    try:
        every = [pool.submit(job) for job in jobs]
        for _ in as_completed(every):
            step()
        return [each.result() for each in every]
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C or an error no further fit begins
