"""The dry run of a mapping: what would be kept, what not and why, and what the mapping seems to miss."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipelines.settings import ROOT, short
from tadasu.errors import TadasuError
from tadasu.extract import Intake, mapping, read_mapped, reasons
from tadasu.extract.sniff import DOUBT
from tadasu.tables import BESIDE, EXTRACT

WORST = 10
_LABELS = {table.name: table.label for table in (*EXTRACT, *BESIDE)}
_MOST_CODES, _MOST_NAMES = 40, 30
_TOLD_BY = ("salary_revenue", "pension_revenue", "social_insurance")
_MANY = 50
_CLEARLY = 0.3
"""By how much more of the people must agree the other way round."""
_OF_RECORD = (
    *("salary_revenue", "salary_income", "pension_revenue", "business_income", "total_income"),
    *("social_insurance", "life_insurance", "medical_expense", "spouse_deduction", "dependent_deduction"),
    *("basic_deduction", "taxable_income", "housing_loan_credit", "donation_credit", "resident_tax"),
)
_WANTED = {
    "residents": ("household_id", "relationship", "birth_date"),
    "documents": (
        *("payer_id", "received_on", "channel", "salary_revenue", "salary_income", "pension_revenue"),
        *("business_income", "social_insurance", "life_insurance", "total_income", "withheld_income_tax"),
    ),
    "dependents": ("dependent_person_id", "birth_date", "role"),
    "donations": ("source", "amount"),
    "assessments": _OF_RECORD,
    "previous_assessments": _OF_RECORD,
    "inconsistencies": ("check_name", "document_ids", "field", "stated_value", "expected_value"),
    "corrections": ("field", "old_value", "new_value", "decided_on", "staff_id"),
}
"""What a mapping can do without and judging can hardly: which field staff corrected, for one."""


def check(path: Path, console: Console) -> int:
    """Read a ward's files as its mapping says, write nothing, and show what would be kept and what not."""
    told = mapping.load(path)
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    folder = content.get("folder")
    if not folder:
        raise TadasuError(f"{path}: it has no `folder`, where the ward's files lie.")
    intake = read_mapped(ROOT / Path(folder).expanduser(), told)
    _counts(console, intake)
    _codes(console, intake)
    _unmapped(console, intake)
    _lacking(console, told)
    _unread_fields(console, told, intake)
    _empty(console, told, intake)
    _constant(console, told, intake)
    _swapped(console, intake)
    _worst(console, intake)
    return _verdict(console, intake, path)


def _counts(console: Console, intake: Intake) -> None:
    table = Table(box=SIMPLE_HEAD, title="試し読み（何も書かない）", title_justify="left")
    for heading in ("表", "年度", "行", "採用", "隔離", "隔離の理由"):
        table.add_column(heading, justify="left" if heading in ("表", "隔離の理由") else "right")
    keys = dict.fromkeys((file.table, file.year) for file in intake.files)
    for name, year in sorted(keys, key=lambda key: (list(_LABELS).index(key[0]), key[1])):
        files = [file for file in intake.files if (file.table, file.year) == (name, year)]
        why: dict[str, int] = {}
        for file in files:
            for reason, times in file.reasons.items():
                why[reason] = why.get(reason, 0) + times
        told = "、".join(f"{reason} {times:,}" for reason, times in sorted(why.items(), key=lambda p: -p[1]))
        sums = (sum(f.read for f in files), sum(f.kept for f in files), sum(f.quarantined for f in files))
        table.add_row(_LABELS[name], str(year), *(f"{n:,}" for n in sums), told)
    console.print(table)


def _codes(console: Console, intake: Intake) -> None:
    """Show the codes that no code table has, with their counts."""
    found = (
        _aside(intake)
        .filter(pl.col("reason").is_in([reasons.UNKNOWN_CODE, reasons.NO_CODE, reasons.NO_VALUE]))
        .group_by("table", "column", "value")
        .len("times")
        .sort("table", "column", "times", descending=[False, False, True])
    )
    if found.is_empty():
        return
    table = Table(box=SIMPLE_HEAD, title="コード表にない値", title_justify="left")
    for heading in ("表", "列", "値", "件数"):
        table.add_column(heading, justify="right" if heading == "件数" else "left")
    for name, column, value, times in found.head(_MOST_CODES).iter_rows():
        table.add_row(_LABELS[name], _named(name, column), value, f"{times:,}")
    console.print(table)
    if found.height > _MOST_CODES:
        console.print(f"ほかに {found.height - _MOST_CODES:,} 種類")


