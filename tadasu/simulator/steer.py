"""How often slips must happen for the base rate and the length of the list: measured on a few families."""

from functools import cache

from tadasu.simulator.season import clean_books, season
from tadasu.simulator.settings import Knobs
from tadasu.simulator.slips.odds import Odds

PILOT_FAMILIES = 4_000
"""Families on which the list is measured, the same however the ward is cut into blocks."""
_PILOT_ROWS = 700
"""Rows of a ward that has so many families at least."""


def steer(knobs: Knobs) -> Odds:
    """Return the odds under which a list has about `knobs.base_rate` rows that need a correction.

    The list of the last year is made once for the first families at the rates as they stand; rows are in
    proportion to the rates of what causes them, but for those that nothing wrong and nothing odd causes.
    """
    year = max(knobs.years)
    pilot = Knobs(
        seed=knobs.seed,
        rows=max(knobs.rows, _PILOT_ROWS),
        years=(year,),
        origin=knobs.origin,
        ward=knobs.ward,
        noise=0.0,
        block_size=PILOT_FAMILIES,
    )
    counts, taxpayers = _measured(pilot)
    wanted = knobs.rates.value("size.rows_per_taxpayer") * taxpayers
    wrong = knobs.base_rate * wanted / max(1, counts.get("wrong", 0))
    beside = counts.get("other", 0) + wrong * counts.get("slip", 0)
    innocent = ((1 - knobs.base_rate) * wanted - beside) / max(1, counts.get("innocent", 0))
    return Odds.of_ward(knobs, wrong=wrong, innocent=max(0.0, innocent))


@cache
def _measured(pilot: Knobs) -> tuple[dict[str, int], int]:
    """Return how many rows each cause has in the pilot's list, and of how many taxpayers."""
    (year,) = pilot.years
    trial = season(pilot, 0, year, clean_books(pilot, 0, year - 1), Odds.of_ward(pilot))
    return dict(trial.rows.group_by("cause").len().iter_rows()), trial.taxpayers
