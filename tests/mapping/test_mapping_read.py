"""Reading a ward's own files: every layout, code and shape that a mapping can describe."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tadasu.errors import TadasuError
from tadasu.extract import read_mapped, reasons
from tadasu.extract.mapping import Mapping

WardOf = Callable[..., Path]
Smallest = Callable[..., Mapping]


def test_the_smallest_extract_enters_whole(ward: WardOf, smallest: Smallest) -> None:
    intake = read_mapped(ward(), smallest())
    assert [frame.height for frame in intake.tables[2024].values()] == [1, 1, 1, 1, 1, 0, 1, 0, 0]
    assert intake.tables[2024]["documents"].row(0, named=True)["tax_year"] == 2024
    assert intake.quarantine[2024].is_empty()
    totals = intake.report()["totals"]
    assert (totals["read"], totals["kept"], totals["quarantined"]) == (6, 6, 0)


@pytest.mark.parametrize("folder", ["R06", "2024", "令和6年度", "令和６年", "r06", "2024年度"])
def test_a_year_is_found_by_the_name_of_its_folder(ward: WardOf, smallest: Smallest, folder: str) -> None:
    assert list(read_mapped(ward(folder), smallest()).tables) == [2024]


def test_a_folder_of_the_income_year_is_a_year_earlier(ward: WardOf, smallest: Smallest) -> None:
    assert list(read_mapped(ward("R05"), smallest("year_offset: 1")).tables) == [2024]


SOURCES = {
    "cp932": '{files: "{year}/r.csv", encoding: cp932',
    "shift_jis": '{files: "{year}/r.csv", encoding: shift_jis',
    "utf-8": '{files: "{year}/r.csv", encoding: utf-8',
    "utf-8-sig": '{files: "{year}/r.csv", encoding: utf-8',
    "detect cp932": '{files: "{year}/r.csv"',
    "detect utf-8": '{files: "{year}/r.csv"',
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_is_read_in_its_encoding(ward: WardOf, smallest: Smallest, name: str) -> None:
    columns = ", columns: {person_id: 宛名番号, relationship: {from: 続柄, codes: {妻: spouse}}}}"
    data = "宛名番号,続柄\r\nP1,妻\r\n".encode(name.removeprefix("detect "))
    intake = read_mapped(ward(r=data), smallest(residents=SOURCES[name] + columns))
    assert intake.tables[2024]["residents"]["relationship"].to_list() == ["spouse"]
    told = [oddity.what for oddity in intake.oddities if oddity.table == "residents"]
    assert any("推定" in what for what in told) == name.startswith("detect")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("delimiter: tab", "宛名番号\t性別\nP1\t1\n"),
        ("delimiter: pipe", "宛名番号|性別\nP1|1\n"),
        ("delimiter: ';', quote: single", "宛名番号;性別\n'P1';'1'\n"),
        ("quote: none", '宛名番号,性別,備考\nP1,1,5"x\n'),
        ("header: 3", "不整合出力\n\n宛名番号,性別\nP1,1\n"),
        ("skip: ['^合計', '^件数']", "宛名番号,性別\nP1,1\n合計,1\n件数：1件\n"),
        ("only: '^P'", "宛名番号,性別\nH,x\nP1,1\nT,1\n"),
        ("extra_cells: true", "宛名番号,性別\nP1,1,余分,\n"),
        ("delimiter: comma", "宛名番号,性別\r\nP1,1\r\n\x1a"),
    ],
)
def test_a_layout_is_read(ward: WardOf, smallest: Smallest, keys: str, text: str) -> None:
    columns = "columns: {person_id: 宛名番号, sex: {from: 性別, codes: {1: M, 2: F}}}"
    source = f'{{files: "{{year}}/r.csv", encoding: cp932, {keys}, {columns}}}'
    intake = read_mapped(ward(r=text), smallest(residents=source))
    assert intake.tables[2024]["residents"].select("person_id", "sex").rows() == [("P1", "M")]
    assert intake.quarantine[2024].is_empty()


def test_columns_are_found_by_position_where_there_is_no_header(ward: WardOf, smallest: Smallest) -> None:
    source = '{files: "{year}/r.csv", header: none, columns: {person_id: 2, birth_date: 4}}'
    intake = read_mapped(ward(r="x,P1,y,R05.12.31\nx,P2,y,\n"), smallest(residents=source))
    assert intake.tables[2024]["residents"].select("person_id", "birth_date").rows() == [
        ("P1", dt.date(2023, 12, 31)),
        ("P2", None),
    ]


@pytest.mark.parametrize("counted", ["bytes", "characters"])
def test_fields_of_fixed_width_are_counted_in_bytes_or_characters(
    ward: WardOf, smallest: Smallest, counted: str
) -> None:
    size = 6 if counted == "bytes" else 3
    fields = f"fields: {{番号: 4, 名称: {size}, 日付: 7}}"
    columns = (
        "person_id: 番号, household_id: 名称, birth_date: {from: 日付, dates: '5051231', era_digits: etax}"
    )
    source = (
        f'{{files: "{{year}}/r.csv", format: fixed, counted: {counted}, {fields}, columns: {{{columns}}}}}'
    )
    intake = read_mapped(ward(r="0001東京都3500102\nP2  大阪府       \n短い\n"), smallest(residents=source))
    assert intake.tables[2024]["residents"].select("person_id", "household_id", "birth_date").rows() == [
        ("0001", "東京都", dt.date(1975, 1, 2)),
        ("P2", "大阪府", None),
    ]
    assert intake.quarantine[2024].select("line", "reason").rows() == [(3, reasons.LENGTH)]


def test_a_fixed_file_without_line_ends_is_cut_by_its_length(ward: WardOf, smallest: Smallest) -> None:
    source = '{files: "{year}/r.csv", format: fixed, fields: {番号: 4, 世帯: 2}, columns: {person_id: 番号}}'
    intake = read_mapped(ward(r="0001H10002H20003H3"), smallest(residents=source))
    assert intake.tables[2024]["residents"]["person_id"].to_list() == ["0001", "0002", "0003"]


def test_a_column_that_says_whether_a_row_is_there_must_be_there(ward: WardOf, smallest: Smallest) -> None:
    wide = WIDE.replace("columns:", 'present: ["{n}有無"]\ncolumns:')
    with pytest.raises(TadasuError, match=r"no column .*配偶者有無"):
        read_mapped(ward(k="番号\nD1\n"), smallest(dependents=wide))


def test_an_excel_sheet_is_read_as_a_spreadsheet_left_it(ward: WardOf, smallest: Smallest) -> None:
    folder = ward()
    with xlsxwriter.Workbook(str(folder / "R06" / "r.xlsx")) as book:
        book.add_worksheet("表紙")
        sheet = book.add_worksheet("住民")
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        sheet.write_row(1, 0, ["宛名番号", "生年月日"])
        sheet.write_number(2, 0, 123)
        sheet.write_datetime(2, 1, dt.datetime(1975, 1, 2), day)
        sheet.write_row(4, 0, ["0000000456", "S50.1.3"])
        sheet.write_row(5, 0, ["合計", 2])
    source = """
    {files: "{year}/r.xlsx", format: xlsx, sheet: 住民, header: 2, skip: 合計,
     columns: {person_id: {from: 宛名番号, width: 10}, birth_date: {from: 生年月日, dates: R05.12.31}}}
    """
    intake = read_mapped(folder, smallest(residents=source))
    assert intake.tables[2024]["residents"].select("person_id", "birth_date").rows() == [
        ("0000000123", dt.date(1975, 1, 2)),
        ("0000000456", dt.date(1975, 1, 3)),
    ]
    assert ("先頭の 0 を補った番号", 1) in [(oddity.what, oddity.count) for oddity in intake.oddities]


def test_a_parquet_file_is_read_by_its_types(ward: WardOf, smallest: Smallest) -> None:
    folder = ward()
    rows = {"番号": [7], "生年月日": [dt.date(1975, 1, 2)], "外国人": [True]}
    pl.DataFrame(rows).write_parquet(folder / "R06" / "r.parquet")
    source = """
    {files: "{year}/r.parquet", format: parquet,
     columns: {person_id: {from: 番号, width: 4}, birth_date: 生年月日, is_foreign: 外国人}}
    """
    (row,) = read_mapped(folder, smallest(residents=source)).tables[2024]["residents"].rows(named=True)
    assert (row["person_id"], row["birth_date"], row["is_foreign"]) == ("0007", dt.date(1975, 1, 2), True)


def test_a_composite_key_needs_all_its_parts(ward: WardOf, smallest: Smallest) -> None:
    source = """
    files: "{year}/d.csv"
    columns: {document_id: {template: "K{年度}-{連番:05}"}, person_id: 宛名番号, kind: {constant: tax_return}}
    """
    text = "年度,連番,宛名番号\n6,12,P1\n6,,P1\n"
    intake = read_mapped(ward(d=text), smallest(documents=source))
    assert intake.tables[2024]["documents"]["document_id"].to_list() == ["K6-00012"]
    assert intake.quarantine[2024].select("line", "column", "reason").rows() == [
        (3, "document_id", reasons.INCOMPLETE)
    ]


WIDE = """
files: "{year}/k.csv"
repeat: [{n: 配偶者, role: spouse}, {n: 扶養1, role: dependent}, {n: 扶養2, role: dependent}]
columns:
  document_id: 番号
  line_no: {number: true}
  role: {constant: "{role}"}
  birth_date: "{n}生年月日"
  stated_income: "{n}所得"
