"""Plain values: what the standard layout's text is read as, and what is left alone."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadasu import text


def read(values: list[str | None], dtype: pl.DataType) -> list[object]:
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String()})
    return frame.select(text.plain(pl.col("v"), dtype))["v"].to_list()


def test_integers_are_digits_with_an_optional_minus() -> None:
    assert read(["0", "1200", "-35", "007"], pl.Int64()) == [0, 1200, -35, 7]


@pytest.mark.parametrize(
    "value", ["1,200", "12.0", "+5", "1e3", "１２", "△5", " 12", "12円", "-", "0x1f", "1_0"]
)
def test_what_is_not_plainly_an_integer_is_not_read(value: str) -> None:
    assert read([value], pl.Int64()) == [None]


def test_a_number_too_wide_for_its_type_is_not_read() -> None:
    assert read(["2147483648"], pl.Int32()) == [None]
    assert read(["9223372036854775808"], pl.Int64()) == [None]


def test_dates_are_iso_and_exist() -> None:
    assert read(["2024-02-29", "2023-02-29", "2024-13-01"], pl.Date()) == [dt.date(2024, 2, 29), None, None]


@pytest.mark.parametrize(
    "value", ["2024/02/01", "2024-2-1", "20240201", "R6.2.1", "2024-02-01 00:00", "+2024-2-1"]
)
def test_other_ways_to_write_a_date_are_not_read(value: str) -> None:
    assert read([value], pl.Date()) == [None]


def test_flags_are_true_and_false_in_any_case_and_nothing_else() -> None:
    assert read(["true", "FALSE", "True", "1", "0", "yes"], pl.Boolean()) == [
        True,
        False,
        True,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("dtype", [pl.String(), pl.Int64(), pl.Date(), pl.Boolean()])
def test_white_space_is_empty_and_empty_is_null(dtype: pl.DataType) -> None:
    assert read(["", " ", "　", "\t", None], dtype) == [None] * 5


def test_text_is_not_trimmed() -> None:
    assert read([" a "], pl.String()) == [" a "]


def test_a_type_the_layout_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="Float64"):
        read(["1.5"], pl.Float64())


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_integer_reads_back(value: int) -> None:
    assert read([str(value)], pl.Int64()) == [value]


@given(st.dates())
def test_every_date_reads_back(value: dt.date) -> None:
    assert read([value.isoformat()], pl.Date()) == [value]
