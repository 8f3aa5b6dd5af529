"""What goes into a bundle: the same inputs give the same bytes, and its version says which code it is."""

import hashlib
import os
import posixpath
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from bundle import archive, source, wheels
from bundle.__main__ import pack
from bundle.archive import Entry
from bundle.lock import BundleError, here, needed, pins, target

ROOT = Path(__file__).parents[2]


def _git(folder: Path, *arguments: str) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    names = {
        f"GIT_{role}_{what}": "someone@example"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    command = ("git", "-C", str(folder), *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**plain, **names}).stdout


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout with one commit."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    root = tmp_path / "checkout"
    texts = {
        "pyproject.toml": '[project]\nname = "tadasu"\nversion = "0.1.0"\n',
        "tadasu/fields.py": "YEN = 1\n",
        "tadasu/law/ordinances/tokyo_ward.yaml": "a: 1\n",
        "conf/ward/mini.yaml": "name: mini\n",
        "tests/test_x.py": "",
        ".gitignore": "data/\n",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    _git(root, "init", "--quiet")
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "-m", "first")
    return root


def test_the_version_names_the_commit_and_the_installed_package_says_it(checkout: Path) -> None:
    code = source.collect(checkout)
    assert code.commit == _git(checkout, "rev-parse", "HEAD").strip()
    assert code.version == f"0.1.0+g{code.commit[:12]}"
    files = {entry.name: entry for entry in code.entries}
    assert f'version = "{code.version}"' in files["project/pyproject.toml"].read().decode()


def test_settings_lie_apart_and_what_only_developers_use_stays_behind(checkout: Path) -> None:
    names = {entry.name for entry in source.collect(checkout).entries}
    assert {"project/shipped/conf/ward/mini.yaml", "project/shipped/ordinances/tokyo_ward.yaml"} <= names
    assert {"project/bin/tadasu", "project/bin/manage", "project/tadasu/fields.py"} <= names
    assert not [name for name in names if "test" in name or name.endswith(".gitignore")]


@pytest.mark.parametrize("name", ["tadasu/fields.py", "tadasu/new.py"])
def test_uncommitted_changes_are_refused_or_stand_in_the_version(checkout: Path, name: str) -> None:
    clean = source.collect(checkout)
    (checkout / name).write_text("YEN = 2\n", encoding="utf-8")
    with pytest.raises(BundleError, match=name):
        source.collect(checkout)
    code = source.collect(checkout, dirty=True)
    assert code.changed == (name,)
    assert code.sha256 != clean.sha256
    assert code.version == f"{clean.version}.dirty.{code.sha256[:8]}"


def test_what_git_ignores_is_no_change_and_is_not_delivered(checkout: Path) -> None:
    before = source.collect(checkout)
    (checkout / "data").mkdir()
    (checkout / "data" / "people.csv").write_text("P1\n", encoding="utf-8")
    assert source.collect(checkout, dirty=True) == before


def test_a_folder_inside_another_checkout_is_refused(checkout: Path) -> None:
    with pytest.raises(BundleError, match="no git checkout of its own"):
        source.collect(checkout / "tadasu")


def test_the_same_files_give_the_same_bytes_whatever_their_order_time_and_mode(tmp_path: Path) -> None:
    file = tmp_path / "a.whl"
    file.write_bytes(b"wheel")
    entries = [Entry("wheels/a.whl", file), Entry("install.sh", b"#!/bin/sh\n", executable=True)]
    first = archive.write(entries, tmp_path / "1.tar", folder="x", time=1_700_000_000)
    os.utime(file, (1, 1))
    file.chmod(0o600)
    second = archive.write(entries[::-1], tmp_path / "2.tar", folder="x", time=1_700_000_000)
    assert (tmp_path / "1.tar").read_bytes() == (tmp_path / "2.tar").read_bytes()
    assert first == second == hashlib.sha256((tmp_path / "1.tar").read_bytes()).hexdigest()


