"""What a dry run says where nothing is put aside and the mapping is wrong all the same."""

import io
from pathlib import Path

import polars as pl
import pytest
import yaml
from rich.console import Console

from pipelines.dry_run import check
from tadasu.extract import write
from tadasu.extract.mapping import load
from tadasu.tables import EXTRACT

Tables = dict[int, dict[str, pl.DataFrame]]
FILES = ("assessments", "previous_assessments")


@pytest.fixture
def ward(tmp_path: Path, mini_tables: Tables) -> Path:
    """Write two years of the small ward as CSV, and the mapping that reads them."""
    sources = {
        table.name: {
            "files": f"{{year}}/{table.name}.csv",
            "optional": True,
            "columns": {name: name for name in table.schema if name != "tax_year"},
        }
        for table in EXTRACT
    }
    path = tmp_path / "ward.yaml"
    content = {"folder": str(tmp_path / "files"), "mapping": {"year_form": "2024", "tables": sources}}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    write({year: mini_tables[year] for year in (2024, 2025)}, load(path), tmp_path / "files")
    return path


def _told(path: Path) -> str:
    console = Console(file=(shown := io.StringIO()), width=4_000)
    check(path, console)
    return shown.getvalue()


def test_tables_of_this_year_and_the_last_exchanged_are_noticed(ward: Path) -> None:
    assert "入れ替わっている" not in _told(ward)
    content = ward.read_text(encoding="utf-8")
    one, other = (f"/{name}.csv" for name in FILES)
    turned = content.replace(other, "/@").replace(one, other).replace("/@", one)
    ward.write_text(turned, encoding="utf-8")
    assert "合算結果と前年課税台帳が入れ替わっているらしい" in _told(ward)


def test_a_column_that_is_empty_in_every_year_is_told(ward: Path) -> None:
    for file in (ward.parent / "files").rglob("residents.csv"):
        frame = pl.read_csv(file, infer_schema=False)
        frame.with_columns(birth_date=pl.lit("")).write_csv(file)
    told = _told(ward).splitlines()
    line = next(line for line in told if line.startswith("どの年度も空の列（採用した行）［住民"))
    assert "birth_date" in line
    assert "person_id" not in line


def test_a_column_that_holds_one_value_in_every_row_is_told(ward: Path) -> None:
    assert "どの行も同じ値の列" not in _told(ward)
    for file in (ward.parent / "files").rglob("donations.csv"):
        pl.read_csv(file, infer_schema=False).with_columns(recipient_code=pl.lit("131199")).write_csv(file)
    assert "どの行も同じ値の列［寄附金］：寄附先（recipient_code）" in _told(ward)


def test_which_of_a_tables_files_have_columns_that_nobody_reads_is_told(ward: Path) -> None:
    content = yaml.safe_load(ward.read_text(encoding="utf-8"))
    one = content["mapping"]["tables"]["donations"]
    content["mapping"]["tables"]["donations"] = [one, {**one, "files": "{year}/more.csv"}]
    ward.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    for file in (ward.parent / "files").rglob("donations.csv"):
        frame = pl.read_csv(file, infer_schema=False)
        frame.head(9).with_columns(memo=pl.lit("x")).write_csv(file.with_name("more.csv"))
        frame.slice(9).write_csv(file)
    told = [line for line in _told(ward).splitlines() if "memo" in line]
    assert told == ["対応づけのない列（読まなかった）［寄附金 {year}/more.csv 2024・2025］：memo"]


def test_fields_that_staff_correct_and_nobody_reads_are_told(ward: Path) -> None:
    content = yaml.safe_load(ward.read_text(encoding="utf-8"))
    assert "合算結果に対応づけのない項目" not in _told(ward)
    del content["mapping"]["tables"]["assessments"]["columns"]["salary_revenue"]
    ward.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (line,) = [line for line in _told(ward).splitlines() if "合算結果に対応づけのない項目" in line]
    assert "給与収入（salary_revenue）" in line
