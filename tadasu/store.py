"""Files on disk: written whole or not at all, read back as declared, known by their hash."""

import hashlib
import os
import tempfile
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError


def write_bytes(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write `data` to a temporary name beside `path`, then rename: a reader never sees half a file.

    `mode` says who may read it; 0o600 for what leads back to people.

    Raises:
        TadasuError: the folder cannot be written to, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise TadasuError(_unwritable(path, error)) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(mode)
        part.replace(path)
    except OSError as error:
        raise TadasuError(_unwritable(path, error)) from error
    finally:
        part.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return (
        f"{path}: cannot be written ({reason}). Free or unlock that folder, or name another one with out=DIR."
    )


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all; see `write_bytes`."""
    write_bytes(path, text.encode())


def write_table(path: Path, frame: pl.DataFrame) -> None:
    """Write a Parquet file whole or not at all; see `write_bytes`. The same frame gives the same bytes.

    Raises:
        TadasuError: the folder cannot be written to, or the disk is full.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(part, compression="zstd")
        part.replace(path)
    except OSError as error:
        raise TadasuError(_unwritable(path, error)) from error
    finally:
        if part.parent.exists():
            part.unlink(missing_ok=True)


def read_table(path: Path, stage: str = "the stage before") -> pl.DataFrame:
    """Read a table that `stage` wrote.

    Raises:
        TadasuError: it is not there; the message names the stage that makes it.
    """
    if not path.is_file():
        raise TadasuError(f"{path}: not there. Run {stage} first.")
    return pl.read_parquet(path)


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
