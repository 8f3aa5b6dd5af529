"""Dirty lines of a ward's own files: each is put aside by its number, for its reason, and hurts no other."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tadasu.extract import read_mapped, reasons
from tadasu.extract.mapping import Mapping

WardOf = Callable[..., Path]
Smallest = Callable[..., Mapping]
RESIDENTS = """
files: "{year}/r.csv"
encoding: cp932
refuse: 氏名
columns:
  person_id: {from: 宛名番号, width: 4}
  birth_date: {from: 生年月日, dates: R05.12.31}
  sex: {from: 性別, codes: {"1": M, "2": F, "": ""}}
  household_id: 世帯
"""
HEAD = "宛名番号,氏名,生年月日,性別,世帯"
SOUND = "{:04},港　花子,S50.01.02,2,H1"


def lines(*dirty: str) -> str:
    """Return a file of sound lines with the dirty ones from line 3 on."""
    return "\n".join([HEAD, SOUND.format(1), *dirty, SOUND.format(2), SOUND.format(3)]) + "\n"


@pytest.mark.parametrize(
    ("dirty", "reason", "column"),
    [
        ('9,"港　花子,S50.01.02,2,H1', reasons.QUOTE, None),
        ('9,港"花"子,S50.01.02,2,H1', reasons.QUOTE, None),
        ("9,S50.01.02,2", reasons.RAGGED, None),
        ("9,港　花子,S50.01.02,2,H1,余分", reasons.RAGGED, None),
        ("", reasons.RAGGED, None),
        ("9,港\x00花子,S50.01.02,2,H1", reasons.NUL, None),
        ("9,港　花子,S50.02.30,2,H1", reasons.NO_SUCH_DAY, "birth_date"),
        ("9,港　花子,S65.01.01,2,H1", reasons.NO_SUCH_DAY, "birth_date"),
        ("9,港　花子,1975-01-02,2,H1", reasons.NOT_A_DATE, "birth_date"),
        ("9O1,港　花子,S50.01.02,2,H1", reasons.NO_IDENTIFIER, "person_id"),
        (",港　花子,S50.01.02,2,H1", reasons.EMPTY, "person_id"),
        ("9,港　花子,S50.01.02,3,H1", reasons.UNKNOWN_CODE, "sex"),
        ("9,港　花子,S50.01.02,2,H\ue000", reasons.UNMAPPABLE, "household_id"),
        (SOUND.format(2), reasons.COPY, "person_id"),
    ],
)
def test_a_dirty_line_is_put_aside_alone(
    ward: WardOf, smallest: Smallest, dirty: str, reason: str, column: str | None
) -> None:
    intake = read_mapped(ward(r=lines(dirty)), smallest(residents=RESIDENTS))
    (aside,) = intake.quarantine[2024].rows(named=True)
    assert (aside["reason"], aside["column"]) == (reason, column)
    assert aside["line"] == (4 if reason == reasons.COPY else 3)
    assert intake.tables[2024]["residents"]["person_id"].to_list() == ["0001", "0002", "0003"]
    count = next(file for file in intake.files if file.table == "residents")
    assert (count.read, count.kept, count.quarantined) == (4, 3, 1)
    assert "花" not in (aside["raw"] or "")
    if column is None:
        assert aside["raw"] == "sha256:" + sha256(dirty.encode("cp932")).hexdigest()
    else:
        assert aside["raw"].startswith('{"宛名番号":')


def test_bytes_of_another_encoding_are_put_aside(ward: WardOf, smallest: Smallest) -> None:
    sound = lines("9,X,S50.01.02,2,H1").encode("cp932")
    intake = read_mapped(ward(r=sound.replace(b",X,", b",\xff\xff,")), smallest(residents=RESIDENTS))
    assert intake.quarantine[2024].select("line", "reason").rows() == [(3, reasons.OTHER_ENCODING)]
    assert intake.tables[2024]["residents"].height == 3


def test_a_key_with_another_content_puts_both_aside(ward: WardOf, smallest: Smallest) -> None:
    twice = SOUND.format(2).replace("H1", "H9")
    intake = read_mapped(ward(r=lines(twice)), smallest(residents=RESIDENTS))
    found = intake.quarantine[2024].select("line", "value", "reason").rows()
    assert found == [(3, "0002", reasons.KEY), (4, "0002", reasons.KEY)]
    assert intake.tables[2024]["residents"]["person_id"].to_list() == ["0001", "0003"]


def test_mixed_line_ends_are_ends_and_told(ward: WardOf, smallest: Smallest) -> None:
    data = lines(SOUND.format(4)).encode("cp932").replace(b"\n", b"\r\n", 2)
    intake = read_mapped(ward(r=data), smallest(residents=RESIDENTS))
    assert intake.tables[2024]["residents"].height == 4
    assert "行末の改行の種類が混在している" in [oddity.what for oddity in intake.oddities]


def test_a_file_that_was_cut_off_loses_its_last_line_only(ward: WardOf, smallest: Smallest) -> None:
    cut = lines().encode("cp932")[:-2]
    intake = read_mapped(ward(r=cut), smallest(residents=RESIDENTS))
    assert intake.quarantine[2024].select("line", "reason").rows() == [(4, reasons.CUT_OFF)]
    whole = smallest(residents=RESIDENTS + "last_line: whole\n")
    assert read_mapped(ward(r=lines().encode("cp932").rstrip()), whole).tables[2024]["residents"].height == 3


BROKEN = '9,"港\n花子",S50.01.02,2,H1'


@pytest.mark.parametrize(("most", "kept"), [(1, 3), (2, 4), (5, 4)])
def test_a_record_runs_over_lines_only_where_the_mapping_says_so(
    ward: WardOf, smallest: Smallest, most: int, kept: int
) -> None:
    source = RESIDENTS + f"multiline: {most}\n"
    intake = read_mapped(ward(r=lines(BROKEN)), smallest(residents=source))
    assert intake.tables[2024]["residents"].height == kept
    assert intake.quarantine[2024]["line"].to_list() == ([3, 4] if most == 1 else [])


def test_an_open_quote_never_swallows_what_follows(ward: WardOf, smallest: Smallest) -> None:
    open_quote = '9,"港　花子,S50.01.02,2,H1'
    text = lines(open_quote, SOUND.format(5), open_quote, SOUND.format(6))
    for most in (1, 5):
        intake = read_mapped(ward(r=text), smallest(residents=RESIDENTS + f"multiline: {most}\n"))
        assert intake.quarantine[2024]["line"].to_list() == [3, 5]
        assert intake.tables[2024]["residents"].height == 5


def test_a_record_of_more_than_five_lines_is_put_aside(ward: WardOf, smallest: Smallest) -> None:
    long = '9,"' + "\n".join("港") * 3 + "\n\n\n\n\n\n" + '",S50.01.02,2,H1'
    intake = read_mapped(ward(r=lines(long)), smallest(residents=RESIDENTS + "multiline: 5\n"))
    assert intake.tables[2024]["residents"].height == 3
    count = next(file for file in intake.files if file.table == "residents")
    assert count.read == count.kept + count.quarantined == 3 + long.count("\n") + 1


def test_a_staff_action_that_loses_a_line_loses_the_row(ward: WardOf, smallest: Smallest) -> None:
    source = """
    files: "{year}/c.csv"
    columns: {row_id: 連番, action_no: 番号, outcome: 結果, field: 項目, new_value: 後}
    """
    text = "連番,番号,結果,項目,後\nR1,1,corrected,salary_revenue,100\nR1,2,corrected,salary_income,いくら\n"
    intake = read_mapped(ward(c=text), smallest(corrections=source))
    assert intake.tables[2024]["corrections"].is_empty()
    found = intake.quarantine[2024].select("line", "reason").rows()
    assert found == [(2, reasons.PARTIAL), (3, reasons.NO_VALUE)]
