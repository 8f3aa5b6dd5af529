"""Numbers become pseudonyms by the ward's key, the same every year; renumbered people stay who they were."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu import extract
from tadasu.errors import TadasuError
from tadasu.extract import read_mapped, reasons
from tadasu.extract.identifiers import Carrier, Hider
from tadasu.extract.mapping import Mapping
from tadasu.tables import PERSON_IDS
from tests.mapping.conftest import NUMBER, OTHER, SECRET

PEOPLE = {"residents": '{files: "{year}/r.csv", columns: {person_id: 宛名番号, household_id: 世帯}}'}
LIST = """
files: "{year}/i.csv"
columns: {row_id: 番号, person_id: {from: 宛名番号, width: 10}, check_code: コード, message: 内容}
"""
IDS = """
person_ids: {files: "{year}/p.csv", optional: true,
  columns: {old_person_id: 旧, new_person_id: 新, from_year: 年度}}
"""
Load, Smallest, Ward = Callable[[str], Mapping], Callable[..., Mapping], Callable[..., Path]


def _hidden(folder: Path, mapping: Mapping, also: tuple[str, ...] = ()) -> tuple[extract.Intake, Hider]:
    hider = Hider(SECRET, ("person", "payer", "household", *also))
    return read_mapped(folder, mapping, passes=(Carrier(), hider)), hider


def test_a_person_has_one_pseudonym_in_all_tables_and_years(smallest: Smallest, ward: Ward) -> None:
    ward("R05")
    found, hider = _hidden(ward("R06"), smallest())
    names = {
        frame["person_id"].item()
        for tables in found.tables.values()
        for name, frame in tables.items()
        if name in ("residents", "documents", "donations", "assessments", "inconsistencies")
    }
    assert names == {SECRET.pseudonym("person", "P1")} == set(hider.known["person"].values())
    assert names != {OTHER.pseudonym("person", "P1")}
    assert NUMBER.fullmatch(names.pop())


def test_the_same_number_of_a_person_and_of_a_household_tell_nothing_of_each_other(
    smallest: Smallest, ward: Ward
) -> None:
    found, hider = _hidden(ward(r="宛名番号,世帯\nP1,P1\n"), smallest(residents=PEOPLE["residents"]))
    row = found.tables[2024]["residents"].row(0, named=True)
    assert row["household_id"] == SECRET.pseudonym("household", "P1") == hider.known["household"]["P1"]
    assert row["household_id"][1:] != row["person_id"][1:]


def test_no_number_stands_in_what_is_put_aside_or_in_a_message(smallest: Smallest, ward: Ward) -> None:
    lines = (
        "番号,宛名番号,コード,内容\n1,1234567890,E1,1234567890と９８７６５４３２１０の重複\n"
        "2,12345678901,E1,x\n"
    )
    found, _ = _hidden(ward(i=lines), smallest(inconsistencies=LIST))
    row, aside = found.tables[2024]["inconsistencies"], found.quarantine[2024]
    person, other = (SECRET.pseudonym("person", one) for one in ("1234567890", "9876543210"))
    assert row.select("person_id", "message").row(0) == (person, f"{person}と{other}の重複")
    assert aside["reason"].to_list() == [reasons.NO_IDENTIFIER]
    assert aside["value"].to_list() == [SECRET.pseudonym("person", "12345678901")]
    assert "4567890" not in json.dumps(aside.drop("reason").to_dicts(), ensure_ascii=False)


def test_amounts_and_dates_in_a_message_stay(smallest: Smallest, ward: Ward) -> None:
    lines = "番号,宛名番号,コード,内容\n1,1234567890,E1,給与5000000円と20240105\n"
    found, _ = _hidden(ward(i=lines), smallest(inconsistencies=LIST))
    assert found.tables[2024]["inconsistencies"]["message"].item() == "給与5000000円と20240105"


def test_below_ten_digits_a_stranger_is_told_from_an_amount_by_the_zero_in_front(
    smallest: Smallest, ward: Ward
) -> None:
    lines = "番号,宛名番号,コード,内容\n1,00012345,E1,給与10088772円、00054321と重複\n"
    found, _ = _hidden(ward(i=lines), smallest(inconsistencies=LIST.replace("width: 10", "width: 8")))
    other = SECRET.pseudonym("person", "00054321")
    assert found.tables[2024]["inconsistencies"]["message"].item() == f"給与10088772円、{other}と重複"


def test_document_numbers_made_of_a_persons_number_stop_unless_they_are_hidden_too(
    smallest: Smallest, ward: Ward
) -> None:
    folder = ward(
        d="番号,宛名番号,種別\nK-12345-1,12345,salary_report\n", k="番号,行,区分\nK-12345-1,1,spouse\n"
    )
    with pytest.raises(TadasuError, match=r"document_id of documents.*also: \[document\]"):
        _hidden(folder, smallest())
    found, hider = _hidden(folder, smallest(), also=("document",))
    tables = found.tables[2024]
    assert tables["documents"]["document_id"].item() == tables["dependents"]["document_id"].item()
    assert hider.known["document"] == {"K-12345-1": tables["documents"]["document_id"].item()}


def test_a_list_of_documents_is_hidden_one_by_one(smallest: Smallest, ward: Ward) -> None:
    lists = (
        '{files: "{year}/i.csv", columns: {row_id: 番, person_id: 人, check_code: コ, document_ids: 資料}}'
    )
    folder = ward(i="番,人,コ,資料\nR1,P1,E1,D1;D2\nR2,P1,E1,\n")
    found, _ = _hidden(folder, smallest(inconsistencies=lists), also=("document",))
    names = [SECRET.pseudonym("document", one) for one in ("D1", "D2")]
    assert found.tables[2024]["inconsistencies"]["document_ids"].to_list() == [";".join(names), None]


def test_a_renumbered_person_is_the_same_in_the_years_before_and_after(
    smallest: Smallest, ward: Ward
) -> None:
    mapping = smallest(person_ids="{" + IDS.partition("{")[2])
    ward("R04", r="宛名番号\nP1\n")
    ward("R05", r="宛名番号\nP2\n")
    folder = ward("R06", r="宛名番号\nP3\nP9\n")
    (folder / "R06" / "p.csv").write_text("旧,新,年度\nP1,P2,2023\nP2,P3,2024\n", encoding="utf-8")
    found, hider = _hidden(folder, mapping)
    people = {year: set(tables["residents"]["person_id"]) for year, tables in found.tables.items()}
    latest = SECRET.pseudonym("person", "P3")
    assert people[2022] == people[2023] == {latest}
    assert people[2024] == {latest, SECRET.pseudonym("person", "P9")}
    assert found.tables[2024]["documents"]["person_id"].item() == latest, "a report that still has P1"
    assert set(hider.known["person"]) >= {"P3", "P9"}
    told = [o for o in found.oddities if "引き継いだ" in o.what and o.table == "residents"]
    assert [(o.year, o.count) for o in told] == [(2022, 1), (2023, 1)]


def test_of_two_numbers_that_were_merged_the_row_of_the_one_that_stayed_is_kept(
    smallest: Smallest, ward: Ward
) -> None:
    mapping = smallest(person_ids="{" + IDS.partition("{")[2])
    folder = ward("R06", r="宛名番号\nP1\nP2\n", a="宛名番号\nP1\nP2\n")
    (folder / "R06" / "p.csv").write_text("旧,新,年度\nP1,P2,2024\n", encoding="utf-8")
    found, _ = _hidden(folder, mapping)
    assert found.tables[2024]["residents"]["person_id"].to_list() == [SECRET.pseudonym("person", "P2")]
    aside = found.quarantine[2024].filter(table="residents")
    assert aside.select("line", "reason").rows() == [(2, reasons.MERGED)]
    for file in found.files:
        assert file.read == file.kept + file.quarantined, file


def test_the_standard_layout_carries_people_over_too(tmp_path: Path) -> None:
    mini = Path(__file__).parents[2] / "wards" / "mini" / "2026"
    shutil.copytree(mini, tmp_path / "2026")
    old, new = pl.read_parquet(mini / "residents.parquet")["person_id"].head(2)
    moves = {"old_person_id": [old], "new_person_id": [new], "from_year": [2027]}
    pl.DataFrame(moves, schema=PERSON_IDS.schema).write_parquet(tmp_path / "2026" / "person_ids.parquet")
    before, after = (extract.read(tmp_path, passes=passes) for passes in ((), (Carrier(),)))
    told = [frame for frame in after.tables[2026].values() if "person_id" in frame.columns]
    assert not [frame for frame in told if old in frame["person_id"]]
    documents = [found.tables[2026]["documents"]["person_id"] for found in (before, after)]
    assert (documents[1] == new).sum() == documents[0].is_in([old, new]).sum()
    aside = after.quarantine[2026].filter(table="residents")
    assert aside.select("value", "reason").rows() == [(old, reasons.MERGED)]
    assert after.beside[2026]["person_ids"]["old_person_id"].to_list() == [old]


@pytest.mark.parametrize(
    ("moves", "number", "year", "latest"),
    [
        ([("A", "B", 2022), ("B", "A", 2023)], "A", 2021, "A"),
        ([("A", "B", 2022), ("B", "A", 2023)], "B", 2022, "A"),
        ([("A", "B", 2023), ("B", "C", 2023)], "A", 2022, "C"),
        ([("A", "B", 2022), ("A", "C", 2024)], "A", 2023, "C"),
        ([("A", "B", 2022), ("A", "C", 2024)], "A", 2021, "B"),
        ([("A", "B", 2022)], "A", 2025, "B"),
        ([("A", "B", 2022)], "B", 2025, "B"),
    ],
)
def test_numbers_are_followed_from_year_to_year(
    moves: list[tuple[str, str, int]], number: str, year: int, latest: str
) -> None:
    carrier = Carrier()
    for old, new, since in moves:
        carrier.moves.setdefault(old, []).append((since, new))
    assert carrier.latest(number, year) == latest


def test_a_circle_of_numbers_stops() -> None:
    with pytest.raises(TadasuError, match="circle"):
        Carrier({"A": [(2023, "B")], "B": [(2023, "A")]}).latest("A", 2022)