"""


def test_a_wide_line_becomes_a_row_for_each_filled_slot(ward: WardOf, smallest: Smallest) -> None:
    head = "番号," + ",".join(
        f"{n}{what}" for n in ("配偶者", "扶養1", "扶養2") for what in ("生年月日", "所得")
    )
    lines = [head, "D1,S50.1.2,0,,,H20.1.1,", "D2,,,,,,", "D3,,,いつか,,,"]
    intake = read_mapped(ward(k="\n".join(lines) + "\n"), smallest(dependents=WIDE))
    found = intake.tables[2024]["dependents"].select("document_id", "line_no", "role", "stated_income")
    assert found.rows() == [("D1", 1, "spouse", 0), ("D1", 2, "dependent", None)]
    count = next(file for file in intake.files if file.table == "dependents")
    assert (count.read, count.kept, count.quarantined) == (3, 2, 1)
    assert intake.quarantine[2024].select("line", "value", "reason").rows() == [
        (4, "いつか", reasons.NOT_A_DATE)
    ]


def test_two_kinds_of_files_bring_one_table(ward: WardOf, smallest: Smallest) -> None:
    source = """
    - files: "{year}/d.csv"
      columns: {document_id: 番号, person_id: 宛名番号, kind: {constant: salary_report}}
    - files: "{year}/p.csv"
      columns: {document_id: 番号, person_id: 宛名番号, kind: {constant: pension_report}}
    """
    folder = ward(d="番号,宛名番号\nD1,P1\nD2,P1\n", p="番号,宛名番号\nD3,P1\nD1,P1\n")
    intake = read_mapped(folder, smallest(documents=source))
    assert intake.tables[2024]["documents"].select("document_id", "kind").rows() == [
        ("D2", "salary_report"),
        ("D3", "pension_report"),
    ]
    twice = intake.quarantine[2024].select("file", "line", "reason").rows()
    assert twice == [("R06/d.csv", 2, reasons.KEY), ("R06/p.csv", 3, reasons.KEY)]


CORRECTIONS = """
files: "{year}/c.csv"
columns:
  row_id: 連番
  action_no: 番号
  outcome: {from: 結果, codes: {修正: corrected, 不要: no_change}}
  field: {from: 項目, codes: {A1: business_income, C1: spouse_kind, C2: widow, "": ""}}
  new_value: {from: 後, by: field, cases: {spouse_kind: 配偶者, widow: 有無, "*": number}}
