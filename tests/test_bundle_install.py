"""Installing, upgrading and rolling back a bundle: a tiny project in real wheels, the real installer."""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path

import pytest

from bundle.__main__ import pack
from bundle.archive import Entry
from bundle.lock import here
from bundle.source import SCRIPTS, Source

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).parent / "uv"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64" or not UV.exists() or not shutil.which("flock"),
    reason="bundles are for Linux x86-64; needs uv and flock",
)

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
    assert _runs(installed) == "version 1 1"
    assert [path.name for path in (installed / "versions").iterdir()] == [first.version]


def _runs(dest: Path, *words: str) -> str:
    return subprocess.run(
        [dest / "tadasu", *(words or ("x",))], capture_output=True, text=True, check=True
    ).stdout.strip()


def _manage(dest: Path, *words: str) -> str:
    return subprocess.run([dest / "manage", *words], capture_output=True, text=True, check=True).stdout


def _refused(done: subprocess.CompletedProcess[str], japanese: str, english: str) -> None:
    assert done.returncode == 1
    assert japanese in done.stderr
    assert english in done.stderr


def test_an_upgrade_keeps_data_and_settings_and_can_be_rolled_back(
    first: Bundle, make: Maker, tmp_path: Path
) -> None:
    dest = tmp_path / "dest"
    done = first.install(dest)
    assert done.returncode == 0, done.stderr
    assert "完了" in done.stdout
    assert _runs(dest, "run") == "version 1 1"
    private = dest / "ward" / "data" / "mini" / "private" / "ids.parquet"
    private.parent.mkdir()
    private.write_bytes(b"ids")
    private.chmod(0o600)
    # Written where the README says: into the settings of the version in use.
    (dest / "current" / "conf" / "ward" / "sakura.yaml").write_text("name: sakura\n", encoding="utf-8")
    (dest / "current" / "tadasu" / "law" / "ordinances" / "sakura.yaml").write_text(
        "x: 1\n", encoding="utf-8"
    )
    _manage(dest, "own", "conf/suggest/default.yaml")
    (dest / "current" / "conf" / "suggest" / "default.yaml").write_text("a: 9\n", encoding="utf-8")

    done = make(2, suggest="a: 2\n").install(dest, "--short")
    assert done.returncode == 0, done.stderr
    assert "conf/suggest/default.yaml がこの版で変わりました" in done.stdout
    for number in (2, 1, 2):
        law = dest / "current" / "tadasu" / "law" / "ordinances"
        assert _runs(dest) == f"version {number} {number}"
        assert (law / "tokyo_ward.yaml").read_text(encoding="utf-8") == f"of: {number}\n"
        assert (law / "sakura.yaml").read_text(encoding="utf-8") == "x: 1\n"
        assert (dest / "current" / "conf" / "ward" / "sakura.yaml").read_text(
            encoding="utf-8"
        ) == "name: sakura\n"
        assert (dest / "current" / "conf" / "suggest" / "default.yaml").read_text(
            encoding="utf-8"
        ) == "a: 9\n"
        assert (dest / "current" / "data" / "mini" / "ledger.jsonl").read_text(encoding="utf-8") == "1\n"
        assert (private.read_bytes(), private.stat().st_mode & 0o777) == (b"ids", 0o600)
        assert _manage(dest, "status").count("ファイルに変わりなし") == 2
        _manage(dest, "rollback")


def test_the_wards_folder_is_closed_to_others(installed: Path) -> None:
    assert (installed / "ward").stat().st_mode & 0o777 == 0o700


def test_installing_the_same_again_changes_nothing(untouched: Path, first: Bundle) -> None:
    done = first.install(untouched, "--short")
    assert (done.returncode, "導入済み" in done.stdout) == (0, True)


