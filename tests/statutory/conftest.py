"""Statutory files made for a test: lines from the fields that matter, and a ward that takes them in."""

import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tadasu.extract import Intake, mapping, read_mapped
from tadasu.extract.statutory.layout import Form, fields, published
from tests.statutory.planted import PEOPLE, RETURNS, SECRET, Ward, matched

ROOT = Path(__file__).parents[2]
Line = Callable[..., str]

TABLES = """
residents: {files: "{year}/r.csv", columns: {person_id: 宛名番号}}
donations: {files: "{year}/n.csv", columns: {donation_id: 番号, person_id: 宛名番号, source: 出所}}
assessments: {files: "{year}/a.csv", columns: {person_id: 宛名番号}}
inconsistencies: {files: "{year}/i.csv", columns: {row_id: 番号, person_id: 宛名番号, check_code: コード}}
"""
ROWS = {
    "r": "宛名番号\nP1\nP2\n",
    "n": "番号,宛名番号,出所\nN1,P1,return\n",
    "a": "宛名番号\nP1\n",
    "i": "番号,宛名番号,コード\nR1,P1,E1\n",
}
MATCH = """
match:
  files: "{year}/突合せ.csv"
  by: {file: ファイル, line: 行}
  columns: {person_id: 宛名番号, document_id: 資料番号, received_on: 受付日}
  relatives: {spouse: 配偶者, dependent1: 扶養1, under16_1: 年少1}
"""
NAMES = "練馬太郎"
_USUAL = {
    "315": {
        "mark": "0",
        "name": NAMES,
        "address": "東京都練馬区",
        "salary_paid": "5000000",
        "payer": "00012345",
    },
    "331": {"mark": "0", "name": NAMES, "address": "東京都練馬区", "payer": "00099999"},
}


@pytest.fixture
def line() -> Line:
    """Write a line of a form from its fields by name; blank where nothing is said."""

    def written(
        form: Form = "315", width: int = 144, year: int = 6, more: tuple[str, ...] = (), **told: str
    ) -> str:
        layout = next(one for one in published(form) if one.width == width)
        cells = [""] * width
        given = {**_USUAL[form], "form": form, "income_year": f"{year:02}", **told}
        for name, value in given.items():
            assert name in fields(form), name
            if layout.has(name):
                cells[layout.places[name] - 1] = value
        return ",".join([*cells, *more])

    return written


@pytest.fixture
def ingest(tmp_path: Path) -> Callable[..., Intake]:
    """Read a year's reports: files by name, the people they belong to in order of file and line."""

    def read(
        files: dict[str, list[str]],
        people: str,
        settings: str = "channel: eltax",
        match: str = MATCH,
        year: int = 2025,
    ) -> Intake:
        folder = tmp_path / "files"
        here = folder / str(year)
        here.mkdir(parents=True, exist_ok=True)
        for stem, text in ROWS.items():
            (here / f"{stem}.csv").write_text(text, encoding="utf-8")
        for name, lines in files.items():
            (here / name).write_bytes("".join(f"{one}\r\n" for one in lines).encode("cp932"))
        (here / "突合せ.csv").write_text(people, encoding="utf-8")
        one = 'files: ["{year}/給報*.csv", "{year}/年報*.csv"]\n' + dedent(settings) + dedent(match)
        text = "mapping:\n" + indent(
            "tables:\n" + indent(TABLES, "  ") + "statutory:\n" + indent(one, "  "), "  "
        )
        path = tmp_path / "ward.yaml"
        path.write_text(text, encoding="utf-8")
        return read_mapped(folder, mapping.load(path))

    return read


@pytest.fixture
def people() -> Callable[..., str]:
    """Write the matching file: one line (file, line, person, document, relatives) each."""

    def written(*rows: tuple[str, ...]) -> str:
        head = "ファイル,行,宛名番号,資料番号,受付日,配偶者,扶養1,年少1"
        told = [",".join((*row, *[""] * (8 - len(row)))) for row in rows]
        return "\n".join([head, *told]) + "\n"

    return written


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """Make a ward that hides its numbers, with one person on the list and no statutory file yet."""
    checkout, key = tmp_path / "checkout", tmp_path / "ward.key"
    shutil.copytree(ROOT / "conf", checkout / "conf")
    key.write_text(SECRET.secret.hex(), encoding="ascii")
    key.chmod(0o600)
    for name in ("settings", "composing", "ingest", "hiding"):
        monkeypatch.setattr(f"pipelines.{name}.ROOT", checkout)
    monkeypatch.setattr("pipelines.composing.CONF", checkout / "conf")
    reports = 'files: ["{year}/給報*.csv", "{year}/年報*.csv"]\nchannel: eltax\nencoding: cp932\n' + dedent(
        MATCH
    )
    parts = {"tables": TABLES, "statutory": reports, "returns": RETURNS}
    told = "".join(f"{name}:\n{indent(text, '  ')}\n" for name, text in parts.items())
    mapping = f"defaults: {{encoding: cp932}}\nidentifiers: {{key: {key}}}\n{told}"
    (checkout / "conf" / "ward" / "stat.yaml").write_text(
        f"name: stat\nfolder: {tmp_path / 'files'}\nmapping:\n{indent(mapping, '  ')}", encoding="utf-8"
    )
    (tmp_path / "files" / "2025").mkdir(parents=True)
    made = Ward(
        tmp_path / "files", tmp_path / "out", ("ward=stat", f"out={tmp_path / 'out'}", "tracking=off")
    )
    made.put("r.csv", "宛名番号", *PEOPLE)
    made.put("n.csv", "番号,宛名番号,出所", f"N1,{PEOPLE[0]},return")
    made.put("a.csv", "宛名番号", PEOPLE[0])
    made.put("i.csv", "番号,宛名番号,コード", f"R1,{PEOPLE[0]},E1")
    matched(made)
    made.put("申告.csv", "受付番号,宛名番号,ABB00080")
    made.put("第二表.csv", "受付番号,配偶者")
    return made
