"""Time and memory of judging a new list with a trained ranker: featurize, score and suggest, by step.

    python -m benchmarks.bench_judging OUT [--year 2026] [--train]

OUT is the folder of a finished run (`make run … OUT=DIR`): its tables and its ranker are read, nothing is
written. `--train` also trains the ranker anew on the labelled years, from their saved features.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

from features.build import featurize
from models.ranker import load
from models.settings import ModelSettings, SuggestSettings
from models.suggest import suggest
from models.training import train
from pipelines.train import NAMES, Years
from tadasu.law import Law
from tadasu.tables import EXTRACT

T = TypeVar("T")


def timed(label: str, work: Callable[[], T]) -> T:
    """Do the work and print its seconds and the peak memory so far."""
    begun = time.perf_counter()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{label:<28}{time.perf_counter() - begun:8.1f} s   peak {peak:6,} MB", flush=True)
    return result


def read(folder: Path, year: int, names: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Read tables of a year by name."""
    return {name: pl.read_parquet(folder / str(year) / f"{name}.parquet") for name in names}


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--year", type=int)
    parser.add_argument("--train", action="store_true")
    chosen = parser.parse_args()
    years = sorted(int(path.name) for path in chosen.out.glob("[0-9][0-9][0-9][0-9]"))
    year = chosen.year or years[-1]
    names = tuple(table.name for table in EXTRACT)
    tables = timed("read tables", lambda: {y: read(chosen.out, y, names) for y in years if y <= year})
    law = Law.of(year)
    past = {y: tables[y] for y in tables if y < year}
    frames = timed(f"featurize {year}", lambda: featurize(tables[year], past, law))
    ranker = load(chosen.out / "ranker")
    lines = timed("suggest", lambda: suggest(ranker, frames, tables[year], SuggestSettings(), law=law))
    repairs = frames["repairs"].height
    print(f"{lines['row_id'].n_unique():,} rows, {repairs:,} repairs, {len(ranker.columns)} clues")
    if chosen.train:
        labelled = [y for y in past if read(chosen.out, y, ("truth",))["truth"].height]
        saved = Years(lambda y: read(chosen.out, y, NAMES), labelled)
        timed(f"train on {len(labelled)} years", lambda: train(saved, ModelSettings(), facts={}))


if __name__ == "__main__":
    main()
