"""Mappings run backwards: what is written in a ward's layout is read back as the same tables."""

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu import extract
from tadasu.errors import TadasuError
from tadasu.extract.forms import date_form
from tadasu.extract.mapping import Layout, Mapping, covering, load
from tadasu.extract.writing import write
from tadasu.fields import FIELDS, TAX_FIELDS
from tadasu.tables import EXTRACT, Column, Table

Frames = dict[str, pl.DataFrame]
Tables = dict[int, Frames]
EXAMPLE = Path(__file__).parents[2] / "conf" / "ward" / "example.yaml"
WORDS = ("", "東京都千代田区", "x,y", 'say "x"', "a;b|c'd", "髙﨑①㈱", "ﾐﾅﾄ ｸ", "-", "0", "=1+1")
LAYOUTS = {
    "cp932": Layout(encoding="cp932"),
    "shift_jis": Layout(encoding="shift_jis"),
    "utf-8 with BOM": Layout(encoding="utf-8-sig", delimiter="\t"),
    "detected": Layout(encoding="detect"),
    "by position": Layout(encoding="utf-8", header=0, delimiter="|"),
    "third line": Layout(encoding="cp932", header=3, quote="'", delimiter=";"),
    "over lines": Layout(encoding="cp932", multiline=5),
    "fixed bytes": Layout("fixed", encoding="cp932", header=0),
    "fixed characters": Layout("fixed", encoding="utf-8", header=1, unit="characters"),
    "excel": Layout("xlsx", header=2, sheet="一覧"),
    "parquet": Layout("parquet"),
}


def value(column: Column, table: Table, row: int, rng: random.Random, words: tuple[str, ...]) -> object:
    """Return a lawful value of the column, or nothing where nothing may stand."""
    if column.name in table.key and column.dtype == pl.String():
        return f"{column.name[0].upper()}{row:05}"
    if column.name in table.key:
        return row + 1
    if not column.filled and rng.random() < 0.3:
        return None
    if column.values:
        return rng.choice(column.values)
    if column.dtype == pl.Date():
        return dt.date(1912, 8, 1) + dt.timedelta(days=rng.randrange(41_000))
    if column.dtype == pl.Boolean():
        return rng.random() < 0.5
    if column.dtype.is_integer():
        return rng.randrange(-(10**9) if column.negative else 0, 10**9)
    word = rng.choice(words).strip()
    return word or ("x" if column.filled else None)


def rows(table: Table, year: int, rng: random.Random, words: tuple[str, ...]) -> pl.DataFrame:
    count = rng.randrange(1, 9)
    cells = {c.name: [value(c, table, row, rng, words) for row in range(count)] for c in table.columns}
    if "tax_year" in cells:
        cells["tax_year"] = [year - (table.name == "previous_assessments")] * count
    if "old_value" in cells:
        fields = [rng.choice(TAX_FIELDS) for _ in range(count)]
        cells["field"] = [field.name for field in fields]
        for name in ("old_value", "new_value"):
            cells[name] = [lawful(field.kind, field.values, rng) for field in fields]
    return table.arrange(pl.DataFrame(cells, schema=table.schema))


def lawful(kind: str, values: tuple[str, ...], rng: random.Random) -> str:
    return {"flag": "true", "status": values[0] if values else ""}.get(kind, str(rng.randrange(10**6)))


def tables(seed: int, words: tuple[str, ...] = WORDS) -> Tables:
    rng = random.Random(seed)
    return {year: {t.name: rows(t, year, rng, words) for t in EXTRACT} for year in (2019, 2024)}


def same(one: Tables, other: Tables) -> bool:
    return all(frame.equals(other[year][name]) for year, of in one.items() for name, frame in of.items())


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("coded", [False, True], ids=["words", "codes"])
def test_what_was_written_is_read_back(tmp_path: Path, name: str, coded: bool) -> None:
    layout, seed = LAYOUTS[name], 2 * [*LAYOUTS].index(name) + coded
    words = WORDS if layout.encoding != "shift_jis" else tuple(w for w in WORDS if "髙" not in w)
    given = tables(seed, (*words, "two\nlines") if layout.multiline > 1 else words)
    dates = ("2024-12-31", "R05.12.31", "5051231")[seed % 3]
    mapping = covering(layout, date_form(dates), coded=coded)
    write(given, mapping, tmp_path, check=False)
    back = extract.read_mapped(tmp_path, mapping)
    assert back.report()["totals"]["quarantined"] == 0
    assert same(given, back.tables)
    assert {path.parent.name for path in tmp_path.rglob("*.txt")} == {"R01年度", "R06年度"}


def test_what_the_layout_cannot_say_is_an_error_not_a_loss(tmp_path: Path) -> None:
    given = tables(1, ("髙﨑",))
    with pytest.raises(TadasuError, match="'髙' cannot be written in shift_jis"):
        write(given, covering(Layout(encoding="shift_jis")), tmp_path / "sjis")
    given = tables(1, ("two\nlines",))
    with pytest.raises(TadasuError, match=r"rows were written|all put aside"):
        write(given, covering(Layout(encoding="cp932")), tmp_path / "one-line")
    with pytest.raises(TadasuError, match="does not fit a field of 80"):
        write(tables(1, ("x" * 81,)), covering(Layout("fixed", encoding="cp932")), tmp_path / "fixed")


