"""What the terminal shows, in Japanese: a bar for each stage, and at the end what came of the run."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.certify import PARAGRAPH
from pipelines.evaluate import METRICS, NO_BACKTEST, PAGE
from pipelines.job import Job
from pipelines.publish import LANE_NAMES
from pipelines.settings import ROOT, Settings
from pipelines.stage import Stage
from tadasu.fields import FIELDS, VALUE_WORDS
from tadasu.tables import SUGGESTIONS

TOP = 10
UNKNOWN = "未計算"
FIGURES = {
    "row_pr_auc": "行の順位づけ（PR-AUC）",
    "agreement": "職員との一致率",
    "right_field_first": "項目（第1候補）",
    "right_field_and_value_first": "項目と値（第1候補）",
    "exact_repair_f1": "修正案が同じ（F1）",
    "yen_in_first_fifth": "上位20%の税額",
    "ece": "確率のずれ（ECE）",
    "cleared": "修正不要の割合",
    "missed_among_cleared": "修正不要の見落とし",
    "hours_saved": "見込み時間の削減率",
}
"""The figures that are shown on screen and what they are called; the rest is on the page."""
BASELINES = {"base": "修正率", "rules": "規則", "plain": "LightGBM"}
LEAVE = "（変更なし）"
HEADINGS = ("順位", "行", "チェック", "区分", "確率", "項目", "現在値", "修正案", "税額")
FIXED = HEADINGS[:5]
Bar = Callable[[Stage], AbstractContextManager[Callable[[str, float], None]]]


@contextmanager
def bars(console: Console, stages: Sequence[Stage]) -> Iterator[Bar]:
    """Show a progress bar per stage, as each begins."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
    )
    with Progress(*columns, console=console) as shown:

        @contextmanager
        def bar(stage: Stage) -> Iterator[Callable[[str, float], None]]:
            number = stages.index(stage) + 1
            name = f"{number}/{len(stages)} {stage.label}（{stage.name}）"
            task = shown.add_task(name, total=1.0, now="")
            yield lambda now, share: shown.update(task, completed=share, now=now)
            shown.update(task, completed=1.0, now="")

        yield bar


def report(console: Console, jobs: Sequence[Job], settings: Settings) -> None:
    """Say what came of the run: figures, the top of the list, counts by lane, files, what to open."""
    done = {job.stage: job for job in jobs}
    if settings.ward.synthetic:
        console.print("[bold]合成データ[/bold]：この自治体のデータはすべて架空です。")
    for line in next((done[name].detail["alarms"] for name in ("validate", "ingest") if name in done), ()):
        console.print(f"[bold]{line}[/bold]")  # before anything that somebody could judge by
    if "ingest" in done:
        _intake(console, done["ingest"])
    _again(console, done)
    if "validate" in done:
        _validation(console, done["validate"])
    if "evaluate" in done:
        _figures(console, done["evaluate"])
    if published := done.get("publish") or done.get("suggest"):
        _list(console, published)
    if "certify" in done:
        console.print(
            f"{done['certify'].detail['certificate']}（{_shown(done['certify'].root / PARAGRAPH)}）"
        )
    if "suggest" in done:
        _hours(console, done["suggest"])
    for line in (line for job in jobs for line in job.detail.get("told", ())):
        console.print(line)
    _files(console, jobs, settings)


def _intake(console: Console, job: Job) -> None:
    counts = job.detail["counts"]
    console.print(
        f"取り込み：{counts.get('read', 0):,}行を読み、{counts.get('kept', 0):,}行を採用、"
        f"{counts.get('quarantined', 0):,}行を隔離しました。"
    )


def _again(console: Console, done: dict[str, Job]) -> None:
    """Say how many decided rows have other documents now, and where they are listed."""
    counts = [done[name].detail.get("second_look", 0) for name in ("ingest", "publish") if name in done]
    if any(counts):
        listed = [
            name for job in done.values() for name in job.outputs if name.endswith("second_look.ja.csv")
        ]
        where = f"（{_shown(done['publish'].root / listed[0])}）" if listed else ""
        console.print(f"見直し：判断済みの{max(counts):,}行で、今回の受領により資料が変わりました{where}。")


def _validation(console: Console, job: Job) -> None:
    words = {"ok": "問題なし", "warning": "注意あり", "critical": "重大な問題あり"}
    console.print(f"検査：{words[job.detail['verdict']]}（{_shown(job.root / 'validation' / 'index.html')}）")


