"""Train: the ranker that is used, on all labelled years, and the one that is tested, without the newest."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pipelines.job import Job, Progress, quiet
from pipelines.settings import ROOT
from tadasu.errors import TadasuError
from tadasu.tables import CORRECTIONS, INCONSISTENCIES, RESIDENTS

if TYPE_CHECKING:
    from models.ranker import Ranker
    from models.settings import ModelSettings

NAMES = ("features", "truth", "changes", "linked", INCONSISTENCIES.name, RESIDENTS.name, CORRECTIONS.name)
PACKAGES = ("tadasu", "features", "models")


class Years(Mapping[int, dict[str, pl.DataFrame]]):
    """Tables by tax year, read each time they are asked for: only one year is held at a time."""

    def __init__(self, read: Callable[[int], dict[str, pl.DataFrame]], years: Iterable[int]) -> None:
        self._read, self._years = read, tuple(years)

    def __getitem__(self, year: int) -> dict[str, pl.DataFrame]:
        """Read the tables of a year."""
        if year not in self._years:
            raise KeyError(year)
        return self._read(year)

    def __iter__(self) -> Iterator[int]:
        """Go through the years."""
        return iter(self._years)

    def __len__(self) -> int:
        """Count the years."""
        return len(self._years)


def train(
    years: Mapping[int, dict[str, pl.DataFrame]],
    settings: "ModelSettings",
    *,
    facts: dict[str, str],
    progress: Progress = quiet,
) -> dict[str, "Ranker"]:
    """Return `ranker`, trained on all labelled years, and of several years `backtest`, without the last.

    Raises:
        TadasuError: no year is labelled.
    """
    from models.training import train as fit

    labelled = sorted(years)
    if not labelled:
        raise TadasuError(
            "No earlier year of the extract has labels: none has both a list and what staff did about its "
            "rows (corrections). Add such a year to the extract, or name the folder of a ranker that "
            "was trained elsewhere with train.from=FOLDER."
        )
    sets = {"ranker": labelled, "backtest": labelled[:-1]}
    rankers = {}
    for place, (name, chosen) in enumerate((name, chosen) for name, chosen in sets.items() if chosen):

        def told(label: str, share: float, name: str = name, place: int = place) -> None:
            progress(f"{name} {label}", (place + share) / 2)

        rankers[name] = fit(Years(years.__getitem__, chosen), settings, facts=facts, progress=told)
    progress("", 1.0)
    return rankers


def run(job: Job) -> None:
    """Train on the labelled years before the newest, or take over the ranker that is named."""
    named = job.settings.train["from"]
    rankers = {"ranker": _load(named)} if named else _train(job)
    for name, ranker in rankers.items():
        job.write_folder(name, ranker.save)
    job.detail["model_id"] = rankers["ranker"].model_id
    job.detail["backtest"] = rankers["backtest"].model_id if "backtest" in rankers else None


def _load(folder: Path) -> "Ranker":
    from models.ranker import load

    if not folder.is_dir():
        raise TadasuError(
            f"{folder}: no such folder. train.from=FOLDER names a ranker's, as train writes it: OUT/ranker."
        )
    return load(folder)


def _train(job: Job) -> dict[str, "Ranker"]:
    *earlier, _ = job.years()
    labelled = [year for year in earlier if job.table(year, "truth").height]
    years = Years(lambda year: _learnt(job, year), labelled)
    for year in labelled:
        for name in NAMES:
            job.path(f"{year}/{name}.parquet")  # what is read enters the model's identity
    facts = {"data": job.digest(), **law_and_code(job.settings.ward.ordinance)}
    return train(years, job.settings.model, facts=facts, progress=job.progress)


def _learnt(job: Job, year: int) -> dict[str, pl.DataFrame]:
    """Read the tables of a year; of its features, which are gigabytes, only the lines of labelled rows."""
    tables = job.tables(year, [name for name in NAMES if name != "features"])
    rows = tables["truth"]["row_id"].unique()
    every = pl.scan_parquet(job.path(f"{year}/features.parquet"))
    return {**tables, "features": every.filter(pl.col("row_id").is_in(rows.implode())).collect()}


def law_and_code(ordinance: str) -> dict[str, str]:
    """Return one hash of the law as data and one of the code that a suggestion depends on."""
    law = ROOT / "tadasu" / "law"
    numbers = [*(law / "years").glob("*.yaml"), law / "ordinances" / f"{ordinance}.yaml"]
    code = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {"law": _digest(numbers), "code": _digest(code)}


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


if __name__ == "__main__":
    from pipelines.stage import main

    main("train")
