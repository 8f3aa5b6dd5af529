"""Unknown files: encoding, delimiter, line of names, totals, fixed width, forms of dates."""

from pathlib import Path

import polars as pl

from tadasu.extract.sniff.content import look
from tadasu.extract.sniff.folders import groups
from tadasu.extract.sniff.layouts import Sniffed, sniff

BODY = "".join(f"{n:05},山田,{n * 1000}\n" for n in range(1, 30))


def _sniffed(path: Path, text: str, encoding: str = "cp932") -> Sniffed:
    path.write_bytes(text.encode(encoding))
    found = sniff(path)
    assert found is not None
    return found


def test_the_line_of_names_is_the_last_line_of_words_before_the_data(tmp_path: Path) -> None:
    found = _sniffed(tmp_path / "a.csv", "帳票,,\n番号,姓,金額\n" + BODY)
    assert (found.layout.header, found.layout.encoding, found.layout.delimiter) == (2, "cp932", ",")


def test_a_file_without_names_has_none(tmp_path: Path) -> None:
    assert _sniffed(tmp_path / "a.csv", BODY).layout.header == 0


def test_totals_at_the_end_are_no_records(tmp_path: Path) -> None:
    assert _sniffed(tmp_path / "a.csv", "番号,姓,金額\n" + BODY + "合計,29\n").layout.skip == ("^合計",)
    assert _sniffed(tmp_path / "b.csv", "番号,姓,金額\n" + BODY).layout.skip == ()


def test_tabs_and_utf8(tmp_path: Path) -> None:
    found = _sniffed(tmp_path / "a.txt", ("番号,姓,金額\n" + BODY).replace(",", "\t"), "utf-8")
    assert (found.layout.encoding, found.layout.delimiter) == ("utf-8", "\t")


def test_a_file_that_does_not_end_is_doubted(tmp_path: Path) -> None:
    found = _sniffed(tmp_path / "a.csv", ("番号,姓,金額\n" + BODY).rstrip("\n"))
    assert found.layout.last_line == "whole"
    assert any("途中で切れて" in doubt for doubt in found.doubts)


def test_fields_of_fixed_width_are_found_at_blanks_dates_and_zeros(tmp_path: Path) -> None:
    lines = [
        f"{n * 7919 % 99991:010}{n * 104729 % 99991:010}198{n % 10}0{1 + n % 9}15{n * 37:<9}"
        for n in range(1, 60)
    ]
    found = _sniffed(tmp_path / "a.dat", "\r\n".join(lines) + "\r\n")
    assert found.layout.format == "fixed"
    assert [(p.at, p.length) for p in found.layout.positions] == [(1, 10), (11, 10), (21, 8), (29, 9)]


def test_files_of_several_years_are_one_kind(tmp_path: Path) -> None:
    for name in ("R05/住民.csv", "R06/住民.csv", "寄附_2024.csv", "寄附_2025.csv", ".hidden/x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n", encoding="utf-8")
    found = {group.pattern: [year for year, _ in group.files] for group in groups(tmp_path)}
    assert found == {"{year}/住民.csv": [2023, 2024], "寄附_{year}.csv": [2024, 2025]}


def test_a_day_in_a_name_gives_the_year_and_is_doubted(tmp_path: Path) -> None:
    for name in ("juki_20240601.csv", "juki_20250602.csv"):
        (tmp_path / name).write_text("a\n", encoding="utf-8")
    (found,) = groups(tmp_path)
    assert (found.pattern, found.stem, found.by_day) == ("juki_{year}????.csv", "juki", True)
    assert [year for year, _ in found.files] == [2024, 2025]


def test_era_digits_are_those_that_give_days_of_living_people() -> None:
    etax = look(pl.Series("日", ["3501231", "4051231", "3550101", "5010501"]))
    assert (etax.kind, etax.eras, etax.eras_sure) == ("date", "etax", True)
    either = look(pl.Series("日", ["5051231", "5060131", "4300101"]))
    assert (either.kind, either.eras_sure) == ("date", False)


def test_dates_may_be_zero_where_there_is_none() -> None:
    found = look(pl.Series("日", ["20231231", "00000000", "20240105"]))
    assert (found.kind, found.zero) == ("date", True)


def test_identifiers_amounts_and_codes_are_told_apart() -> None:
    zeros = look(pl.Series("番号", [f"{n:08}" for n in range(1, 100)]))
    sums = look(pl.Series("金額", [f"{n}000" for n in range(10, 99)]))
    codes = look(pl.Series("区分", ["1", "2", "2", "3"] * 9))
    assert (zeros.kind, sums.kind, codes.kind) == ("identifier", "number", "code")
