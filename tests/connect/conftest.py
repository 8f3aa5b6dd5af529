"""Exports of a small ward in the style of several vendors, each written by a mapping made by hand.

The mappings in `exports/` were written before the words that the sniffing knows; do not bring the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml

from tadasu.extract import mapping, write
from tadasu.extract.mapping import Mapping
from tadasu.tables import EXTRACT

EXPORTS = Path(__file__).with_name("exports")
MINI = Path(__file__).parents[2] / "wards" / "mini"
YEARS = (2025, 2026)
ROWS = 150
LETTERS = {"P": 10, "H": 10, "D": 10, "B": 8, "G": 8, "R": 8, "S": 4}
NAMES = {
    "氏名": "山田　太郎",
    "カナ": "ﾔﾏﾀﾞ ﾀﾛｳ",
    "住所": "見本町１丁目２番３号",
    "電話": "03-0000-0000",
    "郵便": "100-0001",
    "更新": "2025/04/01 10:20:30",
}


@dataclass(frozen=True)
class Export:
    """An export: its folder, and what its columns are."""

    folder: Path
    mapping: Mapping
    decoys: dict[str, list[str]]


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Export]:
    """Write the export of that name, once a session."""
    tables = sample()
    made: dict[str, Export] = {}

    def written(name: str) -> Export:
        if name not in made:
            made[name] = make(name, tmp_path_factory.mktemp(name), tables)
        return made[name]

    return written


def make(name: str, folder: Path, tables: dict[int, dict[str, pl.DataFrame]]) -> Export:
    """Write an export, with columns that nobody may read, lines of groups above the names, and totals below."""
    path = EXPORTS / f"{name}.yaml"
    told = mapping.load(path)
    known = {source.table.name for source in told.sources}
    write({y: {t: f for t, f in of.items() if t in known} for y, of in tables.items()}, told, folder, check=False)
    decoys = yaml.safe_load(path.read_text(encoding="utf-8")).get("decoys", {})
    for file in sorted(folder.rglob("*")):
        stems = [stem for stem in decoys if file.is_file() and file.name.startswith(stem)]
        if file.is_file() and file.suffix != ".dat":
            _dirty(file, told, [name for stem in stems for name in decoys[stem]])
    return Export(folder, told, decoys)


def _dirty(file: Path, told: Mapping, names: list[str]) -> None:
    layout = told.sources[0].layout
    lines = file.read_text(encoding=layout.encoding).splitlines()
    head, cells = lines[layout.header - 1], lines[layout.header :]
    sep = layout.delimiter
    filler = [next((v for k, v in NAMES.items() if k in name), "12345") for name in names]
    body = [sep.join([line, *filler]) for line in cells]
    above = [f"【{file.stem}】" + sep * (head.count(sep) + len(names))] if layout.header == 2 else []
    total = {"^合計": ["合計" + sep + str(len(body))], "^件数": [f"件数{sep}{len(body)}"]}
    below = next((total[sign] for sign in layout.skip if sign in total), [])
    text = "\n".join([*above, sep.join([head, *names]), *body, *below]) + "\n"
    file.write_text(text, encoding=layout.encoding)


def sample() -> dict[int, dict[str, pl.DataFrame]]:
    """Return two years of a few hundred people, with numbers of digits as tax systems have them."""
    return {year: {n: _digits(f) for n, f in _some(_year(year)).items()} for year in YEARS}


def _year(year: int) -> dict[str, pl.DataFrame]:
    found = {path.stem: pl.read_parquet(path) for path in (MINI / str(year)).glob("*.parquet")}
    return {table.name: found.get(table.name, table.empty()) for table in EXTRACT}


def _some(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    rows = tables["inconsistencies"].head(ROWS)
    homes = tables["residents"].filter(_in("person_id", rows["person_id"]))["household_id"]
    residents = tables["residents"].filter(_in("household_id", homes))
    people = residents["person_id"]
    documents = tables["documents"].filter(_in("person_id", people))
    chosen = {"residents": residents, "inconsistencies": rows, "documents": documents}
    of_people = {n: tables[n].filter(_in("person_id", people)) for n in ("donations", "assessments")}
    dependents = tables["dependents"].filter(_in("document_id", documents["document_id"]))
    corrections = tables["corrections"].filter(_in("row_id", rows["row_id"]))
    return {**chosen, **of_people, "dependents": dependents, "corrections": corrections}


def _in(name: str, values: pl.Series) -> pl.Expr:
    return pl.col(name).is_in(values.implode())


def _digits(frame: pl.DataFrame) -> pl.DataFrame:
    """Write P000002 as 0000000002: numbers of one kind have one width."""
    if "document_ids" in frame.columns:
        frame = frame.with_columns(pl.col("document_ids").str.replace_all(r"D([0-9]+)", "0000$1"))
    return frame.with_columns(_plain(frame[name]) for name, dtype in frame.schema.items() if dtype == pl.String())


def _plain(column: pl.Series) -> pl.Series:
    first = column.drop_nulls().str.slice(0, 1).unique().to_list()
    letter = first[0] if len(first) == 1 else ""
    whole = column.drop_nulls().str.contains(rf"^{letter or '!'}\d+$").all() if letter in LETTERS else False
    return column.str.slice(1).str.zfill(LETTERS[letter]) if whole and column.drop_nulls().len() else column
