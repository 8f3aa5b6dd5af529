"""Wards made for a test: a mapping from YAML text, an example, one with a key, one with decisions."""

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest

from pipelines.settings import Settings, WardSettings
from tadasu.extract import mapping
from tadasu.extract.identifiers import Key
from tadasu.extract.mapping import Mapping
from tadasu.tables import EXTRACT, Table
from tests.mapping.small_export import decide, record

Cells = dict[str, list[object]]
SECRET, OTHER = Key(bytes(range(32))), Key(bytes(range(1, 33)))
NUMBER = re.compile(r"P[0-9a-f]{20}")
"""What a person's number is once it is hidden."""

HEAD = """
residents: {files: "{year}/r.csv", columns: {person_id: 宛名番号}}
documents: {files: "{year}/d.csv", columns: {document_id: 番号, person_id: 宛名番号, kind: 種別}}
dependents: {files: "{year}/k.csv", columns: {document_id: 番号, line_no: 行, role: 区分}}
donations: {files: "{year}/n.csv", columns: {donation_id: 番号, person_id: 宛名番号, source: 出所}}
assessments: {files: "{year}/a.csv", columns: {person_id: 宛名番号}}
inconsistencies:
  {files: "{year}/i.csv", columns: {row_id: 番号, person_id: 宛名番号, check_code: コード, field: 項目}}
"""
ROWS = {
    "r": ("宛名番号", "P1"),
    "d": ("番号,宛名番号,種別", "D1,P1,salary_report"),
    "k": ("番号,行,区分", "D1,1,spouse"),
    "n": ("番号,宛名番号,出所", "N1,P1,return"),
    "a": ("宛名番号", "P1"),
    "i": ("番号,宛名番号,コード,項目", "R1,P1,E1,salary_revenue"),
}


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Mapping]:
    """Load the text of a ward's file."""

    def loaded(text: str) -> Mapping:
        path = tmp_path / "ward.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return mapping.load(path)

    return loaded


@pytest.fixture
def ward(tmp_path: Path) -> Callable[..., Path]:
    """Write a year of the smallest extract, one row a table, with some files replaced."""

    def written(year: str = "R06", **files: bytes | str) -> Path:
        folder = tmp_path / "files"
        (folder / year).mkdir(parents=True, exist_ok=True)
        for stem, lines in ROWS.items():
            (folder / year / f"{stem}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for stem, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("cp932")
            (folder / year / f"{stem}.csv").write_bytes(data)
        return folder

    return written


@pytest.fixture
def smallest(load: Callable[[str], Mapping]) -> Callable[..., Mapping]:
    """Return the mapping of the smallest extract, with the sources of some tables replaced (YAML text)."""

    def made(top: str = "", **tables: str) -> Mapping:
        lines = dict(_entries(HEAD))
        for name, text in tables.items():
            lines[name] = f"{name}:\n" + _indented(dedent(text).strip("\n"), 2)
        return load(
            "mapping:\n" + _indented(top + "\ntables:\n" + _indented("\n".join(lines.values()), 2), 2)
        )

    return made


def _entries(text: str) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for line in text.strip("\n").split("\n"):
        if line.startswith(" "):
            entries[-1] = (entries[-1][0], entries[-1][1] + "\n" + line)
        else:
            entries.append((line.partition(":")[0], line))
    return entries


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.split("\n"))


@pytest.fixture
def example() -> dict[str, pl.DataFrame]:
    """Return a row or two of each table, such as the layout of `conf/ward/example.yaml` can say."""
    person, document = "0000000001", "K5-000012"
    given: dict[str, Cells] = {
        "residents": {"person_id": [person], "public_assistance": [False], "is_foreign": [True]},
        **_papers(person, document),
        "assessments": {
            "person_id": [person],
            "tax_year": [2024],
            "spouse_kind": ["general"],
            "is_resident": [True],
        },
        **_listed(person),
    }
    known = {table.name: table for table in EXTRACT}
    return {name: _arranged(known[name], pl.DataFrame(cells)) for name, cells in given.items()}


