"""A ward's key and the way back lie closed outside the record of a run; each reading is in the ledger."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines import cli
from tadasu import extract, ledger
from tadasu.errors import TadasuError
from tadasu.extract.identifiers import Hider, back, key
from tadasu.extract.mapping import load as load_mapping
from tests.mapping.conftest import NUMBER, OTHER, SECRET


def test_a_key_is_made_once_outside_the_repository_and_closed_to_others(tmp_path: Path) -> None:
    repository, file = tmp_path / "checkout", tmp_path / "keys" / "ward.key"
    repository.mkdir()
    made = key.make(file, repository)
    assert file.stat().st_mode & 0o777 == 0o600
    assert key.read(file, repository) == made
    assert made.secret.hex() not in repr(made)
    with pytest.raises(TadasuError, match="already"):
        key.make(file, repository)
    with pytest.raises(TadasuError, match="repository"):
        key.make(repository / "ward.key", repository)
    file.chmod(0o644)
    with pytest.raises(TadasuError, match="chmod 600"):
        key.read(file, repository)
    (repository / "ward.key").write_text(made.secret.hex(), encoding="ascii")
    with pytest.raises(TadasuError, match="in the repository"):
        key.read(Path("ward.key"), repository)


def test_the_way_back_is_closed_to_others_and_each_reading_is_in_the_ledger(tmp_path: Path) -> None:
    table, trail = tmp_path / "private" / "ids.parquet", tmp_path / "ledger.jsonl"
    name = SECRET.pseudonym("person", "0000012345")
    hider = Hider(SECRET, ("person",), {"person": {"0000012345": name}})
    assert back.keep(table, hider, ledger=trail, actor="tester") == 1
    assert back.keep(table, hider, ledger=trail, actor="tester") == 0
    assert (table.stat().st_mode & 0o777, table.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    found = back.look_up(table, {"person": [name, "P0"]}, purpose="export", ledger=trail, actor="chief")
    assert found == {"person": {name: "0000012345"}}
    events = ledger.read(trail)
    assert [(e.event, e.actor) for e in events] == [
        ("identifiers.keep", "tester"),
        ("identifiers.read", "chief"),
    ]
    assert events[-1].detail == {"purpose": "export", "pseudonyms": {"person": 2}}
    assert "12345" not in trail.read_text(encoding="utf-8").replace(name, "")
    with pytest.raises(TadasuError, match="the key is another one"):
        back.require_same_key(table, OTHER)
    table.chmod(0o640)
    with pytest.raises(TadasuError, match="chmod 600"):
        back.look_up(table, {"person": [name]}, purpose="export", ledger=trail, actor="chief")


def test_numbers_of_earlier_runs_stay(tmp_path: Path) -> None:
    table, trail = tmp_path / "private" / "ids.parquet", tmp_path / "ledger.jsonl"
    names = {number: SECRET.pseudonym("person", number) for number in ("1", "2", "3")}
    for given in ({"1", "2"}, {"2", "3"}, {"1", "2"}):
        known = {"person": {number: names[number] for number in sorted(given)}}
        back.keep(table, Hider(SECRET, ("person",), known), ledger=trail, actor="x")
    assert len(list(table.parent.glob("*.parquet"))) == 2, "a run that brings nothing new adds nothing"
    assert {path.stat().st_mode & 0o077 for path in table.parent.iterdir()} == {0}
    wanted = {"person": list(names.values())}
    found = back.look_up(table, wanted, purpose="export", ledger=trail, actor="x")
    assert found == {"person": {name: number for number, name in names.items()}}
    (table.parent / "ids-2.parquet").unlink()
    with pytest.raises(TadasuError, match=r"ids-2\.parquet: not there"):
        back.look_up(table, wanted, purpose="export", ledger=trail, actor="x")


def test_an_intake_never_reads_the_way_back(
    example: dict[str, pl.DataFrame],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    keyed_ward: Callable[..., Path],
) -> None:
    files, out, secret = tmp_path / "files", tmp_path / "out", tmp_path / "ward.key"
    assert cli.main(["key", str(secret)]) == 0
    extract.write({2024: example}, load_mapping(keyed_ward(secret)), files)
    words = ["ingest", "ward=keyed", f"ward.folder={files}", f"out={out}", "tracking=off"]
    assert cli.main(words) == 0, capsys.readouterr().err
    whole = out / "private" / "ids.parquet"
    whole.write_bytes(b"whoever opens this fails")
    assert cli.main(words) == 0, capsys.readouterr().err
    path = files / "R06" / "課税台帳.csv"
    path.write_bytes(path.read_bytes().replace(b"0000000001", b"0000000009"))
    assert cli.main(words) == 0, capsys.readouterr().err
    assert whole.read_bytes() == b"whoever opens this fails"
    added = pl.read_parquet(out / "private" / "ids-2.parquet")
    assert "0000000009" in added["number"]
    events = [event.event for event in ledger.read(out / "ledger.jsonl") if "identifiers" in event.event]
    assert events == ["identifiers.keep", "identifiers.keep"]
    (out / "private" / "ids.json").unlink()
    assert cli.main(words) == 2
    assert "no ids.json beside it" in capsys.readouterr().err


def test_a_ward_with_a_key_is_ingested_and_another_key_stops(
    example: dict[str, pl.DataFrame],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    keyed_ward: Callable[..., Path],
) -> None:
    files, out, secret = tmp_path / "files", tmp_path / "out", tmp_path / "ward.key"
    assert cli.main(["key", str(secret)]) == 0
    check = re.search(r"check: (\w+)", capsys.readouterr().out)
    assert check
    file = keyed_ward(secret, f"  # {check[1]}")
    words = ["ingest", "ward=keyed", f"ward.folder={files}", f"out={out}", "tracking=off"]
    extract.write({2024: example}, load_mapping(file), files)
    assert cli.main(words) == 0, capsys.readouterr().err
    person = pl.read_parquet(out / "2024" / "residents.parquet")["person_id"].item()
    assert NUMBER.fullmatch(person)
    own = pl.read_parquet(out / "private" / "ids.parquet").filter(kind="person", pseudonym=person)
    assert own["number"].item() == example["residents"]["person_id"].item()
    _nothing_leads_back(out)
    secret.write_text("ab" * 32, encoding="ascii")
    assert cli.main(words) == 2
    assert "the key is another one" in capsys.readouterr().err


def _nothing_leads_back(out: Path) -> None:
    """See that neither a number of a person nor the hash of the way back is in the record of the run."""
    for path in out.rglob("*"):
        if path.is_file() and path.parent.name != "private":
            assert b"0000000001" not in path.read_bytes(), path
    for event in ledger.read(out / "ledger.jsonl"):
        assert not [
            place for place in event.detail.get("outputs", {}) if "private" in place or "ids" in place
        ]