def _named(table: str, column: str) -> str:
    """Return a column's label with its name, as a mapping names it."""
    told = next(
        (c for t in (*EXTRACT, *BESIDE) if t.name == table for c in t.columns if c.name == column), None
    )
    return f"{told.label}（{column}）" if told else column


def _unmapped(console: Console, intake: Intake) -> None:
    """Show what is told of the files: unmapped and refused columns, unknown files, guessed encodings."""
    told: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    kinds = {table: {o.files for o in intake.oddities if o.table == table and o.files} for table in _LABELS}
    for oddity in intake.oddities:
        if oddity.about:
            several = len(kinds.get(oddity.table, ())) > 1
            label = " ".join((_LABELS.get(oddity.table, ""), oddity.files if several else "")).strip()
            key = (label, oddity.what, oddity.about)
            told.setdefault(key, []).append(str(oddity.year or ""))
    for (label, what, about), years in told.items():
        names = "、".join(about[:_MOST_NAMES]) + ("…" if len(about) > _MOST_NAMES else "")
        place = " ".join(part for part in (label, "・".join(dict.fromkeys(filter(None, years)))) if part)
        console.print(f"{what}［{place or '全体'}］：{names}", highlight=False, markup=False)


def _lacking(console: Console, told: mapping.Mapping) -> None:
    """Show columns that no source brings and that much hangs on: nothing is put aside for want of them."""
    for name, columns in _WANTED.items():
        brought = {cell.column for source in told.of(name) for row in source.rows for cell in row.cells}
        lacking = [_named(name, column) for column in columns if column not in brought]
        if brought and lacking:
            console.print(
                f"まだ対応づけのない大切な列［{_LABELS[name]}］：{'、'.join(lacking)}", markup=False
            )


def _unread_fields(console: Console, told: mapping.Mapping, intake: Intake) -> None:
    """Show fields that the list or staff name and that no column of the record is read into."""
    brought = {c.column for source in told.of("assessments") for row in source.rows for c in row.cells}
    named = [
        frames[name]["field"].drop_nulls()
        for frames in intake.tables.values()
        for name in ("inconsistencies", "corrections")
        if name in frames
    ]
    counts = pl.concat(named).value_counts(sort=True).rows() if named else []
    lacking = [(field, times) for field, times in counts if field not in brought]
    if lacking:
        listed = "、".join(f"{_named('assessments', field)} {times:,}件" for field, times in lacking)
        console.print(f"リストや処理記録にあり合算結果に対応づけのない項目：{listed}", markup=False)


def _empty(console: Console, told: mapping.Mapping, intake: Intake) -> None:
    """Show columns that are read from the files and hold nothing in any year: another may be meant."""
    for name in dict.fromkeys(source.table.name for source in told.sources):
        frames = [tables[name] for tables in intake.tables.values() if name in tables]
        cells = (cell for source in told.of(name) for row in source.rows for cell in row.cells if cell.parts)
        read = dict.fromkeys(cell.column for cell in cells)
        if sum(frame.height for frame in frames):
            empty = [c for c in read if all(frame[c].null_count() == frame.height for frame in frames)]
            if empty:
                names = "、".join(_named(name, column) for column in empty)
                console.print(f"どの年度も空の列（採用した行）［{_LABELS[name]}］：{names}", markup=False)


def _constant(console: Console, told: mapping.Mapping, intake: Intake) -> None:
    """Show numbers of something that are one in every row: the ward's own, perhaps."""
    for name in dict.fromkeys(source.table.name for source in told.sources):
        frames = [tables[name] for tables in intake.tables.values() if name in tables]
        cells = (cell for source in told.of(name) for row in source.rows for cell in row.cells if cell.parts)
        kept = pl.concat(frames) if frames else pl.DataFrame()
        one = [c for c in dict.fromkeys(cell.column for cell in cells) if _is_constant(kept, c)]
        if one:
            names = "、".join(_named(name, column) for column in one)
            console.print(f"どの行も同じ値の列［{_LABELS[name]}］：{names}", markup=False)


