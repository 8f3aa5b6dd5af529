"""A ward that has little: no dependants or gifts, documents of two kinds, one labelled year."""

import json
import shutil
from pathlib import Path
from textwrap import indent

import polars as pl
import pytest

from pipelines import cli
from tadasu.extract.statutory.layout import published
from tadasu.tables import EXTRACT

pytestmark = pytest.mark.xdist_group("sparse")

KINDS = ("salary_report", "pension_report")
PLAIN = ("residents", "assessments", "inconsistencies", "corrections")
SECRETS = {"name": "渡辺姓名之介", "address": "東京都練馬区架空町九丁目", "individual_number": "123456789018"}
STATUTORY = """
statutory:
  files: "{year}/給報*.csv"
  channel: eltax
  match:
    files: "{year}/突合せ.csv"
    by: {file: ファイル, line: 行}
    columns: {person_id: 宛名番号, document_id: 資料番号}
"""


def _mapping(key: Path) -> str:
    tables = {table.name: table for table in EXTRACT}

    def columns(name: str, *without: str, more: str = "") -> str:
        own = [f"{one}: {one}" for one in tables[name].schema if one not in ("tax_year", *without)]
        return "{" + ", ".join([*own, *([more] if more else [])]) + "}"

    lines = [
        f'{name}: {{files: "{{year}}/{name}.csv", optional: {str(name == "corrections").lower()}, '
        f"columns: {columns(name)}}}"
        for name in PLAIN
    ]
    papers = [
        f'- {{files: "{{year}}/{kind}.csv", columns: '
        + columns("documents", "kind", more=f"kind: {{constant: {kind}}}")
        + "}"
        for kind in KINDS
    ]
    told = [*lines, "documents:", *(f"  {one}" for one in papers)]
    return f"identifiers: {{key: {key}}}\ntables:\n" + indent("\n".join(told), "  ") + STATUTORY


def _write(ward: Path, files: Path, *, whole_list: bool) -> str:
    """Write the ward's files; return the number of a person who has a statutory report as well."""
    person = ""
    for year in (2025, 2026):
        here = files / str(year)
        here.mkdir(parents=True)
        tables = {path.stem: pl.read_parquet(path) for path in (ward / str(year)).glob("*.parquet")}
        papers = tables["documents"].filter(pl.col("kind").is_in(KINDS))
        for kind in KINDS:
            papers.filter(kind=kind).drop("kind").write_csv(here / f"{kind}.csv")
        if not whole_list:
            known = papers["document_id"].to_list()
            named = (
                pl.col("document_ids")
                .str.split(";")
                .list.eval(pl.element().filter(pl.element().is_in(known)))
            )
            rows = tables["inconsistencies"].with_columns(document_ids=named.list.join(";"))
            tables["inconsistencies"] = rows.filter(pl.col("document_ids") != "")
            if "corrections" in tables:
                rows = tables["inconsistencies"].select("row_id")
                tables["corrections"] = tables["corrections"].join(rows, on="row_id", how="semi")
        for name in PLAIN:
            if name in tables:
                tables[name].write_csv(here / f"{name}.csv")
        person = str(tables["inconsistencies"]["person_id"][0])
        _report(here, person, year)
    return person


def _report(here: Path, person: str, year: int) -> None:
    layout = next(one for one in published("315") if one.width == 144)
    told = {
        **SECRETS,
        "form": "315",
        "mark": "0",
        "income_year": f"{year - 2019:02}",
        "salary_paid": "1200000",
    }
    cells = [""] * 144
    for name, value in told.items():
        cells[layout.places[name] - 1] = value
    (here / "給報.csv").write_bytes((",".join(cells) + "\r\n").encode("cp932"))
    text = f"ファイル,行,宛名番号,資料番号\n給報.csv,1,{person},S{year}\n"
    (here / "突合せ.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Make a checkout with the ward's mapping; return the words of a run."""
    checkout, key = tmp_path / "checkout", tmp_path / "ward.key"
    shutil.copytree(Path(__file__).parents[2] / "conf", checkout / "conf")
    assert cli.main(["key", str(key)]) == 0
    text = f"name: sparse\nfolder: {tmp_path / 'files'}\nmapping:\n" + indent(_mapping(key), "  ")
    (checkout / "conf" / "ward" / "sparse.yaml").write_text(text, encoding="utf-8")
    for name in ("settings", "composing", "ingest", "hiding"):
        monkeypatch.setattr(f"pipelines.{name}.ROOT", checkout)
    monkeypatch.setattr("pipelines.composing.CONF", checkout / "conf")
    return "ward=sparse", f"out={tmp_path / 'out'}", "model=small", "model.trees=8", "evaluate.resamples=5"


def test_a_sparse_ward_is_judged_and_nothing_leads_back_to_a_person(
    tiny_ward: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    person = _write(tiny_ward, tmp_path / "files", whole_list=False)
    assert cli.main(["run", *words]) == 0, capsys.readouterr().err
    out = tmp_path / "out"
    rows = pl.read_parquet(out / "2026" / "inconsistencies.parquet")
    suggested = pl.read_parquet(out / "2026" / "suggestions.parquet")
    assert set(suggested["row_id"]) == set(rows["row_id"])
    account = json.loads((out / "intake.json").read_text(encoding="utf-8"))
    absent = {one["table"] for one in account["warnings"] if one["what"].startswith("対応づけにない表")}
    assert absent == {"donations"}, "the relatives come with the reports"
    assert pl.read_parquet(out / "2026" / "documents.parquet").filter(document_id="S2026").height == 1
    assert (out / "mlflow.db").is_file()
    for path in (one for one in out.rglob("*") if one.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data = pl.read_parquet(path).write_ndjson().encode()
        for secret in SECRETS.values():
            assert secret.encode() not in data, path
            assert secret.encode("cp932") not in data, path
        assert "private" in path.parts or person.encode() not in data, path


def test_a_list_that_names_papers_which_are_not_there_stops_with_a_word_on_it(
    tiny_ward: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tiny_ward, tmp_path / "files", whole_list=True)
    assert cli.main(["ingest", *words, "tracking=off"]) == 0
    capsys.readouterr()
    assert cli.main(["validate", *words, "tracking=off"]) == 2
    assert "行が挙げる課税資料がすべてある" in capsys.readouterr().err
    page = (tmp_path / "out" / "validation" / "index.html").read_text(encoding="utf-8")
    assert "停止した項目" in page
