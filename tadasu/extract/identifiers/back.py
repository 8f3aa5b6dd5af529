"""The way back from a pseudonym to the ward's number: `private/ids.parquet`, and who was led there.

The table is mode 0600 in a folder of mode 0700. No stage declares it, so that its hash and its content reach
neither the record of a run nor MLflow. Every look-up is an event in the ledger before anything is read.
"""

import io
from collections.abc import Mapping as Mapped
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


def require_same_key(path: Path, key: Key) -> None:
    """See that the pseudonyms of earlier runs were made with this key.

    Raises:
        TadasuError: they were made with another one.
    """
    if path.is_file():
        used = pl.scan_parquet(path).select("key_check").unique().collect()["key_check"].to_list()
        for check in used:
            require(key, check, str(path))


def keep(path: Path, hider: Hider, *, ledger: Path, actor: str) -> int:
    """Add the numbers of a run to the table; return how many were new.

    Numbers stay when they are no longer delivered: decisions of earlier years are about them. That the table
    was renewed is a ledger event, with counts.

    Raises:
        TadasuError: it cannot be written, or was made with another key.
    """
    require_same_key(path, hider.key)
    before = pl.read_parquet(path) if path.is_file() else IDS.empty()
    given = [
        pl.DataFrame(
            {"kind": kind, "pseudonym": list(known.values()), "number": list(known)},
            schema_overrides={"kind": pl.String(), "pseudonym": pl.String(), "number": pl.String()},
        )
        for kind, known in hider.known.items()
        if known
    ]
    named = [frame.with_columns(key_check=pl.lit(hider.key.check)) for frame in given]
    after = pl.concat([before, *named]).unique(maintain_order=True)
    if after.select(IDS.key).is_duplicated().any():
        raise TadasuError(f"{path}: two numbers have the same pseudonym; make a new key and start anew.")
    added = after.height - before.height
    if added or not path.is_file():
        _save(path, after)
        counts = dict(after.group_by("kind").len().sort("kind").iter_rows())
        detail = {"added": added, "numbers": counts, "key_check": hider.key.check}
        trail.append(ledger, actor=actor, event="identifiers.keep", subject=path.name, detail=detail)
    return added


def _save(path: Path, table: pl.DataFrame) -> None:
    close(path.parent)
    buffer = io.BytesIO()
    IDS.arrange(table).write_parquet(buffer, compression="zstd")
    write_bytes(path, buffer.getvalue(), mode=0o600)


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
    if not path.is_file():
        raise TadasuError(f"{path}: not there. Run `tadasu ingest` with the ward's key first.")
    if path.stat().st_mode & 0o077:
        raise TadasuError(f"{path}: others can read it. Close it to them: chmod 600 {path}")
    table = pl.read_parquet(path)
    return {
        kind: dict(
            table.filter(kind=kind)
            .filter(pl.col("pseudonym").is_in(pseudonyms))
            .select("pseudonym", "number")
            .iter_rows()
        )
        for kind, pseudonyms in wanted.items()
    }
