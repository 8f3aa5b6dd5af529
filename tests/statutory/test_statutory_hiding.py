"""Statutory files through `tadasu ingest`: nothing that may not enter is written."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tadasu.extract import reasons
from tests.statutory.planted import (
    OF_RETURNS,
    PAYER,
    PENSIONS,
    PEOPLE,
    PLANTED,
    SECRET,
    Ward,
    deliver,
    matched,
    texts,
)


def test_nothing_that_may_not_enter_stands_in_any_file_that_is_written(
    ward: Ward, line: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(ward, line)
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
    deliver(ward, line)
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
    deliver(ward, line)
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
