"""Which files of a ward's folder belong to which source of its mapping, and to which tax year."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tadasu.errors import TadasuError
from tadasu.extract.forms import year_of
from tadasu.extract.mapping.model import Mapping, Source

_YEAR = r"(?P<year>(?:[A-Za-z]|[^\W\d_]{2})?(?:[0-9０-９]{1,4}|元)(?:年度分?|年分?)?)"
_SIGNS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class File:
    """A file that a source reads. name: its path below the ward's folder, with slashes."""

    source: Source
    year: int
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Survey:
    """The files of a mapping, by year and in the mapping's order, and the files that no source reads."""

    files: list[File]
    strangers: tuple[str, ...]


def survey(folder: Path, mapping: Mapping) -> Survey:
    """Find the files that the mapping names.

    Raises:
        TadasuError: there is no such folder, no file that fits, or a year lacks what it must have.
    """
    names = _names(folder)
    files = [file for source in mapping.sources for file in _of_source(folder, names, source, mapping)]
    if mapping.sources and not files:
        patterns = ", ".join(dict.fromkeys(p for source in mapping.sources for p in source.files))
        there = ", ".join(names[:_SHOWN]) or "nothing"
        raise TadasuError(f"{folder}: no file fits the mapping ({patterns}). There is: {there}.")
    if missing := list(_missing(files, mapping)):
        listed = "".join(f"\n  - {one}" for one in missing)
        raise TadasuError(
            f"{folder}: files are missing:{listed}\nHave them exported, correct the pattern, or write "
            "`optional: true` where a year may lack them."
        )
    read = {file.name for file in files}
    return Survey(
        sorted(files, key=lambda file: file.year),
        tuple(name for name in names if name not in read),
    )


def of_sources(folder: Path, sources: Sequence[Source], mapping: Mapping) -> list[File]:
    """Return the files of sources that stand in a part of the mapping of their own."""
    names = _names(folder) if sources else []
    return [file for source in sources for file in _of_source(folder, names, source, mapping)]


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise TadasuError(f"{folder}: no such folder; the ward's file names it under `folder`.")
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(p.as_posix() for p in paths if not any(part.startswith((".", "~$")) for part in p.parts))


def _of_source(folder: Path, names: list[str], source: Source, mapping: Mapping) -> Iterator[File]:
    patterns = [_regex(pattern) for pattern in source.files]
    for name in names:
        plain = unicodedata.normalize("NFC", name)
        found = next((match for pattern in patterns if (match := pattern.fullmatch(plain))), None)
        year = _year(found, source, mapping) if found else None
        if year is not None:
            yield File(source, year, folder / name, name)


def _year(found: re.Match[str], source: Source, mapping: Mapping) -> int | None:
    if "year" not in found.re.groupindex:
        return source.year
    year = year_of(found["year"])
    return None if year is None else year + mapping.year_offset


def _regex(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern such as `{year}/住民*.csv`."""
    pieces = re.split(r"(\{year\}|\*\*/|\*\*|\*|\?)", unicodedata.normalize("NFC", pattern))
    told, dated = "", False
    for piece in pieces:
        if piece == "{year}":
            told += "(?P=year)" if dated else _YEAR
            dated = True
        else:
            told += _SIGNS.get(piece, re.escape(piece))
    return re.compile(told, re.IGNORECASE)


def _missing(files: list[File], mapping: Mapping) -> Iterator[str]:
    years = sorted({file.year for file in files})
    there = {(id(file.source), file.year) for file in files}
    for source in mapping.sources:
        needed = source.table.mandatory and not source.optional and source.year is None
        without = [str(year) for year in years if (id(source), year) not in there]
        if needed and without:
            patterns = ", ".join(source.files)
            yield f"{source.table.name}: no file {patterns} ({', '.join(without)}); {source.where}"
