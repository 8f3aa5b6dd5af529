"""Make the bundle for a closed network: `python -m bundle` in the checkout (`make bundle`)."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bundle import archive, source, wheels
from bundle.archive import Entry
from bundle.lock import INSTALLER, BundleError, here, needed, pins, target
from bundle.source import Source

HERE = Path(__file__).parent
LARGEST = 1_500_000_000
"""Bytes: what still goes onto the media that wards admit, and what the project promises."""

FOR_STAFF = "docs/closed_network.md"


def main(argv: Sequence[str] | None = None) -> int:
    """Make the archive and tell where it is, how large, and its SHA-256."""
    given = _arguments(argv)
    try:
        told = make(HERE.parent, given.to, given.cache, given.python, dirty=given.dirty)
    except BundleError as error:
        sys.stderr.write(f"make bundle: {error}\n")
        return 2
    sys.stdout.write(told)
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    minor = here()
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    parser.add_argument(
        "--to", type=Path, default=Path("dist"), help="where the archive goes (default: dist)"
    )
    parser.add_argument("--cache", type=Path, default=Path(".cache/bundle"), help="downloaded wheels")
    parser.add_argument(
        "--python", default=minor, help=f"the Python of the ward's machine (default: {minor})"
    )
    parser.add_argument("--dirty", action="store_true", help="take uncommitted changes along, and say so")
    return parser.parse_args(argv)


def make(root: Path, to: Path, cache: Path, minor: str, *, dirty: bool = False) -> str:
    """Make the archive of a checkout and return what there is to tell.

    Raises:
        BundleError: a dirty tree, a lock that does not fit, a package not to be had, too large an archive.
    """
    code = source.collect(root, dirty=dirty)
    environment = target(minor)
    locked = pins(root / "requirements.lock", environment)
    running = needed(root / "pyproject.toml", locked, minor)
    building = needed(root / "pyproject.toml", locked, minor, part="build-system")
    both = {pin.name: pin for pin in (*running, *building)}
    installer = pins(root / "bootstrap.lock", environment)[INSTALLER]
    *others, tool = wheels.fetch([*both.values(), installer], minor, cache / f"py{minor}")
    return pack(code, dict(zip(both, others, strict=True)), [pin.name for pin in running], tool, minor, to)


def pack(
    code: Source, files: dict[str, Path], running: Sequence[str], installer: Path, minor: str, to: Path
) -> str:
    """Put the archive together and return what there is to tell.

    Args:
        code: the project.
        files: the wheel of each package, by name.
        running: which of the packages are installed; the others only build.
        installer: the wheel of uv.
        minor: the Python, '3.11'.
        to: the folder of the archive.

    Raises:
        BundleError: it is larger than 1.5 GB, or the project lacks what a bundle cannot be without.
    """
    slot = f"{code.version}.py{minor.replace('.', '')}"
    name = f"tadasu-{slot}-linux-x86_64"
    everything = [*files.values(), installer]
    facts = _facts(code, everything, slot, minor)
    entries = [
        *code.entries,
        *(Entry(f"wheels/{path.name}", path) for path in files.values()),
        Entry(f"installer/{installer.name}", installer),
        _required(files, running),
        _bundle(facts, code.changed),
        Entry("install.sh", HERE / "install.sh", executable=True),
        _for_staff(code),
    ]
    to.mkdir(parents=True, exist_ok=True)
    place = to / f"{name}.tar"
    digest = archive.write(entries, place, folder=name, time=code.time)
    if place.stat().st_size > LARGEST:
        raise BundleError(f"{place} is {place.stat().st_size:,} bytes; at most {LARGEST:,} are promised.")
    (to / f"{name}.tar.sha256").write_text(f"{digest}  {name}.tar\n", encoding="ascii")
    return _told(place, digest, facts, len(everything))


def _facts(code: Source, everything: Sequence[Path], slot: str, minor: str) -> dict[str, str]:
    """Return what the bundle says of itself: which code, which locks, which machine it is for."""
    return {
        "format": "1",
        "version": slot,
        "commit": code.commit,
        "dirty": "yes" if code.changed else "no",
        "source_sha256": code.sha256,
        "lock_sha256": _lock(code),
        "python": minor,
        "platform": "linux-x86_64",
        "glibc": wheels.glibc(everything),
        "installed_mb": str(_megabytes(wheels.unpacked(everything))),
    }


def _required(files: dict[str, Path], running: Sequence[str]) -> Entry:
    """Return the list of what is installed, each wheel with its hash."""
    lines = [
        f"{one}=={_version(files[one])} --hash=sha256:{wheels.sha256(files[one])}" for one in sorted(running)
    ]
    return Entry("requirements.txt", ("\n".join(lines) + "\n").encode())


def _bundle(facts: dict[str, str], changed: Sequence[str]) -> Entry:
    """Return the file that holds the facts, and the paths that differ from the commit."""
    lines = [
        *(f"{key}={value}" for key, value in facts.items()),
        *(f"changed={path}" for path in changed),
    ]
    return Entry("BUNDLE", ("\n".join(lines) + "\n").encode())


def _version(wheel: Path) -> str:
    return wheel.name.split("-")[1]


def _lock(code: Source) -> str:
    return archive.digest(_delivered(code, "requirements.lock"))


def _for_staff(code: Source) -> Entry:
    """Return the guide of the ward's administrator, to lie on top; its links lead into the project."""
    text = _delivered(code, FOR_STAFF).read().decode()
    return Entry("README.ja.md", re.sub(r"\]\((?![a-z]+:|[#/])", "](project/docs/", text).encode())


def _delivered(code: Source, name: str) -> Entry:
    found = next((entry for entry in code.entries if entry.name == f"project/{name}"), None)
    if found is None:
        raise BundleError(f"{name} is not in the checkout, and a bundle cannot be without it.")
    return found


def _megabytes(unpacked: int) -> int:
    """Return what an installation takes at its height: the wheels once, compiled modules, and some air."""
    return round(unpacked * 1.5 / 1_000_000) + 200


def _told(place: Path, digest: str, facts: dict[str, str], count: int) -> str:
    dirty = "\nNOT of a commit: it holds uncommitted changes, and says so." if facts["dirty"] == "yes" else ""
    return (
        f"{place}  {place.stat().st_size / 1_000_000:,.0f} MB, {count} wheels\n"
        f"for Python {facts['python']} on Linux x86-64 with glibc {facts['glibc']} or newer; "
        f"installed: {facts['installed_mb']} MB at most{dirty}\n"
        f"version {facts['version']}\nSHA-256 {digest}\n"
        "Tell the ward the SHA-256 by another way than the archive. Next: docs/closed_network.md\n"
    )


if __name__ == "__main__":
    sys.exit(main())
