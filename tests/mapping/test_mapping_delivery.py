"""`tadasu ingest` of the next delivery: both are kept, the later one says what it brings."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipelines import chain, cli, composing, publish, stage
from tadasu import extract
from tadasu.extract.mapping import load
from tadasu.tables import DECISIONS, INCONSISTENCIES, SECOND_LOOK, SUGGESTIONS

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


def _decided(out: Path, *given: tuple[str, str, dt.datetime, str | None]) -> None:
    """Write decisions about row 1: number, verdict, when, what voided it."""
    rows = [
        {
            **dict.fromkeys(DECISIONS.schema),
            "decision_id": number,
            "tax_year": 2024,
            "row_id": "1",
            "person_id": "0000000001",
            "verdict": verdict,
            "staff_id": "0007",
            "arm": "suggested",
            "decided_at": at,
            "voided_by": voided_by,
        }
        for number, verdict, at, voided_by in given
    ]
    pl.DataFrame(rows, schema=DECISIONS.schema).write_parquet(out / "decisions.parquet")


LONG_AGO = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("decisions", "rows"),
    [
        ((), 0),
        ((("d1", "no_change", LONG_AGO, None),), 1),
        ((("d1", "inquire", LONG_AGO, None),), 1),
        ((("d1", "defer", LONG_AGO, None),), 0),
        ((("d1", "accept", LONG_AGO, "d2"),), 0),
    ],
)
def test_rows_decided_in_the_workbench_are_looked_at_again(
    example: dict[str, pl.DataFrame],
    tmp_path: Path,
    decisions: tuple[tuple[str, str, dt.datetime, str | None], ...],
    rows: int,
) -> None:
    files, out = tmp_path / "files", tmp_path / "out"
    words = ["ward=example", f"ward.folder={files}", f"out={out}", "tracking=off"]
    open_still = {**example, "corrections": example["corrections"].clear()}
    later = {**open_still, "documents": example["documents"].with_columns(pl.col("salary_revenue") + 1)}
    extract.write({2024: open_still}, load(EXAMPLE), files)
    assert cli.main(["ingest", *words]) == 0
    if decisions:
        _decided(out, *decisions)
    extract.write({2024: later}, load(EXAMPLE), files)
    console = Console(record=True, width=120)
    (job,) = chain.run((stage.of_name("ingest"),), composing.compose(words), console)
    assert pl.read_parquet(out / "2024" / "second_look.parquet").height == rows
    assert job.detail["second_look"] == rows
    assert ("見直し：判断済みの1行で" in console.export_text()) == bool(rows)
    if rows:
        since = ("d9", "no_change", dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), None)
        _decided(out, *decisions, since)
        assert cli.main(["ingest", *words]) == 0
        assert pl.read_parquet(out / "2024" / "second_look.parquet").is_empty(), "it was looked at since"


def test_the_officers_lists_say_what_to_look_at_again() -> None:
    line = {**dict.fromkeys(SUGGESTIONS.schema), "tax_year": 2024, "check_code": "E1", "lane": "review"}
    lines = pl.DataFrame([{**line, "row_id": "R1"}, {**line, "row_id": "R2"}], schema=SUGGESTIONS.schema)
    row = {**dict.fromkeys(INCONSISTENCIES.schema), "check_code": "E1", "check_name": "所得の相違"}
    rows = pl.DataFrame(
        [{**row, "row_id": "R1", "person_id": "P1"}, {**row, "row_id": "R2", "person_id": "P2"}],
        schema=INCONSISTENCIES.schema,
    )
    again = pl.DataFrame([(2024, "R2", "R2", "D1;D2")], schema=SECOND_LOOK.schema, orient="row")
    told = publish.japanese(lines, rows, again)
    assert told.select("行番号", publish.LOOK_AGAIN).rows() == [("R1", None), ("R2", "D1;D2")]
    listed = publish.to_look_at(again, rows).row(0, named=True)
    assert (listed["行番号"], listed["チェック名"], listed["変わった資料"]) == ("R2", "所得の相違", "D1;D2")
