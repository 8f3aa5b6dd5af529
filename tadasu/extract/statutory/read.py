"""The statutory files of a ward, year by year."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from tadasu.extract import found
from tadasu.extract.batch import Batch
from tadasu.extract.mapping.model import Mapping
from tadasu.extract.mends import STALE, Mends
from tadasu.extract.oddities import Oddity
from tadasu.extract.statutory import matching, returns
from tadasu.extract.statutory.reading import ReadFile, read_file
from tadasu.extract.statutory.settings import Reports
from tadasu.extract.statutory.settings import reports as settings_of
from tadasu.extract.statutory.year import year_batches
from tadasu.store import sha256
from tadasu.tables import DOCUMENTS

_UNUSED = "突合せ表にあって資料にない行"
_UNREAD = "突合せ表の読めない行"


def files(folder: Path, mapping: Mapping) -> list[found.File]:
    """Return the files that are read here: reports, returns, and what lies beside both."""
    told = [source for one in settings_of(mapping) for source in (one.source, one.match.source)]
    return found.of_sources(folder, [*told, *returns.sources(mapping)], mapping)


def batches(folder: Path, mapping: Mapping, mends: Mends | None = None) -> Iterator[Batch]:
    """Read the statutory reports of a ward, year by year, and then its returns.

    Raises:
        TadasuError: the part `statutory` of the mapping is wrong, or a matching file cannot be used.
    """
    told = settings_of(mapping)
    here, known = files(folder, mapping), mends or Mends.none()
    for year in sorted({file.year for file in here} if told else ()):
        read = [
            one for settings in told for one in _files(settings, [f for f in here if f.year == year], known)
        ]
        yield from year_batches(year, read)
    yield from returns.batches(folder, mapping, known)


def _files(settings: Reports, here: Sequence[found.File], mends: Mends) -> Iterator[ReadFile]:
    match = settings.match
    pairs = matching.matches([f for f in here if f.source == match.source], match)
    rest = pairs.frame
    own = [f for f in here if f.source == settings.source]
    for place, file in enumerate(own):
        digest = sha256(file.path) if mends.has(file.name) else ""
        one = read_file(file, settings, pairs, mends.of(file.name, digest))
        rest = _without(rest, one)
        last = place == len(own) - 1
        told = [(_UNUSED, rest.height), (_UNREAD, pairs.unread)] if last else []
        told += [(STALE, mends.stale(file.name, digest))]
        odd = tuple(Oddity(file.year, DOCUMENTS.name, what, count) for what, count in told if count)
        yield replace(one, oddities=(*one.oddities, *odd))


def _without(rest: pl.DataFrame, read: ReadFile) -> pl.DataFrame:
    """Take the matching lines away that a file's lines used."""
    used = pl.concat([frame.select("_match") for frame in read.frames.values()]).drop_nulls()
    return rest.join(used, on="_match", how="anti")
