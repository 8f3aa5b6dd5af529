"""What each stage notes in MLflow: train begins the run, evaluate and publish find it by the model_id."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from models import tracking
from models.tracking.runs import LEDGER, LEDGER_OF
from pipelines.evaluate import METRICS
from pipelines.job import INTAKE, Job
from pipelines.settings import dotted
from pipelines.tune import BEST
from tadasu import ledger
from tadasu.store import sha256
from tadasu.tables import EXTRACT

_BY = "row_pr_auc"


def record(job: Job) -> None:
    """Note what the stage did, if it is one of those that note anything."""
    steps: dict[str, Callable[[Job], None]] = {
        "train": _train,
        "evaluate": _evaluate,
        "publish": _publish,
        "tune": _tune,
    }
    if step := steps.get(job.stage):
        step(job)


def fail(model_id: str, store: Path) -> None:
    """Mark the run of this model as failed."""
    tracking.end(store, tracking.resume(store, model_id), failed=True)


def _train(job: Job) -> None:
    settings = job.settings
    public = settings.public()
    run = tracking.begin(
        settings.database,
        experiment=settings.ward.name,
        model_id=job.detail["model_id"],
        params=dict(dotted(public)),
        config=yaml.safe_dump(public, allow_unicode=True, sort_keys=False),
        fingerprints=_fingerprints(job),
        environment=tracking.environment(),
        tags={"tadasu.synthetic": str(settings.ward.synthetic).lower()},
    )
    tracking.log_metrics(settings.database, run, _json(job, "ranker/metrics.json"))


def _tune(job: Job) -> None:
    """Note a search as a run of its own: what it was given, what it found, every trial as a table."""
    settings = job.settings
    public = settings.public()
    run = tracking.begin(
        settings.database,
        experiment=f"{settings.ward.name} tuning",
        model_id=f"tuning-{job.digest(job.outputs[BEST])[:16]}",
        params=dict(dotted(public)),
        config=yaml.safe_dump(public, allow_unicode=True, sort_keys=False),
        fingerprints={name: digest for name, digest in job.inputs.items() if name != INTAKE},
        environment=tracking.environment(),
        tags={"tadasu.synthetic": str(settings.ward.synthetic).lower()},
    )
    losses = {f"{name}_log_loss": best for name, (_, best) in job.detail["log_loss"].items()}
    given = {f"{name}_log_loss_before": first for name, (first, _) in job.detail["log_loss"].items()}
    tracking.log_metrics(settings.database, run, losses | given)
    tracking.log_files(settings.database, run, {name: (job.root / name).read_bytes() for name in job.outputs})
    tracking.end(settings.database, run)


def _fingerprints(job: Job) -> dict[str, str]:
    """Return the hash of each table of the extract, as it was ingested, by year and name."""
    places = ((f"{year}/{table.name}", job.root) for year in job.years() for table in EXTRACT)
    return {name: sha256(root / f"{name}.parquet") for name, root in places}


def _evaluate(job: Job) -> None:
    if METRICS not in job.outputs:
        return
    store, run = _found(job)
    tracking.log_metrics(store, run, _metrics(job))
    made = [job.root / name for name in job.outputs]
    pictures = {path.stem: path.read_bytes() for path in made if path.suffix == ".png"}
    tracking.log_figures(store, run, pictures)
    files = {path.relative_to(job.root).as_posix(): path for path in made if path.suffix != ".png"}
    tracking.log_files(store, run, {name: path.read_bytes() for name, path in files.items()})


def _metrics(job: Job) -> dict[str, float]:
    """Return the figures of the held-out year, none where there was no such year."""
    return {name: float(value) for name, value in _json(job, METRICS).items() if name != "year"}


def _publish(job: Job) -> None:
    from models.ranker import load

    store, run = _found(job)
    tracking.log_warnings(store, run, list(_warnings(job)))
    metrics = _metrics(job)
    if _BY in metrics:
        folder = job.root / "ranker"
        tracking.register(store, run, folder, load(folder).columns, metrics, by=_BY)
    anchor = ledger.head(job.settings.ledger).anchor
    tracking.tag(store, run, {LEDGER: anchor, LEDGER_OF: job.settings.ledger_name})
    tracking.end(store, run)


def _found(job: Job) -> tuple[Path, str]:
    """Return the store and the run in it that made this run's ranker."""
    model_id = _json(job, "ranker/model.json")["model_id"]
    return job.settings.database, tracking.resume(job.settings.database, model_id)


def _warnings(job: Job) -> list[str]:
    """Return what intake and validation warned of, in words without a personal value."""
    odd = _json(job, INTAKE).get("warnings", [])
    findings = _json(job, "validation/validation.json").get("findings", [])
    told = [f"{w['year'] or ''} {w['table']}: {w['what']} {w['count']}件".strip() for w in odd]
    failed = (f for f in findings if not f["success"])
    return told + [
        f"{f['year']} {f['table']}: {f['description']}（外れ {f['unexpected']}件）" for f in failed
    ]


def _json(job: Job, name: str) -> dict[str, Any]:
    """Return the content of a file of the run, or nothing where it is not there."""
    path = job.root / name
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content
