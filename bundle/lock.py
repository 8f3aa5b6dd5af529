"""Which of the locked packages a closed network needs: what `tadasu` runs on, for one Python."""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

INSTALLER = "uv"
"""What installs the others on the ward's machine; the lock pins it, it stays out of the environment."""

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class BundleError(Exception):
    """Something that whoever makes the bundle must mend: what was found, where, what to do."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A package of the lock: its one version, and the SHA-256 of every file that may be it."""

    name: str
    version: str
    hashes: tuple[str, ...]

    def line(self) -> str:
        """Return the pin as a line of a requirements file."""
        return " ".join(
            [f"{self.name}=={self.version}", *(f"--hash=sha256:{value}" for value in self.hashes)]
        )


def target(minor: str) -> dict[str, str]:
    """Return the environment that markers are evaluated in: CPython `minor` ('3.11') on Linux x86-64."""
    return {
        "extra": "",
        "implementation_name": "cpython",
        "implementation_version": f"{minor}.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{minor}.0",
        "python_version": minor,
        "sys_platform": "linux",
    }


def pins(lock: Path, environment: Mapping[str, str]) -> dict[str, Pin]:
    """Read the packages that a lock pins for an environment, by canonical name.

    Raises:
        BundleError: a line is no pin, a package has no hash, or is pinned twice for this environment.
    """
    found: dict[str, Pin] = {}
    for number, line in _logical(lock.read_text(encoding="utf-8")):
        match = _PIN.match(line.partition("--hash")[0].rstrip())
        if match is None:
            raise BundleError(
                f"{lock.name}:{number}: {line[:60]!r} is no pin (name==version). Run make lock."
            )
        if match["marker"] and not Marker(match["marker"]).evaluate(dict(environment)):
            continue
        pin = Pin(canonicalize_name(match["name"]), match["version"], tuple(_HASH.findall(line)))
        if not pin.hashes:
            raise BundleError(f"{lock.name}:{number}: {pin.name} has no hash. Run make lock.")
        if pin.name in found:
            raise BundleError(
                f"{lock.name}:{number}: {pin.name} is pinned twice for this Python. Run make lock."
            )
        found[pin.name] = pin
    return found


def _logical(text: str) -> Iterable[tuple[int, str]]:
    """Return (number of the first line, the line with its continuations joined), comments left out."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if not parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun = begun if parts else number
        parts.append(line.rstrip("\\").strip())
        if not line.endswith("\\"):
            yield begun, " ".join(parts)
            parts = []


def needed(pyproject: Path, locked: Mapping[str, Pin], minor: str, part: str = "project") -> list[Pin]:
    """Return the pins of what the project needs and of what those need, by name; no tools of developers.

    What a package needs is asked of the packages installed here (`make setup` made them those of the lock).

    Args:
        pyproject: names the project's dependencies and what builds it.
        locked: the pins of the lock for this environment.
        minor: the Python, '3.11'.
        part: `project` for what it runs on, `build-system` for what installs it.

    Raises:
        BundleError: something needed is not in the lock, or not installed here in the locked version.
    """
    content = tomllib.loads(pyproject.read_text(encoding="utf-8"))[part]
    todo = [Requirement(line) for line in content["dependencies" if part == "project" else "requires"]]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        asked = todo.pop()
        name, extras = canonicalize_name(asked.name), frozenset(asked.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        if name not in locked:
            raise BundleError(f"{name} is needed and not in requirements.lock. Run make lock.")
        inner = map(Requirement, _requires(locked[name], minor))
        todo += [one for one in inner if _applies(one, extras, minor)]
    return [locked[name] for name in sorted({name for name, _ in seen})]


def _applies(requirement: Requirement, extras: frozenset[str], minor: str) -> bool:
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate({**target(minor), "extra": extra}) for extra in ("", *sorted(extras))
    )


def _requires(pin: Pin, minor: str) -> list[str]:
    try:
        found = distribution(pin.name)
    except PackageNotFoundError:
        raise BundleError(f"{pin.name} is not installed here. Run make setup.") from None
    # For another Python the lock may hold another version than this environment.
    if found.version != pin.version and minor == here():
        raise BundleError(f"{pin.name} is {found.version} here, {pin.version} in the lock. Run make setup.")
    return found.requires or []


def here() -> str:
    """Return the Python that runs this, '3.11'."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"
