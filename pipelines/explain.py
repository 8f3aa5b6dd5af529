"""Explain: one row of the list opened in the terminal, with everything its suggestion rests on."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.featurize import FRAMES
from pipelines.job import INTAKE
from pipelines.publish import LANE_NAMES
from tadasu.errors import TadasuError
from tadasu.store import read_table
from tadasu.tables import EXTRACT, SUGGESTIONS

if TYPE_CHECKING:
    from pipelines.settings import Settings

USAGE = "write: tadasu explain ROW_ID [--year YEAR] [settings], such as tadasu explain R2026000001 out=DIR"
UNKNOWN = "未計算"
MOST = 8
"""Candidates and groups that are printed."""

ENTRY = {
    "row_id": "行",
    "tax_year": "課税年度",
    "person_id": "宛名番号",
    "check_code": "エラーコード",
    "check_name": "チェック",
    "message": "メッセージ",
    "label": "項目",
    "stated_value": "値",
    "expected_value": "照合値",
    "related_person_id": "関係者",
    "detected_on": "検出日",
}


def main(words: list[str], console: Console | None = None) -> int:
    """Print the row that the command line names.

    Raises:
        TadasuError: no row is named, the run's folder lacks what is needed, or no list has the row.
    """
    from pipelines.composing import compose

    row_id, year, rest = parsed(words)
    found = explained(compose(rest), row_id, year)
    show(found, console or Console(highlight=False))
    return 0


def parsed(words: list[str]) -> tuple[str, int | None, list[str]]:
    """Split the words into the row, the year (None: the newest list that has the row), and the settings."""
    rows: list[str] = []
    rest: list[str] = []
    year: str | None = None
    given = iter(words)
    for word in given:
        if word == "--year":
            year = next(given, "")
        elif word.startswith("--year="):
            year = word.partition("=")[2]
        elif "=" in word:
            rest.append(word)
        else:
            rows.append(word)
    if len(rows) != 1 or (year is not None and not year.isdecimal()):
        raise TadasuError(USAGE)
    return rows[0], int(year) if year else None, rest


def explained(settings: "Settings", row_id: str, year: int | None = None) -> dict[str, Any]:
    """Return `models.explain.explain_row` of a row of a finished run.

    Raises:
        TadasuError: the run's folder lacks what is needed, or no list has the row.
    """
    from models.explain import explain_row
    from models.ranker import load
    from tadasu.law import Law

    root = settings.folder
    of_year = year or _year_of(root, row_id)
    tables = {table.name: _read(root, of_year, table.name) for table in EXTRACT}
    frames = {name: _read(root, of_year, name) for name in FRAMES}
    path = root / str(of_year) / f"{SUGGESTIONS.name}.parquet"
    suggestions = read_table(path) if path.is_file() else None
    law = Law.of(of_year, settings.ward.ordinance)
    return explain_row(row_id, frames, tables, law, load(root / "ranker"), suggestions)


def _read(root: Path, year: int, name: str) -> pl.DataFrame:
    path = root / str(year) / f"{name}.parquet"
    if not path.is_file():
        raise TadasuError(
            f"{path}: not there. Run the stages first (tadasu run), or name the run's folder with out=DIR."
        )
    return read_table(path)


def _year_of(root: Path, row_id: str) -> int:
    """Return the newest year whose list has the row."""
    intake = root / INTAKE
    if not intake.is_file():
        raise TadasuError(
            f"{intake}: not there. Run the stages first (tadasu run), or name the run's folder with out=DIR."
        )
    years: list[int] = sorted(json.loads(intake.read_text(encoding="utf-8"))["years"], reverse=True)
    for year in years:
        listed = _read(root, year, "inconsistencies")
        if (listed["row_id"] == row_id).any():
            return year
    raise TadasuError(f"{row_id}: no list of {', '.join(map(str, years))} below {root} has such a row.")


def show(found: dict[str, Any], console: Console) -> None:
    """Print what `explain_row` found, in Japanese."""
    _entry(found, console)
    _documents(found["documents"], console)
    _candidates(found["candidates"], console)
    _linked(found, console)
    console.print("[bold]理由[/bold]")
    for place, reason in enumerate(found["reasons"], 1):
        console.print(f"  {place}. {escape(reason)}")
    _groups(found["groups"], console)


def _entry(found: dict[str, Any], console: Console) -> None:
    entry, place = found["entry"], found["place"]
    for name, heading in ENTRY.items():
        if entry[name] is not None:
            console.print(f"{heading}: {escape(str(entry[name]))}")
    rank = f"順位 {place['rank']:,}、{LANE_NAMES[place['lane']]}、" if place["rank"] else ""
    console.print(f"{rank}修正確率 {place['p_correction']:.1%}（モデル {found['model_id']}）\n")


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in headings:
        table.add_column(escape(heading), overflow="fold")
    return table


def _documents(documents: dict[str, Any], console: Console) -> None:
    papers = documents["papers"]
    names = [f"{paper['name']}{'' if paper['in_force'] else '（無効）'}" for paper in papers]
    table = _table(
        "資料の対照（≠：記録と資料、または資料どうしが食い違う項目）", "", "項目", "記録", *names, "前年"
    )
    for line in documents["lines"]:
        mark = "≠" if line["differs"] else ""
        cells = [mark, line["label"], line["recorded"], *line["values"], line["last_year"]]
        table.add_row(*(escape(cell) for cell in cells), style="bold" if line["differs"] else None)
    console.print(table)


def _candidates(candidates: list[dict[str, Any]], console: Console) -> None:
    table = _table("修正候補", "確率", "候補", "変更", "税額", "解消", "理由")
    for candidate in candidates[:MOST]:
        changes = candidate["changes"]
        told = "\n".join(f"{c['label']} {c['recorded']}→{c['proposed']}" for c in changes)
        why = "\n".join(candidate["reasons"])
        cells = [f"{candidate['p']:.1%}", candidate["label"], told, _tax(candidate), _settles(candidate), why]
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    if len(candidates) > MOST:
        console.print(f"  ほかに{len(candidates) - MOST}件\n")


def _linked(found: dict[str, Any], console: Console) -> None:
    """Print what the likeliest repair and leaving the record imply for other people."""
    names = {candidate["repair_id"]: candidate["label"] for candidate in found["candidates"]}
    for each in found["linked"]:
        told = "、".join(f"{c['label']} {c['recorded']}→{c['proposed']}" for c in each["changes"])
        console.print(
            f"連動（{escape(names[each['repair_id']])}なら）: 宛名番号{escape(each['person_id'])}の"
            f"{escape(told or '記録は変更なし')}（{each['why']}）"
        )


def _tax(candidate: dict[str, Any]) -> str:
    if candidate["tax_before"] is None:
        return UNKNOWN
    return f"{candidate['tax_before']:,}円→{candidate['tax_after']:,}円（{candidate['tax_delta']:+,}円）"


def _settles(candidate: dict[str, Any]) -> str:
    return {True: "○", False: "×", None: UNKNOWN}[candidate["settles"]]


def _groups(groups: list[dict[str, Any]], console: Console) -> None:
    table = _table(
        "判定に効いた点（対数オッズ。＋は修正寄り、－は記録寄り。原因を示すものではない）",
        "群",
        "重み",
        "主な手がかり",
    )
    for group in groups[:MOST]:
        clues = "\n".join(
            f"{clue['of']}・{clue['sentence']}：{clue['value']}（{clue['weight']:+.2f}）"
            for clue in group["clues"]
        )
        table.add_row(escape(group["group"]), f"{group['weight']:+.2f}", escape(clues))
    console.print(table)
