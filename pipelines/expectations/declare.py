"""What an expectation is: a sentence about a table that staff can read, and how it is looked at.

Nothing here knows the tool that runs them (`pipelines.validate` does). An expectation says *how* a table is
looked at with one of the small classes below; where no ready-made look fits, a polars expression gives each
row its flag: true (as expected), false (not), null (the expectation does not speak of this row).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from tadasu.tables import Column, Table

Severity = Literal["critical", "warning"]

NOTHING_SAID = pl.lit(None, dtype=pl.Boolean)
"""The flag of an expectation that does not apply to any row, as when there is no year before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the plausible. None of them is law: they tell a slipped unit or column from a figure.

    `amount`, `least_salary`, `least_gift` are yen, `relatives` people on one record, `age` years, `seconds`
    of work on one row, `days_early` and `days_late` how far a date may lie outside its tax year.
    `payer_people` and `week_documents` say from which size on a payer and a channel's week are missed;
    `accept_alarms` lets the run go on although something whole is missing (`docs/deliveries.md`).
    """

    amount: int = 10_000_000_000
    least_salary: int = 10_000
    relatives: int = 20
    age: int = 125
    seconds: int = 28_800
    days_early: int = 365
    days_late: int = 365
    payer_people: int = 10
    week_documents: int = 20
    accept_alarms: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expectation of `table` may look at: those of its tax year and of the year before, if any."""

    table: str
    year: int
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    before: Mapping[str, pl.DataFrame] | None = field(default=None, repr=False)
    limits: Limits = Limits()

    @property
    def rows(self) -> pl.DataFrame:
        """Return the table that the expectation is about."""
        return self.tables[self.table]

    def known(self, column: str, table: Table, key: str = "person_id") -> pl.Expr:
        """Say of each row whether `column` is found in `table`; null where `column` is empty."""
        return pl.col(column).is_in(self.tables[table.name][key].drop_nulls().unique().implode())

    def lookup(self, column: str, table: Table, key: str, value: str) -> pl.Expr:
        """Return `value` of the row of `table` whose `key` is `column`; null where there is none."""
        return look_up(column, self.tables[table.name], key, value)


def look_up(column: str, frame: pl.DataFrame, key: str, value: str) -> pl.Expr:
    """Return `value` of the row of `frame` whose `key` is `column`; of rows with one key, the first's."""
    pairs = frame.select(key, value).drop_nulls(key).unique(subset=[key], keep="first", maintain_order=True)
    return pl.col(column).replace_strict(
        pairs[key], pairs[value], default=None, return_dtype=frame.schema[value]
    )


def is_filled(column: str, scope: Scope) -> pl.Expr:
    """Say of each row whether `column` states anything; empty text does not."""
    stated = pl.col(column).is_not_null()
    return stated & (pl.col(column) != "") if scope.rows.schema[column] == pl.String else stated


@dataclass(frozen=True, slots=True)
class Filled:
    """No row leaves `column` empty."""

    column: str


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows have the same values in `columns`."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyRows:
    """The table is not empty."""


@dataclass(frozen=True, slots=True)
class Holds:
    """`flag` gives each row true, false or null (does not apply)."""

    flag: Callable[[Scope], pl.Expr | pl.Series]


@dataclass(frozen=True, slots=True)
class EachHolds:
    """`rule` holds for every one of `columns`; the report says how often each did not."""

    columns: tuple[Column, ...]
    rule: Callable[[Scope, Column], pl.Expr]

    def flag(self, scope: Scope) -> pl.Expr:
        """Return true where the rule holds for all columns that the row fills."""
        return pl.all_horizontal(self.rule(scope, c).fill_null(value=True) for c in self.columns)


How = Filled | Unique | AnyRows | Holds | EachHolds


@dataclass(frozen=True, slots=True)
class Expectation:
    """One sentence about a table, what it takes to warn and to stop, and what to look at then.

    `warn_above` and `stop_above` are shares of the rows it speaks of: more of them unexpected than that, and
    people are warned or the pipeline stops; None never does. `description` and `advice` are for staff.
    """

    table: str
    name: str
    description: str
    how: How
    warn_above: float | None = 0.0
    stop_above: float | None = None
    advice: str = ""

    @property
    def id(self) -> str:
        """Return the table and the name, which tell it from all others."""
        return f"{self.table}.{self.name}"

    @property
    def severity(self) -> Severity:
        """Say whether it can stop the pipeline."""
        return "warning" if self.stop_above is None else "critical"

    @property
    def tiers(self) -> tuple[tuple[Severity, float], ...]:
        """Return the severities it can fail with and the share each tolerates, the strictest first."""
        both: tuple[tuple[Severity, float | None], ...] = (
            ("warning", self.warn_above),
            ("critical", self.stop_above),
        )
        return tuple((severity, share) for severity, share in both if share is not None)
