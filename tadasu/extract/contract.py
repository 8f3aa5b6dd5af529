"""What a row must be to enter: each rule names the column, the reason, and which rows break it.

The rules follow from the declared tables; a row is never mended, only kept or put aside.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.cells import RAW
from tadasu.fields import TAX_FIELDS
from tadasu.tables import CORRECTIONS, PREVIOUS_ASSESSMENTS, SECOND_OPINIONS, Column, Table
from tadasu.text import plain

STAFF_ACTIONS = (CORRECTIONS.name, SECOND_OPINIONS.name)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row breaks the rule where `broken` is true (null counts as false)."""

    column: str
    reason: str
    broken: pl.Expr


def breaches(frame: pl.DataFrame, table: Table, year: int) -> pl.DataFrame:
    """Return one line of `reasons.BREACH` per broken rule and row of `frame` (made by `cells.plain`)."""
    rules = list(_rules(frame, table, year))
    counts = frame.select(rule.broken.sum().alias(str(place)) for place, rule in enumerate(rules)).row(0)
    found = [_found(frame, rule) for rule, count in zip(rules, counts, strict=True) if count]
    return pl.concat([pl.DataFrame(schema=reasons.BREACH), *found])


def stated(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return a cell as the file stated it, as text."""
    return pl.col(RAW + column if RAW + column in frame.columns else column).cast(pl.String())


def _found(frame: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    return frame.filter(rule.broken).select(
        "line",
        column=pl.lit(rule.column),
        value=stated(frame, rule.column),
        reason=pl.lit(rule.reason),
    )


def _rules(frame: pl.DataFrame, table: Table, year: int) -> Iterator[Rule]:
    for column in table.columns:
        if RAW + column.name in frame.columns:
            unread = pl.col(RAW + column.name).is_not_null() & pl.col(column.name).is_null()
            yield Rule(column.name, reasons.unreadable(column.dtype), unread)
        yield from _cell_rules(column, filled=column.filled or column.name in table.key, frame=frame)
    if "tax_year" in table.schema:
        right = year - 1 if table.name == PREVIOUS_ASSESSMENTS.name else year
        yield Rule("tax_year", reasons.OTHER_YEAR, pl.col("tax_year") != right)
    if table.name in STAFF_ACTIONS:
        yield from (Rule(name, reasons.NO_VALUE, _not_of_field(name)) for name in ("old_value", "new_value"))


def _cell_rules(column: Column, *, filled: bool, frame: pl.DataFrame) -> Iterator[Rule]:
    cell = pl.col(column.name)
    if filled:
        yield Rule(column.name, reasons.EMPTY, stated(frame, column.name).is_null())
    if column.values:
        yield Rule(column.name, reasons.NO_CODE, ~cell.is_in(column.values))
    if column.dtype.is_integer() and not column.negative:
        yield Rule(column.name, reasons.NEGATIVE, cell < 0)


def _not_of_field(name: str) -> pl.Expr:
    """Say where a correction's value, which is text, is no value of the tax field that the line names."""
    value, field = pl.col(name), pl.col("field")
    number = plain(value, pl.Int64())

    def named(fields: Iterable[str]) -> pl.Expr:
        return field.is_in(list(fields))

    numbers = [f.name for f in TAX_FIELDS if f.kind in ("yen", "count")]
    never_negative = [f.name for f in TAX_FIELDS if f.kind in ("yen", "count") and not f.negative]
    flags = [f.name for f in TAX_FIELDS if f.kind == "flag"]
    wrong = [
        named(numbers) & number.is_null(),
        named(never_negative) & (number < 0),
        named(flags) & ~value.is_in(["true", "false"]),
        *(named([f.name]) & ~value.is_in(f.values) for f in TAX_FIELDS if f.kind == "status"),
    ]
    return value.is_not_null() & pl.any_horizontal(wrong)
