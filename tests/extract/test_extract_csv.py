"""CSV to cells: a broken line is put aside by its number and never shifts another."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tadasu.extract import csv_lines, reasons


def read(folder: Path, data: bytes | str) -> csv_lines.Lines:
    path = folder / "t.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return csv_lines.read(path, ["a", "b", "c"])


def cells(lines: csv_lines.Lines) -> dict[int, tuple[str | None, ...]]:
    return {line: (a, b, c) for line, a, b, c in lines.cells.select("line", "a", "b", "c").iter_rows()}


def broken(lines: csv_lines.Lines) -> dict[int, str]:
    return dict(lines.broken.select("line", "reason").iter_rows())


def test_a_line_with_a_wrong_number_of_cells_is_put_aside_alone(tmp_path: Path) -> None:
    lines = read(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11,12\n13,14,15\n")
    assert cells(lines) == {2: ("1", "2", "3"), 4: ("6", "7", "8"), 6: ("13", "14", "15")}
    assert broken(lines) == {3: reasons.RAGGED, 5: reasons.RAGGED}
    assert lines.read == 5


def test_quoted_cells_hold_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    lines = read(tmp_path, 'a,b,c\n"1,5","say ""x""","two\nlines"\n2,3,4\n')
    assert cells(lines) == {2: ("1,5", 'say "x"', "two\nlines"), 4: ("2", "3", "4")}
    assert lines.broken.is_empty()


@pytest.mark.parametrize("stray", ['1,"open,3', '1,x"y"z,3', '1,"2"3,4', '1,"two, cells",3,"'])
def test_a_stray_quote_swallows_no_other_line(tmp_path: Path, stray: str) -> None:
    lines = read(tmp_path, f'a,b,c\n{stray}\n4,5,6\n7,"8, 8",9\n{stray}\n10,11,12\n')
    assert cells(lines) == {3: ("4", "5", "6"), 4: ("7", "8, 8", "9"), 6: ("10", "11", "12")}
    assert set(broken(lines)) == {2, 5}


def test_a_line_that_is_not_utf8_is_put_aside_and_shown_as_it_stood(tmp_path: Path) -> None:
    lines = read(tmp_path, b"a,b,c\n1,2,3\n4," + "区".encode("cp932") + b",6\n7,\xe5\x8c\xba,9\n")
    assert cells(lines) == {2: ("1", "2", "3"), 4: ("7", "区", "9")}
    assert broken(lines) == {3: reasons.UNDECODABLE}
    assert lines.raw is not None
    assert lines.raw.filter(line=3)["raw"].item() == r"4,\x8b\xe6,6"


def test_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = cells(read(tmp_path, "a,b,c\n1,2,3\n4,,6\n"))
    assert cells(read(tmp_path, "\ufeffa,b,c\r\n1,2,3\r\n4,,6\r\n\r\n")) == plain


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "c,extra,a,b\n3,x,1,2\n")) == {2: ("1", "2", "3")}


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "no header"), (b"a,b,a\n", "twice"), (b"\x8b\xe6,b\n", "decode")]
)
def test_a_file_without_a_usable_header_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(tmp_path, data)


_CELL = st.text(st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_CELL, _CELL, _CELL), max_size=8))
def test_what_a_csv_writer_wrote_is_read_whole(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    lines = read(tmp_path, out.getvalue())
    assert [tuple(cell or "" for cell in row) for row in cells(lines).values()] == rows
    assert lines.broken.is_empty()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_whatever_the_bytes_every_line_is_read_or_put_aside(tmp_path: Path, junk: bytes) -> None:
    lines = read(tmp_path, b"a,b,c\n1,2,3\n" + junk)
    kept, aside = set(lines.cells["line"]), set(lines.broken["line"])
    assert not kept & aside
    assert lines.raw is not None
    assert kept | aside == set(lines.raw["line"])
    assert lines.raw["line"].is_unique().all()
    assert lines.cells.schema == {**dict.fromkeys("abc", pl.String()), "line": pl.Int64()}
