"""Returns by field codes: amounts as stated, counts and statuses from the second page alone."""

from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tadasu.extract import Intake, mapping, read_mapped

_TABLES = """
residents: {files: "{year}/r.csv", columns: {person_id: 宛名番号}}
dependents: {files: "{year}/k.csv", columns: {document_id: 番号, line_no: 行, role: 区分}}
donations: {files: "{year}/n.csv", columns: {donation_id: 番号, person_id: 宛名番号, source: 出所}}
assessments: {files: "{year}/r.csv", columns: {person_id: 宛名番号}}
inconsistencies: {files: "{year}/i.csv", columns: {row_id: 番号, person_id: 宛名番号, check_code: コード}}
"""
_FILES = {
    "r": "宛名番号\nP1\n",
    "k": "番号,行,区分\nX1,1,spouse\n",
    "n": "番号,宛名番号,出所\nN1,P1,return\n",
    "i": "番号,宛名番号,コード\nR1,P1,E1\n",
}
_PAGE = """
second_page:
  files: "{year}/第二表.csv"
  id: 受付番号
  columns: {spouse_kind: {from: 配偶者, codes: {"1": general, "": ""}}, n_dependent_general: 一般扶養}
"""
_WIDE = (
    'files: "{year}/申告.csv"\nid: 受付番号\ncolumns: {document_id: 受付番号, person_id: 宛名番号}\n' + _PAGE
)


@pytest.fixture
def ingest(tmp_path: Path) -> Any:
    """Read returns as the part `returns` of a mapping says."""

    def read(settings: str, **files: str) -> Intake:
        (tmp_path / "2025").mkdir(exist_ok=True)
        for stem, text in {**_FILES, **files}.items():
            (tmp_path / "2025" / f"{stem}.csv").write_text(text, encoding="utf-8")
        text = "tables:\n" + indent(_TABLES, "  ") + "returns:\n" + indent(settings, "  ")
        path = tmp_path / "ward.yaml"
        path.write_text("mapping:\n" + indent(text, "  "), encoding="utf-8")
        return read_mapped(tmp_path, mapping.load(path))

    return read


@pytest.fixture
def newer(tmp_path: Path) -> Any:
    """Read the same returns as those of a year whose law has 特定親族特別控除."""

    def read(settings: str, text: str) -> Intake:
        (tmp_path / "2026").mkdir(exist_ok=True)
        for stem, content in {**_FILES, "申告": text}.items():
            (tmp_path / "2026" / f"{stem}.csv").write_text(content, encoding="utf-8")
        path = tmp_path / "ward.yaml"
        told = "tables:\n" + indent(_TABLES, "  ") + "returns:\n" + indent(settings, "  ")
        path.write_text("mapping:\n" + indent(told, "  "), encoding="utf-8")
        return read_mapped(tmp_path, mapping.load(path))

    return read


def test_a_file_without_the_code_of_a_deduction_of_the_year_is_told(newer: Any) -> None:
    settings = _WIDE.removesuffix(_PAGE)
    lacks = newer(settings, "受付番号,宛名番号,ABB00080\nE1,P1,1\n")
    assert lacks.beside[2026]["not_taken_in"].rows() == [("E1", "specified_relative_special")]
    has = newer(settings, "受付番号,宛名番号,ABB00548\nE1,P1,630000\n")
    assert has.beside[2026].get("not_taken_in") is None
    assert has.tables[2026]["documents"]["specified_relative_special"].to_list() == [630_000]


def _first(intake: Intake) -> dict[str, Any]:
    return dict(intake.tables[2025]["documents"].row(0, named=True))


def test_amounts_come_by_code_and_statuses_from_the_second_page(ingest: Any) -> None:
    made = ingest(
        _WIDE,
        申告="受付番号,宛名番号,ABB00080,ABB00340,ABB01090,ABB01120,ABB00520\nE1,P1,5000000,-300000,100,20,380000\nE2,P1,1,,,,\n",
        第二表="受付番号,配偶者,一般扶養\nE1,1,2\n",
    )
    one, two = made.tables[2025]["documents"].sort("document_id").rows(named=True)
    assert (one["kind"], one["salary_revenue"], one["real_estate_income"]) == (
        "tax_return",
        5_000_000,
        -300_000,
    )
    assert one["other_misc_income"] == 100 + 20
    assert (one["spouse_kind"], one["n_dependent_general"]) == ("general", 2)
    assert one["spouse_deduction"] is None  # code 00520 holds two deductions at once
    assert (two["spouse_kind"], two["n_dependent_general"]) == (None, None)
    assert [o.count for o in made.oddities if o.what.startswith("第二表のない")] == [1]


def test_a_deduction_is_no_ground_for_a_status(ingest: Any) -> None:
    made = ingest(
        _WIDE,
        申告="受付番号,宛名番号,ABB00500,ABB00540\nE1,P1,270000,380000\n",
        第二表="受付番号,配偶者,一般扶養\n",
    )
    one = _first(made)
    assert one["dependent_deduction"] == 380_000
    assert [one[name] for name in ("widow", "single_parent", "n_dependent_general")] == [None, None, None]


def test_one_amount_a_line(ingest: Any) -> None:
    long = _WIDE + "amounts: {code: 項目, value: 金額}\n"
    lines = [
        "受付番号,宛名番号,項目,金額",
        "E1,P1,ABB00080,700",
        "E1,P1,ABI00104,3",
        "E1,P1,ABI00106,4",
        "E1,P1,ZZZ,9",
    ]
    twice = ["E2,P1,ABB00080,1", "E2,P1,ABB00080,2"]
    made = ingest(long, 申告="\n".join([*lines, *twice]) + "\n", 第二表="受付番号,配偶者,一般扶養\nE1,,0\n")
    assert (_first(made)["salary_revenue"], _first(made)["dividend_levy_credit"]) == (700, 7)
    count = next(f for f in made.files if f.table == "documents")
    assert (count.read, count.kept, count.quarantined) == (6, 4, 2)
    assert [o.about for o in made.oddities if o.what.startswith("知られていない")] == [("ZZZ",)]
