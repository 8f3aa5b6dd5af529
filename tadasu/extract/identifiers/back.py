"""The way back from a pseudonym to the ward's number: `private/ids.parquet`, and who was led there.

The table is mode 0600 in a folder of mode 0700. No stage declares it, so that its hash and its content reach
neither the record of a run nor MLflow. Every look-up is an event in the ledger before anything is read, and
nobody else reads it: an intake only ever adds a part (`ids-2.parquet` and so on), and knows the parts and the
key that they were made with by the index beside them (`ids.json`), which has hashes and no number.
"""

import hashlib
import io
import json
from collections.abc import Mapping as Mapped
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from tadasu import ledger as trail
from tadasu.errors import TadasuError
from tadasu.extract.identifiers.hide import Hider
from tadasu.extract.identifiers.key import Key, require
from tadasu.store import write_bytes
from tadasu.tables import IDS

FOLDER = "private"
NAME = "ids.parquet"
PURPOSES = ("export", "workbench")
"""Who may look numbers up."""


@dataclass(frozen=True, slots=True)
class _Index:
    """What is known of the table without reading it: its key's check value, its parts and their hashes."""

    key_check: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Path) -> "_Index":
        path = _index(table)
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else cls()

    def save(self, table: Path) -> None:
        content = json.dumps(asdict(self), indent=2) + "\n"
        write_bytes(_index(table), content.encode(), mode=0o600)


def _index(table: Path) -> Path:
    return table.with_suffix(".json")


def require_same_key(path: Path, key: Key) -> None:
    """See that the pseudonyms of earlier runs were made with this key; the table itself is not read.

    Raises:
        TadasuError: they were made with another one, or the table has no index.
    """
    if path.is_file() and not _index(path).is_file():
        raise TadasuError(
            f"{path}: there is no {_index(path).name} beside it, which says what key it was made with. Put "
            "both back from the same copy, or start anew in another folder with out=DIR."
        )
    require(key, _Index.of(path).key_check, str(path))


def keep(path: Path, hider: Hider, *, ledger: Path, actor: str) -> int:
    """Add the numbers of a run to the table as a part of its own; return how many they are, 0 if it has them.

    Numbers stay when they are no longer delivered: decisions of earlier years are about them. That numbers
    were added is a ledger event, with counts. Nothing is read.

    Raises:
        TadasuError: it cannot be written, or was made with another key.
    """
    require_same_key(path, hider.key)
    given = [
        pl.DataFrame(
            {"kind": kind, "pseudonym": list(known.values()), "number": list(known)},
            schema_overrides={"kind": pl.String(), "pseudonym": pl.String(), "number": pl.String()},
        )
        for kind, known in hider.known.items()
        if known
    ]
    named = [frame.with_columns(key_check=pl.lit(hider.key.check)) for frame in given]
    table = IDS.arrange(pl.concat([IDS.empty(), *named]))
    _require_distinct(path, table)
    index, content = _Index.of(path), _content(table)
    digest = hashlib.sha256(content).hexdigest()
    if digest in index.parts.values():
        return 0
    part = path.with_stem(f"{path.stem}-{len(index.parts) + 1}") if index.parts else path
    close(path.parent)
    if not index.parts:
        _Index(hider.key.check).save(path)  # a part that a kill leaves without an index is written anew
    write_bytes(part, content, mode=0o600)
    _Index(hider.key.check, {**index.parts, part.name: digest}).save(path)
    counts = dict(table.group_by("kind").len().sort("kind").iter_rows())
    detail = {"part": part.name, "numbers": counts, "key_check": hider.key.check}
    trail.append(ledger, actor=actor, event="identifiers.keep", subject=path.name, detail=detail)
    return table.height


def _require_distinct(path: Path, table: pl.DataFrame) -> None:
    if table.select(IDS.key).is_duplicated().any():
        raise TadasuError(f"{path}: two numbers have the same pseudonym; make a new key and start anew.")


def _content(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def close(folder: Path) -> None:
    """Make a folder that nobody else can open.

    Raises:
        TadasuError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise TadasuError(f"{folder}: cannot be made or closed to others ({error.strerror}).") from error


def look_up(
    path: Path, wanted: Mapped[str, list[str]], *, purpose: str, ledger: Path, actor: str
) -> dict[str, dict[str, str]]:
    """Return the ward's numbers behind pseudonyms: kind → pseudonym → number, those that are known.

    Args:
        path: The table.
        wanted: kind → pseudonyms.
        purpose: `export` or `workbench`; written into the ledger with the counts, before the table is read.
        ledger: The ledger.
        actor: Who looks.

    Raises:
        TadasuError: the table is not there, or others can read it.
    """
    assert purpose in PURPOSES, f"{purpose}: only {', '.join(PURPOSES)} look numbers up"
    counts = {kind: len(pseudonyms) for kind, pseudonyms in wanted.items()}
    detail = {"purpose": purpose, "pseudonyms": counts}
    trail.append(ledger, actor=actor, event="identifiers.read", subject=path.name, detail=detail)
    table = _read(path)
    return {
        kind: dict(
            table.filter(kind=kind)
            .filter(pl.col("pseudonym").is_in(pseudonyms))
            .select("pseudonym", "number")
            .iter_rows()
        )
        for kind, pseudonyms in wanted.items()
    }


def _read(path: Path) -> pl.DataFrame:
    """Read all parts of the table."""
    parts = [path.with_name(name) for name in _Index.of(path).parts] or [path]
    for part in parts:
        if not part.is_file():
            raise TadasuError(f"{part}: not there. Run `tadasu ingest` with the ward's key first.")
        if part.stat().st_mode & 0o077:
            raise TadasuError(f"{part}: others can read it. Close it to them: chmod 600 {part}")
    table = pl.concat(pl.read_parquet(part) for part in parts).unique(maintain_order=True)
    _require_distinct(path, table)
    return table
