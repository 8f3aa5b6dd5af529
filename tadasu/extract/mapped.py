"""Reading a ward's own files: every file becomes batches, every batch is judged like the standard layout."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import contract, duplicates, found, oddities, statutory, translate
from tadasu.extract.batch import Batch
from tadasu.extract.cut import Cut, cut
from tadasu.extract.intake import FileCount, Intake, Pass, Progress, require_rows
from tadasu.extract.mapping.model import Mapping, Source
from tadasu.extract.mends import Mends, mended
from tadasu.extract.oddities import Oddity
from tadasu.store import sha256
from tadasu.tables import BESIDE, DEPENDENTS, DOCUMENTS, DONATIONS, EXTRACT, NOT_TAKEN_IN, QUARANTINE, Table

_LATE = (DOCUMENTS.name, DEPENDENTS.name, NOT_TAKEN_IN.name)
"""Tables that may come from files of several kinds."""

_SPARE = (DEPENDENTS.name, DONATIONS.name)
"""Tables that a ward's system may not export at all; the mapping names no source of them then."""

_ABSENT = "対応づけにない表（空として扱う。この資料による判断はできない）"
_STRANGERS = "対応づけのないファイル（読まなかった）"


def read_mapped(
    folder: Path,
    mapping: Mapping,
    progress: Progress | None = None,
    passes: Sequence[Pass] = (),
    mends: Mends | None = None,
) -> Intake:
    """Read a ward's own files as its mapping says, with the lines that staff mended (`mends`).

    Raises:
        TadasuError: the folder, a file, a column or a mandatory table is missing, a file is damaged, a column
            holds Individual Numbers, or the newest year's list has no row.
    """
    surveyed = found.survey(folder, mapping)
    known = mends or Mends.none()
    batches = chain(
        _batches(surveyed.files, progress, known),
        statutory.batches(folder, mapping, known),
    )
    apart = {file.name for file in statutory.files(folder, mapping)}
    reported = [DEPENDENTS.name] if "statutory" in mapping.sections else []
    absent = [name for name in _SPARE if not mapping.of(name) and name not in reported]
    told = [*_strangers(surveyed, apart), *(Oddity(None, name, _ABSENT, 1) for name in absent)]
    return judge(folder, batches, passes, told=told, late=_LATE if apart else (), absent=absent)


def judge(
    folder: Path,
    batches: Iterable[Batch],
    passes: Sequence[Pass] = (),
    told: Sequence[Oddity] = (),
    late: Collection[str] = (),
    absent: Collection[str] = (),
) -> Intake:
    """Keep or put aside the rows of all batches, table by table and year by year.

    Batches of one table and year come one after the other, and are judged and let go together; those of the
    tables named in `late` may come at any time. Those in `absent` no file brings: they are empty.
    """
    account = _Account(odd=list(told))
    for (year, table), group in _groups(batches, passes, late):
        account.take(year, table, group)
    return account.intake(folder, absent)


_Key = tuple[int, Table]


def _groups(
    batches: Iterable[Batch], passes: Sequence[Pass], late: Collection[str]
) -> Iterator[tuple[_Key, list[Batch]]]:
    """Put the batches of one table and year together, as soon as they are all there."""
    open_groups: dict[_Key, list[Batch]] = {}
    closed: set[_Key] = set()
    for batch in batches:
        for one in passes:
            batch = one(batch)
        key = (batch.year, batch.table)
        assert key not in closed, f"{batch.file}: {batch.table.name} of {batch.year} was judged already"
        for other in [k for k in open_groups if k != key and k[1].name not in late]:
            yield other, open_groups.pop(other)
            closed.add(other)
        open_groups.setdefault(key, []).append(batch)
    yield from open_groups.items()


@dataclass
class _Account:
    """What was kept and what was put aside so far."""

    tables: dict[int, dict[str, pl.DataFrame]] = field(default_factory=dict)
    beside: dict[int, dict[str, pl.DataFrame]] = field(default_factory=dict)
    aside: dict[int, list[pl.DataFrame]] = field(default_factory=dict)
    files: list[FileCount] = field(default_factory=list)
    odd: list[Oddity] = field(default_factory=list)

    def take(self, year: int, table: Table, group: list[Batch]) -> None:
        """Judge the batches of one table of one year."""
        kept, quarantined, counts = judged(table, year, group)
        (self.beside if table in BESIDE else self.tables).setdefault(year, {})[table.name] = kept
        self.aside.setdefault(year, [QUARANTINE.empty()]).append(quarantined)
        self.files += counts
        self.odd += [oddity for batch in group for oddity in batch.oddities]

    def intake(self, folder: Path, absent: Collection[str] = ()) -> Intake:
        """Return the whole, with empty tables for those that the ward does not have."""
        years = sorted(self.aside)
        _require_tables(folder, years, self.tables, absent)
        tables = {
            year: {t.name: self.tables.get(year, {}).get(t.name, t.empty()) for t in EXTRACT}
            for year in years
        }
        quarantine = {year: QUARANTINE.arrange(pl.concat(frames)) for year, frames in self.aside.items()}
        rows = [
            oddity
            for year, frames in tables.items()
            for oddity in oddities.of_rows(year, frames, newest=year == years[-1])
        ]
        files = sorted(self.files, key=lambda file: (file.year, file.table, file.file))
        beside = {year: self.beside.get(year, {}) for year in years}
        intake = Intake(tables, quarantine, files, [*self.odd, *rows], beside)
        require_rows(folder, intake)
        return intake


