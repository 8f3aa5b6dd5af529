"""The small ward in the repository is what its README says; the tool that cut it keeps households whole."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from tadasu import extract

ROOT = Path(__file__).parents[1]
MINI = ROOT / "wards" / "mini"


@pytest.fixture(scope="module")
def mini() -> extract.Intake:
    return extract.read(MINI)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cut_ward", ROOT / "benchmarks" / "cut_ward.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_line_enters(mini: extract.Intake) -> None:
    assert mini.report()["totals"]["quarantined"] == 0
    assert not mini.tables[2026]["corrections"].height
    assert sum(path.stat().st_size for path in MINI.rglob("*.parquet")) <= 2_000_000


def test_its_readme_counts_right(mini: extract.Intake) -> None:
    counted = [
        "| "
        + " | ".join(
            [str(year)]
            + [
                f"{tables[name].height:,}" if tables[name].height else "–"
                for name in ("residents", "documents", "inconsistencies", "corrections")
            ]
        )
        + " |"
        for year, tables in mini.tables.items()
    ]
    text = (MINI / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| 20\d\d .*$", text, flags=re.MULTILINE) == counted


def _people(ward: dict[int, dict[str, pl.DataFrame]]) -> set[str]:
    return {person for tables in ward.values() for person in tables["residents"]["person_id"]}


def test_a_cut_keeps_blocks_whole_and_renumbers_alike(tool: ModuleType) -> None:
    ward: dict[int, dict[str, Any]] = tool.read(MINI)
    block = tool.blocks(tool.links(ward))
    small = tool.cut(ward, tool.chosen(block, 0.3, "key"))
    kept = _people(small)
    assert 0.2 < len(kept) / len(_people(ward)) < 0.4
    inside = block.with_columns(kept=pl.col("number").is_in(list(kept)))
    people = inside.filter(
        pl.col("number").str.starts_with("P") & pl.col("number").is_in(list(_people(ward)))
    )
    assert people.group_by("block").agg(pl.col("kept").n_unique())["kept"].max() == 1

    new = tool.renumber(small, "key")
    assert {len(tables["inconsistencies"]) for tables in new.values()} == {
        len(tables["inconsistencies"]) for tables in small.values()
    }
    for tables in new.values():
        papers = tables["documents"]["document_id"]
        named = tables["inconsistencies"]["document_ids"].str.split(";").explode().drop_nulls()
        assert named.is_in(papers.implode()).all()
        assert tables["inconsistencies"]["person_id"].is_in(list(_people(new))).all()
    one, two = (tool.renumber(small, key)[2025]["documents"]["person_id"] for key in ("key", "word"))
    assert one.n_unique() == two.n_unique()
    assert not one.equals(two)
