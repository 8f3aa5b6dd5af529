"""`tadasu export`: files for the tax system and for people, each correction once, also after a crash."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines import cli, export, hiding
from pipelines.settings import Settings, WardSettings
from tadasu import extract, ledger
from tadasu.errors import TadasuError
from tadasu.extract.identifiers import Key
from tadasu.extract.intake import Intake
from tadasu.extract.mapping import load as load_mapping
from tadasu.extract.outgoing import why
from tadasu.tables import ASSESSMENTS, DECISIONS, PERSON_IDS

NOW = dt.datetime(2024, 6, 10, 1, tzinfo=dt.UTC)


def _decided(out: Path, *given: tuple[str, str, str, str | None, str | None], **more: object) -> None:
    """Write decisions: number, person, field, old and new value."""
    rows = [
        {
            **dict.fromkeys(DECISIONS.schema),
            "decision_id": number,
            "tax_year": 2024,
            "row_id": f"=r{number}",
            "person_id": person,
            "verdict": "accept",
            "changes": json.dumps([{"field": field, "old_value": old, "new_value": new}]),
            "staff_id": "0007",
            "arm": "suggested",
            "decided_at": dt.datetime(2024, 6, 3, 3, tzinfo=dt.UTC),
            **more,
        }
        for number, person, field, old, new in given
    ]
    pl.DataFrame(rows, schema=DECISIONS.schema).write_parquet(out / "decisions.parquet")


def _recorded(out: Path, **people: dict[str, object]) -> None:
    rows = [
        {**dict.fromkeys(ASSESSMENTS.schema), "person_id": person, "tax_year": 2024, **values}
        for person, values in people.items()
    ]
    (out / "2024").mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=ASSESSMENTS.schema).write_parquet(out / "2024" / "assessments.parquet")


@pytest.fixture
def plain(tmp_path: Path) -> Settings:
    """A ward in the standard layout with two people and two decisions."""
    out = tmp_path / "out"
    _recorded(out, P1={"salary_revenue": 5_000_000}, P2={"spouse_kind": "general"})
    _decided(
        out,
        ("d1", "P1", "salary_revenue", "5000000", "4000000"),
        ("d2", "P2", "spouse_kind", "general", "none"),
    )
    return Settings(ward=WardSettings(name="plain", folder=tmp_path), out=out, actor="0007")


def _lines(folder: Path) -> list[str]:
    return (folder / "corrections_2024.csv").read_text(encoding="utf-8-sig").splitlines()


def test_a_ward_in_the_standard_layout_gets_the_tables_own_columns(plain: Settings) -> None:
    assert export.run(plain, NOW) == 0
    folder = plain.folder / "private" / "exports" / "20240610-1"
    assert _lines(folder)[1:] == [
        "1,2024,P1,salary_revenue,5000000,4000000,2024-06-03,=rd1,,0007,d1",
        "2,2024,P2,spouse_kind,general,none,2024-06-03,=rd2,,0007,d2",
    ]
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


def test_a_second_export_sends_nothing(plain: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    export.run(plain, NOW)
    export.run(plain, NOW)
    root = plain.folder / "private" / "exports"
    assert "送付済み 2 件" in capsys.readouterr().out
    assert [path.name for path in root.iterdir()] == ["20240610-1"]
    assert [event.event for event in ledger.read(plain.ledger)] == ["export"]


def test_later_decisions_go_in_an_export_of_their_own(plain: Settings) -> None:
    export.run(plain, NOW)
    before = pl.read_parquet(plain.folder / "decisions.parquet")
    _decided(plain.folder, ("d3", "P1", "widow", None, "true"))
    both = pl.concat([before, pl.read_parquet(plain.folder / "decisions.parquet")])
    both.write_parquet(plain.folder / "decisions.parquet")
    export.run(plain, NOW)
    lines = _lines(plain.folder / "private" / "exports" / "20240610-2")
    assert [line.split(",")[-1] for line in lines[1:]] == ["d3"]


def test_the_receipt_adds_up(plain: Settings) -> None:
    _recorded(plain.folder, P1={"salary_revenue": 5_000_000}, P2={"spouse_kind": "elderly"})
    export.run(plain, NOW)
    folder = plain.folder / "private" / "exports" / "20240610-1"
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert told["considered"] == told["lines"] + told["repeats"] + told["conflicts"] == 2
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


@pytest.mark.parametrize("step", ["write_table", "_note"])
def test_an_export_that_breaks_off_is_finished_or_undone(
    plain: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = getattr(export, step)

    def broken(*words: object, **named: object) -> object:
        if step == "_note" or str(words[0]).endswith("exported.parquet"):
            raise KeyboardInterrupt
        return real(*words, **named)

    with monkeypatch.context() as patched:
        patched.setattr(export, step, broken)
        with pytest.raises(KeyboardInterrupt):
            export.run(plain, NOW)
    export.run(plain, NOW)
    root = plain.folder / "private" / "exports"
    assert [path.name for path in root.iterdir()] == ["20240610-1"]
    sent = pl.read_parquet(plain.folder / "exported.parquet")
    assert sent["decision_id"].sort().to_list() == ["d1", "d2"]
    assert len(_lines(root / "20240610-1")) == 3
    assert [(e.event, e.subject) for e in ledger.read(plain.ledger)] == [("export", "20240610-1")]


def test_one_that_counted_as_sent_before_its_folder_was_shown_is_shown(plain: Settings) -> None:
    root = plain.folder / "private" / "exports"
    export.run(plain, NOW)
    (root / "20240610-1").rename(root / ".20240610-1.part")
    export.run(plain, NOW)
    assert len(_lines(root / "20240610-1")) == 3


def test_a_decision_under_an_earlier_number_finds_its_record(plain: Settings) -> None:
    _recorded(plain.folder, P7={"salary_revenue": 5_000_000}, P2={"spouse_kind": "general"})
    moves = pl.DataFrame(
        {"old_person_id": ["P1"], "new_person_id": ["P7"], "from_year": [2025]}, schema=PERSON_IDS.schema
    )
    intake = Intake({}, {}, [], [], {2025: {"person_ids": moves}})
    hiding.keep_moves(plain, intake)
    export.run(plain, NOW)
    lines = _lines(plain.folder / "private" / "exports" / "20240610-1")
    assert [line.split(",")[2] for line in lines[1:]] == ["P2", "P7"]
    export.run(plain, NOW)
    assert pl.read_parquet(plain.folder / "exported.parquet").height == 2


def test_two_at_once_are_refused(plain: Settings) -> None:
    with (
        export._alone(plain.folder / "private"),
        pytest.raises(TadasuError, match="another export is running"),
    ):
        export.run(plain, NOW)


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
    _decided(
        out,
        ("d1", person, "spouse_kind", "general", "none"),
        ("d2", person, "n_dependent_general", "0", "2"),
        ("d3", person, "medical_expense", None, "100000"),
        ("d4", "P" + "0" * 20, "widow", "false", "true"),
    )
    assert cli.main(["export", *words]) == 0, capsys.readouterr().err
    (folder,) = (out / "private" / "exports").glob("[0-9]*")
    text = (folder / "R06" / "訂正連携.csv").read_bytes().decode("cp932")
    assert text.splitlines() == [
        "処理区分,連番,年度,宛名番号,項目,修正前,修正後,処理日,不整合連番",
        "2,1,2024,0000000001,D01,0,2,R06.06.03,=rd2",
        "2,2,2024,0000000001,C01,1,0,R06.06.03,=rd1",
    ]
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert told["conflicts_by_reason"] == {why.NO_RECORD: 1, why.NOT_SAID: 1}
    assert [e.event for e in ledger.read(out / "ledger.jsonl")] == [
        "identifiers.keep",
        "ingest",
        "identifiers.read",
        "export",
    ]
    for path in out.rglob("*"):
        assert "private" in path.parts or not path.is_file() or b"0000000001" not in path.read_bytes(), path
