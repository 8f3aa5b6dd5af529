"""The people of the ward over linked years, and everything that is true of them in one: `year`."""

import numpy as np

from tadasu.law import Law
from tadasu.simulator.facts import Facts
from tadasu.simulator.lives import frames
from tadasu.simulator.lives.life import life
from tadasu.simulator.lives.year import Year
from tadasu.simulator.people import NEVER, day
from tadasu.simulator.population.history import people_of
from tadasu.simulator.population.register import known_people, registered, residents
from tadasu.simulator.settings import Knobs
from tadasu.simulator.truth import truth

__all__ = ["year"]


def year(knobs: Knobs, block: int, tax_year: int) -> Facts:
    """Return what is true of a block of families (0 … `knobs.blocks` - 1) in a tax year.

    It follows from the knobs alone, whatever was computed before; nothing of another block matters.
    """
    now, later = people_of(knobs, block, tax_year), people_of(knobs, block, tax_year + 1)
    everybody = known_people(now, later, tax_year)
    died_before = (everybody.reason == 2) & (everybody.left < day(tax_year - 1)) & (everybody.since != NEVER)
    law = Law.of(tax_year)
    its = life(Year(knobs, tax_year, law, everybody.take(~died_before)))
    people = its.year.people
    who = registered(people, tax_year)
    lives, jobs = frames.lives(its, who), frames.jobs(its, who)
    pensions, claims, gifts = frames.pensions(its, who), frames.claims(its, who), frames.gifts(its, who)
    # who died before the income year is in the register still, and has no other facts
    cards, assisted = np.zeros(len(everybody), dtype=np.int8), np.zeros(len(everybody), dtype=bool)
    cards[~died_before], assisted[~died_before] = its.family.card, its.assisted
    return Facts(
        residents=residents(everybody, later, tax_year, cards, assisted),
        lives=lives, jobs=jobs, pensions=pensions, claims=claims, gifts=gifts, payers=its.earned.payers.frame,
        truth=truth(lives, jobs, pensions, claims, gifts, law),
    )  # fmt: skip
