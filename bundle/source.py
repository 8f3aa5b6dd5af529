"""What of the checkout is delivered, and which code that is: commit, changes since, one hash."""

import hashlib
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bundle.archive import Entry
from bundle.lock import BundleError

_DEVELOPERS = (
    "Makefile .ci .gitignore .pre-commit-config.yaml benchmarks bundle dvc.lock notebooks tests tuning"
)
LEFT_OUT = frozenset(_DEVELOPERS.split())
"""Top-level names that only developers use; whatever else is tracked goes along."""

OWN = (("conf/", "shipped/conf/"), ("tadasu/law/ordinances/", "shipped/ordinances/"))
"""Folders that a ward adds files to: ours lie apart, the installer joins them with the ward's."""

SCRIPTS = ("tadasu", "manage")
"""Commands that the installed version brings: files of this folder, put into `bin/`."""

_VERSION = re.compile(r'^(version = ")([^"]+)(")$', flags=re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """The delivered code: its version (`0.1.0+g` and 12 digits of the commit), commit, and that one's time.

    `time` is in seconds since 1970; `changed` are the paths that differ from the commit; `entries` the files
    below `project/`.
    """

    version: str
    commit: str
    time: int
    changed: tuple[str, ...]
    sha256: str
    entries: tuple[Entry, ...]


def collect(root: Path, *, dirty: bool = False) -> Source:
    """Return what is delivered of the checkout at `root`.

    Args:
        root: a git checkout.
        dirty: take uncommitted changes along, and say so in the version.

    Raises:
        BundleError: `root` is no checkout, or has uncommitted changes and `dirty` is not set.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    if top.resolve() != root.resolve():
        raise BundleError(
            f"{root} is no git checkout of its own (that is {top}): the version could not say which code."
        )
    commit = _git(root, "rev-parse", "HEAD").strip()
    time = int(_git(root, "log", "-1", "--format=%ct").strip())
    # Two letters of state, a space, the path.
    changed = tuple(
        sorted(
            line[3:]
            for line in _git(root, "status", "--porcelain=v1", "-z", "-uall", "--no-renames").split("\0")
            if line
        )
    )
    if changed and not dirty:
        raise BundleError(
            f"{len(changed)} uncommitted changes ({', '.join(changed[:3])} …): the version could not "
            "say which code this is. Commit them, or make the bundle of a trial with DIRTY=yes."
        )
    files = _files(root, dirty=dirty)
    whole = _digest(files)
    version = _number(root) + f"+g{commit[:12]}" + (f".dirty.{whole[:8]}" if changed else "")
    return Source(version, commit, time, changed, whole, _entries(files, version))


def _files(root: Path, *, dirty: bool) -> dict[str, Path]:
    """Return the delivered files by their path in the checkout."""
    which = ["--cached", *(["--others", "--exclude-standard"] if dirty else [])]
    listed = sorted(set(_git(root, "ls-files", "-z", *which).split("\0")) - {""})
    return {
        name: root / name
        for name in listed
        if name.partition("/")[0] not in LEFT_OUT and (root / name).is_file()
    }


def _digest(files: dict[str, Path]) -> str:
    whole = hashlib.sha256()
    for name, path in files.items():
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _entries(files: dict[str, Path], version: str) -> tuple[Entry, ...]:
    entries = [
        Entry(f"project/{_place(name)}", path) for name, path in files.items() if name != "pyproject.toml"
    ]
    # The installed package then says the version itself: in MLflow, and wherever it is asked for.
    pyproject = _VERSION.sub(
        rf"\g<1>{version}\g<3>", files["pyproject.toml"].read_text(encoding="utf-8"), count=1
    )
    entries.append(Entry("project/pyproject.toml", pyproject.encode()))
    here = Path(__file__).parent
    entries += [Entry(f"project/bin/{name}", here / f"{name}.sh", executable=True) for name in SCRIPTS]
    return tuple(entries)


def _place(name: str) -> str:
    for begin, instead in OWN:
        if name.startswith(begin):
            return instead + name.removeprefix(begin)
    return name


def _number(root: Path) -> str:
    found = _VERSION.search((root / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise BundleError('pyproject.toml: no line `version = "…"` under [project].')
    return found[2]


def _git(root: Path, *arguments: str) -> str:
    command: Sequence[str] = ("git", "-C", str(root), *arguments)
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or error
        raise BundleError(f"git {' '.join(arguments)} in {root}: {str(said).strip()}") from error
