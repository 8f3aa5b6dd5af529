"""`tadasu ingest` of a ward that has a mapping: the tables, the quarantine and the account of both."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines import cli
from tadasu import extract
from tadasu.extract.mapping import load

EXAMPLE = Path(__file__).parents[2] / "conf" / "ward" / "example.yaml"


def test_a_mapped_ward_is_ingested(
    example: dict[str, pl.DataFrame], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, out = tmp_path / "files", tmp_path / "out"
    extract.write({2024: example}, load(EXAMPLE), files)
    dirty = files / "R06" / "住民1.csv"
    dirty.write_bytes(dirty.read_bytes() + "合計,1\r\n2,H,女\r\n".encode("cp932"))
    words = ["ingest", "ward=example", f"ward.folder={files}", f"out={out}", "tracking=off"]
    assert cli.main(words) == 0, capsys.readouterr().err
    for name, frame in example.items():
        assert pl.read_parquet(out / "2024" / f"{name}.parquet").equals(frame), name
    aside = pl.read_parquet(out / "2024" / "quarantine.parquet")
    assert aside.select("file", "line").rows() == [("R06/住民1.csv", 4)]
    account = json.loads((out / "intake.json").read_text(encoding="utf-8"))
    people = next(file for file in account["files"] if file["table"] == "residents")
    assert (people["read"], people["kept"], people["quarantined"], people["skipped"]) == (2, 1, 1, 2)


def test_a_mistake_in_the_mapping_stops_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ingest", "ward=example", f"ward.folder={tmp_path}", f"out={tmp_path / 'out'}", "tracking=off"]
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert "no file fits the mapping" in said
    assert "{year}/住民*.csv" in said
