"""Lines of statutory files that were put aside come back mended, as long as their file stays."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tadasu import ledger
from tadasu.extract import reasons
from tests.statutory.planted import OF_RETURNS, PAYER, PEOPLE, PLANTED, SECRET, Ward, deliver, texts


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
    deliver(ward, line)
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
    _nothing_planted_is_told(ward)
    assert ward.ingest() == 0
    assert ward.table("documents").equals(papers), "mends stay"


def _nothing_planted_is_told(ward: Ward) -> None:
    """See that only what is closed to others holds a planted text or a number of a person."""
    apart = (str(ward.out / "private"), str(ward.out / "mends.parquet"))
    for place, text in texts(ward.out).items():
        assert place.startswith(apart) or not [one for one in (*PLANTED.values(), *PEOPLE) if one in text], (
            place
        )
    assert (ward.out / "mends.parquet").stat().st_mode & 0o077 == 0


def test_mends_do_not_outlive_the_file_and_that_is_told(
    ward: Ward, line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(ward, line)
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
