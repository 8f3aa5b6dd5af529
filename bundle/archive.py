"""The archive itself: files in order with one time and one owner, and the manifest of their SHA-256."""

import hashlib
import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "MANIFEST.sha256"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: its name there, and the file or the bytes that it holds."""

    name: str
    content: Path | bytes
    executable: bool = False

    def read(self) -> bytes:
        """Return the bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def digest(entry: Entry) -> str:
    """Return the SHA-256 of what an entry holds."""
    return hashlib.sha256(entry.read()).hexdigest()


def manifest(entries: Iterable[Entry]) -> Entry:
    """Return the manifest, in the form that `sha256sum --check` reads: a line a file, by name.

    Raises:
        ValueError: a name twice, or one that the form cannot hold.
    """
    lines: dict[str, str] = {}
    for entry in entries:
        if entry.name in lines or {"\\", "\n"} & set(entry.name):
            raise ValueError(f"{entry.name!r}: twice, or no name for a manifest")
        lines[entry.name] = digest(entry)
    return Entry(MANIFEST, "".join(f"{lines[name]}  {name}\n" for name in sorted(lines)).encode())


def write(entries: Iterable[Entry], to: Path, *, folder: str, time: int) -> str:
    """Write the archive with its manifest and return its SHA-256; the same entries give the same bytes.

    Not compressed: wheels are. The file appears when it is whole.

    Args:
        entries: the files.
        to: the .tar file.
        folder: the one folder that all of it lies in.
        time: the time of every file, seconds since 1970.
    """
    files = list(entries)
    files = sorted([*files, manifest(files)], key=lambda entry: entry.name)
    part = to.with_name(to.name + ".part")
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
        for entry in files:
            _add(archive, f"{folder}/{entry.name}", entry, time)
    with part.open("rb") as whole:
        answer = hashlib.file_digest(whole, "sha256").hexdigest()
    part.replace(to)
    return answer


def _add(archive: tarfile.TarFile, name: str, entry: Entry, time: int) -> None:
    content = entry.read()
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = len(content), time, 0o755 if entry.executable else 0o644
    archive.addfile(info, io.BytesIO(content))
