"""A tiny ward cut from `wards/mini`: quick to judge, with two labelled years and one to judge."""

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

MINI = Path(__file__).parents[2] / "wards" / "mini"
YEARS = (2024, 2025, 2026)
PARTS = 4


def _chosen(household: str) -> bool:
    # Not the bytes that a fold is chosen by, or all would be in one fold.
    return int.from_bytes(sha256(household.encode()).digest()[4:8]) % PARTS == 0


@pytest.fixture(scope="session")
def tiny_ward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in the standard layout: one in four households of three years; do not write to it."""
    folder = tmp_path_factory.mktemp("wards") / "tiny"
    for year in YEARS:
        tables = {path.stem: pl.read_parquet(path) for path in sorted((MINI / str(year)).glob("*.parquet"))}
        (folder / str(year)).mkdir(parents=True)
        for name, frame in _cut(tables).items():
            frame.write_parquet(folder / str(year) / f"{name}.parquet")
    return folder


def _cut(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Keep the list's rows of some households; people and papers stay, they are what rows refer to."""
    homes = tables["residents"]["household_id"].drop_nulls().unique()
    kept = [home for home in homes if _chosen(home)]
    people = tables["residents"].filter(pl.col("household_id").is_in(kept))
    rows = tables["inconsistencies"].join(people, on="person_id", how="semi")
    cut = {**tables, "inconsistencies": rows}
    for name in ("corrections", "second_opinions"):
        if name in tables:
            cut[name] = tables[name].join(rows, on="row_id", how="semi")
    return cut
