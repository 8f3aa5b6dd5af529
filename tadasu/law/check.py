"""The test of a frame before it is computed: what cannot be computed stops it, with row, column and value."""

import polars as pl

from tadasu.errors import TadasuError
from tadasu.law.faults import faults
from tadasu.law.given import INPUTS, Given
from tadasu.law.law import Law
from tadasu.law.load import LawError

_SHOWN = 20


class CheckError(TadasuError, ValueError):
    """Cells that cannot be computed; `faults` has one line each: row, column, value, expected."""

    def __init__(self, found: pl.DataFrame) -> None:
        self.faults = found
        lines = [
            f"row {row}, column {column}: found {value}, expected {expected}"
            for row, column, value, expected in found.head(_SHOWN).iter_rows()
        ]
        more = [f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        super().__init__("\n".join([f"{len(found)} cells cannot be computed", *lines, *more]))


def check(frame: pl.DataFrame | pl.LazyFrame, law: Law) -> None:  # noqa: ARG001 (the bounds are every year's)
    """Pass a frame that `assess` computes without an `error` in any row.

    Raises:
        CheckError: cells hold negative counts, absurd amounts or unknown codes; rows count from 0.
        FrameError: a column holds another type than its field.
        LawError: the frame has rows of a tax year whose law is not entered.
    """
    schema = frame.lazy().collect_schema()
    Given.of(schema)
    needed = [name for name in (*INPUTS, "tax_year") if name in schema]
    cells = frame.lazy().select(needed).collect()
    check_years(cells)
    if not (found := faults(cells)).is_empty():
        raise CheckError(found)


def check_years(frame: pl.DataFrame) -> None:
    """Pass a frame without rows of a year that has no law.

    Raises:
        LawError: it has such rows.
    """
    if "tax_year" not in frame.columns:
        return
    years = frame["tax_year"].unique().drop_nulls().to_list()
    if unknown := sorted(set(years) - set(Law.years())):
        entered = ", ".join(map(str, Law.years()))
        raise LawError(f"column tax_year: no law of {', '.join(map(str, unknown))}, entered are {entered}")