def test_nothing_of_the_machine_that_made_it_is_in_the_archive(tmp_path: Path) -> None:
    file = tmp_path / "a.whl"
    file.write_bytes(b"wheel")
    archive.write([Entry("wheels/a.whl", file)], tmp_path / "1.tar", folder="x", time=5)
    with tarfile.open(tmp_path / "1.tar") as made:
        members = made.getmembers()
    assert [member.name for member in members] == ["x/MANIFEST.sha256", "x/wheels/a.whl"]
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime, m.mode) for m in members} == {(0, 0, "", "", 5, 0o644)}


def test_sha256sum_reads_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "b 正.txt").write_bytes(b"b")
    text = archive.manifest([Entry("b 正.txt", tmp_path / "b 正.txt")]).read()
    check = ("sha256sum", "--check", "--strict", "--quiet", "-")
    assert subprocess.run(check, input=text, cwd=tmp_path).returncode == 0
    (tmp_path / "b 正.txt").write_bytes(b"c")
    assert subprocess.run(check, input=text, cwd=tmp_path, capture_output=True).returncode == 1


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        archive.manifest([Entry("a", b"1"), Entry("a", b"2")])


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout")
def test_every_link_of_the_guide_on_top_leads_to_a_file_of_the_bundle(tmp_path: Path) -> None:
    installer = tmp_path / "uv-1-py3-none-any.whl"
    with zipfile.ZipFile(installer, "w") as wheel:
        wheel.writestr("uv.py", "")
    pack(source.collect(ROOT, dirty=True), {}, [], installer, here(), tmp_path / "dist")
    (made,) = (tmp_path / "dist").glob("*.tar")
    with tarfile.open(made) as packed:
        names = {name.removeprefix(f"{made.stem}/") for name in packed.getnames()}
        guide = packed.extractfile(f"{made.stem}/README.ja.md")
        assert guide
        text = guide.read().decode()
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", link)]
    assert links
    assert [link for link in links if posixpath.normpath(link.partition("#")[0]) not in names] == []


def test_the_bundle_has_what_the_project_runs_on_and_no_tools_of_developers() -> None:
    locked = pins(ROOT / "requirements.lock", target(here()))
    names = {pin.name for pin in needed(ROOT / "pyproject.toml", locked, here())}
    assert {"polars", "polars-runtime-32", "lightgbm", "mlflow", "antlr4-python3-runtime"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "uv", "hatchling", "pywin32"}
    building = {pin.name for pin in needed(ROOT / "pyproject.toml", locked, here(), part="build-system")}
    assert {"hatchling", "editables", "pathspec"} <= building


def test_a_marker_chooses_the_version_of_the_wards_python_not_of_ours(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lines = [
        f"numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:{'a' * 64}\n",
        f"numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:{'b' * 64} \\\n",
        f"    --hash=sha256:{'c' * 64}\n",
        f"pywin32==312 ; sys_platform == 'win32' \\\n    --hash=sha256:{'d' * 64}\n",
    ]
    lock.write_text("".join(lines), encoding="utf-8")
    assert [(pin.version, len(pin.hashes)) for pin in pins(lock, target("3.11")).values()] == [("2.4.6", 1)]
    assert [(pin.version, len(pin.hashes)) for pin in pins(lock, target("3.13")).values()] == [("2.5.5", 2)]


@pytest.mark.parametrize(("line", "said"), [("numpy==2.4.6\n", "no hash"), ("numpy>=2\n", "no pin")])
def test_a_lock_that_pins_nothing_is_refused(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "requirements.lock").write_text("# a lock\n" + line, encoding="utf-8")
    with pytest.raises(BundleError, match=f"requirements.lock:2: .*{said}"):
        pins(tmp_path / "requirements.lock", target(here()))


def test_the_glibc_that_is_asked_for_is_the_highest_of_the_lowest() -> None:
    names = [
        "a-1-py3-none-any.whl",
        "b-1-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.whl",
        "c-1-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    ]
    assert wheels.glibc(Path(name) for name in names[:2]) == "2.5"
    assert wheels.glibc(Path(name) for name in names) == "2.17"
    with pytest.raises(BundleError, match="win_amd64"):
        wheels.glibc([Path("d-1-cp311-cp311-win_amd64.whl")])