def _figures(console: Console, job: Job) -> None:
    if METRICS not in job.outputs:
        console.print(f"評価：{NO_BACKTEST}。")
        return
    metrics = job.json_of(METRICS)
    table = Table(title=f"検証（{metrics['year']}年度、学習に使わず）", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("指標", "正す", "95%信頼区間", *(f"{name}*" for name in BASELINES.values())):
        table.add_column(heading, justify="left" if heading == "指標" else "right")
    for name, label in FIGURES.items():
        interval = "–"
        if name in metrics:
            interval = f"{metrics[f'{name}_low']:.3f}–{metrics[f'{name}_high']:.3f}"
        others = (_number(metrics.get(f"{baseline}_{name}")) for baseline in BASELINES)
        table.add_row(label, _number(metrics.get(name)), interval, *others)
    console.print(table)
    if "officers_agreement" in metrics:
        console.print(
            f"職員2人の一致率：{metrics['officers_agreement']:.3f}（{metrics['officers_agreement_rows']:.0f}行）"
        )
    console.print(
        f"（*）比較：チェック別の修正率、規則のみ、ふつうのLightGBM。くわしくは {_shown(job.root / PAGE)}"
    )


def _number(value: Any) -> str:
    return "–" if value is None else f"{value:.3f}"


def _list(console: Console, job: Job) -> None:
    year = job.years()[-1]
    suggestions = pl.read_parquet(job.root / str(year) / f"{SUGGESTIONS.name}.parquet")
    title = f"{year}年度の修正提案（上位{TOP}件）"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in HEADINGS:
        justify: Literal["left", "right"] = "right" if heading in ("順位", "確率") else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=heading in FIXED)
    for line in _first(suggestions).iter_rows(named=True):
        table.add_row(
            str(line["rank"]),
            line["row_id"],
            line["check_code"],
            LANE_NAMES[line["lane"]],
            f"{line['p_correction']:.0%}",
            FIELDS[line["field"]].label if line["field"] else LEAVE,
            _value(line["field"], line["current_value"]),
            _value(line["field"], line["proposed_value"]),
            UNKNOWN if line["tax_delta"] is None else f"{line['tax_delta']:+,}円",
        )
    console.print(table)
    rows = suggestions.unique("row_id", maintain_order=True)
    lanes = dict(rows.group_by("lane").len().iter_rows())
    told = "、".join(f"{name} {lanes.get(lane, 0):,}件" for lane, name in LANE_NAMES.items())
    console.print(f"区分別：{told}（計 {rows.height:,}行）")
    changed = suggestions.filter("proposed", pl.col("field").is_not_null()).unique("row_id")
    console.print(f"税額の増減（修正を提案する{changed.height:,}行、絶対値の計）：{_total(changed)}")


def _first(suggestions: pl.DataFrame) -> pl.DataFrame:
    """Return the proposed lines of the first rows; of a row to be left as it is one line, without a field."""
    top = suggestions.filter(pl.col("rank") <= TOP).with_columns(
        stays=~pl.col("proposed").any().over("row_id")
    )
    left = top.filter("stays").unique("row_id", keep="first", maintain_order=True)
    nothing = pl.lit(None, pl.String)
    left = left.with_columns(field=nothing, current_value=nothing, proposed_value=nothing)
    return pl.concat([top.filter("proposed"), left]).sort("rank", maintain_order=True)


def _hours(console: Console, job: Job) -> None:
    hours = job.detail["hours"]
    if not hours["by_hand"]:
        return

    def told(name: str) -> str:
        return f"{hours[name]:,.1f}時間（{1 - hours[name] / hours['by_hand']:.0%}減）"

    console.print(
        f"作業時間の見込み（{hours['model']}、実測ではない）：手作業{hours['by_hand']:,.1f}時間 → "
        f"提案あり{told('suggested')}、無作為抽出の確認を含めて{told('with_sample')}"
    )
    console.print(f"手作業の時間：{hours['hand']}", highlight=False)


def _value(field: str | None, value: str | None) -> str:
    """Write an amount with separators and its unit, anything else in its Japanese word."""
    if field is None or value is None:
        return "–"
    unit = FIELDS[field].unit
    return (
        f"{int(value):,}{unit}" if unit and value.lstrip("-").isdecimal() else VALUE_WORDS.get(value, value)
    )


def _total(rows: pl.DataFrame) -> str:
    delta = rows["tax_delta"]
    return UNKNOWN if delta.null_count() else f"{delta.abs().sum():,}円"


def _files(console: Console, jobs: Sequence[Job], settings: Settings) -> None:
    for job in jobs:
        if job.stage == "evaluate":
            continue  # its page has been named
        endings = ["suggestions.csv", ".ja.csv", "suggestions.parquet"]
        if job.detail.get("counts", {}).get("quarantined"):
            endings.append("quarantine.csv")  # to be mended and taken back in
        wanted = [name for name in job.outputs if name.endswith(tuple(endings))]
        for name in wanted:
            console.print(f"ファイル：{_shown(job.root / name)}")
    console.print(f"監査証跡：{_shown(settings.ledger)}")
    if settings.tracking.enabled and any(job.stage == "publish" for job in jobs):
        place = settings.database.parent
        out = "" if place == ROOT / "data" else f" OUT={_shown(place)}"
        console.print(f"MLflow を開く：make mlflow{out}（http://127.0.0.1:5000）")


def _shown(path: Path) -> str:
    """Write a path as short as the place where the command was given allows."""
    for start in (Path.cwd(), ROOT):
        if path.is_relative_to(start):
            return str(path.relative_to(start))
    return str(path)
