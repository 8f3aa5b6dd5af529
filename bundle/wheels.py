"""The wheels: downloaded with the lock's hashes or built, and what they ask of the machine."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from bundle.lock import BundleError, Pin, here

_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_GLIBC = (5, 12, 17, 24, 26, 27, 28)
"""Minor versions of glibc 2 that wheels may ask for, lowest first: pip prefers what runs on more machines."""


def fetch(pins: Sequence[Pin], minor: str, cache: Path) -> list[Path]:
    """Return a wheel for each pin, in its order; what the cache has is not downloaded again.

    Args:
        pins: the packages.
        minor: the Python that they must run on, '3.11'.
        cache: a folder for this Python; it may be deleted at any time.

    Raises:
        BundleError: the index has no file with a hash of the lock, or a package must be built on that Python.
    """
    cache.mkdir(parents=True, exist_ok=True)
    if missing := [pin for pin in pins if _kept(pin, cache) is None]:
        _download(missing, minor, cache)
    wheels = []
    for pin in pins:
        found = _kept(pin, cache)
        if found is None:
            raise BundleError(
                f"{pin.name} {pin.version}: downloaded, but no file has a hash of the lock. Run make lock."
            )
        wheels.append(found if found.suffix == ".whl" else _built(pin, found, minor, cache / "built"))
    return wheels


def _kept(pin: Pin, cache: Path) -> Path | None:
    """Return the file of the cache that is this pin: a name may lie, its hash does not."""
    stem = _plain(pin.name)
    near = sorted(path for path in cache.iterdir() if _plain(path.name).startswith(stem) and path.is_file())
    return next((path for path in near if sha256(path) in pin.hashes), None)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]", "", name).lower()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(pins: Sequence[Pin], minor: str, cache: Path) -> None:
    tags = [f"manylinux_2_{glibc}_x86_64" for glibc in _GLIBC] + [f"{name}_x86_64" for name in _LEGACY]
    kinds = ["--python-version", minor, "--implementation", "cp", "--abi", f"cp{minor.replace('.', '')}"]
    kinds += ["--abi", "abi3", "--abi", "none", *(word for tag in tags for word in ("--platform", tag))]
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text("".join(pin.line() + "\n" for pin in pins), encoding="utf-8")
        _pip(
            "download",
            "--no-deps",
            "--no-build-isolation",
            "--require-hashes",
            "-r",
            str(wanted),
            "-d",
            str(cache),
            *kinds,
        )


def _built(pin: Pin, source: Path, minor: str, to: Path) -> Path:
    """Build a wheel with the locked build tools; the file's time, not today's, goes into it."""
    shutil.rmtree(to / pin.name, ignore_errors=True)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", str(source), "-w", str(to / pin.name))
    (wheel,) = (to / pin.name).glob("*.whl")
    tags = parse_wheel_filename(wheel.name)[3]
    if not any(tag.abi == "none" and tag.platform == "any" for tag in tags) and minor != here():
        raise BundleError(f"{pin.name} must be compiled: make the bundle with Python {minor}, not {here()}.")
    return wheel


def _pip(*arguments: str) -> None:
    """Run pip as it is set up here: which index it asks does not enter the bundle."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", "PYTHONHASHSEED": "0", "TZ": "UTC"}
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet")
    if subprocess.run(command, env=environment, umask=0o022).returncode:
        raise BundleError(f"pip {arguments[0]} failed; what it said stands above.")


def glibc(wheels: Iterable[Path]) -> str:
    """Return the lowest glibc on which all of the wheels run, '2.28'."""
    lowest = (2, 5)
    for wheel in wheels:
        asked = [found for tag in _tags(wheel) if (found := _asks(tag)) is not None]
        lowest = max(lowest, min(asked, default=lowest))
    return f"{lowest[0]}.{lowest[1]}"


def _tags(wheel: Path) -> list[str]:
    try:
        return [tag.platform for tag in parse_wheel_filename(wheel.name)[3]]
    except InvalidWheelFilename as error:
        raise BundleError(f"{wheel.name}: no name of a wheel.") from error


def _asks(platform: str) -> tuple[int, int] | None:
    """Return the glibc that a platform tag names; None for 'any'.

    Raises:
        BundleError: it is a tag of another machine.
    """
    name, _, machine = platform.partition("_x86_64")
    if platform == "any":
        return None
    if name in _LEGACY and not machine:
        return _LEGACY[name]
    if name.startswith("manylinux_") and not machine:
        major, minor = name.removeprefix("manylinux_").split("_")
        return int(major), int(minor)
    raise BundleError(f"a wheel for {platform}: this bundle is for Linux x86-64 with glibc.")


def unpacked(wheels: Iterable[Path]) -> int:
    """Return how many bytes the wheels take once they are installed."""
    total = 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            total += sum(info.file_size for info in archive.infolist())
    return total
