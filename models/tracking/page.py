"""MLflow's own page on a store, for this machine alone."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from models.tracking.connection import OFFLINE, absent, artifact_folder, database
from tadasu.errors import TadasuError

HOST = "127.0.0.1"
QUIET = {"PYTHONWARNINGS": "ignore"}


def ui(store: Path, port: int = 5000) -> None:
    """Serve MLflow's page on http://127.0.0.1:`port` until it is interrupted.

    Raises:
        TadasuError: there is no store, the port is taken, or the server stops with an error.
    """
    if not store.is_file():
        raise TadasuError(absent(store))
    _require_free(port)
    with subprocess.Popen(command(store, port), env={**os.environ, **OFFLINE, **QUIET}) as server:
        try:
            code = server.wait()
        except KeyboardInterrupt:
            server.wait()  # Ctrl-C reaches the server too
            return
    if code:
        raise TadasuError(
            f"MLflow's page on {store} stopped with exit code {code}; its own words stand above."
        )


def command(store: Path, port: int) -> list[str]:
    """Return the command that serves the page: one worker, no other machine let in."""
    names = (HOST, "localhost", f"{HOST}:{port}", f"localhost:{port}")
    return [
        *(sys.executable, "-m", "mlflow", "ui"),
        *("--backend-store-uri", database(store)),
        *("--artifacts-destination", artifact_folder(store).as_uri()),
        *("--host", HOST, "--port", str(port), "--workers", "1"),
        *("--allowed-hosts", ",".join(names)),
        # Its access log and the traceback with which it takes Ctrl-C help nobody here.
        *("--uvicorn-opts", "--log-level critical"),
    ]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise TadasuError(
                f"Port {port} of {HOST} cannot be opened ({error.strerror}). Close what uses it, or choose "
                "another one with port=N."
            ) from error
