"""Reading a ward's own files: what is refused, what nobody reads, what is missing or damaged is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tadasu.errors import TadasuError
from tadasu.extract import read_mapped
from tadasu.extract.mapping import Mapping

WardOf = Callable[..., Path]
Smallest = Callable[..., Mapping]


def test_refused_columns_are_dropped_and_counted(ward: WardOf, smallest: Smallest) -> None:
    text = "宛名番号,氏名,カナ氏名,住所,備考\nP1,港　花子,ミナト,港区,x\nP1,港　花子,ミナト,港区,y\n"
    source = '{files: "{year}/r.csv", refuse: ["*氏名*", 住所], columns: {person_id: 宛名番号}}'
    intake = read_mapped(ward(r=text), smallest(residents=source))
    told = {oddity.what: oddity.about for oddity in intake.oddities if oddity.table == "residents"}
    assert told["受け入れない列（捨てた）"] == ("氏名", "カナ氏名", "住所")
    assert told["対応づけのない列（読まなかった）"] == ("備考",)
    (raw,) = intake.quarantine[2024]["raw"]
    assert raw == '{"宛名番号":"P1"}'


def test_what_another_source_reads_of_a_file_is_not_called_unmapped(ward: WardOf, smallest: Smallest) -> None:
    text = "宛名番号,資料,路,子１生,備考\nP1,D1,paper,2020/01/02,x\n"
    file = 'files: "{year}/d.csv", columns: {document_id: 資料'
    told = smallest(
        documents="{" + file + ", person_id: 宛名番号, kind: {constant: salary_report}, channel: 路}}",
        dependents="{"
        + file
        + ", line_no: {number: true}, role: {constant: dependent}, birth_date: 子１生}}",
    )
    intake = read_mapped(ward(d=text), told)
    unmapped = [(o.table, o.about) for o in intake.oddities if o.what == "対応づけのない列（読まなかった）"]
    assert [about for _, about in unmapped if about != ()].count(("備考",)) == 1
    assert not any("子１生" in about for _, about in unmapped)


def individual_number(number: int) -> str:
    """Return a made-up number whose last digit is the check digit of the eleven before it."""
    digits = f"{number:011}"
    total = sum(int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(digits), 1))
    return digits + str(0 if total % 11 <= 1 else 11 - total % 11)


@pytest.mark.parametrize("form", ["{}", "{0:.4}-{1}-{2}"])
def test_a_column_of_individual_numbers_stops_the_intake(ward: WardOf, smallest: Smallest, form: str) -> None:
    numbers = [individual_number(7_654_321 * n) for n in range(1, 21)]
    written = [form.format(n if form == "{}" else n[:4], n[4:8], n[8:]) for n in numbers]
    lines = [f"P{n},{number}" for n, number in enumerate(written)]
    text = "宛名番号,整理番号\n" + "\n".join(lines) + "\n"
    source = '{{files: "{{year}}/r.csv", {} columns: {{person_id: 宛名番号}}}}'
    with pytest.raises(
        TadasuError, match=r"R06/r.csv: the column 整理番号 holds Individual Numbers"
    ) as raised:
        read_mapped(ward(r=text), smallest(residents=source.format("")))
    assert numbers[0] not in str(raised.value)
    dropped = read_mapped(ward(r=text), smallest(residents=source.format("refuse: 整理番号,")))
    assert dropped.tables[2024]["residents"].height == 20


@pytest.mark.parametrize("changed", [10, 11])
def test_half_of_the_values_are_not_yet_a_column_of_individual_numbers(
    ward: WardOf, smallest: Smallest, changed: int
) -> None:
    numbers = [individual_number(7_654_321 * n) for n in range(1, 21)]
    spoilt = [n[:11] + str((int(n[11]) + 1) % 10) if at < changed else n for at, n in enumerate(numbers)]
    text = "宛名番号,整理番号\n" + "\n".join(f"P{n},{number}" for n, number in enumerate(spoilt)) + "\n"
    assert read_mapped(ward(r=text), smallest()).tables[2024]["residents"].height == 20


def test_a_missing_column_is_told_with_its_place_in_the_mapping(ward: WardOf, smallest: Smallest) -> None:
    with pytest.raises(
        TadasuError, match=r"R06/r.csv: no column 宛名番号; .*ward.yaml:\d+ names it. The file has: 番号"
    ):
        read_mapped(ward(r="番号\nP1\n"), smallest())


def test_a_missing_file_is_told_with_year_and_pattern(ward: WardOf, smallest: Smallest) -> None:
    folder = ward("R05")
    ward("R06")
    (folder / "R05" / "a.csv").unlink()
    with pytest.raises(TadasuError, match=r"assessments: no file {year}/a.csv \(2023\)"):
        read_mapped(folder, smallest())


def test_files_of_no_source_are_told(ward: WardOf, smallest: Smallest) -> None:
    folder = ward()
    (folder / "readme.txt").write_text("?", encoding="utf-8")
    intake = read_mapped(folder, smallest())
    assert [oddity.about for oddity in intake.oddities if oddity.year is None] == [("readme.txt",)]


def test_a_damaged_binary_file_is_told_not_a_crash(ward: WardOf, smallest: Smallest) -> None:
    for kind in ("xlsx", "parquet"):
        folder = ward()
        (folder / "R06" / f"r.{kind}").write_bytes(b"PK\x03\x04 not really")
        source = f'{{files: "{{year}}/r.{kind}", format: {kind}, columns: {{person_id: 宛名番号}}}}'
        with pytest.raises(TadasuError, match=f"r.{kind}: cannot be read as {kind}"):
            read_mapped(folder, smallest(residents=source))


def test_an_error_in_a_spreadsheet_is_told_not_taken_for_blank(ward: WardOf, smallest: Smallest) -> None:
    folder = ward()
    with xlsxwriter.Workbook(str(folder / "R06" / "r.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["宛名番号", "世帯", "生年月日", "備考"])
        for row, error in enumerate(("世帯", "生年月日", "備考"), 1):
            sheet.write_row(row, 0, [f"P{row}", "H1", "S50.1.2", "x"])
            column = ["宛名番号", "世帯", "生年月日", "備考"].index(error)
            sheet.write_formula(row, column, "=NA()", None, "#N/A")
    source = """
    {files: "{year}/r.xlsx", format: xlsx,
     columns: {person_id: 宛名番号, household_id: 世帯, birth_date: 生年月日}}
    """
    intake = read_mapped(folder, smallest(residents=source))
    assert intake.tables[2024]["residents"]["person_id"].to_list() == ["P3"]
    assert intake.quarantine[2024].select("line", "column").rows() == [(2, "household_id"), (3, "birth_date")]
