"""Text to values: amounts, dates, codes, identifiers and flags as Japanese offices write them, and back."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadasu.extract import reasons
from tadasu.extract.forms import date_form, digit_tables, eras, year_of, year_text
from tadasu.extract.mapping import Reading
from tadasu.extract.values import read_values, write_values


def read(text: str | None, reading: Reading) -> tuple[object, str | None]:
    found = read_values(pl.Series([text], dtype=pl.String()), reading)
    return found.values.item(), found.wrong.item()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234567", 1234567),
        ("1,234,567", 1234567),
        ("１，２３４", 1234),
        ("△1,000", -1000),
        ("▲5", -5),
        ("−3", -3),
        ("－３", -3),
        ("(1,200)", -1200),
        ("（７）", -7),
        ("500円", 500),
        ("500 円", 500),
        ("¥1,000", 1000),
        ("￥１０", 10),
        ("3千円", 3000),
        ("12.0", 12),
        ("007", 7),
        (" 8 ", 8),
        ("　９　", 9),
        ("0", 0),
    ],
)
def test_an_amount_is_read_as_offices_write_it(text: str, number: int) -> None:
    assert read(text, Reading("number")) == (number, None)


@pytest.mark.parametrize(
    "text",
    ["12O0", "1,23", "12.5", "1e5", "(5", "--5", "△", "99999999999999999999", "五", "5人分", "1 2x", "12 34"],
)
def test_what_is_no_amount_is_told_and_never_guessed(text: str) -> None:
    assert read(text, Reading("number")) == (None, reasons.NO_NUMBER)


def test_thousands_multiply_what_names_no_unit_itself() -> None:
    thousands = Reading("number", unit=1000)
    assert [read(text, thousands)[0] for text in ("12", "△3", "500円", "2千円")] == [12000, -3000, 500, 2000]
    assert write_values(pl.Series([12000, 500]), thousands).to_list() == ["12", "500円"]


@pytest.mark.parametrize("kind", ["number", "text", "date", "flag"])
def test_empty_is_not_zero_unless_the_mapping_says_so(kind: str) -> None:
    reading = Reading(kind)  # type: ignore[arg-type]
    assert read("", reading) == read("　 ", reading) == read(None, reading) == (None, None)


def test_zero_and_blank_mean_what_the_mapping_says() -> None:
    assert read("0", Reading("number", zero="empty")) == (None, None)
    assert read("０", Reading("number", zero="empty")) == (None, None)
    assert read("", Reading("number", blank="0")) == (0, None)
    assert read("", Reading("flag", blank="false")) == (False, None)
    assert read("0000000", Reading("date", zero="empty")) == (None, None)
    assert read("0000", Reading("text", width=4, zero="empty")) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "2023-12-31",
        "2023/12/31",
        "2023.12.31",
        "20231231",
        "2023年12月31日",
        "R05.12.31",
        "R5/12/31",
        "r05-12-31",
        "Ｒ０５．１２．３１",
        "令和5年12月31日",
        "令和５年１２月３１日",
        "R051231",
        "2023-12-31 00:00:00",
        "㋿5年12月31日",
    ],
)
def test_a_date_is_read_in_every_usual_form(text: str) -> None:
    assert read(text, Reading("date")) == (dt.date(2023, 12, 31), None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("S64.1.7", dt.date(1989, 1, 7)),
        ("昭和50年1月5日", dt.date(1975, 1, 5)),
        ("T15.12.24", dt.date(1926, 12, 24)),
        ("2024/1/5", dt.date(2024, 1, 5)),
    ],
)
def test_eras_change_within_a_year(text: str, day: dt.date) -> None:
    assert read(text, Reading("date")) == (day, None)


@pytest.mark.parametrize(
    "text", ["2023-02-29", "20231301", "R05.04.31", "平成33年1月1日", "H00.1.1", "明治46年1月1日"]
)
def test_a_day_that_never_was_is_told(text: str) -> None:
    assert read(text, Reading("date")) == (None, reasons.NO_SUCH_DAY)


@pytest.mark.parametrize("text", ["5051231", "31/12/2023", "令和5年", "R05.12", "いつか", "99999999999"])
def test_what_is_no_date_or_ambiguous_is_told(text: str) -> None:
    assert read(text, Reading("date"))[1] in (reasons.NOT_A_DATE, reasons.NO_SUCH_DAY)
    assert read(text, Reading("date"))[0] is None


def test_era_digits_differ_between_the_official_tables() -> None:
    form = date_form("5051231")
    assert form
    tables = digit_tables()
    readings = {name: Reading("date", dates=(form,), eras=table) for name, table in tables.items()}
    assert read("1500101", readings["statutory"]) == (dt.date(1975, 1, 1), None)
    assert read("1500101", readings["etax"]) == (None, reasons.NO_SUCH_DAY)
    assert read("5051231", readings["etax"]) == read("5051231", readings["statutory"])
    assert read("9010101", readings["etax"]) == (None, reasons.NOT_A_DATE)


FORMS = ("2024-12-31", "2024/1/5", "20241231", "R05.12.31", "R5/1/5", "令和5年12月31日", "R051231", "5051231")


@pytest.mark.parametrize("example", FORMS)
@given(day=st.dates(eras()[0].first, dt.date(2060, 12, 31)))
def test_a_date_is_read_back_from_the_form_it_was_written_in(example: str, day: dt.date) -> None:
    form = date_form(example)
    assert form
    reading = Reading("date", dates=(form,), eras=digit_tables()["statutory"])
    text = write_values(pl.Series([day]), reading).item()
    if form.padded and form.style != "name":
        assert len(text) == len(example)
    assert read(text, reading) == (day, None)


@pytest.mark.parametrize(
    "name", ["2023", "R05", "R5", "r05", "令和5年度", "令和5年", "令和５年度分", "R05年度", "2023年度"]
)
def test_a_year_is_read_in_every_usual_form(name: str) -> None:
    assert year_of(name) == 2023
    assert year_of(year_text(2024, name)) == 2024


@pytest.mark.parametrize("name", ["5", "R", "令和", "X05", "20230", "backup", "R0"])
def test_what_is_no_year_is_none(name: str) -> None:
    assert year_of(name) is None


def test_lost_zeros_come_back_and_are_counted() -> None:
    found = read_values(pl.Series(["123", "0000000456", "７８", "9.0", None]), Reading(width=10))
    assert found.values.to_list() == ["0000000123", "0000000456", "0000000078", "0000000009", None]
    assert found.mended == 3
    assert found.wrong.null_count() == 5


@pytest.mark.parametrize("text", ["12345678901", "12O45", "1.23457E+09", "A12"])
def test_an_identifier_of_another_width_is_told(text: str) -> None:
    assert read(text, Reading(width=10))[1] == reasons.NO_IDENTIFIER


def test_codes_are_looked_up_by_what_they_look_like() -> None:
    marks = Reading("flag", codes={"○": "true", "": "false"})
    assert [read(text, marks)[0] for text in ("○", "〇", "◯", "", "　")] == [True, True, True, False, False]
    sex = Reading(codes={"1": "M", "2": "F"})
    assert [read(text, sex)[0] for text in ("１", " 2 ", "")] == ["M", "F", None]


def test_an_unknown_code_is_told_emptied_or_kept() -> None:
    assert read("3", Reading(codes={"1": "M"})) == (None, reasons.UNKNOWN_CODE)
    assert read("3", Reading(codes={"1": "M"}, unknown="empty")) == (None, None)
    assert read("3", Reading(codes={"1": "M"}, unknown="keep")) == ("3", None)


@pytest.mark.parametrize("sign", ["\ue000", "\uf8f1", "\x01", "\x80", "\ufffd"])
def test_a_sign_of_the_vendors_own_is_told(sign: str) -> None:
    assert read(f"東京{sign}区", Reading())[1] == reasons.UNMAPPABLE


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**13), 10**13)), max_size=5),
    st.sampled_from([1, 1000, 10_000]),
)
def test_a_number_is_read_back_as_written(values: list[int | None], unit: int) -> None:
    reading = Reading("number", unit=unit)
    given_values = pl.Series(values, dtype=pl.Int64())
    assert read_values(write_values(given_values, reading), reading).values.to_list() == values


@given(st.lists(st.text(), max_size=6), st.sampled_from(["number", "date", "flag", "text"]))
def test_whatever_the_text_it_is_a_value_or_blank_or_told(texts: list[str], kind: str) -> None:
    cells = pl.Series(texts, dtype=pl.String())
    found = read_values(cells, Reading(kind))  # type: ignore[arg-type]
    for text, value, wrong in zip(texts, found.values, found.wrong, strict=True):
        assert (value is not None) + (wrong is not None) + (text.strip() == "") >= 1
        assert value is None or wrong is None or kind == "text"
