"""A run: what went in (settings, data, code), what came out (figures, pictures, warnings)."""

import hashlib
import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from models.tracking.connection import ANONYMOUS, artifact_folder, client
from tadasu.errors import TadasuError
from tadasu.ledger import Anchor
from tadasu.store import write_bytes

# A figure alone, or with the ends of its 95 % interval.
Measure = float | tuple[float, float, float]
MODEL_ID, LEDGER, INPUTS, WARNINGS = "tadasu.model_id", "tadasu.ledger", "tadasu.inputs", "tadasu.warnings"
LEDGER_OF = "tadasu.ledger_of"
"""Which ledger: its path as seen from the store's folder."""
DIGEST_LENGTH, VALUE_LENGTH, BATCH = 36, 6000, 100  # MLflow's limits


def begin(
    store: Path,
    *,
    experiment: str,
    model_id: str,
    params: Mapping[str, object],
    config: str,
    fingerprints: Mapping[str, str],
    environment: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
) -> str:
    """Begin a run with all that went into it, and return MLflow's id of it (which must not enter tables).

    Args:
        store: the SQLite file, made when it is not there; files go to `mlartifacts/` beside it.
        experiment: what its runs are compared with: the ward.
        model_id: the content hash of the model, by which later stages find the run.
        params: settings by dotted name; a value over 6,000 characters is in `config.yaml` only.
        config: the resolved configuration, kept as `config.yaml`.
        fingerprints: SHA-256 of each input table by name, such as `2025/documents`.
        environment: what `environment()` returns.
        tags: more to find the run by.

    Raises:
        TadasuError: the store cannot be made or written to.
    """
    facts = {f"tadasu.{name}": value for name, value in environment.items()}
    labels = {
        **ANONYMOUS,
        "mlflow.source.git.commit": environment.get("git_commit", ""),
        MODEL_ID: model_id,
        INPUTS: inputs_digest(fingerprints),
        **facts,
        **(tags or {}),
    }
    with client(store, create=True) as mlflow:
        run = mlflow.create_run(_experiment(mlflow, store, experiment), tags=labels, run_name=model_id[:12])
        identifier = str(run.info.run_id)
        _log_params(mlflow, identifier, params)
        mlflow.log_inputs(identifier, [_input(name, digest) for name, digest in sorted(fingerprints.items())])
    files = {"config.yaml": config, "inputs.json": dict(fingerprints), "environment.json": dict(environment)}
    log_files(store, identifier, files)
    return identifier


def inputs_digest(fingerprints: Mapping[str, str]) -> str:
    """Return one hash of all input tables: runs that share it were tested on the same rows."""
    return hashlib.sha256(json.dumps(dict(fingerprints), sort_keys=True).encode()).hexdigest()


def _experiment(mlflow: Any, store: Path, name: str) -> str:
    """Return the experiment's id; after a move of the store a new one takes the name."""
    address = (artifact_folder(store) / file_name(name)).as_uri()
    found = mlflow.get_experiment_by_name(name)
    if found and found.lifecycle_stage == "deleted":
        mlflow.restore_experiment(found.experiment_id)
    if found and found.artifact_location == address:
        return str(found.experiment_id)
    if found:
        mlflow.rename_experiment(found.experiment_id, f"{name} (before the move, {found.experiment_id})")
    return str(mlflow.create_experiment(name, artifact_location=address))


def file_name(name: str) -> str:
    """Return the name as a folder, and MLflow's registry, may carry it."""
    return re.sub(r"[^\w.-]", "_", name)


def _log_params(mlflow: Any, run: str, params: Mapping[str, object]) -> None:
    from mlflow.entities import Param

    texts = ((_name(name), str(value)) for name, value in params.items())
    fitting = (Param(name, text) for name, text in texts if len(text) <= VALUE_LENGTH)
    while batch := list(islice(fitting, BATCH)):
        mlflow.log_batch(run, params=batch)


def _name(name: str) -> str:
    """Return the name with what MLflow refuses replaced."""
    return re.sub(r"[^\w./ :-]", "_", name)


def _input(name: str, sha256: str) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    source = json.dumps({"table": name, "sha256": sha256})
    table = Dataset(name=name, digest=sha256[:DIGEST_LENGTH], source_type="local", source=source)
    return DatasetInput(table, [InputTag("mlflow.data.context", "input")])


