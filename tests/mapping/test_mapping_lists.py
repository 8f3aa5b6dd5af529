"""Several document numbers of a row: in one column with a sign between them, or in columns side by side."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu.errors import TadasuError
from tadasu.extract.mapped import read_mapped
from tadasu.extract.mapping import Mapping
from tadasu.extract.writing import write

WardOf = Callable[..., Path]
Smallest = Callable[..., Mapping]
FORMS = {
    "separated": ('{from: 資料, separator: "、", width: 4}', "資料", ["12、0034、", '" 7"', ""]),
    "side by side": ("{join: [資料1, 資料2], width: 4}", "資料1,資料2", ["12,0034", ",7", ","]),
}


def _source(told: str) -> str:
    return f"""
    files: "{{year}}/i.csv"
    columns: {{row_id: 番号, person_id: 宛名番号, check_code: コード, field: 項目, document_ids: {told}}}
    """


@pytest.mark.parametrize("form", FORMS)
def test_each_item_is_read_on_its_own_and_written_back(
    form: str, ward: WardOf, smallest: Smallest, tmp_path: Path
) -> None:
    told, heads, cells = FORMS[form]
    lines = [f"R{place},P1,E1,salary_revenue,{cell}" for place, cell in enumerate(cells)]
    text = "\n".join([f"番号,宛名番号,コード,項目,{heads}", *lines]) + "\n"
    mapping = smallest(inconsistencies=_source(told))
    intake = read_mapped(ward(i=text), mapping)
    assert intake.tables[2024]["inconsistencies"]["document_ids"].to_list() == ["0012;0034", "0007", None]
    write(intake.tables, mapping, tmp_path / "again")
    again = read_mapped(tmp_path / "again", mapping)
    assert again.tables[2024]["inconsistencies"].equals(intake.tables[2024]["inconsistencies"])


def test_an_item_that_cannot_be_read_puts_the_line_aside(ward: WardOf, smallest: Smallest) -> None:
    text = '番号,宛名番号,コード,項目,資料\nR0,P1,E1,salary_revenue,12\nR1,P1,E1,salary_revenue,"12,123456"\n'
    intake = read_mapped(
        ward(i=text), smallest(inconsistencies=_source('{from: 資料, separator: ",", width: 4}'))
    )
    assert intake.tables[2024]["inconsistencies"]["row_id"].to_list() == ["R0"]
    assert intake.quarantine[2024]["column"].to_list() == ["document_ids"]


def test_more_items_than_columns_cannot_be_written(ward: WardOf, smallest: Smallest, tmp_path: Path) -> None:
    mapping = smallest(inconsistencies=_source(FORMS["side by side"][0]))
    text = "番号,宛名番号,コード,項目,資料1,資料2\nR1,P1,E1,salary_revenue,1,2\n"
    tables = read_mapped(ward(i=text), mapping).tables
    listed = tables[2024]["inconsistencies"].with_columns(document_ids=pl.lit("0001;0002;0003"))
    with pytest.raises(TadasuError, match="3 items"):
        write({2024: {**tables[2024], "inconsistencies": listed}}, mapping, tmp_path / "again")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("{join: [資料1, 資料2], separator: ','}", "either from with separator, or join"),
        ("{from: 資料, separator: ''}", "the sign between the items"),
    ],
)
def test_a_list_that_is_told_wrongly_is_told_with_its_place(
    told: str, message: str, smallest: Smallest
) -> None:
    with pytest.raises(TadasuError, match=message):
        smallest(inconsistencies=_source(told))


def test_columns_of_one_value_take_no_list(smallest: Smallest) -> None:
    with pytest.raises(TadasuError, match="which hold several values"):
        smallest(residents='{files: "{year}/r.csv", columns: {person_id: {join: [宛名番号, 番号]}}}')
