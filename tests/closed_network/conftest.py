"""A bundle of a tiny project in real wheels, with the real installer: nothing is downloaded."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bundle.__main__ import pack
from bundle.archive import Entry
from bundle.lock import here
from bundle.source import SCRIPTS, Source

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"

COMMAND = """
import pathlib, sys
import fake_dep
HOME = pathlib.Path(__file__).parents[1]
def main():
    words = sys.argv[1:]
    {body}
    given = dict(word.split("=", 1) for word in words if "=" in word)
    if words[0] == "configure":
        text = (HOME / "conf" / "ward" / (given["ward"] + ".yaml")).read_text()
        return 2 if "{refused}" in text else 0
    if words[0] == "run":
        out = pathlib.Path(given.get("out", HOME / "data" / "mini"))
        out.mkdir(parents=True, exist_ok=True)
        with (out / "ledger.jsonl").open("a") as ledger:
            ledger.write("{number}\\n")
    print("version {number}", fake_dep.NUMBER)
"""

BACKEND = """
import pathlib, zipfile
def build_editable(to, settings=None, metadata=None):
    name = "tadasu-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(to) / name, "w") as wheel:
        wheel.writestr("_tadasu.pth", str(pathlib.Path(__file__).parent))
        for file, text in {"METADATA": "Metadata-Version: 2.1\\nName: tadasu\\nVersion: 1\\n", "RECORD": "",
            "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
            "entry_points.txt": "[console_scripts]\\ntadasu = pipelines.cli:main\\n"}.items():
            wheel.writestr(f"tadasu-1.dist-info/{file}", text)
    return name
"""

PROJECT = """\
[project]
name = "tadasu"
version = "1"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def _wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1-py3-none-any.whl"
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in {**files, **{f"{name}-1.dist-info/{k}": v for k, v in about.items()}}.items():
            wheel.writestr(zipfile.ZipInfo(file), text)
    return path


class Bundle:
    """A bundle that lies unpacked in a folder."""

    def __init__(
        self, folder: Path, number: int, *, body: str = "pass", refused: str = "-", suggest: str = "a: 1\n"
    ):
        self.version = f"{number}.0+g{str(number) * 12}.py{here().replace('.', '')}"
        texts = {
            "pyproject.toml": PROJECT,
            "backend.py": BACKEND,
            "requirements.lock": "",
            "docs/closed_network.md": f"手順 {number}\n",
            "pipelines/__init__.py": "",
            "pipelines/cli.py": COMMAND.format(number=number, body=body, refused=refused),
            "tadasu/law/law.py": "",
            "shipped/conf/ward/mini.yaml": "name: mini\n",
            "shipped/conf/suggest/default.yaml": suggest,
            "shipped/ordinances/tokyo_ward.yaml": f"of: {number}\n",
            f"only_in_{number}.txt": "x" * 300_000,
        }
        entries = [Entry(f"project/{name}", text.encode()) for name, text in texts.items()]
        entries += [
            Entry(f"project/bin/{name}", ROOT / "bundle" / f"{name}.sh", executable=True) for name in SCRIPTS
        ]
        code = Source(
            self.version.rpartition(".py")[0], str(number) * 40, 1_700_000_000, (), "0" * 64, tuple(entries)
        )
        dep = _wheel(folder / "made", "fake_dep", {"fake_dep.py": f"NUMBER = {number}\n"})
        shim = f'#!/bin/sh\n[ -z "$HANG" ] || {{ : >"$HANG"; sleep 60; }}\nexec "{UV}" "$@"\n'
        uv = _wheel(folder / "made", "uv", {"uv-1.data/scripts/uv": shim})
        self.told = pack(code, {"fake_dep": dep}, ["fake_dep"], uv, here(), folder / "dist")
        (archive,) = (folder / "dist").glob("*.tar")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        self.folder = folder / archive.stem

    def command(self, dest: Path, *options: str) -> list[str]:
        """Return the command that installs it."""
        return ["sh", str(self.folder / "install.sh"), *options, str(dest)]

    def install(
        self, dest: Path, *options: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Install it, with the Python that runs this test."""
        told = {**os.environ, "PYTHON": sys.executable, "HANG": "", **(env or {})}
        return subprocess.run(self.command(dest, *options), capture_output=True, text=True, env=told)

    @staticmethod
    def runs(dest: Path, *words: str) -> str:
        """Run the version in use and return what it says."""
        command = [dest / "tadasu", *(words or ("x",))]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    @staticmethod
    def manage(dest: Path, *words: str) -> str:
        """Manage the versions and return what is told."""
        return subprocess.run([dest / "manage", *words], capture_output=True, text=True, check=True).stdout


Maker = Callable[..., Bundle]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return lambda number, **kinds: Bundle(tmp_path_factory.mktemp(f"bundle{number}"), number, **kinds)


@pytest.fixture(scope="module")
def first(make: Maker) -> Bundle:
    return make(1)


@pytest.fixture(scope="module")
def installed(first: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where version 1 is installed; for tests that must leave it as it is."""
    dest = tmp_path_factory.mktemp("ward") / "導入 先"
    done = first.install(dest, "--short")
    assert done.returncode == 0, done.stderr
    return dest


@pytest.fixture
def untouched(installed: Path, first: Bundle) -> Iterator[Path]:
    """The same, and after the test version 1 works and nothing else is there."""
    yield installed
    assert first.runs(installed) == "version 1 1"
    assert [path.name for path in (installed / "versions").iterdir()] == [first.version]
