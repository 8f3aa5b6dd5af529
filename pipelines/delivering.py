"""Deliveries: every extract that was ingested is kept as it was read, and the next is compared with it.

They lie in `deliveries/` of the run's folder, where no stage writes: `index.json` has them in their order,
each known by a hash of its tables, with the hashes of the files, mapping and mends that it was read from.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.job import Job
from tadasu.extract.delivery import delivered
from tadasu.store import read_table, sha256, write_table, write_text
from tadasu.tables import DECISIONS, EXTRACT, SECOND_LOOK

FOLDER, INDEX = "deliveries", "index.json"
DECIDED = "decisions.parquet"
"""What staff decided, which the workbench writes."""
_DEFER = "defer"
"""The verdict that decides nothing."""

Years = Mapping[int, Mapping[str, pl.DataFrame]]


def keep(job: Job, years: Years) -> None:
    """Keep this delivery, and write what it brings over the one before: `delivery.json`, `second_look`.

    The same delivery ingested again is compared with the same one as before.
    """
    folder = job.root / FOLDER
    digest = _digest(job, years)
    index = known(job.root)
    decisions = _decisions(job)
    place = [one["digest"] for one in index].index(digest) if _has(index, digest) else len(index)
    previous = index[place - 1]["digest"] if place else ""
    report: dict[str, Any] = {"digest": digest, "previous": previous, "years": {}}
    for year, tables in years.items():
        before = _tables(folder / previous[:16] / str(year)) if previous else None
        first, since = _around(
            decisions.filter(tax_year=year), index[place]["at"] if place < len(index) else ""
        )
        found = delivered(before, tables, first) if before else None
        again = found.again.join(since, on="row_id", how="anti") if found else SECOND_LOOK.empty()
        job.write(f"{year}/{SECOND_LOOK.name}.parquet", again)
        if found:
            report["years"][str(year)] = {"tables": found.counts, "second_look": again.height}
    job.write("delivery.json", report)
    if place == len(index):
        _store(folder / digest[:16], years)
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        entry = {"digest": digest, "at": at, "inputs": job.inputs}
        write_text(folder / INDEX, json.dumps([*index, entry], indent=2) + "\n")
    job.detail["second_look"] = sum(year["second_look"] for year in report["years"].values())


def _decisions(job: Job) -> pl.DataFrame:
    """Return the decisions that stand and say something about the row."""
    path = job.root / DECIDED
    if not path.is_file():
        return DECISIONS.empty()
    job.inputs[DECIDED] = sha256(path)
    return read_table(path).filter(pl.col("voided_by").is_null(), pl.col("verdict") != _DEFER)


def _around(decisions: pl.DataFrame, at: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the decisions from before a delivery came in, and those since; '' where it only comes in now."""
    if not at:
        return decisions, decisions.clear()
    since = pl.col("decided_at") >= dt.datetime.fromisoformat(at)
    return decisions.filter(~since), decisions.filter(since)


def known(root: Path) -> list[dict[str, Any]]:
    """Return the deliveries of a run's folder in their order: digest, at (when it came in), inputs."""
    path = root / FOLDER / INDEX
    index: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return [{"at": "", **one} for one in index]  # earlier versions noted no time


def _has(index: list[dict[str, Any]], digest: str) -> bool:
    return any(one["digest"] == digest for one in index)


def _digest(job: Job, years: Years) -> str:
    """Return a hash of the tables as ingested: a file that was only saved anew makes no other delivery."""
    names = sorted(f"{year}/{name}.parquet" for year, tables in years.items() for name in tables)
    lines = [f"{name} {job.outputs[name]}" for name in names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _tables(folder: Path) -> dict[str, pl.DataFrame] | None:
    """Return a year of a delivery; None where it had none."""
    if not folder.is_dir():
        return None
    return {table.name: read_table(folder / f"{table.name}.parquet") for table in EXTRACT}


def _store(folder: Path, years: Years) -> None:
    for year, tables in years.items():
        for name, frame in tables.items():
            write_table(folder / str(year) / f"{name}.parquet", frame)