def test_a_damaged_version_is_installed_anew_beside(first: Bundle, tmp_path: Path) -> None:
    first.install(tmp_path / "dest", "--short")
    damaged = tmp_path / "dest" / "versions" / first.version / "pipelines" / "cli.py"
    damaged.write_text(damaged.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert "書き換えられている" in _manage(tmp_path / "dest", "status")
    assert first.install(tmp_path / "dest", "--short").returncode == 0
    assert (tmp_path / "dest" / "current").resolve().name == f"{first.version}.2"


def _spoil_byte(folder: Path) -> None:
    (wheel,) = (folder / "wheels").glob("*.whl")
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    wheel.write_bytes(content)


SPOILT: dict[str, Callable[[Path], object]] = {
    "one bit of a wheel": _spoil_byte,
    "a file more": lambda folder: (folder / "wheels" / "evil-1-py3-none-any.whl").write_bytes(b""),
    "a file less": lambda folder: (folder / "project" / "backend.py").unlink(),
    "a link": lambda folder: (folder / "wheels" / "x.whl").symlink_to("/etc/passwd"),
    "no manifest": lambda folder: (folder / "MANIFEST.sha256").unlink(),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_not_as_the_manifest_says_is_refused(
    untouched: Path, first: Bundle, tmp_path: Path, how: str
) -> None:
    bundle = copy(first)
    bundle.folder = tmp_path / "copy"
    shutil.copytree(first.folder, bundle.folder)
    assert bundle.install(Path("--verify")).returncode == 0
    SPOILT[how](bundle.folder)
    for dest in (untouched, tmp_path / "new"):
        _refused(bundle.install(dest), "【中止】", "[stopped]")
    assert not (tmp_path / "new").exists()


def test_another_python_is_refused_in_two_languages(untouched: Path, first: Bundle, tmp_path: Path) -> None:
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\n[ $1 = --version ] && echo Python 3.8.1\nexit 1\n", encoding="ascii")
    other.chmod(0o755)
    done = first.install(untouched, env={"PYTHON": str(other)})
    _refused(
        done,
        f"Python {here()} が必要です（見つかったもの： Python 3.8.1",
        f"Python {here()} is needed (found: Python 3.8.1",
    )


def test_another_machine_is_refused_in_two_languages(untouched: Path, first: Bundle, tmp_path: Path) -> None:
    (tmp_path / "uname").write_text(
        "#!/bin/sh\n[ $1 = -s ] && echo Linux || echo aarch64\n", encoding="ascii"
    )
    (tmp_path / "uname").chmod(0o755)
    done = first.install(untouched, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    _refused(done, "この機械（Linux aarch64）には導入できません", "this machine is Linux aarch64")


def test_a_folder_of_the_ward_among_the_versions_stays(first: Bundle, make: Maker, tmp_path: Path) -> None:
    first.install(tmp_path / "dest", "--short")
    key = tmp_path / "dest" / "versions" / "keys" / "ward.key"
    key.parent.mkdir()
    key.write_text("0" * 64, encoding="ascii")
    (tmp_path / "dest" / "current" / "extract.csv").write_text("P1\n", encoding="utf-8")
    done = make(2).install(tmp_path / "dest", "--short")
    assert (done.returncode, f"{first.version}/extract.csv" in done.stdout) == (0, True)
    assert key.exists()


def test_a_folder_of_somebody_else_is_refused(first: Bundle, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    _refused(first.install(tmp_path), "空のフォルダーでも", "neither empty nor")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_settings_of_the_machine_do_not_reach_in(first: Bundle, tmp_path: Path) -> None:
    foreign = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "UV_INDEX_URL": "http://127.0.0.1:9/",
        "UV_LINK_MODE": "x",
    }
    foreign |= {"PYTHONPATH": str(tmp_path), "PYTHONHOME": "/nowhere", "VIRTUAL_ENV": "/nowhere"}
    done = first.install(tmp_path / "dest", "--short", env=foreign)
    assert done.returncode == 0, done.stderr


def test_a_killed_installation_leaves_the_old_version_and_can_be_repeated(
    first: Bundle, make: Maker, tmp_path: Path
) -> None:
    dest, hangs = tmp_path / "dest", tmp_path / "hangs"
    first.install(dest, "--short")
    second = make(2)
    env = {**os.environ, "PYTHON": sys.executable, "HANG": str(hangs)}
    running = subprocess.Popen(second.command(dest, "--short"), env=env, start_new_session=True)
    while not hangs.exists():
        assert running.poll() is None
        time.sleep(0.01)
    _refused(second.install(dest, "--short"), "別の導入が実行中", "another installation")
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert (dest / "versions" / second.version).exists()
    assert _runs(dest) == "version 1 1"
    assert "途中で止まった導入" in _manage(dest, "status")
    done = second.install(dest, "--short")
    assert (done.returncode, "残りを片づけます" in done.stdout) == (0, True)
    assert _runs(dest) == "version 2 2"


def test_a_disk_that_takes_no_more_leaves_the_old_version(untouched: Path, make: Maker) -> None:
    second = make(3)
    full = "ulimit -f 200 && exec " + " ".join(f"'{word}'" for word in second.command(untouched, "--short"))
    env = {**os.environ, "PYTHON": sys.executable, "HANG": ""}
    done = subprocess.run(["sh", "-c", full], capture_output=True, text=True, env=env)
    assert done.returncode != 0
    assert "これまでの版はそのまま使えます" in done.stderr


def test_a_version_that_fails_its_own_check_is_not_used(untouched: Path, make: Maker) -> None:
    done = make(4, body='print("no such library"); return 1').install(untouched)
    assert done.returncode != 0
    assert "no such library" in done.stderr
    assert "これまでの版はそのまま使えます" in done.stderr


def test_settings_that_the_new_version_cannot_read_are_named(
    first: Bundle, make: Maker, tmp_path: Path
) -> None:
    dest = tmp_path / "dest"
    first.install(dest, "--short")
    (dest / "ward" / "settings" / "conf" / "ward" / "sakura.yaml").write_text("old: 1\n", encoding="utf-8")
    done = make(2, refused="old:").install(dest, "--short")
    assert (done.returncode, "この版は読めません" in done.stdout) == (0, True)
    assert "conf/ward/sakura.yaml" in done.stdout


def test_the_version_in_use_cannot_be_removed_another_can(first: Bundle, make: Maker, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    first.install(dest, "--short")
    make(2).install(dest, "--short")
    with pytest.raises(subprocess.CalledProcessError):
        _manage(dest, "remove", (dest / "current").resolve().name)
    stray = dest / "versions" / first.version / "wards" / "sakura.csv"
    stray.parent.mkdir()
    stray.write_text("P1\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        _manage(dest, "remove", first.version)
    stray.unlink()
    _manage(dest, "remove", first.version)
    assert not (dest / "versions" / first.version).exists()
    assert _runs(dest) == "version 2 2"
    with pytest.raises(subprocess.CalledProcessError):
        _manage(dest, "rollback")
