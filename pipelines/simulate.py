"""Simulate: the demo ward's files, made in the layout that its configuration describes (合成データ).

A ward with `simulate` in `conf/ward` has no files of its own: they are made before they are taken in, from
the knobs that stand there, and made anew when a knob, the layout or the simulator changes.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines import terminal
from pipelines.job import Progress, quiet
from pipelines.settings import ROOT, Settings
from pipelines.stage import Stage
from tadasu import ledger
from tadasu.errors import TadasuError
from tadasu.extract import mapping
from tadasu.extract import write as write_extract
from tadasu.simulator.settings import Knobs, PayerBug
from tadasu.simulator.ward import Ward, simulate
from tadasu.store import write_table, write_text

STAGE = Stage("simulate", "合成データの作成", (), (), ("ward",), ("tadasu/simulator", "tadasu/checks"))
LIKE, PROFILE = "like", "ward"
"""The knob that says which ward it is like: `ward` is the configuration's own key."""
CODE = ("tadasu/simulator", "tadasu/checks", "tadasu/law", "tadasu/extract/writing")
HELP = """\
tadasu simulate [ward=NAME] [rows=N] [years=Y,Y,…] [seed=N] [out=DIR] [knob=value …]

Makes the files of a demo ward (合成データ: nobody in it exists) in the layout of conf/ward/NAME.yaml.
`tadasu run ward=NAME` does that by itself where the files are missing or their knobs have changed.

  ward      a file of conf/ward with a key `simulate` (default: demo; demo-full has 60,000 rows)
  rows      about how many rows the list of the last year has; the ward's size follows
  years     the tax years (課税年度), in order; the newest has no work of staff yet
  like      nerima, or chuo: much richer and smaller
  seed      the same seed gives the same ward, to the byte
  out       where the files go (default: the ward's folder)

Knobs beside these, with what they are if not said:
"""


def main(words: Sequence[str]) -> int:
    """Make the files that the command line asks for.

    Raises:
        TadasuError: a knob does not exist, or its value is out of range.
    """
    if {"-h", "--help"} & set(words):
        sys.stdout.write(HELP + _knobs_text())
        return 0
    from pipelines.composing import compose

    told = dict(word.partition("=")[::2] for word in words)
    settings = compose([f"ward={told.pop('ward', 'demo')}"])
    out = told.pop("out", None)
    folder = Path(out).expanduser().absolute() if out else settings.extract
    knobs = _knobs({**(settings.ward.simulate or {}), **told})
    console = Console(highlight=False)
    _with_bar(console, settings, knobs, folder)
    console.print(f"合成データを {folder} に書きました（{knobs.rows:,} 行の規模、{len(knobs.years)} 年度）")
    return 0


def ensure(settings: Settings, console: Console) -> None:
    """Make the files of a simulated ward where they are missing or no longer what would be made.

    Raises:
        TadasuError: a knob does not exist, or its value is out of range.
    """
    if settings.ward.simulate is None:
        return
    knobs = _knobs(settings.ward.simulate)
    marker = _marker(settings.extract)
    known = json.loads(marker.read_text(encoding="utf-8")) if marker.is_file() else {}
    if not settings.extract.is_dir() or known.get("made_from") != _made_from(settings, knobs):
        _with_bar(console, settings, knobs, settings.extract)


def _with_bar(console: Console, settings: Settings, knobs: Knobs, folder: Path) -> None:
    with terminal.bars(console, [STAGE]) as bar, bar(STAGE) as progress:
        make(settings, knobs, folder, progress)


def make(settings: Settings, knobs: Knobs, folder: Path, progress: Progress = quiet) -> None:
    """Write the ward's files into `folder`, its truth beside it, and record that in the ledger.

    The files appear together: an interrupted run leaves what was there before.
    """
    if settings.ward.file is None:
        raise TadasuError(
            f"ward {settings.ward.name}: simulate needs a layout to write. Give conf/ward/"
            f"{settings.ward.name}.yaml a key mapping (docs/mapping.md)."
        )
    ward = simulate(
        knobs, lambda done, of: progress("世帯・資料・合算", 0.9 * done / of), workers=os.cpu_count() or 1
    )
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    progress("ファイル", 0.9)
    write_extract(ward.tables, mapping.load(ROOT / settings.ward.file), part, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part.rename(folder)
    _write_truth(folder, ward, knobs)
    told = {"made_from": _made_from(settings, knobs), "knobs": asdict(knobs), "synthetic": True}
    write_text(_marker(folder), json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    ledger.append(
        settings.ledger, actor=settings.actor, event="simulate", subject=settings.ward.name, detail=told
    )
    progress("", 1.0)


def _write_truth(folder: Path, ward: Ward, knobs: Knobs) -> None:
    """Write what is right of the newest list, beside the files and never among them."""
    apart = folder.with_name(f"{folder.name}-truth")
    write_table(apart / f"{max(knobs.years)}.parquet", ward.truth)


def _marker(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _made_from(settings: Settings, knobs: Knobs) -> str:
    """Return a hash of the knobs, the layout and the code that the files follow from."""
    digest = hashlib.sha256(json.dumps(asdict(knobs), sort_keys=True).encode())
    files = [ROOT / settings.ward.file] if settings.ward.file else []
    for place in CODE:
        files += sorted(p for p in (ROOT / place).rglob("*") if p.suffix in (".py", ".yaml"))
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _knobs(told: Mapping[str, Any]) -> Knobs:
    """Return the knobs that configuration or the command line give.

    Raises:
        TadasuError: there is no such knob, or its value is not of its kind.
    """
    told = {PROFILE if name == LIKE else name: value for name, value in told.items()}
    kinds = [field.name for field in fields(Knobs) if field.name != PROFILE]
    if unknown := sorted(set(told) - {*kinds, PROFILE}):
        raise TadasuError(
            f"{', '.join(unknown)}: no such knob. There are {', '.join([LIKE, *kinds])}; "
            "see tadasu simulate --help."
        )
    return Knobs(**{name: _value(name, value) for name, value in told.items()})


def _value(name: str, value: Any) -> Any:
    """Read a value of the command line as the knob's kind; what configuration gives has it already."""
    if name == "years":
        return tuple(int(year) for year in (value.split(",") if isinstance(value, str) else value))
    if name == "payer_bug" and isinstance(value, Mapping):
        return PayerBug(**{**value, "years": tuple(value["years"])})
    if not isinstance(value, str) or name == PROFILE:
        return value
    if value in ("", "null", "none"):
        return None
    try:
        return float(value) if name in ("base_rate", "noise", "missing_payer") else int(value)
    except ValueError:
        raise TadasuError(f"{name}={value}: expected a number.") from None


def _knobs_text() -> str:
    known = Knobs()
    lines = [
        f"  {LIKE if field.name == PROFILE else field.name:<14}{getattr(known, field.name)}"
        for field in fields(Knobs)
        if field.name not in ("rows", "years", "seed")
    ]
    return (
        "\n".join(lines)
        + "\n\nWhat each does: tadasu/simulator/settings.py; rates: tadasu/simulator/rates.yaml\n"
    )
