"""The resident register (住民基本台帳) of a tax year, as it stands when the list is raised."""

from datetime import date

import numpy as np
import polars as pl

from tadasu.simulator.chance import Ids
from tadasu.simulator.identifiers import household_ids, person_ids
from tadasu.simulator.people import DIED, MOVED, NEVER, NOBODY, SINGLE, Codes, Flags, People, day, joined
from tadasu.tables import RELATIONSHIPS, RESIDENTS

_WORDS = ("head", "spouse", "child", "parent", "other", "grandchild", "sibling", "other")
_DISABILITIES = ("none", "ordinary", "special")
_RAISED = (4, 30)
_YEARS_KEPT = 2


def known_people(now: People, later: People, tax_year: int) -> People:
    """Return everybody of 1 January with those who arrived before the list was raised (`later`: a year on).

    Who married into a household here since is not yet married on the day that the tax goes by.
    """
    new = later.take(
        (later.since <= day(tax_year, *_RAISED)) & (now.at(later.number) < 0) & (later.since >= day(tax_year))
    )
    into = np.isin(new.number // 16, now.number // 16)
    new = new.but(
        spouse=np.where(into, NOBODY, new.spouse),
        marital=np.where(into, SINGLE, new.marital).astype(np.int8),
        left=np.full(len(new), NEVER),
        reason=np.zeros(len(new), dtype=np.int8),
    )
    return joined(now, new)


def registered(people: People, tax_year: int) -> Flags:
    """Return who of these people the register of a tax year holds."""
    until = day(tax_year - _YEARS_KEPT, *_RAISED)
    return np.asarray((people.since <= day(tax_year, *_RAISED)) & (people.left > until))


def residents(people: People, later: People, tax_year: int, cards: Codes, assisted: Flags) -> pl.DataFrame:
    """Return the standard table `residents` of the people whom the register holds.

    Args:
        people: those of `known_people`.
        later: the people a year on, for who left or died before the list was raised.
        tax_year: of the list.
        cards: disability in the register, of each.
        assisted: who lives on public assistance on 1 January.
    """
    raised = day(tax_year, *_RAISED)
    left, reason = _left(people, later, raised)
    frame = pl.DataFrame(
        {
            "person_id": person_ids(people.number),
            "household_id": household_ids(people.household),
            "relationship": _words(_WORDS, people.relation),
            "birth_date": people.birth.astype("datetime64[D]"),
            "sex": _words(("M", "F"), people.sex),
            "resident_since": np.minimum(people.since, raised).astype("datetime64[D]"),
            "left_on": pl.Series(np.where(left < NEVER, left, 0).astype("datetime64[D]")),
            "left_reason": _words(("", "moved", "died"), reason),
            "disability": _words(_DISABILITIES, cards),
            "public_assistance": assisted,
            "is_foreign": people.foreign,
        }
    )
    gone = pl.Series(left < NEVER)
    frame = frame.with_columns(
        left_on=pl.when(gone).then("left_on"), left_reason=pl.when(gone).then("left_reason")
    ).filter(pl.Series(registered(people, tax_year)))
    return RESIDENTS.arrange(frame.sort("person_id"))


def _left(people: People, later: People, raised: np.int32) -> tuple[Ids, Codes]:
    at = later.at(people.number)
    left = np.where(at >= 0, later.left[np.clip(at, 0, None)], people.left)
    reason = np.where(at >= 0, later.reason[np.clip(at, 0, None)], people.reason)
    known = left <= raised
    return np.where(known, left, NEVER).astype(np.int64), np.where(known, reason, 0).astype(np.int8)


def _words(words: tuple[str, ...], codes: Codes) -> pl.Series:
    return pl.Series(words).gather(codes.astype(np.int64))


def on(tax_year: int) -> date:
    """Return the day on which the register is read."""
    return date(tax_year, *_RAISED)


__all__ = ["DIED", "MOVED", "RELATIONSHIPS", "known_people", "on", "registered", "residents"]
