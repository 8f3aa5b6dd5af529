"""`tadasu export`: files for the tax system and for people; what a layout cannot say is refused."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines import cli, export
from pipelines.settings import Settings, WardSettings
from tadasu import extract, ledger
from tadasu.errors import TadasuError
from tadasu.extract.identifiers import Key
from tadasu.extract.mapping import load as load_mapping
from tadasu.extract.outgoing import layout, why
from tadasu.tables import OUTGOING
from tests.mapping.small_export import NOW, adds_up, contents, decide, lines_of, record


def test_a_ward_in_the_standard_layout_gets_the_tables_own_columns(plain: Settings) -> None:
    assert export.run(plain, NOW) == 0
    folder = plain.folder / "private" / "exports" / "20240610-1"
    assert lines_of(folder)[1:] == [
        "1,2024,P1,salary_revenue,5000000,4000000,2024-06-03,=rd1,,0007,d1,",
        "2,2024,P2,spouse_kind,general,none,2024-06-03,=rd2,,0007,d2,",
    ]
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


def test_the_receipt_adds_up(plain: Settings) -> None:
    record(plain.folder, P1={"salary_revenue": 5_000_000}, P2={"spouse_kind": "elderly"})
    export.run(plain, NOW)
    folder = plain.folder / "private" / "exports" / "20240610-1"
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert told["considered"] == 2
    adds_up(told)
    assert told["conflicts_by_reason"] == {why.CHANGED: 1}
    (file,) = told["files"]
    assert (file["lines"], file["people"]) == (1, 1)
    assert file["totals"]["salary_revenue"] == {
        "lines": 1,
        "old_total": 5_000_000,
        "new_total": 4_000_000,
        "difference": -1_000_000,
    }
    assert ledger.read(plain.ledger)[-1].detail == told
    refused = pl.read_parquet(plain.folder / "conflicts.parquet")
    assert refused.select("decision_id", "record_value", "reason").rows() == [("d2", "elderly", why.CHANGED)]
    assert "'=rd2" in (folder / "conflicts.csv").read_text(encoding="utf-8-sig")


def test_the_workbook_has_numbers_dates_and_text_and_no_formula(plain: Settings) -> None:
    export.run(plain, NOW)
    path = plain.folder / "private" / "exports" / "20240610-1" / "送付票.xlsx"
    book = fastexcel.read_excel(path)
    assert book.sheet_names == ["送付票", "送付した訂正", "送らなかった訂正"]
    lines = book.load_sheet("送付した訂正").to_polars()
    assert lines["項目"].to_list() == ["給与収入", "配偶者区分"]
    assert lines["判断日"].dtype == pl.Date or lines["判断日"].dtype == pl.Datetime("ms")
    assert lines["差"].to_list() == [-1_000_000, None]
    assert lines["行番号"].to_list() == ["=rd1", "=rd2"]
    assert lines["担当"].to_list() == ["0007", "0007"]
    assert _types(path, 2)["修正前"] == ["n", "s"], "an amount is a number, a word is text"
    assert "<f>" not in _sheet(path, 2)


def test_a_dry_run_shows_the_receipt_and_writes_nothing(
    plain: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    record(plain.folder, P1={"salary_revenue": 5_000_000}, P2={"spouse_kind": "elderly"})
    before = contents(plain.folder.parent)
    assert export.run(plain, NOW, dry=True) == 0
    said = capsys.readouterr().out
    assert "試行です。何も書かず" in said
    assert "送付した行: 1\n" in said
    assert "給与収入 差の合計: -1,000,000\n" in said
    assert f"{why.CHANGED}: 1\n" in said
    assert contents(plain.folder.parent) == before
    assert not (plain.folder / "private").exists()
    export.run(plain, NOW)
    assert "送付 1 行、同じ訂正 0 件、送らなかった訂正 1 件" in capsys.readouterr().out


def _sheet(path: Path, number: int) -> str:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def _types(path: Path, number: int) -> dict[str, list[str]]:
    """Return by heading the types of the cells below it, as the file says them: n number, s text."""
    import re

    headings = fastexcel.read_excel(path).load_sheet(number - 1).to_polars().columns
    found: dict[str, list[str]] = {name: [] for name in headings}
    for column, row, kind in re.findall(r'<c r="([A-Z])(\d+)"[^>]*?(?: t="(\w)")?>', _sheet(path, number)):
        if row != "1":
            found[headings[ord(column) - ord("A")]].append(kind or "n")
    return found


def test_without_decisions_it_says_so(tmp_path: Path) -> None:
    settings = Settings(ward=WardSettings(name="plain", folder=tmp_path), out=tmp_path)
    with pytest.raises(TadasuError, match="no decisions"):
        export.run(settings, NOW)


def test_a_wards_own_layout_numbers_and_codes(
    example: dict[str, pl.DataFrame],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    keyed_ward: Callable[..., Path],
) -> None:
    files, out, secret = tmp_path / "files", tmp_path / "out", tmp_path / "ward.key"
    assert cli.main(["key", str(secret)]) == 0
    file = keyed_ward(secret)
    extract.write({2024: example}, load_mapping(file), files)
    words = ["ward=keyed", f"ward.folder={files}", f"out={out}", "tracking=off"]
    assert cli.main(["ingest", *words]) == 0, capsys.readouterr().err
    person = Key(bytes.fromhex(secret.read_text().strip())).pseudonym("person", "0000000001")
    decide(
        out,
        ("d1", person, "spouse_kind", "general", "none"),
        ("d2", person, "n_dependent_general", "0", "2"),
        ("d3", person, "medical_expense", None, "100000"),
        ("d4", "P" + "0" * 20, "widow", "false", "true"),
        ("d5\U0001f600", person, "salary_revenue", None, "1"),
    )
    before = contents(out)
    assert cli.main(["export", "--dry-run", *words]) == 0, capsys.readouterr().err
    assert "送付した行: 2\n" in capsys.readouterr().out
    assert contents(out) == before, "not even a look at the numbers is in the ledger"
    assert cli.main(["export", *words]) == 0, capsys.readouterr().err
    (folder,) = (out / "private" / "exports").glob("[0-9]*")
    text = (folder / "R06" / "訂正連携.csv").read_bytes().decode("cp932")
    assert text.splitlines() == [
        "処理区分,連番,年度,宛名番号,項目,修正前,修正後,処理日,不整合連番",
        "2,1,2024,0000000001,D01,0,2,R06.06.03,=rd2",
        "2,2,2024,0000000001,C01,1,0,R06.06.03,=rd1",
    ]
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert told["conflicts_by_reason"] == {why.NO_RECORD: 1, why.NOT_SAID: 1, why.NO_SIGN: 1}
    adds_up(told)
    assert [e.event for e in ledger.read(out / "ledger.jsonl")] == [
        "identifiers.keep",
        "ingest",
        "identifiers.read",
        "export",
    ]
    for path in out.rglob("*"):
        assert "private" in path.parts or not path.is_file() or b"0000000001" not in path.read_bytes(), path


FIXED = """
mapping:
  tables: {residents: {files: "{year}/r.csv", columns: {person_id: 宛名番号}}}
  export:
    files: "{year}/訂正.txt"
    format: fixed
    header: none
    encoding: cp932
    fields: {宛名番号: 6, 項目: 20, 前: 8, 後: 8, 日: 8, 行: 4}
    columns:
      {person_id: 宛名番号, field: 項目, old_value: 前, new_value: 後, row_id: 行,
       decided_on: {from: 日, dates: "20231231"}}
