"""The page of MLflow opens on this machine only, and stops when interrupted."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from models import tracking
from models.tracking import page
from tadasu.errors import TadasuError
from tests.tracking.conftest import ranker, registered

pytestmark = pytest.mark.xdist_group("mlflow")


def test_the_page_opens_on_this_machine_and_stops_when_interrupted(store: Path, tmp_path: Path) -> None:
    registered(store, ranker(tmp_path / "ranker"), 0.8)
    port = _free_port()
    script = f"from pathlib import Path\nfrom models.tracking import ui\nui(Path({str(store)!r}), {port})\n"
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", script], stdout=log, stderr=log, cwd=tmp_path, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            assert b"MLflow" in _fetched(f"{address}/", server)
            models = _fetched(f"{address}/api/2.0/mlflow/registered-models/search", server)
            assert json.loads(models)["registered_models"][0]["name"] == "ward-a"
            with pytest.raises(TadasuError, match="cannot be opened"):
                tracking.ui(store, port)
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=30)
    assert server.returncode == 0


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fetched(address: str, server: "subprocess.Popen[bytes]") -> bytes:
    for _ in range(1800):
        assert server.poll() is None, "the page's server stopped"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")


def test_the_page_lets_no_other_name_in(store: Path, tmp_path: Path) -> None:
    command = page.command(store, 5000)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--allowed-hosts") + 1].split(",") == [
        "127.0.0.1",
        "localhost",
        "127.0.0.1:5000",
        "localhost:5000",
    ]
    with pytest.raises(TadasuError, match="there is no MLflow store here"):
        tracking.ui(tmp_path / "none.db")
