"""The computation of the resident tax, read like the tax notice from top to bottom."""

from collections.abc import Iterator
from typing import TypeVar

import polars as pl

from tadasu.law import credits, deductions, donations, exemption, fixed_cut, income, levy  # noqa: A004
from tadasu.law.check import check_years
from tadasu.law.contradictions import contradictions
from tadasu.law.faults import error
from tadasu.law.given import Given
from tadasu.law.law import Law
from tadasu.law.lines import WORKING

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
Lines = list[pl.Expr]

_ASIDE = "aside: "
"""Where a column of the frame waits whose name the computation needs for itself."""


def notice(given: Given, law: Law) -> Iterator[Lines]:
    """Yield the lines of the tax notice; each group needs only the groups before it."""
    yield income.kinds(given)
    yield income.totals(given)
    yield deductions.following(given, law, pl.col("total_income"))
    yield deductions.total(given)
    yield [*levy.taxable(law), credits.difference(given, law).alias("personal_deduction_difference")]
    yield [*levy.before_credits(law), donations.rate_base(law).alias("special_rate_base")]
    yield [*credits.adjustment(law), *credits.dividend(given, law), *credits.housing_loan(given, law)]
    yield donations.special(given, law)
    yield donations.credit(given, law)
    yield [*credits.left(law), *exemption.limits(given, law)]
    yield exemption.relief(law)
    yield exemption.relieved()
    yield [fixed_cut.cut(given, law).alias("fixed_amount_cut")]
    yield fixed_cut.split()
    yield levy.after_cut(given, law)
    yield levy.final(law)
    yield levy.sums()


def assess(frame: Frame, law: Law) -> Frame:
    """Return `frame` with the lines of the tax notice (`WORKING`), `error` and `contradictions`.

    The frame holds tax fields (`tadasu.fields`) and optional inputs (`tadasu.law.given`), whole yen; a
    missing column and an empty cell mean none or zero, and residence where nothing is said of it. What is
    entered is taken as given, also where it contradicts; what follows from statuses and counts replaces
    a column of the same name. A row that cannot be computed has nulls in all lines and says why in `error`.

    Raises:
        FrameError: a column holds another type than its field.
        LawError: a DataFrame has rows of a tax year without law (of a LazyFrame they get an `error`).
    """
    lazy = frame.lazy()
    given = Given.of(lazy.collect_schema())
    if isinstance(frame, pl.DataFrame):
        check_years(frame)
    groups = list(notice(given, law))
    taken = {line.meta.output_name() for lines in groups for line in lines} & set(given.schema) - set(WORKING)
    lazy = lazy.with_columns(error(given).alias("error"), *(pl.col(n).alias(_ASIDE + n) for n in taken))
    for lines in groups:
        lazy = lazy.with_columns(lines)
    lazy = lazy.with_columns(contradictions(given, law).alias("contradictions"))
    kept = [name for name in given.schema if name not in {*WORKING, "contradictions", "error", "renew_error"}]
    done = pl.col("error").is_null()
    result = lazy.select(
        *(pl.col(_ASIDE + name if name in taken else name).alias(name) for name in kept),
        *(pl.when(done).then(pl.col(name)).alias(name) for name in (*WORKING, "contradictions")),
        "error",
    )
    if not given.schema:  # literals alone would make a row
        result = result.head(0)
    return result.collect() if isinstance(frame, pl.DataFrame) else result