"""


@pytest.mark.parametrize(
    ("row", "new", "reason"),
    [
        ("R1", "9", None),
        ("行1", "9", None),
        ("行番1", "9", why.TOO_LONG),
        ("R1", "123456789", why.TOO_LONG),
        ("R\U0001f600", "9", why.NO_SIGN),
        ("R\n1", "9", why.NOT_SAID),
        ("R\0", "9", why.NOT_SAID),
    ],
)
def test_a_line_that_the_layout_cannot_say_is_refused_alone(
    tmp_path: Path, row: str, new: str, reason: str | None
) -> None:
    path = tmp_path / "ward.yaml"
    path.write_text(FIXED, encoding="utf-8")
    told = {
        **dict.fromkeys(OUTGOING.schema),
        "tax_year": 2024,
        "field": "salary_revenue",
        "old_value": "5",
        "new_value": "6",
        "decided_on": dt.date(2024, 6, 3),
    }
    given = [
        {**told, "line_no": 1, "person_id": "P1", "row_id": row, "new_value": new, "decision_id": "d1"},
        {**told, "line_no": 2, "person_id": "P2", "row_id": "R2", "decision_id": "d2"},
    ]
    lines = pl.DataFrame(given, schema=OUTGOING.schema)
    _, refused = layout.write(lines, 2024, load_mapping(path), tmp_path)
    assert refused.select("decision_id", "reason").rows() == ([("d1", reason)] if reason else [])
    file, refused = layout.write(lines[1:], 2024, load_mapping(path), tmp_path)
    assert refused.is_empty()
    assert file.read_bytes() == b"P2    salary_revenue      5       6       20240603R2  \r\n"