def resume(store: Path, model_id: str) -> str:
    """Return the newest run that made this model, for a later stage to add to.

    Raises:
        TadasuError: there is none.
    """
    if not re.fullmatch(r"[\w.-]+", model_id):
        raise ValueError(f"model_id {model_id!r}: letters, digits, '.', '_' and '-' are expected")
    with client(store) as mlflow:
        experiments = [found.experiment_id for found in mlflow.search_experiments()]
        runs = mlflow.search_runs(
            experiments, f"tags.`{MODEL_ID}` = '{model_id}'", max_results=1, order_by=["start_time DESC"]
        )
    if not runs:
        raise TadasuError(f"{store}: no run made model {model_id}. Run the stage train first.")
    return str(runs[0].info.run_id)


def log_metrics(store: Path, run: str, metrics: Mapping[str, Measure]) -> None:
    """Add figures; one with an interval becomes three: `name`, `name_low`, `name_high`."""
    with client(store) as mlflow:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        figures = [Metric(_name(name), value, now, 0) for name, value in _spread(metrics)]
        for start in range(0, len(figures), BATCH):
            mlflow.log_batch(run, metrics=figures[start : start + BATCH])


def _spread(metrics: Mapping[str, Measure]) -> Iterator[tuple[str, float]]:
    for name, measure in metrics.items():
        if isinstance(measure, tuple):
            yield from zip((name, f"{name}_low", f"{name}_high"), map(float, measure), strict=True)
        else:
            yield name, float(measure)


def log_files(store: Path, run: str, files: Mapping[str, object]) -> None:
    """Add files by name: bytes and text as they are, anything else as JSON.

    Raises:
        TadasuError: the store was moved since the run began, so that its files would go to the old place.
    """
    with client(store) as mlflow, tempfile.TemporaryDirectory() as folder:
        _require_here(mlflow, store, run)
        for name, content in files.items():
            write_bytes(Path(folder) / name, _bytes(content))
        mlflow.log_artifacts(run, folder)


def _bytes(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _require_here(mlflow: Any, store: Path, run: str) -> None:
    address = str(mlflow.get_run(run).info.artifact_uri)
    if not address.startswith(artifact_folder(store).as_uri() + "/"):
        raise TadasuError(
            f"{store}: run {run} began when the store lay elsewhere ({address}), and MLflow keeps that "
            "address. Move the store back, or run the stage train again here."
        )


def log_figures(store: Path, run: str, figures: Mapping[str, bytes]) -> None:
    """Add pictures (PNG bytes by name, without ending) under `plots/`."""
    log_files(store, run, {f"plots/{name}.png": picture for name, picture in figures.items()})


def log_warnings(store: Path, run: str, warnings: Sequence[str]) -> None:
    """Add what was odd but did not stop the run: the number as a tag, the words as `warnings.json`."""
    tag(store, run, {WARNINGS: str(len(warnings))})
    log_files(store, run, {"warnings.json": list(warnings)})


def tag(store: Path, run: str, tags: Mapping[str, str]) -> None:
    """Set tags of the run; `LEDGER` holds where the ledger ended (`Head.anchor`)."""
    with client(store) as mlflow:
        for name, value in tags.items():
            mlflow.set_tag(run, name, value)


def anchors(store: Path, of: str | None = None) -> list[Anchor]:
    """Return where a ledger ended according to each run that noted it, for `ledger.verify`.

    Args:
        store: the SQLite file; runs with ledgers of their own may share it.
        of: what the runs that are meant carry as tag `LEDGER_OF`; all runs where it is left out.
    """
    with client(store) as mlflow:
        experiments = [found.experiment_id for found in mlflow.search_experiments()]
        runs = mlflow.search_runs(experiments, f"tags.`{LEDGER}` LIKE '%'", max_results=5000)
    runs = [run for run in runs if of is None or run.data.tags.get(LEDGER_OF) == of]
    return [Anchor.of(run.data.tags[LEDGER], f"MLflow run {run.info.run_name}") for run in runs]


def end(store: Path, run: str, *, failed: bool = False) -> None:
    """Mark the run as finished or failed."""
    with client(store) as mlflow:
        mlflow.set_terminated(run, "FAILED" if failed else "FINISHED")
