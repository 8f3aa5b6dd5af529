"""Who claims whom: spouse, children, parents, others; lawful, by at most one, carried by an adopted paper."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tadasu.simulator.chance import Wholes
from tadasu.simulator.lives.filing import NO_PAPER, ON_ADJUSTED, ON_JOB, ON_PENSION, ON_RETURN
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import MOVED, NOBODY, Codes

ROLES = ("spouse", "dependent", "under16")
SPOUSE_ROLE, DEPENDENT, UNDER16 = (np.int8(code) for code in range(3))
RELATIONS = ("spouse", "child", "parent", "sibling", "other")
_OF_SPOUSE, _OF_CHILD, _OF_PARENT, _OF_SIBLING, _OF_OTHER = (np.int8(code) for code in range(5))
_LEAVES_HOME = 18
STATED_ON = {
    int(ON_RETURN): "return",
    int(ON_ADJUSTED): "job",
    int(ON_PENSION): "pension",
    int(ON_JOB): "job",
}


@dataclass(slots=True, eq=False)
class Claims:
    """Claims by position of claimant (`who`) and relative (`whom`), with role and relation."""

    who: Wholes
    whom: Wholes
    role: Codes
    relation: Codes

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.who)


class _Law:
    """The limits that the claims are lawful by."""

    def __init__(self, year: Year) -> None:
        law = year.law
        self.relative, self.claimant = law.relative_income_limit, law.spouse_limit_own
        ages = law.ages
        self.from_age, self.student_from, self.student_to = (
            ages.dependent_from.value,
            ages.specified_from.value,
            ages.specified_before.value,
        )
        incomes = np.arange(0, 2_500_000, 10_000)
        table = pl.DataFrame({"income": incomes})
        spouse = (
            table.select(law.spouse_special(pl.lit(0, pl.Int64), pl.col("income"))).to_series().to_numpy()
        )
        student = table.select(law.specified_relative_special(pl.col("income"))).to_series().to_numpy()
        self.spouse = int(incomes[spouse > 0].max()) if (spouse > 0).any() else self.relative
        self.student = int(incomes[student > 0].max()) if (student > 0).any() else self.relative


def claims(year: Year, total_income: Wholes, carrier: Codes) -> Claims:
    """Return all claims of the year.

    Args:
        year: the income year.
        total_income: yen of each person.
        carrier: the paper that carries each one's claims (`filing.carrier`).
    """
    made = _Claiming(year, total_income, carrier)
    parts = [made.spouses(), made.children(), made.parents(), made.siblings()]
    found = Claims(
        *(np.concatenate([getattr(part, n) for part in parts]) for n in ("who", "whom", "role", "relation"))
    )
    order = np.lexsort((found.whom, found.role, found.who))
    return Claims(found.who[order], found.whom[order], found.role[order], found.relation[order])


class _Claiming:
    """One claimer after the other; who is claimed already is left alone."""

    def __init__(self, year: Year, total_income: Wholes, carrier: Codes) -> None:
        self.year, self.total, self.carrier, self.law = year, total_income, carrier, _Law(year)
        self.may_claim = (carrier != NO_PAPER) & year.alive & (year.age >= 18)
        self.taken = np.zeros(year.n, dtype=bool)
        self.rates = year.rates.section("claims")

    def spouses(self) -> Claims:
        """Who earns more claims the other, within both limits."""
        year, p = self.year, self.year.people
        partner = p.at(p.spouse)
        here = (partner >= 0) & year.alive & year.married
        here &= year.alive[np.clip(partner, 0, None)]
        other = np.where(here, self.total[partner], 0)
        more = here & ((self.total > other) | ((self.total == other) & (p.number < p.spouse)))
        special = (self.carrier == ON_ADJUSTED) | (self.carrier == ON_RETURN)
        lawful = more & (self.total <= self.law.claimant) & self.may_claim
        lawful &= other <= np.where(special, self.law.spouse, self.law.relative)
        share = year.rates.curve("claims.spouse", self.total.astype(np.float64))
        elder = year.age[np.clip(partner, 0, None)] >= year.law.ages.elderly_from.value
        share = np.where(elder, self.rates["spouse_from_70"], share)
        claims = lawful & (year.uniform("claims spouse", ever=True) < share)
        who = np.where(claims)[0]
        return self._take(who, partner[who], SPOUSE_ROLE, _OF_SPOUSE)

    def _take(self, who: Wholes, whom: Wholes, role: np.int8 | Codes, relation: np.int8) -> Claims:
        self.taken[whom] = True
        n = len(who)
        return Claims(who, whom, np.broadcast_to(np.asarray(role, np.int8), n), np.full(n, relation))

    def _free(self, limit: Wholes | int) -> Flags:
        """Who may be somebody's dependant: alive, of little income, not claimed yet."""
        return self.year.alive & (self.total <= limit) & ~self.taken

    def children(self) -> Claims:
        """Of two parents the one who earns more claims, mostly; whose child lives elsewhere to study too."""
        year, p = self.year, self.year.people
        mother, father = p.at(p.mother), p.at(p.father)
        together = self._together(mother, father)
        from_19 = (year.age >= self.law.student_from) & (year.age < self.law.student_to)
        free = self._free(np.where(from_19, self.law.student, self.law.relative)) & ~year.married
        claimant = self._parent_who_claims(mother, father, together)
        to = np.clip(claimant, 0, None)
        home = p.household == p.household[to]
        away = (p.reason == MOVED) | (year.far & (year.age >= _LEAVES_HOME))
        near = home | (away & (year.age < self.law.student_to)) | (~year.far & (year.age < _LEAVES_HOME))
        special = (self.carrier[to] == ON_ADJUSTED) | (self.carrier[to] == ON_RETURN)
        lawful = (
            free & (claimant >= 0) & near & (special | (self.total <= self.law.relative)) & self.may_claim[to]
        )
        grown = year.age >= self.law.student_to
        share = np.where(grown, self.rates["grown_child"], self.rates["child"])
        claims = lawful & (year.uniform("claimed by parent", ever=True) < share)
        whom = np.where(claims)[0]
        role = np.where(year.age[whom] < self.law.from_age, UNDER16, DEPENDENT)
        return self._take(claimant[whom], whom, role, _OF_CHILD)

    def _together(self, mother: Wholes, father: Wholes) -> Flags:
        household = self.year.people.household
        both = (mother >= 0) & (father >= 0)
        return np.asarray(both & (household[np.clip(mother, 0, None)] == household[np.clip(father, 0, None)]))

    def _parent_who_claims(self, mother: Wholes, father: Wholes, together: Flags) -> Wholes:
        year, p = self.year, self.year.people
        m, f = np.clip(mother, 0, None), np.clip(father, 0, None)
        can_m, can_f = (mother >= 0) & self.may_claim[m], (father >= 0) & self.may_claim[f]
        swapped = year.uniform("lower parent claims", ever=True) < self.rates["by_mother_though_lower"]
        by_mother = (self.total[m] > self.total[f]) ^ (swapped & (self.total[m] > self.law.relative))
        apart = np.where((mother >= 0) & (p.household == p.household[m]), mother, father)
        of_both = np.where(can_m & (by_mother | ~can_f), mother, father)
        return np.where(together, of_both, np.where(apart >= 0, apart, np.maximum(mother, father)))

    def parents(self) -> Claims:
        """Children with an income claim a parent who lives with them, or near, or whom they support."""
        year, p = self.year, self.year.people
        free = self._free(self.law.relative) & (year.age >= 50)
        sole = free & ~year.people.foreign
        parts = []
        for column in (p.mother, p.father):
            parent = p.at(column)
            to = np.clip(parent, 0, None)
            home = p.household == p.household[to]
            share = np.where(home, self.rates["parent_together"], self.rates["parent_near"])
            share = np.where(year.far[to], self.rates["parent_far"] * np.where(p.foreign, 3.0, 1.0), share)
            can = (
                (parent >= 0)
                & self.may_claim
                & (free[to] | (sole[to]))
                & (self.total > 2 * self.law.relative)
            )
            can &= (year.age >= 25) & (year.uniform("claims parent", ever=True, ids=p.number[to]) < share)
            parts.append(self._greatest(np.where(can)[0], to))
        who = np.concatenate([who for who, _ in parts])
        whom = np.concatenate([whom for _, whom in parts])
        return self._take(who, whom, DEPENDENT, _OF_PARENT)

    def _greatest(self, who: Wholes, parent: Wholes) -> tuple[Wholes, Wholes]:
        """Of several children the one with the greatest income claims."""
        order = who[np.lexsort((-self.total[who], parent[who]))]
        first = np.ones(len(order), dtype=bool)
        first[1:] = parent[order][1:] != parent[order][:-1]
        return order[first], parent[order[first]]

    def siblings(self) -> Claims:
        """The head of a household claims others in it who have little."""
        year, p = self.year, self.year.people
        heads = np.where(p.is_head & self.may_claim & (self.total > 2 * self.law.relative))[0]
        order = heads[np.argsort(p.household[heads], kind="stable")]
        if not len(order):
            none = np.zeros(0, dtype=np.int64)
            return self._take(none, none, DEPENDENT, _OF_SIBLING)
        at = np.clip(np.searchsorted(p.household[order], p.household), 0, len(order) - 1)
        head = np.where(p.household[order][at] == p.household, order[at], -1)
        free = (
            self._free(self.law.relative)
            & ~year.married
            & (p.spouse == NOBODY)
            & (year.age >= self.law.from_age)
        )
        kin = np.isin(p.relation, [2, 3, 5, 6]) & year.resident & ~p.is_head
        claims = (
            free & kin & (head >= 0) & (year.uniform("claimed by head", ever=True) < self.rates["sibling"])
        )
        whom = np.where(claims)[0]
        relation = np.select(
            [p.relation[whom] == 2, p.relation[whom] == 3, p.relation[whom] == 6],
            [_OF_CHILD, _OF_PARENT, _OF_SIBLING],
            _OF_OTHER,
        )
        taken = self._take(head[whom], whom, DEPENDENT, _OF_OTHER)
        taken.relation = relation.astype(np.int8)
        return taken
