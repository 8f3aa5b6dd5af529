"""The small ward, read and featurized once a test process."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from features.build import featurize
from tadasu.extract import read
from tadasu.law import Law

# No test may fail because the machine was busy, and each run draws the same examples.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

Tables = dict[int, dict[str, pl.DataFrame]]
MINI = Path(__file__).parents[1] / "wards" / "mini"


@pytest.fixture(scope="session")
def mini_tables() -> Tables:
    """The tables of wards/mini by tax year."""
    return read(MINI).tables


@pytest.fixture(scope="session")
def mini_frames(mini_tables: Tables) -> Tables:
    """Repairs, changes, features and truth of wards/mini by tax year."""
    return {
        year: featurize(tables, {y: t for y, t in mini_tables.items() if y < year}, Law.of(year))
        for year, tables in mini_tables.items()
    }
