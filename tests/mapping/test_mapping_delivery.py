"""`tadasu ingest` of the next delivery: both are kept, the later one says what it brings."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines import cli
from tadasu import extract
from tadasu.extract.mapping import load

EXAMPLE = Path(__file__).parents[2] / "conf" / "ward" / "example.yaml"


def test_the_next_delivery_is_compared_and_both_are_kept(
    example: dict[str, pl.DataFrame], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, out = tmp_path / "files", tmp_path / "out"
    words = ["ingest", "ward=example", f"ward.folder={files}", f"out={out}", "tracking=off"]

    def ingested(tables: dict[str, pl.DataFrame]) -> dict[str, object]:
        extract.write({2024: tables}, load(EXAMPLE), files)
        assert cli.main(words) == 0, capsys.readouterr().err
        report: dict[str, object] = json.loads((out / "delivery.json").read_text(encoding="utf-8"))
        return report

    first = ingested(example)
    assert (first["previous"], first["years"]) == ("", {})
    amended = pl.col("salary_revenue") + 1
    later = {**example, "documents": example["documents"].with_columns(amended)}
    second = ingested(later)
    assert second["previous"] == first["digest"]
    counts = second["years"]["2024"]["tables"]["documents"]  # type: ignore[index]
    assert counts == {"new": 0, "changed": 1, "vanished": 0, "unchanged": 1}
    kept = [
        out / "deliveries" / str(one["digest"])[:16] / "2024" / "documents.parquet" for one in (first, second)
    ]
    assert [
        pl.read_parquet(path).equals(t["documents"]) for path, t in zip(kept, (example, later), strict=True)
    ] == [True] * 2
    look = pl.read_parquet(out / "2024" / "second_look.parquet")
    assert look.select("row_id", "documents_changed").rows() == [("1", "K5-000012")]
    assert ingested(later) == second, "the same delivery again is compared with the same one"
