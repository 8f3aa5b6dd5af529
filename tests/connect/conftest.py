"""Exports of a small ward in the style of several vendors, each written by a mapping made by hand.

The mappings in `exports/` were not written from the words that the sniffing knows: do not bring the two
together, or the figures say nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
import pytest
import yaml

from tadasu.extract import found, mapping, write
from tadasu.extract.mapping import Layout, Mapping
from tadasu.extract.sniff import Found, Kind, Match, survey
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
Verdict = Literal["right", "wrong", "unsure, right", "unsure, wrong", "left", "decoy taken"]


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


@pytest.fixture(scope="session")
def judged(export: Callable[[str], Export]) -> Callable[[str], Counter[Verdict]]:
    """Count what the sniffing makes of the export of that name."""
    return lambda name: judge(export(name), survey(export(name).folder))


def make(name: str, folder: Path, tables: dict[int, dict[str, pl.DataFrame]]) -> Export:
    """Write an export, with columns that nobody may read, groups above the names, totals below."""
    path = EXPORTS / f"{name}.yaml"
    told = mapping.load(path)
    known = {source.table.name for source in told.sources}
    write(
        {y: {t: f for t, f in of.items() if t in known} for y, of in tables.items()},
        told,
        folder,
        check=False,
    )
    decoys = yaml.safe_load(path.read_text(encoding="utf-8")).get("decoys", {})
    for file in sorted(folder.rglob("*")):
        stems = [stem for stem in decoys if file.is_file() and file.name.startswith(stem)]
        if file.is_file() and file.suffix not in (".dat", ".xlsx"):
            _dirty(file, told, [name for stem in stems for name in decoys[stem]])
    return Export(folder, told, decoys)


def judge(export: Export, seen: Found) -> Counter[Verdict]:
    """Count the columns that were taken for what they are; fields of fixed width are told by their places."""
    truth: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for file in found.survey(export.folder, export.mapping).files:
        places = _places(file.source.layout)
        for cell in (cell for row in file.source.rows for cell in row.cells):
            for name in cell.sources:
                known = truth.setdefault((file.name, places.get(name, name)), set())
                known.add((file.source.table.name, cell.column))
    counted: Counter[Verdict] = Counter()
    for kind in seen.kinds:
        file_name = kind.group.files[0][1].relative_to(export.folder).as_posix()
        places = _places(kind.sniffed.layout)
        matches = _taken(kind)
        for name in (content.name for content in kind.contents):
            want = truth.pop((file_name, places.get(name, name)), None)
            table, match = matches.get(name, ("", None))
            is_it = bool(want and match and (table, match.column.name) in want)
            counted.update(_verdict(want is not None, match, is_it))
    first = {kind.group.files[0][1].relative_to(export.folder).as_posix() for kind in seen.kinds}
    counted["left"] += sum(name in first for name, _ in truth)
    return counted


def _taken(kind: Kind) -> dict[str, tuple[str, Match]]:
    """Return what each column was taken for, with the table; relatives side by side are of theirs."""
    taken = {m.content.name: (kind.fit.table.name, m) for m in kind.fit.matches} if kind.fit else {}
    for wide in kind.wide:
        for match in wide.fit.matches:
            form = wide.column(match.content.name)
            taken |= {form.replace("{n}", slot): ("dependents", match) for slot, _ in wide.slots}
    return taken


def _verdict(wanted: bool, match: Match | None, is_it: bool) -> list[Verdict]:
    if not wanted:
        return ["decoy taken"] if match and match.sure else []
    if match is None:
        return ["left"]
    if match.sure:
        return ["right"] if is_it else ["wrong"]
    return ["unsure, right"] if is_it else ["unsure, wrong"]


def _places(layout: Layout) -> dict[str, str]:
    return {p.name: f"{p.at}+{p.length}" for p in layout.positions}


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
    return frame.with_columns(
        _plain(frame[name]) for name, dtype in frame.schema.items() if dtype == pl.String()
    )


def _plain(column: pl.Series) -> pl.Series:
    first = column.drop_nulls().str.slice(0, 1).unique().to_list()
    letter = first[0] if len(first) == 1 else ""
    whole = column.drop_nulls().str.contains(rf"^{letter or '!'}\d+$").all() if letter in LETTERS else False
    return column.str.slice(1).str.zfill(LETTERS[letter]) if whole and column.drop_nulls().len() else column
