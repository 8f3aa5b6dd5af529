"""A mapping's YAML: what is wrong is told with file, line, key and what was expected."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tadasu.extract.mapping import Mapping, MappingError, load
from tadasu.extract.mapping.columns import _READING, _WHERE
from tadasu.extract.mapping.load import _DEFAULTS, _MAPPING, _OF_SOURCE, has_mapping
from tadasu.extract.mapping.model import ENCODINGS, FORMATS

Load = Callable[[str], Mapping]
WARDS = Path(__file__).parents[2] / "conf" / "ward"
TABLE = """\
mapping:
  codes: {性別: {"1": M, "2": F}}
  tables:
    residents:
      files: "{year}/r.csv"
      columns:
        person_id: 宛名番号
        sex: {from: 性別, codes: 性別}
"""


def test_every_ward_file_with_a_mapping_loads() -> None:
    mapped = [path for path in sorted(WARDS.glob("*.yaml")) if has_mapping(path)]
    assert "example" in [path.stem for path in mapped]
    for path in mapped:
        assert load(path).sources


def test_codes_stay_text_whatever_yaml_would_make_of_them(load: Load) -> None:
    text = TABLE.replace('{"1": M, "2": F}', "{01: M, no: F, 1_0: M, ~: F}")
    (source,) = load(text).sources
    reading = source.rows[0].cells[1].reading
    assert reading.codes == {"01": "M", "no": "F", "1_0": "M", "~": "F"}


def test_fields_that_nobody_corrects_are_told_at_once(load: Load) -> None:
    codes = "codes: {A: salary_revenue, B: total_income, C: resident_tax}"
    more = f'    corrections: {{files: "{{year}}/c.csv", columns: {{field: {{from: 項目, {codes}}}}}}}\n'
    with pytest.raises(MappingError, match=r"'total_income' \(B\), 'resident_tax' \(C\); nobody corrects"):
        load(TABLE + more)


def test_the_name_of_the_record_is_no_name_for_another_code_table(load: Load) -> None:
    with pytest.raises(MappingError, match="another name than assessments"):
        load(TABLE.replace("codes: {性別:", "codes: {assessments: {X: salary_revenue}, 性別:"))


def test_all_sources_that_lack_a_column_are_told_at_once(load: Load) -> None:
    more = '    donations: {files: "{year}/n.csv", columns: {donation_id: 番号}}\n'
    with pytest.raises(MappingError) as told:
        load(TABLE.replace("        person_id: 宛名番号\n", "") + more)
    first, *others = str(told.value).splitlines()
    assert "residents" in first
    assert [line.split("expected the column ")[1].split(" ")[0] for line in others] == ["person_id", "source"]


@pytest.mark.parametrize(
    ("old", "new", "line", "parts"),
    [
        ("files:", "file:", 5, ["residents.file", "perhaps files"]),
        ("        sex:", "        sexx:", 8, ["columns.sexx", "perhaps sex"]),
        ("codes: 性別}", "codes: 性}", 8, ["sex.codes", "性別", "'性'"]),
        ('"2": F}}', '"2": W}}', 8, ["sex", "one of M, F", "'W'"]),
        ("        person_id: 宛名番号\n", "", 4, ["columns", "person_id", "宛名番号"]),
        ('"{year}/r.csv"', '"r.csv"', 5, ["files", "{year}", "'r.csv'"]),
        ('"{year}/r.csv"', '"/data/{year}/r.csv"', 5, ["below the ward's folder"]),
        ("    residents:", "    resident:", 4, ["tables.resident", "perhaps residents"]),
        ("from: 性別,", "from: 性別, constant: M,", 8, ["exactly one of", "from, constant"]),
        ("from: 性別,", "from: 性別, width: many,", 8, ["width", "whole number from 1 to 40", "'many'"]),
        ("from: 性別,", "from: 性別, unit: 億円,", 8, ["unit", "千円"]),
        ("from: 性別, codes: 性別", "constant: X", 8, ["sex.constant", "one of M, F", "'X'"]),
        ("from: 性別,", "from: 性別, blank: X,", 8, ["sex.blank", "one of M, F"]),
        ("      files:", "      format: fixed\n      files:", 7, ["fields"]),
        ("      files:", "      header: none\n      files:", 7, ["positions 1, 2", "'宛名番号'"]),
        ("      files:", "      skip: '['\n      files:", 5, ["skip", "regular expression"]),
        ("      files:", "      delimiter: ab\n      files:", 5, ["delimiter", "comma, tab"]),
        ("  codes:", "  year_form: いつか\n  codes:", 2, ["year_form", "R05"]),
        ('{"1": M, "2": F}', "1", 2, ["codes.性別", "a mapping of keys", "'1'"]),
    ],
)
def test_a_mistake_is_told_with_its_line(load: Load, old: str, new: str, line: int, parts: list[str]) -> None:
    assert old in TABLE
    with pytest.raises(MappingError) as raised:
        load(TABLE.replace(old, new, 1))
    said = str(raised.value)
    assert f"ward.yaml:{line}: mapping." in said
    assert [part for part in parts if part not in said] == []


def test_a_date_by_an_era_digit_needs_the_table_of_digits(load: Load) -> None:
    text = TABLE + "        birth_date: {from: 生年月日, dates: '5051231'}\n"
    with pytest.raises(MappingError, match=r"dates: expected the key era_digits"):
        load(text)
    (source,) = load(text.replace("dates:", "era_digits: etax, dates:")).sources
    assert source.rows[0].cells[2].reading.eras["3"] == "昭和"


def test_a_key_written_twice_is_no_mapping(load: Load) -> None:
    with pytest.raises(MappingError, match=r"ward.yaml:9: .*sex: written twice"):
        load(TABLE + "        sex: 性別\n")


def test_a_case_refers_to_a_column_of_the_same_table(load: Load) -> None:
    by = "        left_reason: {from: 事由, by: nothing, cases: {M: text}}\n"
    with pytest.raises(MappingError, match=r"left_reason\.by: expected one of person_id, sex"):
        load(TABLE + by)


def test_a_slot_fills_in_its_words(load: Load) -> None:
    text = """\
    mapping:
      tables:
        dependents:
          files: "{year}/k.csv"
          repeat: [{n: 配偶者, role: spouse}, {n: 扶養1, role: dependent}]
          columns:
            document_id: {template: "{年度}-{番号:05}"}
            line_no: {number: true}
            role: {constant: "{role}"}
            birth_date: "{n}生年月日"
    """
    (source,) = load(text).sources
    assert [row.present for row in source.rows] == [("配偶者生年月日",), ("扶養1生年月日",)]
    assert [row.cells[2].constant for row in source.rows] == ["spouse", "dependent"]
    assert source.mapped == ("年度", "番号", "配偶者生年月日", "扶養1生年月日")


def test_every_key_is_explained() -> None:
    page = (WARDS.parents[1] / "docs" / "mapping.md").read_text(encoding="utf-8")
    keys = {*_MAPPING, *_OF_SOURCE, *_DEFAULTS, *_READING, *_WHERE, "by", "cases", *ENCODINGS, *FORMATS}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


def test_an_alias_within_itself_is_told(load: Load) -> None:
    with pytest.raises(MappingError, match="within its own anchor"):
        load("mapping: &a {tables: *a}")


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_written_the_message_names_the_file(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    path = tmp_path / "spoilt.yaml"
    for _ in range(10):
        lines = (WARDS / "example.yaml").read_text(encoding="utf-8").splitlines()
        for _ in range(rng.randrange(1, 4)):
            at, column = rng.randrange(len(lines)), rng.randrange(20)
            junk = rng.choice(("[", "}", ": ", "- ", "'", "1", "&a ", "", "\t", "!!int "))
            lines[at] = rng.choice((lines[at][:column] + junk + lines[at][column:], lines[at][:column], ""))
        path.write_text("\n".join(lines), encoding="utf-8")
        try:
            load(path)
        except MappingError as error:
            said = str(error)
            assert "spoilt.yaml" in said, said


def test_what_is_never_read_adds_up(load: Load) -> None:
    text = TABLE.replace("  tables:", "  defaults: {refuse: ['*氏名*']}\n  tables:")
    (source,) = load(text.replace("      columns:", "      refuse: 住所\n      columns:")).sources
    assert source.refuse == ("*氏名*", "住所")
