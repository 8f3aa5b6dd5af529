"""The blocks of a ward, year by year: one after the other, or in several processes."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized

import polars as pl

from tadasu.simulator.season import Season, clean_books, season
from tadasu.simulator.settings import Knobs
from tadasu.simulator.slips.odds import Odds

Progress = Callable[[int, int], None]
"""Told how many block-years are done, of how many."""

_LOOK_EVERY = 0.3
_done: "Synchronized[int] | None" = None
"""In a process of the pool: how many block-years all of them have done."""


def made(knobs: Knobs, odds: Odds, workers: int, progress: Progress | None) -> list[Season]:
    """Return all seasons of a ward, block by block, in the order of the years; without everybody's books."""
    if workers <= 1 or knobs.blocks <= 1:
        return _alone(knobs, odds, progress)
    return _together(knobs, odds, workers, progress)


def _alone(knobs: Knobs, odds: Odds, progress: Progress | None) -> list[Season]:
    seasons: list[Season] = []
    for block in range(knobs.blocks):
        for one in _years(knobs, odds, block):
            seasons.append(one)
            if progress:
                progress(len(seasons), _all(knobs))
    return seasons


def _together(knobs: Knobs, odds: Odds, workers: int, progress: Progress | None) -> list[Season]:
    # spawned, not forked: a forked process would inherit the locks of polars' threads
    context = get_context("spawn")
    done = context.Value("q", 0)
    with ProcessPoolExecutor(workers, context, _share, (done,)) as pool:
        blocks = [pool.submit(_block, knobs, odds, block) for block in range(knobs.blocks)]
        waiting: set[Future[list[Season]]] = set(blocks)
        while waiting:
            waiting = wait(waiting, _LOOK_EVERY).not_done
            if progress:
                progress(done.value, _all(knobs))
        return [one for block in blocks for one in block.result()]


def _share(done: "Synchronized[int]") -> None:
    global _done
    _done = done


def _block(knobs: Knobs, odds: Odds, block: int) -> list[Season]:
    seasons = []
    for one in _years(knobs, odds, block):
        seasons.append(one)
        if _done is not None:
            with _done.get_lock():
                _done.value += 1
    return seasons


def _years(knobs: Knobs, odds: Odds, block: int) -> Iterator[Season]:
    """Yield a block's tax years, each from the books of the one before; the books are not kept."""
    books: pl.DataFrame | None = None
    for year in knobs.years:
        if books is None or year - 1 not in knobs.years:
            books = clean_books(knobs, block, year - 1)
        one = season(knobs, block, year, books, odds)
        books = one.books
        yield replace(one, books=books.clear())


def _all(knobs: Knobs) -> int:
    return knobs.blocks * len(knobs.years)
