"""Who heads each household, and how the others are related to the head."""

import numpy as np

from tadasu.simulator.chance import Ids
from tadasu.simulator.people import (
    CHILD,
    GRANDCHILD,
    GRANDPARENT,
    HEAD,
    NEVER,
    NOBODY,
    OTHER,
    PARENT,
    SIBLING,
    SPOUSE,
    Flags,
    People,
)


def related(people: People) -> People:
    """Return the people with a head in every household, and everybody's relation to theirs.

    A household whose head has gone is headed by the spouse, otherwise by its eldest. Who left keeps the
    relation they had.
    """
    active = (people.left == NEVER) & (people.since != NEVER)
    people = _headed(people, active)
    head = _heads(people, active)
    return people.but(
        relation=np.where(active & (head >= 0), _relation(people, head), people.relation).astype(np.int8)
    )


def _headed(people: People, active: Flags) -> People:
    """The first by this order heads: who did, the former head's spouse, the eldest."""
    led = people.is_head & active
    partner = people.at(people.spouse)
    former = people.is_head & ~active
    next_in_line = (partner >= 0) & former[partner]
    widow = np.isin(people.number, people.number[next_in_line])
    rank = np.where(led, 0, np.where(widow, 1, 2))
    order = np.lexsort((people.birth, rank, np.where(active, people.household, NOBODY)))
    household = np.where(active, people.household, NOBODY)[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = household[1:] != household[:-1]
    is_head = np.zeros(len(people), dtype=bool)
    is_head[order[first & (household != NOBODY)]] = True
    return people.but(is_head=np.where(active, is_head, people.is_head))


def _heads(people: People, active: Flags) -> Ids:
    """Return the position of each one's head, -1 for who has none."""
    heads = np.where(people.is_head & active)[0]
    order = heads[np.argsort(people.household[heads], kind="stable")]
    if not len(order):
        return np.full(len(people), -1)
    found = np.clip(np.searchsorted(people.household[order], people.household), 0, len(order) - 1)
    return np.where(people.household[order][found] == people.household, order[found], -1)


def _relation(people: People, head: Ids) -> Ids:
    h = people.take(np.clip(head, 0, None))
    spouse = people.take(np.clip(people.at(h.spouse), 0, None))
    has_spouse = people.at(h.spouse) >= 0
    parents = (people.mother, people.father)

    def known(number: Ids, other: Ids) -> Flags:
        return np.asarray((number != NOBODY) & (number == other))

    is_child = np.logical_or.reduce(
        [known(x, h.number) | (has_spouse & known(x, spouse.number)) for x in parents]
    )
    is_parent = known(people.number, h.mother) | known(people.number, h.father)
    is_parent |= has_spouse & (known(people.number, spouse.mother) | known(people.number, spouse.father))
    via = [people.take(np.clip(people.at(x), 0, None)) for x in parents]
    grand = np.logical_or.reduce(
        [
            (people.at(x) >= 0) & (known(v.mother, h.number) | known(v.father, h.number))
            for x, v in zip(parents, via, strict=True)
        ]
    )
    sibling = known(people.mother, h.mother) | known(people.father, h.father)
    far = people.relation == GRANDPARENT
    return np.select(
        [people.number == h.number, known(people.spouse, h.number), is_child, is_parent, grand, sibling, far],
        [HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD, SIBLING, GRANDPARENT],
        np.where(people.relation == SIBLING, SIBLING, OTHER),
    )
