"""What a run ran on: code, lock, Python, kind of machine; no name of a person, a machine or a folder."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tadasu.store import sha256

ROOT = Path(__file__).parents[2]
NO_GIT = "no git"


def environment(root: Path = ROOT) -> dict[str, str]:
    """Return what a result depends on besides its data and settings.

    Bit-equal models can be expected where `lock_sha256`, `python` and `platform` are equal.

    Args:
        root: the checkout that the code runs from.
    """
    lock = root / "requirements.lock"
    commit = _git(root, "rev-parse", "HEAD") if _is_checkout(root) else None
    changed = None if commit is None else _git(root, "status", "--porcelain")
    return {
        "tadasu": version("tadasu"),
        "git_commit": commit or NO_GIT,
        "git_dirty": NO_GIT if changed is None else "dirty" if changed else "clean",
        "lock_sha256": sha256(lock) if lock.is_file() else "no lock",
        "python": platform.python_version(),
        "platform": " ".join((platform.system(), platform.machine(), *platform.libc_ver())).strip(),
    }


def _is_checkout(root: Path) -> bool:
    """Say whether `root` itself is a checkout, not a folder unpacked inside another one."""
    top = _git(root, "rev-parse", "--show-toplevel")
    return top is not None and Path(top).resolve() == root.resolve()


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git says, or None where it cannot be asked."""
    # A git hook sets GIT_DIR and its like, which would answer for another checkout.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
            env={**plain, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