def _strangers(surveyed: found.Survey, apart: Collection[str]) -> list[Oddity]:
    names = tuple(name for name in surveyed.strangers if name not in apart)
    return [Oddity(None, "", _STRANGERS, len(names), names)] if names else []


def _batches(files: list[found.File], progress: Progress | None, mends: Mends) -> Iterator[Batch]:
    """Read file after file, tables that lie beside the extract first: they say how the others are read."""
    order = [table.name for table in (*BESIDE, *EXTRACT)]
    ordered = sorted(
        files,
        key=lambda f: (f.source.table not in BESIDE, f.year, order.index(f.source.table.name)),
    )
    uses = Counter(_cut_of(file) for file in ordered)
    cuts: dict[object, Cut] = {}
    told: set[object] = set()
    for place, file in enumerate(ordered):
        if progress:
            progress(file.name, place / len(ordered))
        key = _cut_of(file)
        if key not in cuts:
            # The same file may bring several tables: a report and the dependants on it.
            cuts[key] = cut(file.path, file.source.layout, least=_least(file.source))
        digest = sha256(file.path) if mends.has(file.name) else ""
        own = mended(cuts[key], mends.of(file.name, digest), file.source)
        uses[key] -= 1
        if not uses[key]:
            del cuts[key]
        # What one source leaves of a file another may read; what none reads is told once.
        others = (other.source.mapped for other in ordered if _cut_of(other) == key)
        elsewhere = own.names if key in told else {name for mapped in others for name in mapped}
        told.add(key)
        yield translate.batch(mends.told(own, file.name, digest), file, elsewhere)
    if progress:
        progress("", 1.0)


def _cut_of(file: found.File) -> tuple[object, ...]:
    """Return what makes one cut of a file the same as another."""
    return file.path, file.source.layout, _least(file.source)


def _least(source: Source) -> int:
    """Return how many columns a file without column names has at least."""
    return max((int(name) for name in source.mapped if name.isascii() and name.isdigit()), default=1)


def _require_tables(
    folder: Path,
    years: Sequence[int],
    there: dict[int, dict[str, pl.DataFrame]],
    absent: Collection[str] = (),
) -> None:
    missing: dict[str, list[str]] = {}
    for table in EXTRACT:
        for year in years:
            if table.mandatory and table.name not in (*absent, *there.get(year, {})):
                missing.setdefault(table.name, []).append(str(year))
    if missing or not years:
        listed = "; ".join(f"{name} ({', '.join(of)})" for name, of in missing.items())
        raise TadasuError(
            f"{folder}: no file there is one that the mapping names for: {listed or 'any table'}. "
            "See `files` of these tables in it."
        )


def judged(table: Table, year: int, group: list[Batch]) -> tuple[pl.DataFrame, pl.DataFrame, list[FileCount]]:
    """Judge the batches of one table of one year: kept rows, quarantined lines, and the counts of each file.

    The lines of several files are told apart by a running number while they are judged together.
    """
    starts = [0]
    for batch in group:
        starts.append(starts[-1] + _last_line(batch))
    frame = pl.concat(_shifted(b.frame, s) for b, s in zip(group, starts, strict=False))
    unread = pl.concat(_shifted(b.broken, s) for b, s in zip(group, starts, strict=False))
    found_in = pl.concat([contract.breaches(frame, table, year), duplicates.breaches(frame, table)])
    broken = pl.concat([unread, found_in.join(unread, on=["line", "column"], how="anti", nulls_equal=True)])
    if table.name in contract.STAFF_ACTIONS:
        broken = pl.concat([broken, duplicates.partial(frame, broken)])
    kept = frame.join(broken, on="line", how="anti")
    asides, counts = [QUARANTINE.empty()], []
    for batch, start, end in zip(group, starts, starts[1:], strict=False):
        own = broken.filter((pl.col("line") > start) & (pl.col("line") <= end))
        own = _shifted(own, -start)
        asides.append(_aside(batch, own))
        counts.append(_count(batch, own))
    return table.arrange(kept), pl.concat(asides), counts


def _last_line(batch: Batch) -> int:
    last = [frame["line"].max() for frame in (batch.frame, batch.broken, batch.shown) if frame.height]
    return max((int(line) for line in last if isinstance(line, int)), default=0)


def _shifted(frame: pl.DataFrame, by: int) -> pl.DataFrame:
    return frame.with_columns(pl.col("line") + by)


def _aside(batch: Batch, broken: pl.DataFrame) -> pl.DataFrame:
    """Return the breaches as `quarantine`: of each line the permitted columns, or its hash if it has none."""
    rows = batch.shown.join(broken, on="line", how="semi")
    text = rows.select("line", raw=pl.struct(pl.exclude("line")).struct.json_encode())
    raw = pl.concat([text, batch.unsplit])
    named = broken.with_columns(file=pl.lit(batch.file), table=pl.lit(batch.table.name))
    return named.join(raw, on="line", how="left", maintain_order="left").select(*QUARANTINE.schema)


def _count(batch: Batch, broken: pl.DataFrame) -> FileCount:
    quarantined = broken["line"].n_unique()
    by_reason = broken.group_by("reason").agg(pl.col("line").n_unique()).sort("reason")
    return FileCount(
        batch.year,
        batch.table.name,
        batch.file,
        batch.read,
        batch.read - quarantined,
        quarantined,
        dict(by_reason.iter_rows()),
        batch.skipped,
    )
