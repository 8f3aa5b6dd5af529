"""`dvc.yaml` as it follows from the list of stages, for the ward that `conf/` names."""

from pathlib import Path
from typing import Any

import yaml

from pipelines.settings import ROOT, Settings
from pipelines.stage import STAGES, Stage

HEAD = """\
# What runs after what, for the ward that conf/config.yaml names: written by `tadasu docs` from the list of
# stages in pipelines/stage.py; do not edit it here. `dvc repro` re-runs what changed.
# No output is kept in DVC's cache: tables with people in them must not lie in a second place.
"""
PICTURES = ("errors_by_check", "lift", "precision_recall", "reliability")
CONFIGURED = "data/resolved.yaml"


def render(settings: Settings) -> str:
    """Return the content of `dvc.yaml`; the tax years are those of the ward's extract."""
    years = sorted(int(path.name) for path in settings.extract.iterdir() if path.name.isdigit())
    root = settings.folder.relative_to(ROOT).as_posix()
    stages: dict[str, Any] = {
        "configure": {
            "desc": "Compose conf/ into one file, whose keys the other stages name",
            "cmd": "tadasu configure",
            "deps": ["conf", "pipelines/settings.py"],
            "outs": [{CONFIGURED: {"cache": False}}],
        }
    }
    for stage in STAGES:
        stages[stage.name] = _stage(stage, years, root, settings.ward.folder)
    return HEAD + yaml.safe_dump({"stages": stages}, sort_keys=False, allow_unicode=True, width=110)


def _stage(stage: Stage, years: list[int], root: str, extract: Path) -> dict[str, Any]:
    source = [extract.as_posix()] if stage.name == "ingest" else []
    code = [f"pipelines/{stage.name}.py", *stage.code]
    made: dict[str, Any] = {"desc": stage.label, "cmd": f"tadasu {stage.name}"}
    made["deps"] = sorted({*source, *code, *_places(stage, stage.reads, years, root)})
    if stage.settings:
        made["params"] = [{CONFIGURED: list(stage.settings)}]
    outs = sorted(_places(stage, stage.writes, years, root))
    if stage.name == "evaluate":
        metrics, pictures = (f"{root}/evaluation/metrics.json", f"{root}/evaluation")
        made["metrics"] = [{metrics: {"cache": False}}]
        made["plots"] = [{f"{pictures}/{name}.png": {"cache": False}} for name in PICTURES]
        return made
    made["outs"] = [{place: {"cache": False}} for place in outs]
    return made


def _places(stage: Stage, names: tuple[str, ...], years: list[int], root: str) -> set[str]:
    """Return the files of all years, or of the newest one where a stage only looks at that."""
    newest_only = stage.name in ("suggest", "publish")
    chosen = years[-1:] if newest_only else years
    return {f"{root}/{name.format(year=year)}".rstrip("/") for name in names for year in chosen}
