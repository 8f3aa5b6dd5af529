"""Statutory files through `tadasu ingest`: nothing that may not enter is written, lines come back mended."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import polars as pl
import pytest

from pipelines import cli
from tadasu import ledger
from tadasu.extract import reasons
from tadasu.extract.identifiers import Key
from tadasu.extract.statutory.layout import fields
from tests.statutory.conftest import MATCH, TABLES

ROOT = Path(__file__).parents[2]
SECRET = Key(bytes(range(32)))
PEOPLE = [f"77{n:08}" for n in range(1, 31)]
"""Numbers of people (宛名番号), ten digits."""
PAYER, PENSIONS = "55500012", "55500034"
PLANTED = {
    "name": "渡辺姓名之介", "kana": "ﾜﾀﾅﾍﾞｾｲﾒｲ", "address": "東京都練馬区架空町九丁目",
    "individual_number": "123456789018",
    "payer_number": "9876543210123", "payer_name": "株式会社架空商店", "payer_address": "架空市本町一丁目",
    "payer_phone": "0355501234", "recipient_no": "EMP424242", "remarks": "摘要の文言甲", "post": "架空部長",
    "spouse_name": "渡辺花代", "spouse_number": "210987654321", "dependent1_kana": "ﾜﾀﾅﾍﾞｻﾌﾞﾛｳ",
    "dependent1_number": "345678901234", "further_dependents": "架空五郎", "previous_name": "前職架空工業",
}  # fmt: skip
"""What may not enter, by field of a salary report."""
OF_PENSIONS = {name: text for name, text in PLANTED.items() if name in fields("331")}
OF_RETURNS = {"氏名": "佐伯架空子", "住所": "架空町二丁目", "個人番号": "444455556666", "電話": "0355509876"}
RETURNS = """
files: "{year}/申告.csv"
id: 受付番号
refuse: [個人番号]
columns: {document_id: 受付番号, person_id: 宛名番号}
second_page:
  files: "{year}/第二表.csv"
  id: 受付番号
  refuse: ["*氏名*", 個人番号]
  columns: {spouse_kind: {from: 配偶者, codes: {"1": general, "": ""}}}
"""


@dataclass
class Ward:
    """A ward of a test: its files, what it writes, and the words that name both."""

    files: Path
    out: Path
    words: tuple[str, ...]

    def ingest(self, *more: str) -> int:
        """Run the stage."""
        return cli.main(["ingest", *more, *self.words])

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the year as written."""
        return pl.read_parquet(self.out / "2025" / f"{name}.parquet")

    def put(self, name: str, *lines: str) -> None:
        """Write a file of the year in cp932."""
        (self.files / "2025" / name).write_bytes("".join(f"{one}\r\n" for one in lines).encode("cp932"))


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


def matched(ward: Ward, *rows: tuple[str, ...]) -> None:
    """Write the file that says whose report a line is: file, line, person, document, day, relatives."""
    head = "ファイル,行,宛名番号,資料番号,受付日,配偶者,扶養1,年少1"
    ward.put("突合せ.csv", head, *(",".join((*row, *[""] * (8 - len(row)))) for row in rows))


def spoilt(line: Any) -> list[str]:
    """Return salary reports, two that are sound and others spoilt in every way that puts a line aside."""
    usual = {**PLANTED, "payer": PAYER}
    slipped = line(**usual).split(",")
    return [
        line(**usual),
        "ﾜﾀﾅﾍﾞ@" + line(width=98, **usual),
        line(**{**usual, "salary_paid": PLANTED["individual_number"]}),
        line(**{**usual, "salary_paid": "五百万"}),
        line(**usual, spouse="9"),
        line(**{**usual, "mark": "3", "salary_paid": "7"}),
        line(**{**usual, "mark": "7"}),
        line(**{**usual, "salary_paid": "8"}),  # nobody's, by the matching file
        ",".join([*slipped[:11], "架空町", *slipped[11:-1]]),
        ",".join(slipped[:77]),
        '"' + line(**usual) + '"',
        line(**usual)[:40],
        line(**usual).replace(PLANTED["name"], "渡辺\0姓名之介"),
    ]


