"""Jobs of an income year: for whom each person works, since and until when, and what they are paid."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from tadasu.simulator import chance
from tadasu.simulator.chance import Ids, Reals, Wholes
from tadasu.simulator.lives import insurance
from tadasu.simulator.lives.careers import EXECUTIVE, OUT, REGULAR, SELF_EMPLOYED, career
from tadasu.simulator.lives.pay import annual_pay
from tadasu.simulator.lives.payers import CITY, Payers
from tadasu.simulator.lives.year import Flags, Year
from tadasu.simulator.people import DIED, Codes, day

_LOOKBACK = 15
"""Years after which a job counts as held for ever."""
_MONTH = 30.4
_WITHHOLDS_FROM = 2
"""People at an employer from whose pay resident tax is withheld (特別徴収)."""


@dataclass(slots=True, eq=False)
class Jobs:
    """Jobs by position of the person in the year's people.

    Attributes:
        who: position of the person.
        payer: position of the payer.
        revenue, social_insurance, withheld: yen of the year.
        main: by the main column (甲).
        started, left: days, -1 where the job lasted through that end of the year.
        adjusted: year-end adjusted.
        rolled_into: position of the payer that counted this job in, -1 where none did.
        special: resident tax is withheld from the pay.
    """

    who: Wholes
    payer: Wholes
    revenue: Wholes
    social_insurance: Wholes
    withheld: Wholes
    main: Flags
    started: Wholes
    left: Wholes
    adjusted: Flags
    rolled_into: Wholes
    special: Flags

    def sum_by(self, n: int, amount: Wholes) -> Wholes:
        """Return the sum of an amount over the jobs of each of `n` people."""
        return np.bincount(self.who, weights=amount, minlength=n).astype(np.int64)

    def has(self, n: int, flag: Flags) -> Flags:
        """Return who of `n` people has a job with a flag."""
        return np.bincount(self.who[flag], minlength=n) > 0


class _Work:
    """The making of the jobs of one year."""

    def __init__(self, year: Year, payers: Payers) -> None:
        self.year, self.payers = year, payers
        at = year.income_year
        self.before, self.now, self.after = (career(year, at + step) for step in (-1, 0, 1))
        self.pay = annual_pay(year, self.now)
        self.changed = [_changes(year, self.now, at - back) for back in range(_LOOKBACK)]
        self.works = _employed(self.now)

    def main_jobs(self) -> list[pl.DataFrame]:
        """The job held last in the year, and the one before it where somebody changed."""
        year = self.year
        moves = self.changed[0] & self.works & _employed(self.before)
        enters = self.works & ~_employed(self.before)
        stops = self.works & ~_employed(self.after) & year.alive
        stops &= year.uniform("leaves during the year") < year.rates.value("work.leaves_during_year")
        start = self._start(moves, enters)
        end = self._end(stops)
        end = np.where(moves & (end >= 0), -1, end)
        last = self._frame(self.works, self._employer(0), start, end, "last")
        gap = (10 + 80 * year.uniform("gap between jobs") ** 2).astype(np.int64)
        first_end = np.maximum(start - gap, day(year.income_year) + 20)
        first = self._frame(
            moves & (start > day(year.income_year) + 40),
            self._employer(1),
            np.full(year.n, -1),
            first_end,
            "first",
        )
        return [last, first]

    def _start(self, moves: Flags, enters: Flags) -> Wholes:
        year, first = self.year, int(day(self.year.income_year))
        u, spring = year.uniform("start of job"), year.uniform("start in spring") < 0.4
        when = np.where(spring, first + 90, first + 15 + u * 320).astype(np.int64)
        return np.where(moves | enters, when, -1)

    def _end(self, stops: Flags) -> Wholes:
        year, first = self.year, int(day(self.year.income_year))
        u = year.uniform("end of job")
        when = np.where(u < 0.4, first + 89, first + 20 + u * 335).astype(np.int64)
        died = (year.people.reason == DIED) & ~year.alive
        return np.where(died, year.people.left.astype(np.int64), np.where(stops, when, -1))

    def _employer(self, spell: int) -> Wholes:
        """Return the employer of the present spell, or of the one before."""
        year = self.year
        begun = np.full(year.n, 0)
        for back in reversed(range(spell, _LOOKBACK)):
            begun = np.where(self.changed[back], year.income_year - back, begun)
        key = year.people.number * 8192 + begun
        return self.payers.employer(year.uniform("employer", ever=True, ids=key))

    def _frame(self, who: Flags, payer: Wholes, start: Wholes, end: Wholes, which: str) -> pl.DataFrame:
        year, first = self.year, int(day(self.year.income_year))
        begins, ends = np.where(start >= 0, start, first), np.where(end >= 0, end, first + 365)
        months = np.clip((ends - begins) / _MONTH, 0.2, 12)
        months = np.where((start < 0) & (end < 0), 12.0, months)
        level = np.where(which == "first", 0.85 + 0.2 * year.uniform("pay before"), 1.0)
        revenue = np.maximum(np.rint(self.pay * level * months / 12), 10_000)
        return pl.DataFrame(
            {
                "who": np.arange(year.n), "payer": payer, "revenue": revenue.astype(np.int64),
                "annual": self.pay * level, "career": self.now, "started": start, "left": end,
                "main": np.full(year.n, True), "last": np.full(year.n, which == "last"),
            }
        ).filter(pl.Series(who))  # fmt: skip

    def side_jobs(self) -> list[pl.DataFrame]:
        """Second jobs and directorships (乙欄), and small sums from the ward office."""
        year, section = self.year, self.year.rates.section("work.second_job")
        share = np.select(
            [self.now == REGULAR, self.now == EXECUTIVE, self.now == SELF_EMPLOYED, self.works],
            [section["regular"], section["executive"], section["self_employed"], section["other"]],
            0.0,
        )
        z = year.lasting("second job")
        has = (ndtr(z) < share) & year.alive
        leads = self.now == EXECUTIVE
        pay = year.rates.section("pay")
        mean = np.where(leads, pay["second_directorship"]["mean"], pay["second_job"]["mean"])
        amount = year.amount(mean, pay["second_job"]["spread"], "pay of second job")
        key = year.people.number * 8192 + 8191
        payer = self.payers.employer(year.uniform("second employer", ever=True, ids=key))
        payer = np.where(payer == self._employer(0), np.where(payer > 1, payer - 1, payer + 1), payer)
        city = (year.uniform("paid by the ward", ever=True) < year.rates.value("work.city_pays")) & (
            year.age >= 25
        )
        city &= year.alive & ~year.far
        small = year.amount(pay["city"]["mean"], pay["city"]["spread"], "pay by the ward")
        return [self._side(has, payer, amount), self._side(city, np.full(year.n, CITY), small)]

    def _side(self, who: Flags, payer: Wholes, amount: Reals) -> pl.DataFrame:
        n, no = self.year.n, np.full(self.year.n, -1)
        revenue = np.maximum(np.rint(amount / 1000) * 1000, 5_000)
        return pl.DataFrame(
            {
                "who": np.arange(n), "payer": payer, "revenue": revenue.astype(np.int64),
                "annual": amount, "career": self.now, "started": no, "left": no,
                "main": np.full(n, False), "last": np.full(n, False),
            }
        ).filter(pl.Series(who))  # fmt: skip


def jobs(year: Year, payers: Payers) -> Jobs:
    """Return all jobs of the year."""
    work = _Work(year, payers)
    frame = pl.concat([*work.main_jobs(), *work.side_jobs()])
    again = pl.int_range(pl.len()).over("who", "payer")  # nobody has two jobs at one payer: the next one then
    frame = frame.with_columns(payer=pl.col("payer") + again)
    order = ("who", "main", "last", "payer", "revenue")
    frame = frame.sort(*order, descending=[False, True, True, False, False], maintain_order=True)
    column = {name: frame[name].to_numpy() for name in frame.columns}
    who = column["who"]
    insured = column["main"] & insurance.insured(year, column["career"], column["annual"], column["payer"])
    social = insurance.of_job(year, who, column["revenue"], insured, payers.health[column["payer"]])
    ids = year.people.number[who] * 4 + np.where(column["main"], np.where(column["last"], 0, 1), 2)
    adjusted, size = _adjusted(year, column, ids), payers.frame["size"].to_numpy()
    stays = column["main"] & column["last"] & (column["left"] < 0)
    return Jobs(
        who=who, payer=column["payer"], revenue=column["revenue"], social_insurance=social,
        withheld=insurance.withheld(year, column["revenue"], column["annual"], social, column["main"]),
        main=column["main"], started=column["started"], left=column["left"], adjusted=adjusted,
        rolled_into=_rolled(year, column, adjusted, ids),
        special=stays & (size[column["payer"]] >= _WITHHOLDS_FROM),
    )  # fmt: skip


def _adjusted(year: Year, column: dict[str, NDArray[Any]], ids: Ids) -> Flags:
    """Employers adjust who is theirs at the year's end (or died), by the main column, up to a high pay."""
    there = (column["left"] < 0) | ~year.alive[column["who"]]
    within = column["revenue"] <= year.rates.value("filing.large_salary")
    omitted = year.uniform("not adjusted", ids=ids) < year.rates.value("work.not_adjusted")
    return np.asarray(column["main"] & column["last"] & there & within & ~omitted)


def _rolled(year: Year, column: dict[str, NDArray[Any]], adjusted: Flags, ids: Ids) -> Wholes:
    """Return the payer whose adjustment counts an earlier main job in."""
    into = np.full(year.n, -1)
    into[column["who"][adjusted]] = column["payer"][adjusted]
    earlier = column["main"] & ~column["last"]
    handed = year.uniform("rolled into", ids=ids) < year.rates.value("work.rolled_into")
    payer = into[column["who"]]
    return np.where(earlier & handed & (payer != column["payer"]), payer, -1)


def _employed(kind: Codes) -> Flags:
    return np.asarray((kind != OUT) & (kind != SELF_EMPLOYED))


def _changes(year: Year, kind: Codes, at: int) -> Flags:
    age = (year.age + (at - year.income_year)).astype(np.float64)
    rate = np.where(
        (kind == REGULAR) | (kind == EXECUTIVE),
        year.rates.curve("work.changes.regular", age),
        year.rates.curve("work.changes.other", age),
    )
    return chance.happens(year.knobs.seed, "changes job", at, year.people.number, rate)
