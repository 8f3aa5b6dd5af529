"""What follows from a change: the fields that the tax system renews when staff enter another.

`changed` says which fields were entered anew, in one of three ways:

- a collection of field names: the same for every row;
- an expression of List(String), such as `pl.col("changed")`: each row names its own;
- a mapping from field name to a Boolean expression: one flag a field, the fastest for millions of rows.

A field that is not renewed stays as it was, and so does one that was itself entered anew.
"""

from collections.abc import Collection, Mapping

import polars as pl

from tadasu.law import deductions
from tadasu.law.assess import Frame
from tadasu.law.given import INPUTS, FrameError, Given
from tadasu.law.income import COMPREHENSIVE, other_than_pension, total
from tadasu.law.law import Law

Changed = Collection[str] | pl.Expr | Mapping[str, pl.Expr]

_INCOMES = (
    *COMPREHENSIVE,
    "salary_revenue",
    "pension_revenue",
    "income_adjustment",
    "separate_transfer_income",
    "short_transfer_income",
    "stock_income",
)

CAUSES: dict[str, tuple[str, ...]] = {
    "spouse_deduction": ("spouse_kind", *_INCOMES),
    "dependent_deduction": deductions.DEPENDENTS,
    "disability_deduction": ("self_disability", *deductions.DISABLED),
    "widow_deduction": ("widow",),
    "single_parent_deduction": ("single_parent",),
    "working_student_deduction": ("working_student",),
    "basic_deduction": _INCOMES,
}
"""Deductions, and the fields whose change renews them."""

NO_BIRTH_DATE = "birth_date: 空欄（公的年金等の所得の計算には生年月日が必要）"


def renew(
    frame: Frame, changed: Changed, law: Law, *, spouse_total_income: pl.Expr | int | None = None
) -> Frame:
    """Return `frame` with what follows from the changed fields renewed; then `assess` gives the tax.

    Args:
        frame: tax fields after the change; `birth_date` too where `pension_revenue` may be among the changed.
        changed: the fields entered anew (see the module).
        law: of the tax year.
        spouse_total_income: what is known of the spouse's income after the correction, for rows whose
            `spouse_kind` or `spouse_special_deduction` changed (absent: as it was).

    A pension whose row has no date of birth keeps its income and gets a `renew_error`, which `assess` takes
    into `error`.

    Raises:
        FrameError: a column holds another type than its field, or `birth_date` is missing where `changed`
            names `pension_revenue` for all rows or by a flag (where rows name their own, they get the error).
        ValueError: `changed` names something that is no tax field.
    """
    entered = _Entered.of(changed)
    lazy = _salary(frame.lazy(), entered, law)
    lazy = _pension(lazy, entered, law)
    lazy = _deductions(lazy, entered, law)
    lazy = _spouse_income(lazy, entered, spouse_total_income)
    return lazy.collect() if isinstance(frame, pl.DataFrame) else lazy


def _salary(lazy: pl.LazyFrame, entered: "_Entered", law: Law) -> pl.LazyFrame:
    given = Given.of(lazy.collect_schema())
    if not entered.may("salary_revenue"):
        return lazy
    by_law = law.salary_income.of(given.whole("salary_revenue"))
    renewed = entered.any("salary_revenue") & ~entered.any("salary_income")
    return lazy.with_columns(_where(given, renewed, by_law, "salary_income"))


def _pension(lazy: pl.LazyFrame, entered: "_Entered", law: Law) -> pl.LazyFrame:
    given = Given.of(lazy.collect_schema())
    if not entered.may("pension_revenue"):
        return lazy.drop("renew_error", strict=False)
    if not given.has_birth_date and entered.flags is not None:
        raise FrameError("column birth_date is missing: the income from a pension goes by age")
    birth_date = pl.col("birth_date") if given.has_birth_date else pl.lit(None, pl.Date)
    senior = law.is_senior(birth_date)
    by_law = law.pension_income.of(given.whole("pension_revenue"), senior, other_than_pension(given, law))
    renewed = entered.any("pension_revenue") & ~entered.any("pension_income")
    unknown = renewed & birth_date.is_null()
    return lazy.with_columns(
        _where(given, renewed & ~unknown, by_law, "pension_income"),
        pl.when(unknown).then(pl.lit(NO_BIRTH_DATE)).otherwise(None).alias("renew_error"),
    )


def _deductions(lazy: pl.LazyFrame, entered: "_Entered", law: Law) -> pl.LazyFrame:
    given = Given.of(lazy.collect_schema())
    lines = deductions.following(given, law, total(given))
    return lazy.with_columns(
        _where(given, entered.any(*CAUSES[name]), line, name)
        for name, line in zip(deductions.FOLLOWING, lines, strict=True)
        if entered.may(*CAUSES[name])
    )


def _spouse_income(lazy: pl.LazyFrame, entered: "_Entered", known: pl.Expr | int | None) -> pl.LazyFrame:
    if not entered.may("spouse_kind", "spouse_special_deduction"):
        return lazy
    given = Given.of(lazy.collect_schema())
    claimed = deductions.has_spouse(given) | (given.whole("spouse_special_deduction") > 0)
    before = pl.col("spouse_total_income") if given.has("spouse_total_income") else pl.lit(None, pl.Int64)
    after = before if known is None else known if isinstance(known, pl.Expr) else pl.lit(known, pl.Int64)
    renewed = entered.any("spouse_kind", "spouse_special_deduction")
    value = pl.when(claimed).then(after).otherwise(None)
    return lazy.with_columns(_where(given, renewed, value, "spouse_total_income"))


def _where(given: Given, renewed: pl.Expr, value: pl.Expr, name: str) -> pl.Expr:
    before = pl.col(name).cast(pl.Int64) if given.has(name) else pl.lit(None, pl.Int64)
    return pl.when(renewed).then(value).otherwise(before).alias(name)


class _Entered:
    """Answer whether a field was entered anew, row by row."""

    def __init__(self, flags: Mapping[str, pl.Expr] | None, names: pl.Expr | None) -> None:
        self.flags, self.names = flags, names

    @staticmethod
    def of(changed: Changed) -> "_Entered":
        if isinstance(changed, pl.Expr):
            return _Entered(None, changed)
        if isinstance(changed, str):
            raise ValueError(f"changed: expected a collection of field names, found the text {changed!r}")
        if unknown := sorted(set(changed) - INPUTS.keys()):
            raise ValueError(f"changed: no tax field is called {', '.join(unknown)}")
        if isinstance(changed, Mapping):
            return _Entered(dict(changed), None)
        return _Entered({name: pl.lit(True) for name in changed}, None)

    def may(self, *names: str) -> bool:
        """Say whether any row may have one of the fields changed."""
        return self.flags is None or any(name in self.flags for name in names)

    def any(self, *names: str) -> pl.Expr:
        """Return whether the row has one of the fields changed."""
        if self.flags is None:
            assert self.names is not None
            return self.names.list.eval(pl.element().is_in(names)).list.any().fill_null(False)
        flags = [self.flags[name].fill_null(False) for name in names if name in self.flags]
        return pl.any_horizontal(flags) if flags else pl.lit(False)
