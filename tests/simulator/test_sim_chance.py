"""Numbers by chance are functions of who they are about, and of nothing else."""

import numpy as np
import polars as pl
import pytest

from tadasu.simulator import chance

IDS = np.arange(40_000, dtype=np.int64)


def test_a_number_does_not_depend_on_who_else_is_drawn() -> None:
    whole = chance.uniform(7, "job", 2024, IDS)
    assert (chance.uniform(7, "job", 2024, IDS[500:700]) == whole[500:700]).all()
    assert (chance.uniform(7, "job", 2024, IDS[::-1]) == whole[::-1]).all()


@pytest.mark.parametrize("other", [(8, "job", 2024), (7, "pay", 2024), (7, "job", 2025), (7, "job", None)])
def test_seed_purpose_and_year_make_independent_streams(other: tuple[int, str, int | None]) -> None:
    both = np.corrcoef(chance.uniform(7, "job", 2024, IDS), chance.uniform(*other, IDS))[0, 1]
    assert abs(both) < 0.02


def test_numbers_are_even_and_inside_the_unit() -> None:
    numbers = chance.uniform(1, "even", None, IDS)
    assert 0 < numbers.min() < numbers.max() < 1
    counts = np.histogram(numbers, bins=20, range=(0, 1))[0]
    assert abs(counts / len(IDS) * 20 - 1).max() < 0.1


def test_choice_follows_its_weights_for_all_or_row_by_row() -> None:
    for_all = np.bincount(chance.choice(1, "choice", None, IDS, [1, 2, 1]), minlength=3) / len(IDS)
    assert for_all == pytest.approx([0.25, 0.5, 0.25], abs=0.01)
    rows = np.where(IDS[:, None] % 2 == 0, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 3.0]])
    assert (chance.choice(1, "rows", None, IDS, rows) == np.where(IDS % 2 == 0, 0, 2)).all()


def test_counts_and_amounts_have_the_mean_asked_for() -> None:
    assert chance.poisson(1, "count", None, IDS, 2.5).mean() == pytest.approx(2.5, abs=0.03)
    assert chance.lognormal(1, "amount", None, IDS, 1000.0, 0.5).mean() == pytest.approx(1000, rel=0.02)
    assert chance.normal(1, "normal", None, IDS).std() == pytest.approx(1, abs=0.02)


def test_what_drifts_stays_near_itself() -> None:
    years = [chance.normal(1, "drift", 2020 - back, IDS) for back in range(6)]
    now, before = chance.weighted(years[:5]), chance.weighted(years[1:])
    assert 0.7 < np.corrcoef(now, before)[0, 1] < 0.95
    assert now.std() == pytest.approx(1, abs=0.02)


def test_identifiers_give_the_numbers_to_draw_by() -> None:
    assert chance.numbers(pl.Series(["P0000000012", "H12"])).tolist() == [12, 12]