"""


def test_the_code_table_of_a_value_depends_on_its_field(ward: WardOf, smallest: Smallest) -> None:
    text = (
        '連番,番号,結果,項目,後\nR1,1,修正,A1,△1000円\nR2,1,修正,A1,"1,000"\nR3,1,修正,C1,1\nR4,1,修正,C2,1\n'
    )
    text += "R5,1,修正,C2,9\nR6,1,不要,,\n"
    codes = 'codes: {配偶者: {"0": none, "1": general}, 有無: {"0": "false", "1": "true"}}'
    intake = read_mapped(ward("R06", c=text), smallest(codes, corrections=CORRECTIONS))
    assert intake.tables[2024]["corrections"].select("row_id", "new_value").rows() == [
        ("R1", "-1000"),
        ("R2", "1000"),
        ("R3", "general"),
        ("R4", "true"),
        ("R6", None),
    ]
    assert intake.quarantine[2024].select("line", "column", "value", "reason").rows() == [
        (6, "new_value", "9", reasons.UNKNOWN_CODE)
    ]


def test_fields_are_read_by_the_names_that_the_record_has_for_them(ward: WardOf, smallest: Smallest) -> None:
    record = """{files: "{year}/a.csv",
      columns: {person_id: 宛名番号, salary_revenue: {from: お給料}, total_income: 計}}"""
    rows = """{files: "{year}/i.csv", columns: {row_id: 番号, person_id: 宛名番号, check_code: コード,
      field: {from: 項目, codes: assessments}}}"""
    files = ward(
        a="宛名番号,お給料,計\nP1,5,4\n",
        i="番号,宛名番号,コード,項目\nR1,P1,E1,お給料\nR2,P1,E1,\nR3,P1,E1,ほか\n",
    )
    intake = read_mapped(files, smallest(assessments=record, inconsistencies=rows))
    fields = intake.tables[2024]["inconsistencies"].select("row_id", "field").rows()
    assert fields == [("R1", "salary_revenue"), ("R2", None)]
    assert intake.quarantine[2024]["value"].to_list() == ["ほか"]