def _deliver(ward: Ward, line: Any) -> None:
    lines = spoilt(line)
    rows = [
        ("給報1.csv", str(n), PEOPLE[n], f"D{n}", "20250120", PEOPLE[20], PEOPLE[21])
        for n in range(1, 14)
        if n != 8
    ]
    matched(ward, *rows, ("年報1.csv", "1", PEOPLE[15], "D90"), ("年報1.csv", "2", PEOPLE[16], "D91"))
    ward.put("給報1.csv", *lines)
    pension = {**OF_PENSIONS, "payer": PENSIONS, "paid1": "1200000"}
    ward.put("年報1.csv", line("331", 49, **pension), line("331", 49, **{**pension, "paid1": "x"}))
    shown = ",".join(OF_RETURNS.values())
    heads = ",".join(OF_RETURNS)
    ward.put(
        "申告.csv",
        f"受付番号,宛名番号,ABB00080,{heads}",
        f"E1,{PEOPLE[17]},5000000,{shown}",
        f"E2,{PEOPLE[18]},五百,{shown}",
        f"E3,{PEOPLE[19]},1,{shown},{shown}",
    )
    ward.put("第二表.csv", f"受付番号,配偶者,{heads}", f"E1,1,{shown}", f"E2,架空,{shown}")


def texts(folder: Path) -> dict[str, str]:
    """Return all that was written, as text: tables opened, other files as bytes in the likely encodings."""
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            found[str(path)] = pl.read_parquet(path).write_csv()
        else:
            found[str(path)] = "".join(
                data.decode(name, "replace") for name in ("utf-8", "cp932", "utf-16-le")
            )
    return found


