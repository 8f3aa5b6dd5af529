"""Whether one amount is another mis-keyed: a digit dropped, added, replaced, or two exchanged."""

import polars as pl

PLACES = 9
"""Digits of an amount that are looked at."""
LEAST = 100
"""Amounts below this have too few digits to say anything."""


def keyed(typed: pl.Expr, meant: pl.Expr) -> pl.Expr:
    """Return how `typed` comes of `meant` by one slip of the keys (yen, 0 or more), or null.

    1 two neighbouring digits exchanged, 2 a digit dropped, 3 a digit added, 4 a digit replaced.
    """
    places = range(PLACES)
    ways = (
        pl.any_horizontal(_exchanged(typed, meant, place) for place in places[:-1]),
        pl.any_horizontal(_without(meant, place) == typed for place in places),
        pl.any_horizontal(_without(typed, place) == meant for place in places),
        pl.any_horizontal(_elsewhere(typed, meant, place, 1) for place in places),
    )
    told = (typed >= LEAST) & (meant >= LEAST) & (typed != meant)
    numbered = pl.coalesce(pl.when(told & way).then(number) for number, way in enumerate(ways, 1))
    return numbered.cast(pl.Int64)


def _ten(place: int) -> int:
    return int(10**place)


def _without(amount: pl.Expr, place: int) -> pl.Expr:
    """Return the amount without its digit at a place; its leading digit counts as present."""
    rest = amount // _ten(place + 1) * _ten(place) + amount % _ten(place)
    return pl.when(amount >= _ten(place)).then(rest)


def _elsewhere(typed: pl.Expr, meant: pl.Expr, place: int, width: int) -> pl.Expr:
    """Return whether only `width` digits from a place on differ, of amounts as long."""
    above = typed // _ten(place + width) == meant // _ten(place + width)
    longer = (typed >= _ten(place + width - 1)) & (meant >= _ten(place + width - 1))
    return above & (typed % _ten(place) == meant % _ten(place)) & longer


def _exchanged(typed: pl.Expr, meant: pl.Expr, place: int) -> pl.Expr:
    pair, other = typed // _ten(place) % 100, meant // _ten(place) % 100
    swapped = (pair // 10 == other % 10) & (pair % 10 == other // 10)
    return _elsewhere(typed, meant, place, 2) & swapped
