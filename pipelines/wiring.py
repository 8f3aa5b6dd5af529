"""`dvc.yaml` as it follows from the list of stages, for the ward that `conf/` names."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from pipelines.settings import ROOT, Settings, WardSettings
from pipelines.stage import STAGES, Stage
from tadasu.extract import found, mapping

HEAD = """\
# What runs after what, for the ward that conf/config.yaml names: written by `tadasu docs` from the list of
# stages in pipelines/stage.py; do not edit it here. `dvc repro` re-runs what changed.
# No output is kept in DVC's cache: tables with people in them must not lie in a second place.
"""
HEAD_OF_TUNING = """\
# The search of settings, beside the chain: `dvc repro tuning/dvc.yaml`. Written by `tadasu docs`.
"""
PICTURES = ("errors_by_check", "lift", "precision_recall", "reliability")
CURVES = {
    "corrections_found": ("read", "found"),
    "precision_recall": ("recall", "precision"),
    "reliability": ("p", "corrected"),
    "yen_found": ("read", "found"),
}
"""Tables of the evaluation that are drawn as lines, with their columns across and up."""
CONFIGURED = "data/resolved.yaml"
OF_WARD = tuple(f"ward.{one.name}" for one in fields(WardSettings) if one.name not in ("mapping", "simulate"))
"""What other stages look at of a ward than how its files are laid out or made."""


def render(settings: Settings) -> str:
    """Return the content of `dvc.yaml`; the tax years are those of the ward's extract."""
    years = _years(settings)
    root = settings.folder.relative_to(ROOT).as_posix()
    stages: dict[str, Any] = {
        "configure": {
            "desc": "Compose conf/ into one file, whose keys the other stages name",
            "cmd": "tadasu configure",
            "deps": ["conf", "pipelines/composing.py", "pipelines/settings.py"],
            "outs": [{CONFIGURED: {"cache": False}}],
        }
    }
    if settings.ward.simulate is not None:
        stages["simulate"] = _simulated(settings)
    for stage in STAGES:
        stages[stage.name] = _stage(stage, years, root, settings.ward.folder)
    return HEAD + yaml.safe_dump({"stages": stages}, sort_keys=False, allow_unicode=True, width=110)


def render_tuning(settings: Settings) -> str:
    """Return the content of `tuning/dvc.yaml`: the search of settings, which `dvc repro` alone never runs."""
    from pipelines.aside import ASIDE

    tune = next(stage for stage in ASIDE if stage.name == "tune")
    root = settings.folder.relative_to(ROOT).as_posix()
    made = {"wdir": "..", **_stage(tune, _years(settings), root, settings.ward.folder)}
    return HEAD_OF_TUNING + yaml.safe_dump({"stages": {"tune": made}}, sort_keys=False, allow_unicode=True)


def _simulated(settings: Settings) -> dict[str, Any]:
    """Return the stage that makes the files of a ward that has none of its own."""
    from pipelines.simulate import CODE, STAGE

    return {
        "desc": STAGE.label,
        "cmd": f"tadasu simulate ward={settings.ward.name}",
        "deps": sorted({"pipelines/simulate.py", *CODE}),
        "params": [{CONFIGURED: list(STAGE.settings)}],
        "outs": [{settings.ward.folder.as_posix(): {"cache": False}}],
    }


def _years(settings: Settings) -> list[int]:
    if settings.ward.simulate is not None:
        return sorted(int(year) for year in settings.ward.simulate["years"])
    if settings.ward.file is None:
        return sorted(int(path.name) for path in settings.extract.iterdir() if path.name.isdigit())
    files = found.survey(settings.extract, mapping.load(ROOT / settings.ward.file)).files
    return sorted({file.year for file in files})


def _stage(stage: Stage, years: list[int], root: str, extract: Path) -> dict[str, Any]:
    source = [extract.as_posix()] if stage.name == "ingest" else []
    code = [f"pipelines/{stage.name}.py", *stage.code]
    made: dict[str, Any] = {"desc": stage.label, "cmd": f"tadasu {stage.name}"}
    made["deps"] = sorted({*source, *code, *_places(stage, stage.reads, years, root)})
    if stage.settings:
        made["params"] = [{CONFIGURED: _keys(stage)}]
    outs = sorted(_places(stage, stage.writes, years, root))
    if stage.name == "evaluate":
        return made | _evaluation(f"{root}/evaluation")
    made["outs"] = [{place: {"cache": False}} for place in outs]
    return made


def _keys(stage: Stage) -> list[str]:
    """Return the settings of a stage; how the ward's files are laid out is ingest's business alone."""
    if stage.name == "ingest":
        return list(stage.settings)
    return [key for name in stage.settings for key in (OF_WARD if name == "ward" else (name,))]


def _evaluation(root: str) -> dict[str, Any]:
    """Return what evaluate leaves behind: numbers for `dvc metrics`, pictures and curves for `dvc plots`."""
    curves = [
        {f"{root}/{name}.csv": {"cache": False, "template": "simple", "x": x, "y": y}}
        for name, (x, y) in CURVES.items()
    ]
    rest = ("figures.csv", "groups.csv", "index.html", "years")
    return {
        "outs": [{f"{root}/{name}": {"cache": False}} for name in rest],
        "metrics": [{f"{root}/metrics.json": {"cache": False}}],
        "plots": [*({f"{root}/{name}.png": {"cache": False}} for name in PICTURES), *curves],
    }


def _places(stage: Stage, names: tuple[str, ...], years: list[int], root: str) -> set[str]:
    """Return the files of all years, or of the newest one where a stage only looks at that."""
    newest_only = stage.name in ("suggest", "publish")
    chosen = years[-1:] if newest_only else years
    return {f"{root}/{name.format(year=year)}".rstrip("/") for name in names for year in chosen}
