"""Taking mended lines back in: `tadasu ingest --accept-corrections fixed.csv`."""

from pathlib import Path

import polars as pl

from pipelines.settings import Settings
from tadasu import ledger
from tadasu.errors import TadasuError
from tadasu.extract.cut import cut
from tadasu.extract.mapping import Layout
from tadasu.extract.mends import Mends, accepted
from tadasu.store import read_table, sha256, write_table
from tadasu.tables import QUARANTINE

FILE = "mends.parquet"
"""Where the mends lie in the run's folder; no stage writes it, so that no new run deletes it."""

_COLUMNS = ("file", "line", "column", "value")
_LINE = "line#2"
"""The column `line` of the file that is read, as told from the number of its own lines."""


def mends_of(settings: Settings) -> Mends:
    """Return what was mended so far."""
    path = settings.folder / FILE
    return Mends(read_table(path)) if path.is_file() else Mends.none()


def accept(path: Path, settings: Settings) -> int:
    """Add the lines of `quarantine.csv`, as somebody mended it, to the mends; return how many changed.

    Raises:
        TadasuError: the file cannot be read, lacks a column, or names lines that are not quarantined.
    """
    folder = settings.folder
    quarantines = sorted(folder.glob("[0-9][0-9][0-9][0-9]/quarantine.parquet"))
    if not quarantines:
        raise TadasuError(f"{folder}: nothing was ingested there yet; run `tadasu ingest` first.")
    quarantine = pl.concat([QUARANTINE.empty(), *(read_table(one) for one in quarantines)])
    before = mends_of(settings)
    given = _given(path)
    names = set(given["file"].drop_nulls())
    files = {name: settings.extract / name for name in names}
    digests = {name: sha256(file) for name, file in files.items() if file.is_file()}
    after = accepted(given, quarantine, before, digests)
    write_table(folder / FILE, after.frame)
    (folder / FILE).chmod(0o600)  # a mended number is the ward's own
    changed = after.frame.join(before.frame, on=after.frame.columns, how="anti", nulls_equal=True).height
    ledger.append(
        settings.ledger,
        actor=settings.actor,
        event="accept_corrections",
        subject=settings.ward.name,
        detail={"file": sha256(path), "mends": after.frame.height, "changed": changed},
    )
    return changed


def _given(path: Path) -> pl.DataFrame:
    """Read a mended quarantine.csv, in whatever encoding a spreadsheet saved it."""
    if not path.is_file():
        raise TadasuError(f"{path}: no such file; it is quarantine.csv as somebody mended it.")
    found = cut(path, Layout(encoding="detect", last_line="whole", multiline=5))
    there = ["line" if name == _LINE else name for name in found.names]
    missing = [name for name in _COLUMNS if name not in there]
    if missing or found.broken.height:
        why = f"no column {', '.join(missing)}" if missing else f"line {found.broken['line'][0]} is broken"
        raise TadasuError(f"{path}: {why}; it must have the columns {', '.join(_COLUMNS)} of quarantine.csv.")
    # An apostrophe before a formula's sign was put there when quarantine.csv was written.
    plain = pl.col("value").str.replace(r"^'([\s]*[=+\-@])", "$1")
    return found.cells.select("file", "column", line=_LINE, value=plain)
