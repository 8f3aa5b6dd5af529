"""Reading a ward's extract: what enters, what is put aside and why, and the account of both."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import cells, contract, duplicates, oddities, standard
from tadasu.extract.batch import Batch
from tadasu.extract.csv_lines import Lines
from tadasu.extract.mends import Mends
from tadasu.extract.oddities import Oddity
from tadasu.tables import BESIDE, EXTRACT, INCONSISTENCIES, QUARANTINE

Progress = Callable[[str, float], None]
Pass = Callable[[Batch], Batch]
"""What every batch goes through before it is judged, such as the hiding of numbers behind pseudonyms."""


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of a file's lines: read = kept + quarantined.

    `reasons` counts the quarantined lines by reason; a line with two reasons counts under both. `skipped` are
    lines that are no records (column names, headings, totals), counted where a mapping is read.
    """

    year: int
    table: str
    file: str
    read: int
    kept: int
    quarantined: int
    reasons: dict[str, int]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """A ward's extract as read.

    tables: tax year → table name → frame with exactly the declared schema, sorted by key (empty where an
    optional table is absent). quarantine: tax year → `tables.QUARANTINE`. files, oddities: the account.
    beside: tax year → table name → frame of those tables of `tables.BESIDE` that the extract brings.
    """

    tables: dict[int, dict[str, pl.DataFrame]]
    quarantine: dict[int, pl.DataFrame]
    files: list[FileCount]
    oddities: list[Oddity]
    beside: dict[int, dict[str, pl.DataFrame]] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """Return the account as plain values, for `intake.json`; no personal value is in it."""
        return {
            "years": sorted(self.tables),
            "totals": _sums(self.files),
            "by_year": {
                str(year): _sums(f for f in self.files if f.year == year) for year in sorted(self.tables)
            },
            "files": [asdict(file) for file in self.files],
            "warnings": [asdict(oddity) for oddity in self.oddities],
        }


def read(
    folder: Path,
    progress: Progress | None = None,
    mends: Mends | None = None,
    passes: Sequence[Pass] = (),
) -> Intake:
    """Read an extract in the standard layout, Parquet or CSV, with the lines that staff mended (`mends`).

    A row that breaks its table's contract is quarantined; what is merely odd is kept and counted.

    Raises:
        TadasuError: the folder, a mandatory table or column is missing (all that is missing in one message),
            a file is damaged, or the newest year's list has no row.
    """
    found = standard.survey(folder)
    tables = {year: {table.name: table.empty() for table in EXTRACT} for year in found.years}
    beside: dict[int, dict[str, pl.DataFrame]] = {year: {} for year in found.years}
    aside: dict[int, list[pl.DataFrame]] = {year: [QUARANTINE.empty()] for year in found.years}
    files: list[FileCount] = []
    odd: list[Oddity] = []
    # Those that lie beside the extract first: they say how the others are read.
    ordered = sorted(found.sources, key=lambda source: source.table not in BESIDE)
    for place, source in enumerate(ordered):
        if progress:
            progress(source.name, place / len(ordered))
        kept, quarantined, count, told = _take(source, mends or Mends.none(), passes)
        (beside if source.table in BESIDE else tables)[source.year][source.table.name] = kept
        aside[source.year].append(quarantined)
        files.append(count)
        odd += told
    quarantine = {year: QUARANTINE.arrange(pl.concat(frames)) for year, frames in aside.items()}
    intake = Intake(tables, quarantine, files, [*_oddities(found, tables), *odd], beside)
    require_rows(folder, intake)
    if progress:
        progress("", 1.0)
    return intake


_Taken = tuple[pl.DataFrame, pl.DataFrame, FileCount, tuple[Oddity, ...]]


def _take(source: standard.Source, mends: Mends, passes: Sequence[Pass]) -> _Taken:
    """Return a file's kept rows, its quarantined lines, the count of both, and what a pass found odd."""
    lines = standard.mended_lines(standard.read_lines(source), source, mends)
    frame = cells.plain(lines.cells, source.table)
    batch = _batch(source, lines, frame.select("line", *source.table.schema))
    for one in passes:
        batch = one(batch)
    originals = frame.select("line", pl.col(f"^{cells.RAW}.*$"))
    frame = batch.frame.join(originals, on="line", how="left", maintain_order="left")
    broken = pl.concat(
        [
            batch.broken,
            contract.breaches(frame, source.table, source.year),
            duplicates.breaches(frame, source.table),
        ]
    )
    if source.table.name in contract.STAFF_ACTIONS:
        broken = pl.concat([broken, duplicates.partial(frame, broken)])
    kept = source.table.arrange(frame.join(broken, on="line", how="anti"))
    count = _count(source, lines.read, kept.height, broken)
    return kept, _aside(source, lines, broken), count, batch.oddities


def _batch(source: standard.Source, lines: Lines, frame: pl.DataFrame) -> Batch:
    unsplit = pl.DataFrame(schema={"line": pl.Int64(), "raw": pl.String()})
    name, shown = source.name, lines.cells.select("line")
    return Batch(source.year, source.table, name, frame, lines.broken, shown, unsplit, lines.read)


def _aside(source: standard.Source, lines: Lines, broken: pl.DataFrame) -> pl.DataFrame:
    """Return the breaches as `quarantine`, each with its line as it stood (a Parquet row as JSON)."""
    raw = lines.raw
    if raw is None:
        rows = lines.cells.join(broken, on="line", how="semi")
        raw = rows.select("line", raw=pl.struct(pl.exclude("line")).struct.json_encode())
    named = broken.with_columns(file=pl.lit(source.name), table=pl.lit(source.table.name))
    return named.join(raw, on="line", how="left", maintain_order="left").select(*QUARANTINE.schema)


def _count(source: standard.Source, read_lines: int, kept: int, broken: pl.DataFrame) -> FileCount:
    quarantined = broken["line"].n_unique()
    assert read_lines == kept + quarantined, f"{source.name}: {read_lines} ≠ {kept} + {quarantined}"
    by_reason = broken.group_by("reason").agg(pl.col("line").n_unique()).sort("reason")
    return FileCount(
        source.year,
        source.table.name,
        source.name,
        read_lines,
        kept,
        quarantined,
        dict(by_reason.iter_rows()),
    )


def _oddities(found: standard.Survey, tables: dict[int, dict[str, pl.DataFrame]]) -> list[Oddity]:
    of_columns = [oddity for source in found.sources for oddity in oddities.of_columns(source)]
    of_rows = [
        oddity
        for year, frames in tables.items()
        for oddity in oddities.of_rows(year, frames, newest=year == found.years[-1])
    ]
    return [*oddities.of_survey(found), *of_columns, *of_rows]


def require_rows(folder: Path, intake: Intake) -> None:
    """Stop where there is nothing to judge."""
    newest = max(intake.tables)
    if intake.tables[newest][INCONSISTENCIES.name].height:
        return
    file = next(f for f in intake.files if f.year == newest and f.table == INCONSISTENCIES.name)
    why = "; ".join(f"{reason}: {count}" for reason, count in file.reasons.items())
    raise TadasuError(
        f"{folder}/{file.file}: the list of the newest year has no row to judge"
        + (f" ({file.read} read, all put aside: {why})." if file.read else ".")
        + " Have the list exported anew, or take the year's folder away to judge the year before."
    )


def _sums(files: Iterable[FileCount]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    why: Counter[str] = Counter()
    for file in files:
        total.update(read=file.read, kept=file.kept, quarantined=file.quarantined)
        why.update(file.reasons)
    return {**total, "reasons": dict(sorted(why.items()))}
