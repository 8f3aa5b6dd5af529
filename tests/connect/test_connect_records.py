"""Record layouts beside an export, names in two lines, relatives side by side, codes seen in their rows."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tadasu.extract import mapping
from tadasu.extract.sniff import propose
from tadasu.extract.sniff.content import look, look_all
from tadasu.extract.sniff.headers import header
from tadasu.extract.sniff.layouts import sniff
from tadasu.extract.sniff.records import find
from tadasu.extract.sniff.scores import Relations
from tadasu.extract.sniff.wide import aside, wide
from tadasu.extract.sniff.years import by_year
from tadasu.tables import ASSESSMENTS, PREVIOUS_ASSESSMENTS, Table

NAMES = ["宛名番号", "世帯番号", "漢字氏名", "性別", "生年月日"]
WIDTHS = [10, 10, 20, 1, 8]


def _layout(path: Path, title: str, *, at: bool = True) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(title)
    sheet.write(0, 0, "レコードレイアウト")
    begins = 1
    for column, text in enumerate(["No", "項目名", "属性", "桁数", *(["開始位置"] if at else []), "備考"]):
        sheet.write(2, column, text)
    for row, (name, width) in enumerate(zip(NAMES, WIDTHS, strict=True), 3):
        note = "1:男 2:女" if name == "性別" else ""
        cells = [row - 2, name, "X", width, *([begins] if at else []), note]
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
        begins += width
    book.close()


def _fixed(path: Path, people: int = 60) -> None:
    lines = (
        f"{n * 7919:010}{n // 2 * 104729:010}{'山田　太郎':　<10}{1 + n % 2}19{50 + n % 40}0{1 + n % 9}15"
        for n in range(1, people)
    )
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp932"))


@pytest.mark.parametrize("at", [True, False])
def test_a_layout_beside_a_file_of_fixed_width_names_its_fields(tmp_path: Path, at: bool) -> None:
    _fixed(tmp_path / "KJUKI_2024.DAT")
    _layout(tmp_path / "定義書.xlsx", "KJUKI", at=at)
    found = sniff(tmp_path / "KJUKI_2024.DAT", find(sorted(tmp_path.iterdir())), "KJUKI")
    assert found is not None
    assert [(p.name, p.length) for p in found.layout.positions] == list(zip(NAMES, WIDTHS, strict=True))
    assert found.meanings["性別"] == {"1": "男", "2": "女"}


def test_a_layout_whose_lengths_do_not_add_up_is_told_and_not_used(tmp_path: Path) -> None:
    _fixed(tmp_path / "KJUKI_2024.DAT")
    text = "項目名,桁数\n宛名番号,10\n世帯番号,10\n氏名,30\n"
    (tmp_path / "KJUKI.csv").write_text(text, encoding="utf-8")
    found = sniff(tmp_path / "KJUKI_2024.DAT", find(sorted(tmp_path.iterdir())), "KJUKI")
    assert found is not None
    assert any("桁数の合計 50" in doubt for doubt in found.doubts)
    assert all(position.name.isdigit() for position in found.layout.positions)


def test_one_csv_may_hold_the_layouts_of_several_files(tmp_path: Path) -> None:
    told = [("住民", "宛名番号", 10), ("住民", "世帯番号", 10), ("住民", "生年月日", 8)]
    told += [("寄附", "受付番号", 8), ("寄附", "宛名番号", 10), ("寄附", "金額", 9)]
    rows = "".join(f"{file},{name},{length}\n" for file, name, length in told)
    (tmp_path / "配置.csv").write_text("ファイル名,項目名称,バイト数\n" + rows, encoding="utf-8")
    records = find([tmp_path / "配置.csv"]).known
    assert [record.names for record in records] == [
        ("宛名番号", "世帯番号", "生年月日"),
        ("受付番号", "宛名番号", "金額"),
    ]
    assert [record.mentions("寄附") for record in records] == [0, 2]
    assert [p.at for p in records[1].positions(27)] == [1, 9, 19]


def test_data_are_no_layout(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("項目,値\n給与,1\n年金,2\n", encoding="utf-8")
    assert find([tmp_path / "a.csv"]).known == ()


def test_groups_above_names_are_part_of_them() -> None:
    rows = [
        ["令和6年度 賦課一覧表", "", "", "", "", ""],
        ["個人", "収入金額", "", "所得金額", "", "出力日"],
        ["宛名番号", "給与", "年金", "給与", "年金", ""],
        ["1", "5000000", "0", "3560000", "0", "20240601"],
        ["2", "4000000", "0", "2760000", "0", "20240601"],
    ]
    found = header(rows)
    assert found.at == 3
    assert found.said == (
        "個人 宛名番号",
        "収入金額 給与",
        "収入金額 年金",
        "所得金額 給与",
        "所得金額 年金",
        "出力日",
    )


def test_a_title_is_no_group() -> None:
    rows = [
        ["令和6年度", "出力: 係", "頁: 1"],
        ["番号", "姓", "額"],
        *([str(n), "山田", "100"] for n in range(9)),
    ]
    assert header(rows).said == ()


def test_relatives_side_by_side_are_dependants_and_not_the_taxpayer() -> None:
    cells = {"宛名番号": [f"{n:010}" for n in range(9)], "生年月日": ["19700102"] * 9}
    for place in ("配偶者", "扶養１", "扶養２", "年少１"):
        cells[f"{place}宛名番号"] = [f"{n:010}" for n in range(9)]
        cells[f"{place}生年月日"] = [f"20{n:02}0102" for n in range(10, 19)]
    contents = look_all(pl.DataFrame(cells), list(cells))
    assert "生年月日" not in aside(contents)
    assert len(aside(contents)) == 8
    (found,) = wide(contents, Relations())
    assert dict(found.slots) == {
        "配偶者": "spouse",
        "扶養１": "dependent",
        "扶養２": "dependent",
        "年少１": "under16",
    }
    taken = {m.column.name: found.column(m.content.name) for m in found.fit.matches}
    assert taken["birth_date"] == "{n}生年月日"
    assert taken["dependent_person_id"] == "{n}宛名番号"


def test_who_has_a_birthday_is_a_relative_whatever_the_place_is_called() -> None:
    cells = {"宛名番号": [f"{n:010}" for n in range(9)]}
    for place in ("家族１_", "家族２_", "月１_", "月２_"):
        told = ("区分", "生年月日") if place.startswith("家族") else ("支給", "控除")
        cells[place + told[0]] = ["子", "妻", "父"] * 3
        cells[place + told[1]] = [f"20{n:02}0102" for n in range(10, 19)]
    contents = look_all(pl.DataFrame(cells), list(cells))
    assert aside(contents) == {"家族１_区分", "家族１_生年月日", "家族２_区分", "家族２_生年月日"}
    (found,) = wide(contents, Relations())
    assert dict(found.slots) == {"家族１": "", "家族２": ""}
    assert not found.told


def test_numbers_given_in_turn_are_no_sums_though_filled_up_with_zeros() -> None:
    given = look(pl.Series("受付", [f"{n:08}" for n in range(1, 150)]))
    sums = look(pl.Series("支払", [f"{n * n * n * 7:010}" for n in range(1, 150)]))
    assert (given.kind, sums.kind) == ("identifier", "number")


def test_the_year_in_the_rows_says_whose_record_it_is() -> None:
    """The lines of the newest year come first: that an older file is longer changes nothing."""

    def told(name: str, year: str, older: str) -> Table | None:
        newest = pl.Series(name, [year] * 9)
        content = replace(look(newest), values=((older, 20), (year, 9)))
        return by_year([content], pl.DataFrame([newest.extend(pl.Series(name, [older] * 20))]), 2025)

    assert told("賦課年度", "7", "6") is ASSESSMENTS
    assert told("賦課年度", "R06", "R05") is PREVIOUS_ASSESSMENTS
    assert told("区分", "7", "6") is None


def test_a_column_of_yes_and_no_is_read_whatever_its_name() -> None:
    known = look(pl.Series("賦期住所有無", ["有", "無"] * 20))
    written = look(pl.Series("住所", [f"練馬区{n}番地" for n in range(40)]))
    assert (known.forbidden, written.forbidden) == (False, True)


def test_sums_filled_up_with_zeros_are_no_identifiers() -> None:
    sums = look(pl.Series("額", [f"{n * n * 37:011}" for n in range(200)]))
    numbers = look(pl.Series("番号", [f"{n:010}" for n in range(1_000_000, 1_000_200)]))
    assert (sums.kind, numbers.kind) == ("number", "identifier")


def _register(folder: Path) -> None:
    """Write a register of 80 couples with a child each, its codes without any word."""
    rows = ["宛名番号,世帯番号,続柄,生年月日,性別,異動日,異動事由"]
    for n in range(80):
        home = f"{n + 1:010}"
        for place, (code, born, sex) in enumerate((("A1", 1950, 1), ("B2", 1952, 2), ("C3", 1985, 1))):
            left = (
                "20240105,7"
                if place == 0 and n % 4 == 0
                else "20240210,8"
                if place == 2 and n % 4 == 0
                else ","
            )
            rows.append(f"{n * 3 + place + 1:010},{home},{code},{born + n % 9}0104,{sex},{left}")
    path = folder / "2024" / "住民.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_codes_are_proposed_by_what_stands_beside_them_and_are_doubted(tmp_path: Path) -> None:
    _register(tmp_path)
    text = propose(tmp_path, "x", "x.yaml")
    for code, word in (("A1", "head"), ("B2", "spouse"), ("C3", "child"), ("7", "died"), ("8", "moved")):
        (line,) = [line for line in text.splitlines() if line.strip().startswith(f'"{code}": {word}')]
        assert "件 ？ 要確認" in line
    assert "identifiers:" in text


def test_what_is_proposed_can_be_read_with_once_the_open_codes_are_filled_in(tmp_path: Path) -> None:
    _register(tmp_path)
    target = tmp_path / "x.yaml"
    target.write_text(propose(tmp_path, "x", "x.yaml"), encoding="utf-8")
    (source,) = mapping.load(target).of("residents")
    assert dict(source.rows[0].cells[2].reading.codes or {}) == {
        "": "",
        "A1": "head",
        "B2": "spouse",
        "C3": "child",
    }


def test_report_lines_are_proposed_as_statutory_files(tmp_path: Path) -> None:
    (tmp_path / "2025").mkdir()
    cells = ["315", *[""] * 142]
    cells[9], cells[16] = "1", "5000000"
    lines = [f"受付1@{','.join(cells)}" for _ in range(20)]
    (tmp_path / "2025" / "給報_CD.csv").write_text("\n".join(lines) + "\n", encoding="cp932")
    index = "".join(f"給報_CD.csv,{n},{n:010},D{n}\n" for n in range(1, 21))
    (tmp_path / "2025" / "対応.csv").write_text(
        "ファイル名,行番号,宛名番号,資料番号\n" + index, encoding="cp932"
    )
    text = propose(tmp_path, "x", "x.yaml")
    assert '- files: "{year}/給報_CD.csv"' in text
    assert "channel: disc" in text
    assert '"1": unclear   # 20件 ？' in text
    assert 'by: {file: "ファイル名", line: "行番号"}' in text
    assert 'columns: {person_id: "宛名番号", document_id: "資料番号"}' in text
    assert "どの表か分からない" not in text


def test_columns_called_by_field_codes_are_proposed_as_returns(tmp_path: Path) -> None:
    (tmp_path / "2025").mkdir()
    names = ["受付番号", "宛名番号", "ABB00080", "ABB00100", "ABB00300", "ABB00320", "ABB00340", "ABB00370"]
    rows = [",".join([f"{n:08}", f"{n * 7:010}", *["1000"] * 6]) for n in range(1, 20)]
    (tmp_path / "2025" / "申告.csv").write_text("\n".join([",".join(names), *rows]) + "\n", encoding="utf-8")
    text = propose(tmp_path, "x", "x.yaml")
    assert "  returns:" in text
    assert 'id: "受付番号"' in text
    assert 'person_id: "宛名番号"' in text
