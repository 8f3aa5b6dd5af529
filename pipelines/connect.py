"""Connecting a ward's own files: `tadasu connect FOLDER` proposes a mapping, `--check` tries one."""

import re
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipelines import dry_run
from pipelines.settings import ROOT, short
from tadasu.errors import TadasuError
from tadasu.extract.sniff import DOUBT, Kind, render, survey
from tadasu.tables import EXTRACT

USAGE = (
    "write: tadasu connect FOLDER [to=FILE.yaml] [layout=FILE.xlsx]   (a proposal)\n"
    "   or: tadasu connect --check FILE.yaml                          (a dry run of it)"
)


def main(words: Sequence[str], console: Console | None = None) -> int:
    """Propose a mapping, or try one; return 0, or 1 where a dry run put lines aside.

    Raises:
        TadasuError: the words are wrong, the folder holds no table, or the mapping cannot be read with.
    """
    shown = console or Console()
    if words and words[0] == "--check" and len(words) == 2:
        return dry_run.check(Path(words[1]).expanduser(), shown)
    plain = [word for word in words if not word.startswith(("to=", "layout="))]
    to = [word.removeprefix("to=") for word in words if word.startswith("to=")]
    layouts = [
        Path(word.removeprefix("layout=")).expanduser() for word in words if word.startswith("layout=")
    ]
    if len(plain) != 1 or plain[0].startswith("-"):
        raise TadasuError(USAGE)
    folder = Path(plain[0]).expanduser()
    name = re.sub(r"[^\w-]+", "_", folder.resolve().name)
    target = Path(to[-1]).expanduser() if to else ROOT / "conf" / "ward" / f"{name}.yaml"
    propose(folder, target, shown, layouts)
    return 0


def propose(folder: Path, target: Path, console: Console, layouts: Sequence[Path] = ()) -> None:
    """Look at a folder and write the proposal; a file that is there already is never overwritten.

    `layouts` are record layouts (項目定義書, CSV or Excel) that do not lie in the folder.
    """
    if target.exists():
        raise TadasuError(f"{target}: there already; move it away, or name another file with to=FILE.yaml.")
    for path in layouts:
        if not path.is_file():
            raise TadasuError(f"{path}: no such file; layout= names a record layout as CSV or Excel.")
    console.print(f"{folder} を調べている（ファイルが大きいと数分かかる）")
    found = survey(folder, layouts)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(found, target.stem, short(target)), encoding="utf-8")
    table = Table(box=SIMPLE_HEAD, title=f"{folder} の調査結果", title_justify="left")
    for heading in ("ファイル", "年度", "表", "確か", f"要確認（{DOUBT}）", "対応なし"):
        table.add_column(
            heading, justify="left" if heading in ("ファイル", "表") else "right", overflow="fold"
        )
    for kind in found.kinds:
        table.add_row(*_line(kind))
    console.print(table)
    if found.layouts:
        console.print(f"項目定義書として使った：{'、'.join(found.layouts)}")
    if found.papers.patterns:
        console.print(f"法定資料として読む：{'、'.join(sorted(found.papers.patterns))}")
    told = {kind.fit.table.name for kind in found.kinds if kind.fit}
    told |= {"dependents"} if any(kind.wide for kind in found.kinds) else set()
    told |= {"documents", "dependents"} if found.papers.patterns else set()
    missing = [t.label for t in EXTRACT if t.mandatory and t.name not in told]
    if missing:
        console.print(f"見つからない表（必ず要る）：{'、'.join(missing)}")
    console.print(f"対応づけの案：{short(target)}（「{DOUBT}」の行を確かめて直す）")
    console.print(f"次に：tadasu connect --check {short(target)}")


def _line(kind: Kind) -> tuple[str, ...]:
    years = sorted(year for year, _ in kind.group.files if year)
    span = f"{years[0]}–{years[-1]}" if years else DOUBT
    own = kind.fit.matches if kind.fit else ()
    matches = (*own, *(match for wide in kind.wide for match in wide.fit.matches))
    sure = sum(match.sure for match in matches)
    label = DOUBT if kind.fit is None else kind.fit.table.label + ("" if kind.fit.sure else DOUBT)
    beside = {name for wide in kind.wide for name in wide.columns}
    left = sum(content.name not in beside for content in kind.contents) - len(own)
    return kind.group.pattern, span, label, str(sure), str(len(matches) - sure), str(left)
