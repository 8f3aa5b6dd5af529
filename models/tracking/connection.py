"""How the store is reached: a SQLite file, its files in a folder beside it, no other machine."""

import contextlib
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tadasu.errors import TadasuError

# Read by MLflow when it is imported or started: no telemetry, no jobs, no bars that a person did not ask for.
OFFLINE = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
# Instead of the login name and the path of the command, which MLflow would note by itself.
ANONYMOUS = {"mlflow.user": "tadasu", "mlflow.source.name": "tadasu", "mlflow.source.type": "LOCAL"}


def database(store: Path) -> str:
    """Return the address of the SQLite file as MLflow wants it."""
    return f"sqlite:///{store.resolve()}"


def artifact_folder(store: Path) -> Path:
    """Return the folder beside the store where MLflow keeps files."""
    return store.resolve().parent / "mlartifacts"


def absent(store: Path) -> str:
    """Return what to tell a person who looks for a store where none is."""
    return f"{store}: there is no MLflow store here. Run `make run` first, or name its folder with OUT=DIR."


def load() -> Any:
    """Import MLflow, silent and offline."""
    os.environ.update(OFFLINE)
    import mlflow

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return mlflow


@contextmanager
def client(store: Path, *, create: bool = False) -> Iterator[Any]:
    """Give an `MlflowClient` of the store.

    Args:
        store: the SQLite file.
        create: make it when it is not there (3.5 s).

    Raises:
        TadasuError: there is no store, or MLflow cannot do what was asked of it.
    """
    mlflow = load()
    if not store.is_file() and not create:
        raise TadasuError(absent(store))
    try:
        if not store.is_file():
            _create(store)
        yield mlflow.MlflowClient(tracking_uri=database(store), registry_uri=database(store))
    except (mlflow.MlflowException, OSError) as error:
        raise TadasuError(f"{store}: MLflow could not do it: {error}") from error


def _create(store: Path) -> None:
    """Make an empty store under a temporary name, then give it its own: a kill leaves none half made."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    store.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.parent, prefix=f".{store.name}.") as folder:
        part = Path(folder) / store.name
        # Without an artefact root of its own the store would note the current folder.
        SqlAlchemyStore(database(part), artifact_folder(store).as_uri()).engine.dispose()
        with contextlib.suppress(FileExistsError):  # made by another process meanwhile
            store.hardlink_to(part)


@contextmanager
def active(store: Path, run: str) -> Iterator[Any]:
    """Make `run` the active one for those of MLflow's functions that know no other way, and give MLflow."""
    mlflow = load()
    outside = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(database(store))
    mlflow.set_registry_uri(database(store))
    try:
        # MLflow warns of type hints of its own while it imports its model flavours.
        with warnings.catch_warnings(action="ignore"), mlflow.start_run(run_id=run):
            yield mlflow
    finally:
        mlflow.set_registry_uri("")
        mlflow.set_tracking_uri(outside)
