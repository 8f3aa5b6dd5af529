"""Codes and what stands in columns: what is told of them, what is left open, what they cannot be."""

from dataclasses import replace

import polars as pl
import pytest

from tadasu.extract.sniff.codes import guess, kind_named
from tadasu.extract.sniff.content import Content, look
from tadasu.extract.sniff.records import Item
from tadasu.extract.sniff.scores import Relations, score
from tadasu.tables import DEPENDENTS, DOCUMENTS, DONATIONS, RESIDENTS, Column, Table


def _column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def _content(name: str, *values: str, times: int = 40) -> Content:
    return look(pl.Series(name, [*values] * times))


def test_yes_is_the_word_that_the_column_is_called_by() -> None:
    told = replace(_content("同居別居区分", "1", "2"), meanings={"1": "同居", "2": "別居"})
    assert guess(told, _column(DEPENDENTS, "lives_apart")).known == {"1": "false", "2": "true"}


def test_what_is_not_no_is_yes() -> None:
    told = replace(_content("生保区分", "1"), meanings={"1": "受給中", "": "なし"})
    assert guess(told, _column(RESIDENTS, "public_assistance")).known == {"1": "true", "": "false"}
    word = replace(_content("取消区分", "D"), meanings={"D": "取消", "": "有効"})
    assert guess(word, _column(DOCUMENTS, "is_cancelled")).known == {"D": "true", "": "false"}


def test_one_and_two_are_not_taken_for_yes_and_no() -> None:
    asked = guess(_content("国籍区分", "1", "2"), _column(RESIDENTS, "is_foreign"))
    assert asked.known == {}
    assert {value for value, _ in asked.open} == {"1", "2"}
    known = guess(_content("外国人", "0", "1"), _column(RESIDENTS, "is_foreign"))
    assert known.known == {"0": "false", "1": "true"}


def test_the_other_of_a_pair_of_words_is_known_before_it_comes() -> None:
    known = guess(_content("外国人", "いいえ"), _column(RESIDENTS, "is_foreign")).known
    assert known == {"いいえ": "false", "はい": "true"}


def test_a_word_that_speaks_of_two_things_is_left_open() -> None:
    told = guess(_content("申告", "申告特例通知", "申告書"), _column(DONATIONS, "source"))
    assert told.known == {"申告書": "return"}


@pytest.mark.parametrize(
    ("stem", "kind"),
    [("確定申告書", "tax_return"), ("KZ22_公的年金等支払報告書", "pension_report"), ("資料一覧", "")],
)
def test_a_file_is_called_by_the_kind_of_its_documents(stem: str, kind: str) -> None:
    assert kind_named(stem) == kind


@pytest.mark.parametrize(
    "note",
    ["2140:第３号社保料控除額、2160:第５号（生保）", "（2140：第３号社保料控除額 2160：第５号(生保)）"],
)
def test_what_a_list_of_fields_says_of_codes_may_hold_digits_and_brackets(note: str) -> None:
    assert Item("項目", note=note).meanings == {"2140": "第3号社保料控除額", "2160": "第5号(生保)"}


def test_blank_is_a_code_too() -> None:
    assert Item("取消", note="D:取消 空白:有効").meanings == {"D": "取消", "": "有効"}


def test_codes_and_names_are_no_numbers_of_documents_or_payers() -> None:
    number = _content("訂正元", "D0000001", "D0000002")
    for name, content in (
        ("supersedes", _content("訂正元", "21", "22")),
        ("payer_id", _content("支払者", "株式会社甲", "有限会社乙")),
    ):
        column = _column(DOCUMENTS, name)
        assert score(content, column, DOCUMENTS, Relations()) < 0.36
        assert score(replace(number, name=content.name), column, DOCUMENTS, Relations()) > 0.5


def test_dates_of_a_spreadsheet_have_a_time_of_the_day() -> None:
    assert _content("生年月日", "2014-02-12 00:00:00", "1980-12-01 00:00:00").kind == "date"


def test_nobody_is_called_nought_or_one() -> None:
    assert not _content("賦課期日現在住所区分", "0", "1").forbidden
    assert _content("現住所", "練馬", "桜台").forbidden
    assert replace(_content("現住所", "練馬", "桜台"), said="町名").forbidden, "whatever it is called in full"