def _papers(person: str, document: str) -> dict[str, Cells]:
    return {
        "documents": {
            "document_id": [document, "N00000034"],
            "person_id": [person, person],
            "kind": ["salary_report", "pension_report"],
            "tax_year": [2024, 2024],
            "received_on": [dt.date(2024, 1, 31), dt.date(2024, 2, 1)],
            "channel": ["eltax", None],
            "is_cancelled": [False, None],
            "year_end_adjusted": [True, None],
            "payer_id": ["00000777", "88"],
            "n_dependent_general": [0, None],
            "salary_revenue": [5_000_000, None],
            "pension_revenue": [None, 1_200_000],
        },
        "dependents": {
            "document_id": [document, document],
            "line_no": [1, 3],
            "role": ["spouse", "dependent"],
            "dependent_person_id": ["0000000002", None],
            "birth_date": [None, dt.date(2015, 5, 5)],
            "disability": [None, "special_cohabiting"],
        },
        "donations": {
            "donation_id": ["7"],
            "person_id": [person],
            "tax_year": [2024],
            "source": ["one_stop"],
            "kind": ["furusato"],
            "recipient_code": ["011002"],
            "amount": [30_000],
        },
    }


def _listed(person: str) -> dict[str, Cells]:
    return {
        "inconsistencies": {
            "row_id": ["1"],
            "person_id": [person],
            "tax_year": [2024],
            "check_code": ["E101"],
            "field": ["spouse_kind"],
            "detected_on": [dt.date(2024, 4, 3)],
        },
        "corrections": {
            "row_id": ["1", "1"],
            "action_no": [1, 2],
            "outcome": ["corrected", "corrected"],
            "field": ["spouse_kind", "salary_revenue"],
            "old_value": ["general", "5000000"],
            "new_value": ["none", "4000000"],
        },
    }


def _arranged(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with every declared column, those that are not given empty."""
    there = (pl.col(c.name) if c.name in frame.columns else pl.lit(None) for c in table.columns)
    return table.arrange(
        frame.select(cell.cast(c.dtype).alias(c.name) for cell, c in zip(there, table.columns, strict=True))
    )


@pytest.fixture
def keyed_ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make of the example a ward that hides its numbers by a key; returns its file, in a checkout of its own.

    The ward's name is `keyed`; `more` is YAML that its mapping says besides.
    """
    checkout = tmp_path / "checkout"
    root = Path(__file__).parents[2]

    def made(key: Path, more: str = "") -> Path:
        shutil.copytree(root / "conf", checkout / "conf")
        text = (root / "conf" / "ward" / "example.yaml").read_text(encoding="utf-8")
        text = text.replace("name: example", "name: keyed").replace("synthetic: true", "synthetic: false")
        told = text.replace("  tables:\n", f"  identifiers: {{key: {key}}}\n{more}\n  tables:\n", 1)
        path = checkout / "conf" / "ward" / "keyed.yaml"
        path.write_text(told, encoding="utf-8")
        for name in ("settings", "composing", "ingest", "hiding", "export"):
            monkeypatch.setattr(f"pipelines.{name}.ROOT", checkout)
        monkeypatch.setattr("pipelines.composing.CONF", checkout / "conf")
        return path

    return made


@pytest.fixture
def plain(tmp_path: Path) -> Settings:
    """A ward in the standard layout with two people and two decisions."""
    out = tmp_path / "out"
    record(out, P1={"salary_revenue": 5_000_000}, P2={"spouse_kind": "general"})
    decide(
        out,
        ("d1", "P1", "salary_revenue", "5000000", "4000000"),
        ("d2", "P2", "spouse_kind", "general", "none"),
    )
    return Settings(ward=WardSettings(name="plain", folder=tmp_path), out=out, actor="0007")
