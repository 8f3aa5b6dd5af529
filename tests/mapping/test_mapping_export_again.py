"""`tadasu export` again: each correction once, also after a crash, a change of mind or a new number."""

import datetime as dt
import json

import fastexcel
import polars as pl
import pytest

from pipelines import export, hiding
from pipelines.settings import Settings
from tadasu import ledger
from tadasu.errors import TadasuError
from tadasu.extract.intake import Intake
from tadasu.tables import PERSON_IDS
from tests.mapping.small_export import NOW, adds_up, decide, lines_of, record


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
    decide(plain.folder, ("d3", "P1", "widow", None, "true"))
    both = pl.concat([before, pl.read_parquet(plain.folder / "decisions.parquet")])
    both.write_parquet(plain.folder / "decisions.parquet")
    export.run(plain, NOW)
    lines = lines_of(plain.folder / "private" / "exports" / "20240610-2")
    assert [line.split(",")[-2] for line in lines[1:]] == ["d3"]


def test_a_voided_decision_goes_back_in_a_line_of_its_own(plain: Settings) -> None:
    export.run(plain, NOW)
    record(plain.folder, P1={"salary_revenue": 4_000_000}, P2={"spouse_kind": "general"})
    decided = pl.read_parquet(plain.folder / "decisions.parquet")
    voided = decided.with_columns(voided_by=pl.when(pl.col("decision_id") == "d1").then(pl.lit("u1")))
    voided.write_parquet(plain.folder / "decisions.parquet")
    export.run(plain, NOW + dt.timedelta(days=1))
    folder = plain.folder / "private" / "exports" / "20240611-1"
    assert lines_of(folder)[1:] == ["1,2024,P1,salary_revenue,4000000,5000000,2024-06-03,=rd1,,0007,u1,d1"]
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert (told["reversals"], told["corrections"], told["sent_before"], told["decided"]) == (1, 0, 2, 2)
    adds_up(told)
    book = fastexcel.read_excel(folder / "送付票.xlsx").load_sheet("送付した訂正").to_polars()
    assert book.select("修正前", "修正後", "取り消す判断番号").row(0) == (4_000_000, 5_000_000, "d1")
    export.run(plain, NOW + dt.timedelta(days=2))
    assert len(list((plain.folder / "private" / "exports").iterdir())) == 2, "nor is that sent twice"


def test_what_was_sent_by_an_earlier_version_is_not_sent_again(plain: Settings) -> None:
    export.run(plain, NOW)
    path = plain.folder / "exported.parquet"
    pl.read_parquet(path).drop("reverses").write_parquet(path)
    export.run(plain, NOW)
    assert [one.name for one in (plain.folder / "private" / "exports").iterdir()] == ["20240610-1"]


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
    assert len(lines_of(root / "20240610-1")) == 3
    assert [(e.event, e.subject) for e in ledger.read(plain.ledger)] == [("export", "20240610-1")]


def test_one_that_counted_as_sent_before_its_folder_was_shown_is_shown(plain: Settings) -> None:
    root = plain.folder / "private" / "exports"
    export.run(plain, NOW)
    (root / "20240610-1").rename(root / ".20240610-1.part")
    export.run(plain, NOW)
    assert len(lines_of(root / "20240610-1")) == 3


def test_a_decision_under_an_earlier_number_finds_its_record(plain: Settings) -> None:
    record(plain.folder, P7={"salary_revenue": 5_000_000}, P2={"spouse_kind": "general"})
    moves = pl.DataFrame(
        {"old_person_id": ["P1"], "new_person_id": ["P7"], "from_year": [2025]}, schema=PERSON_IDS.schema
    )
    intake = Intake({}, {}, [], [], {2025: {"person_ids": moves}})
    hiding.keep_moves(plain, intake)
    export.run(plain, NOW)
    lines = lines_of(plain.folder / "private" / "exports" / "20240610-1")
    assert [line.split(",")[2] for line in lines[1:]] == ["P2", "P7"]
    export.run(plain, NOW)
    assert pl.read_parquet(plain.folder / "exported.parquet").height == 2


def test_two_at_once_are_refused(plain: Settings) -> None:
    with (
        export._alone(plain.folder / "private"),
        pytest.raises(TadasuError, match="another export is running"),
    ):
        export.run(plain, NOW)
