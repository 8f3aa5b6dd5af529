"""Gifts: to municipalities (ふるさと納税) as much as pays, and to the bodies that both ordinances name."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tadasu.simulator import chance
from tadasu.simulator.chance import Ids, Reals, Wholes
from tadasu.simulator.lives.year import Flags, Year

KINDS = ("furusato", "community_chest", "ward_ordinance", "other")
_OTHERS = KINDS[1:]
_ONE_STOP_MOST = 5
_BODIES = {"community_chest": "C0001", "ward_ordinance": "W{:04d}", "other": "X{:04d}"}


@dataclass(frozen=True, slots=True, eq=False)
class Giving:
    """What each person gives in the year.

    Attributes:
        total: yen given to municipalities.
        count: gifts to municipalities.
        by_notice: would use one-stop notices if nothing else needs a return.
        others: yen by kind of the other gifts.
    """

    total: Wholes
    count: Wholes
    by_notice: Flags
    others: dict[str, Wholes]

    @property
    def gives(self) -> Flags:
        """Return who gives anything."""
        given = [self.total > 0, *(amount > 0 for amount in self.others.values())]
        return np.asarray(np.any(given, axis=0))


def giving(year: Year, total_income: Wholes, deductions: Reals) -> Giving:
    """Return what each gives, by the levy that they expect.

    Args:
        year: the income year.
        total_income: yen of each.
        deductions: about how much is deducted, by which people reckon their limit.
    """
    section, income = year.rates.section("gifts"), total_income.astype(np.float64)
    growth = year.rates.curve("gifts.growth", np.array([year.income_year]))[0]
    share = year.rates.curve("gifts.share", income) * growth
    has = (year.uniform("gives", ever=True) < share) & (year.age >= 20) & year.alive & ~year.far
    rule = year.law.donation_credit
    levy = np.maximum(income - deductions, 0) * section["levy_rate"]
    limit = levy * float(rule.special_cap.fraction) / section["usual_special_rate"] + rule.floor.value
    part = section["of_limit"]["mean"] * np.exp(
        section["of_limit"]["spread"] * year.lasting("share of limit")
    )
    wished = np.minimum(limit, income * float(rule.income_share.fraction)) * part
    given = np.rint(wished / 1000) * 1000
    has &= given >= 5_000
    few = year.uniform("few municipalities") < 0.8
    by_notice = has & (year.uniform("one-stop", ever=True) < section["one_stop"])
    usual = np.where(by_notice, section["mean_gift"]["one_stop"], section["mean_gift"]["return"])
    count = 1 + np.minimum(wished / usual, section["most_gifts"] - 1).astype(np.int64)
    count = np.where(by_notice & few, np.minimum(count, _ONE_STOP_MOST), count)
    others = {kind: _other(year, kind, income) for kind in _OTHERS}
    return Giving((given * has).astype(np.int64), np.where(has, count, 0), by_notice, others)


def _other(year: Year, kind: str, income: Reals) -> Wholes:
    section = year.rates.section("gifts")
    gives = year.uniform(f"gives to {kind}", ever=True) < section["other_kind"][kind]
    gives &= (year.age >= 25) & (income > 0) & year.alive & ~year.far
    amount = np.rint(year.amount(section["other_mean"], 0.9, f"gift to {kind}", ever=0.8) / 1000) * 1000
    return np.asarray(np.maximum(amount, 3_000) * gives, dtype=np.int64)


def lines(year: Year, given: Giving, by_notice: Flags, on_return: Flags) -> pl.DataFrame:
    """Return a row a gift: who (position), recipient_code, kind, amount, given_on, via.

    One-stop notices go to at most five municipalities; gifts of nobody who files neither count for nothing.
    """
    parts = [_furusato(year, given, by_notice, on_return)]
    parts += [_to_body(year, kind, amount, on_return) for kind, amount in given.others.items()]
    return pl.concat(parts).sort("who", "given_on", "recipient_code", "amount")


def _furusato(year: Year, given: Giving, by_notice: Flags, on_return: Flags) -> pl.DataFrame:
    via = by_notice | on_return
    who = np.repeat(np.where(via)[0], given.count[via])
    number = np.arange(len(who)) - np.searchsorted(who, who)
    ids = year.people.number[who] * 64 + number
    weight = chance.lognormal(year.knobs.seed, "share of gift", year.income_year, ids, 1.0, 0.5)
    total = np.bincount(who, weights=weight, minlength=year.n)[who]
    amount = np.maximum(np.rint(given.total[who] * weight / total / 1000) * 1000, 2_000)
    place = _recipient(year, who, np.where(by_notice[who], number % _ONE_STOP_MOST, number))
    frame = _frame(year, who, ids, amount, "furusato", place)
    return frame.with_columns(via=pl.Series(np.where(by_notice[who], "one_stop", "return"), dtype=pl.String))


def _recipient(year: Year, who: Wholes, number: Wholes) -> pl.Series:
    """Municipalities are few and well liked; notices of one person go to five of them at most."""
    most = int(year.rates.value("gifts.municipalities"))
    key = year.people.number[who] * 64 + number
    u = chance.uniform(year.knobs.seed, "recipient", year.income_year, key)
    place = np.floor(u**1.7 * most).astype(np.int64)
    return pl.Series(1000 + (place * 613) % 46_000).cast(pl.String).str.zfill(5)


def _to_body(year: Year, kind: str, amount: Wholes, on_return: Flags) -> pl.DataFrame:
    who = np.where(on_return & (amount > 0))[0]
    ids = year.people.number[who] * 64 + 60 + _OTHERS.index(kind)
    body = np.floor(chance.uniform(year.knobs.seed, f"body of {kind}", None, ids) * 40).astype(np.int64)
    code = (
        pl.Series([_BODIES[kind].format(b) for b in range(40)]).gather(body)
        if len(who)
        else pl.Series([], dtype=pl.String)
    )
    return _frame(year, who, ids, amount[who], kind, code).with_columns(via=pl.lit("return"))


def _frame(
    year: Year, who: Wholes, ids: Ids, amount: Reals | Wholes, kind: str, code: pl.Series
) -> pl.DataFrame:
    u = chance.uniform(year.knobs.seed, "day of gift", year.income_year, ids)
    day = np.where(u < 0.4, 365 - (0.4 - u) * 90, u * 340).astype(np.int64)
    first = np.datetime64(f"{year.income_year}-01-01", "D")
    return pl.DataFrame(
        {
            "who": who.astype(np.int64),
            "recipient_code": code,
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(who)),
            "amount": np.asarray(amount).astype(np.int64),
            "given_on": first + np.minimum(day, 364).astype("timedelta64[D]"),
        }
    )
