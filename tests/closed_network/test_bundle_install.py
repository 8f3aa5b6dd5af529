"""Installing, upgrading and rolling back a bundle: the real installer, a tiny project, no network."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from bundle.lock import here

pytestmark = pytest.mark.skipif(
    sys.platform != "linux"
    or os.uname().machine != "x86_64"
    or not (Path(sys.executable).parent / "uv").exists()
    or not shutil.which("flock"),
    reason="bundles are for Linux x86-64; needs uv and flock",
)


def _refused(done: subprocess.CompletedProcess[str], japanese: str, english: str) -> None:
    assert done.returncode == 1
    assert japanese in done.stderr
    assert english in done.stderr


def test_an_upgrade_keeps_data_and_settings_and_can_be_rolled_back(
    first: Any, make: Any, tmp_path: Path
) -> None:
    dest = tmp_path / "dest"
    done = first.install(dest)
    assert done.returncode == 0, done.stderr
    assert "完了" in done.stdout
    assert first.runs(dest, "run") == "version 1 1"
    private = dest / "ward" / "data" / "mini" / "private" / "ids.parquet"
    private.parent.mkdir()
    private.write_bytes(b"ids")
    private.chmod(0o600)
    # Written where the README says: into the settings of the version in use.
    (dest / "current" / "conf" / "ward" / "sakura.yaml").write_text("name: sakura\n", encoding="utf-8")
    (dest / "current" / "tadasu" / "law" / "ordinances" / "sakura.yaml").write_text(
        "x: 1\n", encoding="utf-8"
    )
    first.manage(dest, "own", "conf/suggest/default.yaml")
    (dest / "current" / "conf" / "suggest" / "default.yaml").write_text("a: 9\n", encoding="utf-8")

    done = make(2, suggest="a: 2\n").install(dest, "--short")
    assert done.returncode == 0, done.stderr
    assert "conf/suggest/default.yaml がこの版で変わりました" in done.stdout
    for number in (2, 1, 2):
        law = dest / "current" / "tadasu" / "law" / "ordinances"
        assert first.runs(dest) == f"version {number} {number}"
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
        assert first.manage(dest, "status").count("ファイルに変わりなし") == 2
        first.manage(dest, "rollback")


def test_the_wards_folder_is_closed_to_others(installed: Path) -> None:
    assert (installed / "ward").stat().st_mode & 0o777 == 0o700


def test_installing_the_same_again_changes_nothing(untouched: Path, first: Any) -> None:
    done = first.install(untouched, "--short")
    assert (done.returncode, "導入済み" in done.stdout) == (0, True)


def test_a_damaged_version_is_installed_anew_beside(first: Any, tmp_path: Path) -> None:
    first.install(tmp_path / "dest", "--short")
    damaged = tmp_path / "dest" / "versions" / first.version / "pipelines" / "cli.py"
    damaged.write_text(damaged.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert "書き換えられている" in first.manage(tmp_path / "dest", "status")
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
    untouched: Path, first: Any, tmp_path: Path, how: str
) -> None:
    bundle = copy(first)
    bundle.folder = tmp_path / "copy"
    shutil.copytree(first.folder, bundle.folder)
    assert bundle.install(Path("--verify")).returncode == 0
    SPOILT[how](bundle.folder)
    for dest in (untouched, tmp_path / "new"):
        _refused(bundle.install(dest), "【中止】", "[stopped]")
    assert not (tmp_path / "new").exists()


def test_another_python_is_refused_in_two_languages(untouched: Path, first: Any, tmp_path: Path) -> None:
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\n[ $1 = --version ] && echo Python 3.8.1\nexit 1\n", encoding="ascii")
    other.chmod(0o755)
    done = first.install(untouched, env={"PYTHON": str(other)})
    _refused(
        done,
        f"Python {here()} が必要です（見つかったもの： Python 3.8.1",
        f"Python {here()} is needed (found: Python 3.8.1",
    )


def test_another_machine_is_refused_in_two_languages(untouched: Path, first: Any, tmp_path: Path) -> None:
    (tmp_path / "uname").write_text(
        "#!/bin/sh\n[ $1 = -s ] && echo Linux || echo aarch64\n", encoding="ascii"
    )
    (tmp_path / "uname").chmod(0o755)
    done = first.install(untouched, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    _refused(done, "この機械（Linux aarch64）には導入できません", "this machine is Linux aarch64")


def test_a_folder_of_the_ward_among_the_versions_stays(first: Any, make: Any, tmp_path: Path) -> None:
    first.install(tmp_path / "dest", "--short")
    key = tmp_path / "dest" / "versions" / "keys" / "ward.key"
    key.parent.mkdir()
    key.write_text("0" * 64, encoding="ascii")
    (tmp_path / "dest" / "current" / "extract.csv").write_text("P1\n", encoding="utf-8")
    done = make(2).install(tmp_path / "dest", "--short")
    assert (done.returncode, f"{first.version}/extract.csv" in done.stdout) == (0, True)
    assert key.exists()


def test_a_folder_of_somebody_else_is_refused(first: Any, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    _refused(first.install(tmp_path), "空のフォルダーでも", "neither empty nor")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_settings_of_the_machine_do_not_reach_in(first: Any, tmp_path: Path) -> None:
    foreign = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "UV_INDEX_URL": "http://127.0.0.1:9/",
        "UV_LINK_MODE": "x",
    }
    foreign |= {"PYTHONPATH": str(tmp_path), "PYTHONHOME": "/nowhere", "VIRTUAL_ENV": "/nowhere"}
    done = first.install(tmp_path / "dest", "--short", env=foreign)
    assert done.returncode == 0, done.stderr


def test_a_killed_installation_leaves_the_old_version_and_can_be_repeated(
    first: Any, make: Any, tmp_path: Path
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
    assert first.runs(dest) == "version 1 1"
    assert "途中で止まった導入" in first.manage(dest, "status")
    (dest / "versions" / ".gone.0.9").mkdir()  # a removal that was broken off
    done = second.install(dest, "--short")
    assert (done.returncode, "残りを片づけます" in done.stdout) == (0, True)
    assert {path.name for path in (dest / "versions").iterdir()} == {first.version, second.version}
    assert first.runs(dest) == "version 2 2"


def test_a_disk_that_takes_no_more_leaves_the_old_version(untouched: Path, make: Any) -> None:
    second = make(3)
    full = "ulimit -f 200 && exec " + " ".join(f"'{word}'" for word in second.command(untouched, "--short"))
    env = {**os.environ, "PYTHON": sys.executable, "HANG": ""}
    done = subprocess.run(["sh", "-c", full], capture_output=True, text=True, env=env)
    assert done.returncode != 0
    assert "これまでの版はそのまま使えます" in done.stderr


def test_a_version_that_fails_its_own_check_is_not_used(untouched: Path, make: Any) -> None:
    done = make(4, body='print("no such library"); return 1').install(untouched)
    assert done.returncode != 0
    assert "no such library" in done.stderr
    assert "これまでの版はそのまま使えます" in done.stderr


def test_settings_that_the_new_version_cannot_read_are_named(first: Any, make: Any, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    first.install(dest, "--short")
    (dest / "ward" / "settings" / "conf" / "ward" / "sakura.yaml").write_text("old: 1\n", encoding="utf-8")
    done = make(2, refused="old:").install(dest, "--short")
    assert (done.returncode, "この版は読めません" in done.stdout) == (0, True)
    assert "conf/ward/sakura.yaml" in done.stdout


def test_a_ward_restored_from_a_backup_is_installed_around(first: Any, tmp_path: Path) -> None:
    first.install(tmp_path / "old", "--short")
    first.runs(tmp_path / "old", "run")
    (tmp_path / "new").mkdir()
    shutil.copytree(tmp_path / "old" / "ward", tmp_path / "new" / "ward", symlinks=True)
    shutil.rmtree(tmp_path / "old")
    assert first.install(tmp_path / "new", "--short").returncode == 0
    assert (tmp_path / "new" / "current" / "data" / "mini" / "ledger.jsonl").read_text(
        encoding="utf-8"
    ) == "1\n"


def test_the_version_in_use_cannot_be_removed_another_can(first: Any, make: Any, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    first.install(dest, "--short")
    make(2).install(dest, "--short")
    with pytest.raises(subprocess.CalledProcessError):
        first.manage(dest, "remove", (dest / "current").resolve().name)
    stray = dest / "versions" / first.version / "wards" / "sakura.csv"
    stray.parent.mkdir()
    stray.write_text("P1\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        first.manage(dest, "remove", first.version)
    stray.unlink()
    first.manage(dest, "remove", first.version)
    assert not (dest / "versions" / first.version).exists()
    assert first.runs(dest) == "version 2 2"
    with pytest.raises(subprocess.CalledProcessError):
        first.manage(dest, "rollback")
