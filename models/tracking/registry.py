"""Registered models: a folder of text and JSON under a version and an alias, known by its hash."""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from models.pyfunc import KEY
from models.tracking.connection import ANONYMOUS, active, client
from models.tracking.runs import INPUTS, MODEL_ID, Measure, file_name
from tadasu.errors import TadasuError
from tadasu.store import sha256

CHAMPION, CHALLENGER = "champion", "challenger"
SHA256, FOLDER, SCORE = "tadasu.sha256", "tadasu.folder", "tadasu.score"
LOADER = "models.pyfunc"
NEEDS = ("lightgbm", "numpy", "pandas", "polars", "pyarrow")


def fingerprint(folder: Path) -> str:
    """Return one SHA-256 of all files of a folder, of their names and content.

    Raises:
        TadasuError: there is no such folder, or nothing in it.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise TadasuError(f"{folder}: there is no model here. Run the stage train first.")
    names = (f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    return hashlib.sha256("".join(names).encode()).hexdigest()


def register(
    store: Path,
    run: str,
    folder: Path,
    columns: Sequence[str],
    metrics: Mapping[str, Measure],
    *,
    by: str = "row_pr_auc",
) -> int:
    """Register a model's folder under the name of the run's experiment, and return its version.

    The new version becomes `champion` when there is none, or when both were tested on the same input tables
    and its `by` is the higher one; otherwise `challenger`: figures of different tables do not compare, so who
    has new data decides by hand (move the alias on MLflow's page). The same content is not registered twice.

    Args:
        store: the SQLite file.
        run: the run that made the model.
        folder: what the ranker saved: text and JSON.
        columns: the declared features that it reads: with the key of a repair, the signature.
        metrics: the figures of the held-out year.
        by: the figure that decides.

    Raises:
        TadasuError: the folder is empty or the store cannot be written to.
        ValueError: `metrics` lacks `by`.
    """
    if by not in metrics:
        raise ValueError(f"the figure that decides, {by!r}, is not among the metrics: {', '.join(metrics)}")
    digest = fingerprint(folder)
    with client(store) as mlflow:
        source = mlflow.get_run(run)
        name = file_name(str(mlflow.get_experiment(source.info.experiment_id).name))
        found = _same(mlflow, name, digest)
        if found is None:
            score = {SCORE: f"{by}={_value(metrics[by])!r}"}
            labels = {name: source.data.tags.get(name, "") for name in (MODEL_ID, INPUTS)}
            found = _add(mlflow, store, run, folder, columns, name, {**labels, SHA256: digest, **score})
        _give_alias(mlflow, name, found, by)
    return int(found)


def _value(measure: Measure) -> float:
    return float(measure[0] if isinstance(measure, tuple) else measure)


def _same(mlflow: Any, name: str, digest: str) -> str | None:
    """Return the version that holds the same content already and is whole."""
    for version in mlflow.search_model_versions(f"name = '{name}'"):
        if version.tags.get(SHA256) == digest and FOLDER in version.tags:
            return str(version.version)
    return None


def _add(
    mlflow: Any, store: Path, run: str, folder: Path, columns: Sequence[str], name: str, tags: dict[str, str]
) -> str:
    """Copy the folder into the store as a model of MLflow's, make it a version, and return which."""
    model = _log_model(store, run, folder, columns, {**ANONYMOUS, **tags})
    if name not in {found.name for found in mlflow.search_registered_models()}:
        mlflow.create_registered_model(name)
    address = mlflow.get_logged_model(model).artifact_location
    place = Path(unquote(urlparse(address).path)) / "data" / folder.name
    # Relative to the store: this survives a move of it, MLflow's own address does not.
    tags = {**tags, FOLDER: place.relative_to(store.resolve().parent).as_posix()}
    made = mlflow.create_model_version(name, address, run_id=run, tags=tags, model_id=model)
    return str(made.version)


def _log_model(store: Path, run: str, folder: Path, columns: Sequence[str], tags: dict[str, str]) -> str:
    with active(store, run) as mlflow:
        from mlflow.models import ModelSignature
        from mlflow.types import ColSpec, Schema

        key = [ColSpec(kind, column) for column, kind in KEY.items()]
        given = Schema([*key, *(ColSpec("double", column, required=False) for column in columns)])
        info = mlflow.pyfunc.log_model(
            name="ranker",
            loader_module=LOADER,
            data_path=str(folder),
            signature=ModelSignature(given, Schema([ColSpec("double")])),
            pip_requirements=[f"{package}=={installed(package)}" for package in NEEDS],
            tags=tags,
        )
    return str(info.model_id)


def _give_alias(mlflow: Any, name: str, version: str, by: str) -> None:
    new = mlflow.get_model_version(name, version)
    if new.aliases:
        return
    aliases = mlflow.get_registered_model(name).aliases
    old = mlflow.get_model_version(name, aliases[CHAMPION]) if CHAMPION in aliases else None
    alias, why = _verdict(new, old, by)
    mlflow.set_registered_model_alias(name, alias, version)
    mlflow.update_model_version(name, version, description=f"{alias}: {why}")


def _verdict(new: Any, old: Any | None, by: str) -> tuple[str, str]:
    """Return the alias that `new` gets beside the champion `old`, and why."""
    if old is None:
        return CHAMPION, "there was none"
    if new.tags.get(INPUTS) != old.tags.get(INPUTS):
        return CHALLENGER, f"tested on other tables than version {old.version}; compare and decide by hand"
    ours, theirs = new.tags[SCORE], old.tags.get(SCORE, "")
    if not theirs.startswith(f"{by}="):
        return CHALLENGER, f"version {old.version} was chosen by another figure ({theirs})"
    better = float(ours.partition("=")[2]) > float(theirs.partition("=")[2])
    return (CHAMPION if better else CHALLENGER), f"{ours}, version {old.version} has {theirs}, same tables"


def resolve(store: Path, alias: str = CHAMPION, *, name: str | None = None) -> Path:
    """Return the folder of the model that has the alias, its hash checked; to be read by our own loader.

    The hash shows files changed or damaged after registering. Somebody who may write the store as well
    can change the hash with them; the ledger, whose events hash what train wrote, then disagrees.

    Args:
        store: the SQLite file.
        alias: `champion` or `challenger`.
        name: the registered model, that is the ward; may be left out when there is one only.

    Raises:
        TadasuError: there is no such model or alias, its files are gone, or their hash is another.
    """
    with client(store) as mlflow:
        wanted = file_name(name) if name else _only(mlflow, store)
        known = {model.name: model.aliases for model in mlflow.search_registered_models()}
        if alias not in known.get(wanted, {}):
            listed = "; ".join(f"{model} ({', '.join(sorted(own))})" for model, own in sorted(known.items()))
            raise TadasuError(
                f"{store}: model {wanted!r} has no alias {alias!r}; there is: {listed or 'none'}."
            )
        tags = mlflow.get_model_version_by_alias(wanted, alias).tags
    root = store.resolve().parent
    folder: Path = (root / tags.get(FOLDER, "?")).resolve()
    if not folder.is_dir() or not folder.is_relative_to(root):
        raise TadasuError(
            f"{store}: the files of {wanted}@{alias} are not at {folder}. Restore mlartifacts/."
        )
    if fingerprint(folder) != tags[SHA256]:
        raise TadasuError(
            f"{folder}: the files of {wanted}@{alias} are not those that were registered (SHA-256 differs). "
            "Do not use them: restore mlartifacts/ from a backup, or train and register again."
        )
    return folder


def _only(mlflow: Any, store: Path) -> str:
    names = sorted(model.name for model in mlflow.search_registered_models())
    if len(names) != 1:
        raise TadasuError(f"{store}: {len(names)} models are registered ({', '.join(names)}); name one.")
    return str(names[0])
