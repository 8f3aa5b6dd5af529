"""The three shapes that a number of the law takes: an amount, a rate, a schedule.

All arithmetic is on whole yen in Int64; a fraction of a yen is cut off or rounded up as the number's own
entry says, and no float is involved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Literal

import polars as pl

Basis = Literal["statute", "official_page", "secondary", "unverified"]
BASES: dict[str, str] = {
    "statute": "条文",
    "official_page": "官公庁のページ",
    "secondary": "二次資料",
    "unverified": "未確認",
}


@dataclass(frozen=True, slots=True)
class Cite:
    """What a number rests on: the article, and what was read to know the number."""

    law: str
    basis: Basis
    source: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """Return the article, marked 未確認 where nothing was read that confirms the number."""
        return self.law + ("（未確認）" if self.basis == "unverified" else "")


def at_most(amount: pl.Expr, limit: pl.Expr) -> pl.Expr:
    """Return `amount`, at most `limit`; null where either is (`min_horizontal` would skip it)."""
    return pl.when(amount > limit).then(limit).otherwise(pl.when(limit.is_not_null()).then(amount))


def floor_zero(amount: pl.Expr) -> pl.Expr:
    """Return `amount`, or 0 where it is negative."""
    return amount.clip(0)


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number of yen, persons or years."""

    value: int
    cite: Cite

    @property
    def lit(self) -> pl.Expr:
        """Return the number as an Int64 literal."""
        return pl.lit(self.value, pl.Int64)

    def cap(self, amount: pl.Expr) -> pl.Expr:
        """Return `amount`, at most this number; null for null."""
        return amount.clip(upper_bound=self.value)

    def cut(self, amount: pl.Expr) -> pl.Expr:
        """Return `amount` with what is below a whole multiple of this number cut off."""
        return amount // self.value * self.value


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact fraction."""

    fraction: Fraction
    cite: Cite

    def down(self, amount: pl.Expr) -> pl.Expr:
        """Return the rate of `amount` (0 or more), a fraction of a yen cut off."""
        return _down(amount, self.fraction)

    def up(self, amount: pl.Expr) -> pl.Expr:
        """Return the rate of `amount` (0 or more), a fraction of a yen rounded up."""
        return _up(amount, self.fraction)

    def up_share(self, amount: pl.Expr, share: Fraction) -> pl.Expr:
        """Return `share` of the rate of `amount`, rounded up once."""
        return _up(amount, self.fraction * share)


@dataclass(frozen=True, slots=True)
class Row:
    """A step of a schedule, for values up to and including `to` (None: everything above)."""

    to: int | None
    value: int = 0
    step: int = 1
    times: Fraction = Fraction(0)
    minus: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function given by steps: `value`, or the argument cut to `step`, `times` a rate, less `minus`."""

    rows: tuple[Row, ...]
    cite: Cite
    up: bool = False

    def of(self, argument: pl.Expr) -> pl.Expr:
        """Return the schedule's value for each `argument` (Int64); null for null."""
        return self._choose(argument, lambda row: self._step(row, argument))

    def inverse(self, value: pl.Expr) -> pl.Expr:
        """Return the greatest argument on a rising step whose value is `value`; null where there is none.

        A flat step has no one argument: its value gives the argument at which it begins. A step that is cut
        to whole multiples has no inverse.
        """
        found, start = pl.lit(None, pl.Int64), 0
        for row in self.rows:
            if row.step > 1:
                back, inside = pl.lit(None, pl.Int64), pl.lit(value=False)
            elif row.times:
                back = _down(value + row.minus, 1 / row.times)
                inside = (back > start) & (back <= (row.to or back))
            else:
                back, inside = pl.lit(start, pl.Int64), value == row.value
            found = pl.coalesce(found, pl.when(inside).then(back))
            start = row.to or start
        return found

    def rate_of(self, argument: pl.Expr, amount: pl.Expr, share: Fraction = Fraction(1)) -> pl.Expr:
        """Return `share` of the rate for `argument`, of `amount`, rounded as the schedule says."""
        rates = {row: row.times * share for row in self.rows}
        over = self._choose(argument, lambda row: pl.lit(rates[row].denominator, pl.Int64))
        product = amount * self._choose(argument, lambda row: pl.lit(rates[row].numerator, pl.Int64))
        return (product + over - 1) // over if self.up else product // over

    def _choose(self, argument: pl.Expr, value: Callable[[Row], pl.Expr]) -> pl.Expr:
        *bounded, last = self.rows
        if not bounded:
            return value(last)
        above = pl.when(argument > bounded[-1].to).then(value(last))
        return reduce(
            lambda rest, row: pl.when(argument <= row.to).then(value(row)).otherwise(rest),
            reversed(bounded),
            above.otherwise(None),
        )

    def _step(self, row: Row, argument: pl.Expr) -> pl.Expr:
        if not row.times:
            return pl.lit(row.value, pl.Int64)
        cut = argument if row.step == 1 else argument // row.step * row.step
        product = _up(cut, row.times) if self.up else _down(cut, row.times)
        return product - row.minus if row.minus else product


def _down(amount: pl.Expr, rate: Fraction) -> pl.Expr:
    product = amount if rate.numerator == 1 else amount * rate.numerator
    return product if rate.denominator == 1 else product // rate.denominator


def _up(amount: pl.Expr, rate: Fraction) -> pl.Expr:
    product = amount if rate.numerator == 1 else amount * rate.numerator
    return product if rate.denominator == 1 else (product + (rate.denominator - 1)) // rate.denominator
