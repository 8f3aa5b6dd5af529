"""Fit LightGBM models on folds of the same lines, several at a time, each on one thread.

Threads inside a fit wait for one another at every leaf, which costs more than the work itself where lines are
few or another process runs; fits side by side never wait. And what one thread adds up is the same sum on
every machine, so `threads` says how fast a model is made, not which.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


def dataset(
    lines: npt.NDArray[np.float32],
    target: Mask,
    parameters: dict[str, Any],
    weight: npt.NDArray[np.float64] | None = None,
) -> lightgbm.Dataset:
    """Bin the lines once for all folds: bins depend on the inputs alone, on no label."""
    binning = {"max_bin": parameters["max_bin"], "verbosity": -1}
    return lightgbm.Dataset(lines, target.astype(np.int8), weight=weight, params=binning).construct()


def fits(
    data: lightgbm.Dataset,
    parameters: dict[str, Any],
    masks: Sequence[Mask],
    threads: int,
    step: Callable[[], None],
) -> list[lightgbm.Booster]:
    """Return a model of the lines of each mask, and last the one of all lines.

    `threads` are fitted at a time; `step` is called once for each that is done.
    """

    def fit(mask: Mask | None) -> lightgbm.Booster:
        inside = data if mask is None else data.subset(np.flatnonzero(mask).tolist())
        return lightgbm.train(parameters, inside)

    pool = ThreadPoolExecutor(threads)
    try:
        whole = pool.submit(fit, None)  # the longest first
        parts = [pool.submit(fit, mask) for mask in masks]
        for _ in as_completed([whole, *parts]):
            step()
        return [each.result() for each in (*parts, whole)]
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C or an error no further fit begins
