"""Quarantined lines come back mended: cells, whole lines, and lines withdrawn."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from tadasu.errors import TadasuError
from tadasu.extract import Intake, read_mapped
from tadasu.extract.mapping import Mapping
from tadasu.extract.mends import Mends, accepted

RESIDENTS = """
files: "{year}/r.csv"
encoding: cp932
columns:
  person_id: {from: 宛名番号, width: 4}
  birth_date: {from: 生年月日, dates: R05.12.31}
  household_id: 世帯
"""
TEXT = """宛名番号,生年月日,世帯
1,S50.02.30,H1
2,"S51.01.01,H2
3,S52.01.01,H3
3,S53.01.01,H9
4,いつか,H4
"""
Fix = dict[tuple[int, str], str | None]


@pytest.fixture
def dirty(ward: Callable[..., Path], smallest: Callable[..., Mapping]) -> Callable[[Fix], Intake]:
    """Read a dirty file, mend it as told (line and column → value), and read it again."""
    folder, mapping = ward(r=TEXT), smallest(residents=RESIDENTS)

    def read(fix: Fix, *, changed: bool = False) -> Intake:
        before = read_mapped(folder, mapping)
        told = before.quarantine[2024].select("file", pl.col("line").cast(pl.String()), "column", "value")
        cells = [("R06/r.csv", str(line), column or None, value) for (line, column), value in fix.items()]
        given = pl.concat([told, pl.DataFrame(cells, schema=told.schema, orient="row")])
        path = folder / "R06" / "r.csv"
        digests = {"R06/r.csv": sha256(path.read_bytes()).hexdigest()}
        mends = accepted(given, before.quarantine[2024], Mends.none(), digests)
        assert mends.frame.height == len(fix), "what came back as it was is no mend"
        if changed:
            path.write_bytes(path.read_bytes() + b"9,,\n")
        return read_mapped(folder, mapping, mends=mends)

    return read


def people(intake: Intake) -> list[tuple[str, str]]:
    return intake.tables[2024]["residents"].select("person_id", "household_id").rows()


def test_without_mends_nothing_of_the_dirty_lines_enters(dirty: Callable[[Fix], Intake]) -> None:
    intake = dirty({})
    assert people(intake) == []
    assert intake.quarantine[2024]["line"].to_list() == [2, 3, 4, 5, 6]


def test_a_cell_is_given_anew(dirty: Callable[[Fix], Intake]) -> None:
    intake = dirty({(2, "birth_date"): "S50.02.28", (6, "生年月日"): None})
    assert people(intake) == [("0001", "H1"), ("0004", "H4")]
    assert intake.tables[2024]["residents"]["birth_date"].to_list()[1] is None


def test_a_whole_line_is_given_anew(dirty: Callable[[Fix], Intake]) -> None:
    intake = dirty({(3, ""): "2,S51.01.01,H2"})
    assert people(intake) == [("0002", "H2")]
    assert 3 not in intake.quarantine[2024]["line"].to_list()


def test_a_mend_that_mends_nothing_leaves_the_line_aside(dirty: Callable[[Fix], Intake]) -> None:
    intake = dirty({(3, ""): '2,"S51', (2, "birth_date"): "S50.02.31"})
    assert people(intake) == []
    assert {2, 3} <= set(intake.quarantine[2024]["line"])


def test_one_of_two_lines_with_one_key_is_withdrawn(dirty: Callable[[Fix], Intake]) -> None:
    intake = dirty({(5, "person_id"): "取下げ"})
    assert people(intake) == [("0003", "H3")]
    assert dict(intake.quarantine[2024].select("line", "reason").rows())[5] == "職員が取り下げた"


def test_read_is_still_kept_and_quarantined(dirty: Callable[[Fix], Intake]) -> None:
    for fix in ({}, {(3, ""): "2,S51.01.01,H2"}, {(5, ""): "取下げ"}, {(2, "birth_date"): "S50.02.28"}):
        count = next(file for file in dirty(fix).files if file.table == "residents")  # type: ignore[arg-type]
        assert count.read == count.kept + count.quarantined == 5


def test_a_mend_does_not_outlive_the_file_it_was_made_for(dirty: Callable[..., Intake]) -> None:
    intake = dirty({(2, "birth_date"): "S50.02.28"}, changed=True)
    assert ("0001", "H1") not in people(intake)
    assert any("使わなかった訂正: 1 件" in oddity.what for oddity in intake.oddities)


def test_only_quarantined_lines_can_be_mended(dirty: Callable[[Fix], Intake]) -> None:
    with pytest.raises(TadasuError, match=r"1 lines are not in quarantine, the first: R06/r.csv line 77"):
        dirty({(77, "birth_date"): "S50.02.28"})
