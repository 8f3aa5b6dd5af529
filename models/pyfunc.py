"""The ranker as MLflow's ecosystem sees it: loaded by path, it gives calibrated probabilities.

Tadasu itself does not come this way: it resolves an alias and reads the folder with its own loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from tadasu.errors import TadasuError

if TYPE_CHECKING:
    import pandas as pd


KEY: dict[str, str] = {"tax_year": "long", "row_id": "string", "repair_id": "long"}


class Scores(Protocol):
    """What is needed of a ranker: the columns it reads, and its scoring of features."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the features that it reads."""
        ...

    def score(self, features: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the calibrated probability of each repair (row)."""
        ...


class Served:
    """A ranker with the one method that MLflow calls."""

    def __init__(self, ranker: Scores) -> None:
        self.ranker = ranker

    def predict(
        self,
        model_input: pd.DataFrame,
        params: Mapping[str, Any] | None = None,  # noqa: ARG002 (MLflow passes it)
    ) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the calibrated probability of each repair (line), float64 in [0, 1].

        Each row is judged as if alone: which rows are beside one another stands in no feature, so these
        differ from the suggestions, where it is known.

        Args:
            model_input: lines (tax_year, row_id, repair_id, columns…), columns in any order; all repairs of a
                row stand together, 'leave' (repair_id 0) first, for they share out what is likely of the row.
            params: none are known.

        Raises:
            TadasuError: declared columns are missing; the message lists them.
        """
        wanted = [*KEY, *self.ranker.columns]
        missing = [column for column in wanted if column not in model_input.columns]
        if missing:
            raise TadasuError(f"The model's input lacks {len(missing)} columns: {', '.join(missing)}.")
        return self.ranker.score(pl.from_pandas(model_input[wanted]))


def _load_pyfunc(path: str) -> Served:
    """Read the ranker's folder; the name is MLflow's."""
    from models.ranker import load

    return Served(load(Path(path)))