def test_nothing_that_may_not_enter_stands_in_any_file_that_is_written(
    ward: Ward, line: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    _deliver(ward, line)
    assert ward.ingest() == 0, capsys.readouterr().err
    documents = ward.table("documents")
    assert documents.group_by("kind").len().sort("kind").rows() == [
        ("pension_report", 1),
        ("salary_report", 2),
        ("tax_return", 1),
    ]
    aside = ward.table("quarantine").filter(pl.col("file").str.contains("給報|年報|申告"))
    assert set(aside["reason"]) >= {
        reasons.NO_NUMBER, reasons.UNKNOWN_CODE, reasons.NO_TARGET, reasons.UNCLEAR_MARK, reasons.UNMATCHED,
        reasons.UNKNOWN_WIDTH, reasons.UNKNOWN_FORM, reasons.NUL,
    }  # fmt: skip
    written = texts(ward.out)
    said = "".join(capsys.readouterr())
    written["terminal"] = said
    assert {"ledger.jsonl", "quarantine.csv", "intake.json"} <= {Path(p).name for p in written}
    secret = {*PLANTED.values(), *OF_RETURNS.values(), "渡辺", "ﾜﾀﾅﾍﾞ", "架空町", "五百万"}
    assert {(place, one) for place, text in written.items() for one in secret if one in text} == set()
    numbers = {*PEOPLE, PAYER, PENSIONS}
    apart = str(ward.out / "private")
    assert {
        (place, one)
        for place, text in written.items()
        for one in numbers
        if one in text and not place.startswith(apart)
    } == set()
    assert any(PEOPLE[1] in text for place, text in written.items() if place.startswith(apart))


def test_everybody_on_a_report_has_the_pseudonym_of_the_registers(ward: Ward, line: Any) -> None:
    _deliver(ward, line)
    assert ward.ingest() == 0
    known = {SECRET.pseudonym("person", number): number for number in PEOPLE}
    papers = ward.table("documents")
    assert [known[one] for one in papers.sort("kind", "document_id")["person_id"]] == [
        PEOPLE[15], PEOPLE[1], PEOPLE[2], PEOPLE[17],
    ]  # fmt: skip
    payers = dict(papers.drop_nulls("payer_id").select("kind", "payer_id").unique().iter_rows())
    assert payers == {
        "salary_report": SECRET.pseudonym("payer", PAYER),
        "pension_report": SECRET.pseudonym("payer", PENSIONS),
    }
    kin = ward.table("dependents").drop_nulls("dependent_person_id")["dependent_person_id"].unique()
    assert {known[one] for one in kin} == {PEOPLE[20], PEOPLE[21]}
    assert set(papers["person_id"]) <= set(ward.table("residents")["person_id"])
    back = pl.read_parquet(ward.out / "private" / "ids.parquet")
    assert {PAYER, PENSIONS} == set(back.filter(kind="payer")["number"])
    raw = ward.table("quarantine").filter(
        pl.col("file").str.contains("給報"), pl.col("raw").str.starts_with("{")
    )
    assert {json.loads(one)["指定番号"] for one in raw["raw"]} - {None} == {SECRET.pseudonym("payer", PAYER)}


def test_another_key_stops_before_a_report_is_written(
    ward: Ward, line: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    _deliver(ward, line)
    assert ward.ingest() == 0
    before = ward.table("documents")
    (ward.files.parent / "ward.key").write_text("ab" * 32, encoding="ascii")
    assert ward.ingest() == 2
    assert "the key is another one" in capsys.readouterr().err
    assert ward.table("documents").equals(before)


@pytest.mark.parametrize("place", ["給報1.csv", "突合せ.csv", "申告.csv", "第二表.csv"])
def test_a_column_of_individual_numbers_stops_with_its_place(
    ward: Ward, line: Any, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = range(1, 25)
    number = PLANTED["individual_number"]
    matched(ward, *(("給報1.csv", str(n), PEOPLE[n]) for n in rows))
    ward.put("給報1.csv", *(line(payer=PAYER, salary_paid=str(n)) for n in rows))
    if place == "給報1.csv":
        ward.put(place, *(line(payer=number, salary_paid=str(n)) for n in rows))
    elif place == "突合せ.csv":
        head = "ファイル,行,宛名番号,資料番号,受付日,配偶者,扶養1,年少1,番号"
        ward.put(place, head, *(f"給報1.csv,{n},{PEOPLE[n]},,,,,,{number}" for n in rows))
    elif place == "申告.csv":
        ward.put(place, "受付番号,宛名番号,ABB00080,番号", *(f"E{n},{PEOPLE[n]},1,{number}" for n in rows))
    else:
        ward.put("申告.csv", "受付番号,宛名番号,ABB00080", *(f"E{n},{PEOPLE[n]},1" for n in rows))
        ward.put(place, "受付番号,配偶者,番号", *(f"E{n},1,{number}" for n in rows))
    assert ward.ingest() == 2
    said = capsys.readouterr().err
    assert place in said
    assert "マイナンバー" in said
    assert number not in said
    assert not (ward.out / "2025").exists()


def _mended(ward: Ward, tmp_path: Path, change: Callable[[dict[str, Any]], str | None]) -> int:
    """Take quarantine.csv back in, the `value` of its lines given anew where `change` says so."""
    told = pl.read_csv(ward.out / "2025" / "quarantine.csv", infer_schema=False)
    rows = [{**row, "value": change(row) or row["value"]} for row in told.iter_rows(named=True)]
    fixed = tmp_path / "fixed.csv"
    fixed.write_bytes(pl.DataFrame(rows, schema=told.schema).write_csv().encode("cp932"))
    return ward.ingest("--accept-corrections", str(fixed))


def test_lines_come_back_mended(
    ward: Ward, line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _deliver(ward, line)
    assert ward.ingest() == 0
    before = ward.table("documents").height
    whole = line(
        payer=PAYER, salary_paid="9000001", **{n: t for n, t in PLANTED.items() if n != "salary_paid"}
    )
    fixes = {
        ("給報1.csv", 4, "支払金額"): "5000001",
        ("給報1.csv", 5, "配偶者の有無"): "1",
        ("給報1.csv", 7, "訂正表示"): "0",
        ("給報1.csv", 8, "宛名番号"): PEOPLE[8],
        ("給報1.csv", 10, None): whole,
        ("給報1.csv", 12, None): "取下げ",
        ("年報1.csv", 2, "支払金額（1号）"): "1300000",
        ("申告.csv", 3, "salary_revenue"): "500",
        ("申告.csv", 3, "spouse_kind"): "1",
        ("申告.csv", 4, None): f"E3,{PEOPLE[19]},1" + ",x" * len(OF_RETURNS),
    }
    used: set[tuple[str, int, str | None]] = set()

    def change(row: dict[str, Any]) -> str | None:
        key = (Path(row["file"]).name, int(row["line"]), row["column"])
        used.update({key} & set(fixes))
        return fixes.get(key)

    assert _mended(ward, tmp_path, change) == 0, capsys.readouterr().err
    assert used == set(fixes)
    papers = ward.table("documents")
    assert papers.height == before + 8
    amounts = papers.filter(pl.col("salary_revenue").is_in([5_000_001, 8, 9_000_001, 500]))
    assert amounts["salary_revenue"].sort().to_list() == [8, 500, 5_000_001, 9_000_001]
    eighth = papers.filter(salary_revenue=8)["person_id"].item()
    assert eighth == SECRET.pseudonym("person", PEOPLE[8])
    assert papers.filter(kind="tax_return", salary_revenue=500)["spouse_kind"].item() == "general"
    aside = ward.table("quarantine").filter(table="documents")
    left = aside.filter(pl.col("file").str.ends_with("給報1.csv"))
    assert left.filter(line=12)["reason"].to_list() == [reasons.WITHDRAWN]
    account = json.loads((ward.out / "intake.json").read_text(encoding="utf-8"))
    assert [one for one in account["files"] if one["read"] != one["kept"] + one["quarantined"]] == []
    assert [e.event for e in ledger.read(ward.out / "ledger.jsonl")].count("accept_corrections") == 1
    written = texts(ward.out)
    apart = (str(ward.out / "private"), str(ward.out / "mends.parquet"))
    for place, text in written.items():
        assert place.startswith(apart) or not [one for one in (*PLANTED.values(), *PEOPLE) if one in text], (
            place
        )
    assert (ward.out / "mends.parquet").stat().st_mode & 0o077 == 0
    assert ward.ingest() == 0
    assert ward.table("documents").equals(papers), "mends stay"


def test_mends_do_not_outlive_the_file_and_that_is_told(
    ward: Ward, line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _deliver(ward, line)
    assert ward.ingest() == 0
    fixes = {("給報1.csv", 4): "5000001", ("申告.csv", 3): "500"}
    wrong = ("支払金額", "salary_revenue")
    assert (
        _mended(
            ward,
            tmp_path,
            lambda row: (
                fixes.get((Path(row["file"]).name, int(row["line"]))) if row["column"] in wrong else None
            ),
        )
        == 0
    )
    assert ward.table("documents").height == 5, capsys.readouterr().err
    for name in ("給報1.csv", "申告.csv"):
        path = ward.files / "2025" / name
        path.write_bytes(path.read_bytes() + b"\r\n")
    assert ward.ingest() == 0
    assert ward.table("documents").height == 4
    account = json.loads((ward.out / "intake.json").read_text(encoding="utf-8"))
    told = [one for one in account["warnings"] if "使わなかった訂正" in one["what"]]
    assert sum(int(re.sub(r"\D", "", one["what"]) or one["count"]) for one in told) >= 2
