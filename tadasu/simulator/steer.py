"""How often slips must happen for the base rate and the length of the list: measured on a few families."""

from dataclasses import replace

from tadasu.simulator.season import clean_books, season
from tadasu.simulator.settings import Knobs
from tadasu.simulator.slips.odds import Odds

PILOT_FAMILIES = 4_000
"""Families on which the list is measured; the same whatever the size of the ward."""


def steer(knobs: Knobs) -> Odds:
    """Return the odds under which a list has about `knobs.base_rate` rows that need a correction.

    The list of the last year is made once for the first families at the rates as they stand; rows are in
    proportion to the rates of what causes them, but for those that nothing wrong and nothing odd causes.
    """
    year = max(knobs.years)
    pilot = replace(knobs, block_size=PILOT_FAMILIES, missing_payer=0.0, payer_bug=None, reform_year=None)
    usual = Odds.of_ward(pilot)
    trial = season(pilot, 0, year, clean_books(pilot, 0, year - 1), usual)
    counts = dict(trial.rows.group_by("cause").len().rows())
    wanted = knobs.rates.value("size.rows_per_taxpayer") * trial.taxpayers
    wrong = knobs.base_rate * wanted / max(1, counts.get("wrong", 0))
    beside = counts.get("other", 0) + wrong * counts.get("slip", 0)
    innocent = ((1 - knobs.base_rate) * wanted - beside) / max(1, counts.get("innocent", 0))
    return Odds.of_ward(knobs, wrong=wrong, innocent=max(0.0, innocent))