def _is_constant(kept: pl.DataFrame, column: str) -> bool:
    """Say so of numbers and of yes: many an amount is the same for everybody."""
    filled = kept[column].drop_nulls()
    if filled.dtype == pl.Boolean():
        return filled.len() >= _MANY and bool(filled.all())
    number = filled.dtype == pl.String() and column.endswith(("_id", "_code"))
    return number and filled.len() >= _MANY and filled.n_unique() == 1


def _swapped(console: Console, intake: Intake) -> None:
    """Warn where this year's record and last year's final one seem to be exchanged.

    What was final is nearly what was recorded the year before; exchanged, what is recorded a year later.
    """
    now, last = "assessments", "previous_assessments"
    years = sorted(intake.tables)
    pairs = [(a, b) for a, b in pairwise(years) if b == a + 1]
    right = _same([(intake.tables[a].get(now), intake.tables[b].get(last)) for a, b in pairs])
    turned = _same([(intake.tables[b].get(now), intake.tables[a].get(last)) for a, b in pairs])
    if turned > right + _CLEARLY:
        console.print(
            f"{_LABELS[now]}と{_LABELS[last]}が入れ替わっているらしい：{_LABELS[last]}の{turned:.0%}が翌年度の"
            f"{_LABELS[now]}と一致し、前年度の{_LABELS[now]}とは{right:.0%}しか一致しない",
            markup=False,
        )


def _same(pairs: Sequence[tuple[pl.DataFrame | None, pl.DataFrame | None]]) -> float:
    """Return of which share of the people in both tables the main amounts are the same."""
    found = []
    for one, other in pairs:
        if one is not None and other is not None:
            both = one.join(other, on="person_id", suffix="_other")
            stated = both.filter(pl.any_horizontal(pl.col(_TOLD_BY) > 0))
            same = (pl.col(name).eq_missing(pl.col(f"{name}_other")) for name in _TOLD_BY)
            found.append(stated.select(share=pl.all_horizontal(same))["share"])
    share = pl.concat(found).mean() if found else None
    return share if isinstance(share, float) else 0.0


def _worst(console: Console, intake: Intake) -> None:
    """Show the lines with most to object to: their place, columns and reasons, and no value of a person."""
    lines = (
        _aside(intake)
        .with_columns(what=pl.concat_str([pl.col("column").fill_null("行全体"), "reason"], separator=": "))
        .group_by("file", "line")
        .agg(pl.len().alias("times"), pl.col("what").unique(maintain_order=True))
        .sort(["times", "file", "line"], descending=[True, False, False])
        .head(WORST)
    )
    if lines.is_empty():
        return
    table = Table(box=SIMPLE_HEAD, title=f"問題の多い行（{WORST} 行まで）", title_justify="left")
    for heading in ("ファイル", "行", "数", "列と理由"):
        table.add_column(heading, justify="right" if heading in ("行", "数") else "left", overflow="fold")
    for file, line, times, what in lines.iter_rows():
        table.add_row(file, str(line), str(times), "、".join(what[:6]))
    console.print(table)


def _aside(intake: Intake) -> pl.DataFrame:
    return pl.concat(intake.quarantine.values())


def _verdict(console: Console, intake: Intake, path: Path) -> int:
    read, aside = (sum(getattr(f, name) for f in intake.files) for name in ("read", "quarantined"))
    text = path.read_text(encoding="utf-8")
    own = ("「" + DOUBT + "」", "鍵を作ったら")  # what the head of a proposal says of the mark; step 6
    doubts = sum(DOUBT in line and not any(sign in line for sign in own) for line in text.splitlines())
    if doubts:
        console.print(f"{short(path)} に「{DOUBT}」の残る行が {doubts} 行ある")
    if aside:
        console.print(f"{read:,} 行のうち {aside:,} 行が隔離された。上の理由と列を見て対応づけを直す")
        return 1
    console.print(f"{read:,} 行をすべて採用した。次に：tadasu ingest ward={path.stem}")
    return 0