def test_a_column_that_the_mapping_lacks_must_be_empty(example: Frames, tmp_path: Path) -> None:
    mapping = load(EXAMPLE)
    unsaid = example["assessments"].with_columns(medical_expense=pl.lit(5, pl.Int64()))
    with pytest.raises(TadasuError, match="cannot say what stands in medical_expense"):
        write({2024: {**example, "assessments": unsaid}}, mapping, tmp_path)


def test_the_worked_example_runs_both_ways(example: Frames, tmp_path: Path) -> None:
    mapping = load(EXAMPLE)
    written = write({2024: example}, mapping, tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert names == {
        "R06/住民1.csv",
        "R06/給報1.csv",
        "R06/年報1.txt",
        "R06/寄附.xlsx",
        "R06/課税台帳.csv",
        "R06/不整合リスト.csv",
        "R06/処理結果.csv",
    }
    report = (tmp_path / "R06" / "給報1.csv").read_text(encoding="cp932").splitlines()
    assert len(report) == 2, "the report and both dependants stand in one line"
    assert (tmp_path / "R06" / "年報1.txt").read_bytes().startswith(b"000000340000000001" + b"5060201")
    assert "修正" in (tmp_path / "R06" / "処理結果.csv").read_text(encoding="cp932")
    assert same({2024: example}, extract.read_mapped(tmp_path, mapping).tables)


def test_every_tax_field_can_be_named_by_a_check() -> None:
    """The lists that mappings check codes against are the declared ones, not copies."""
    listed = next(table for table in EXTRACT if table.name == "inconsistencies")
    assert next(column for column in listed.columns if column.name == "field").values == tuple(FIELDS)


def test_a_whole_ward_runs_both_ways_in_a_vendors_layout(tmp_path: Path) -> None:
    mini = extract.read(Path(__file__).parents[2] / "wards" / "mini").tables
    newest = {max(mini): mini[max(mini)]}
    mapping = covering(Layout(encoding="cp932"), date_form("R05.12.31"), coded=True)
    extract.write(newest, mapping, tmp_path, check=False)
    assert same(newest, extract.read_mapped(tmp_path, mapping).tables)


def test_relatives_in_the_lines_of_one_kind_of_document_and_in_a_file_of_their_own_for_another(
    ward: Callable[..., Path], smallest: Callable[..., Mapping], tmp_path: Path
) -> None:
    told = smallest(
        documents="""
        - {files: "{year}/d.csv", columns: {document_id: 資, person_id: 宛, kind: {constant: salary_report}}}
        - {files: "{year}/s.csv", columns: {document_id: 資, person_id: 宛, kind: {constant: tax_return}}}
        """,
        dependents="""
        - files: "{year}/d.csv"
          repeat: [{n: 子１}, {n: 子２}]
          columns:
            document_id: 資
            line_no: {number: true}
            role: {constant: dependent}
            birth_date: "{n}生"
        - files: "{year}/k.csv"
          columns: {document_id: 資, line_no: 番, role: {constant: dependent}, birth_date: 生}
        """,
    )
    folder = ward(
        d="資,宛,子１生,子２生\nD1,P1,2020/01/02,2022/03/04\nD2,P1,,\n",
        s="資,宛\nS1,P1\n",
        k="資,番,生\nS1,1,2019/01/02\n",
    )
    given = extract.read_mapped(folder, told).tables
    assert given[2024]["dependents"]["document_id"].to_list() == ["D1", "D1", "S1"]
    write(given, told, tmp_path / "again")
    assert (tmp_path / "again" / "2024" / "d.csv").read_bytes().count(b"\n") == 3


def test_a_source_takes_the_rows_that_its_codes_can_say(
    ward: Callable[..., Path], smallest: Callable[..., Mapping], tmp_path: Path
) -> None:
    told = smallest(
        documents="""
        - files: "{year}/d.csv"
          columns: {document_id: 資, person_id: 宛, kind: {from: 区, codes: {"11": salary_report}}}
        - files: "{year}/s.csv"
          columns: {document_id: 資, person_id: 宛, kind: {from: 区, codes: {"21": tax_return}}}
        """,
        dependents='{files: "{year}/k.csv", columns: {document_id: 番号, line_no: 行, role: 区分}}',
    )
    folder = ward(d="資,宛,区\nD1,P1,11\n", s="資,宛,区\nS1,P1,21\n", k="番号,行,区分\nD1,1,spouse\n")
    given = extract.read_mapped(folder, told).tables
    assert given[2024]["documents"]["kind"].to_list() == ["salary_report", "tax_return"]
    write(given, told, tmp_path / "again")
