"""The standard layout on disk: a folder per tax year, in it a Parquet or CSV file per table.

Everything that stands in the way of reading is looked for first, over all years, and told in one message.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import csv_lines, mapping, reasons
from tadasu.extract.cells import unfit
from tadasu.extract.cut import Cut
from tadasu.extract.cut.shape import UNSPLIT
from tadasu.extract.mapping import Cell, Layout, Part
from tadasu.extract.mends import Mends, mended
from tadasu.store import sha256
from tadasu.tables import BESIDE, EXTRACT, Table

_YEAR = re.compile(r"[0-9]{4}")
_SUFFIXES = (".parquet", ".csv")
_UNREADABLE = (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What a damaged file raises: now and then the Parquet reader panics."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of an extract: its year, its table, and the columns that it holds with their types."""

    year: int
    table: Table
    path: Path
    schema: dict[str, pl.DataType]

    @property
    def name(self) -> str:
        """Return the file's name within the extract, such as `2025/documents.parquet`."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def is_csv(self) -> bool:
        """Say whether the file is text."""
        return self.path.suffix.lower() == ".csv"

    @property
    def declared(self) -> list[str]:
        """Return the declared columns that the file holds."""
        return [name for name in self.table.schema if name in self.schema]

    @property
    def absent(self) -> list[str]:
        """Return the declared columns that the file lacks."""
        return [name for name in self.table.schema if name not in self.schema]

    @property
    def unknown(self) -> list[str]:
        """Return the columns that the table does not declare."""
        return [name for name in self.schema if name not in self.table.schema]


@dataclass(frozen=True, slots=True)
class Survey:
    """What lies in an extract's folder: its files by year and table, and the names that belong to none."""

    sources: list[Source]
    strangers: list[str]

    @property
    def years(self) -> list[int]:
        """Return the tax years, oldest first."""
        return sorted({source.year for source in self.sources})


def survey(folder: Path) -> Survey:
    """Find the years and files of an extract and look at their columns; no row is read.

    Raises:
        TadasuError: no such folder, no year in it, or anything mandatory missing: all of it in one message.
    """
    years = _years(folder)
    sources: list[Source] = []
    strangers = [path.name for path in _visible(folder) if path not in years]
    problems: dict[str, list[str]] = {}
    for year in years:
        for table in (*EXTRACT, *BESIDE):
            for problem in _find(year, table, sources):
                problems.setdefault(problem, []).append(year.name)
        known = {source.path for source in sources}
        strangers += [f"{year.name}/{path.name}" for path in _visible(year) if path not in known]
    if problems:
        raise TadasuError(_incomplete(folder, problems))
    return Survey(sources, strangers)


def read_lines(source: Source) -> csv_lines.Lines:
    """Read a file's declared columns and number its lines: a CSV's header is line 1, a Parquet row the first.

    Raises:
        TadasuError: the file is damaged.
    """
    try:
        if source.is_csv:
            return csv_lines.read(source.path, source.declared)
        rows = pl.read_parquet(source.path, columns=source.declared, glob=False, hive_partitioning=False)
    except _UNREADABLE as error:
        raise TadasuError(
            f"{source.path}: cannot be read ({_brief(error)}). Have it exported anew."
        ) from error
    return csv_lines.unbroken(rows)


def mended_lines(lines: csv_lines.Lines, source: Source, mends: Mends) -> csv_lines.Lines:
    """Return a file's lines with what staff mended in them, as long as the file is still the same."""
    if not mends.has(source.name):
        return lines
    cut = Cut(tuple(source.schema), lines.cells, lines.broken, pl.DataFrame(schema=UNSPLIT))
    cells = tuple(Cell(name, (Part(name),)) for name in source.declared)
    layout = Layout("csv" if source.is_csv else "parquet", encoding="utf-8")
    columns = mapping.Source(source.table, (), layout, (mapping.Row(cells),))
    found = mended(cut, mends.of(source.name, sha256(source.path)), columns)
    gone = found.broken.filter(reason=reasons.WITHDRAWN).height
    return csv_lines.Lines(found.cells, found.broken, lines.raw, gone)


def _years(folder: Path) -> list[Path]:
    layout = (
        "An extract holds a folder per tax year, such as 2025, with a Parquet or CSV file of each table in it"
    )
    if not folder.is_dir():
        raise TadasuError(f"{folder}: no such folder. {layout}: name that folder with ward=FOLDER.")
    years = [path for path in _visible(folder) if path.is_dir() and _YEAR.fullmatch(path.name)]
    if not years:
        raise TadasuError(f"{folder}: no tax year in it. {layout}; name a folder like that with ward=FOLDER.")
    return years


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise TadasuError(f"{folder}: cannot be opened ({error.strerror}). Allow reading it.") from error


def _find(year: Path, table: Table, sources: list[Source]) -> list[str]:
    """Add the table's file of the year to `sources`; return what is wrong with it."""
    files = [
        path
        for path in _visible(year)
        if path.stem == table.name and path.suffix.lower() in _SUFFIXES and path.is_file()
    ]
    if not files:
        return [f"{table.name}: no file"] if table.mandatory else []
    if len(files) > 1:
        return [f"{table.name}: two files ({' and '.join(path.name for path in files)}); leave one"]
    try:
        source = Source(int(year.name), table, files[0], _schema(files[0]))
    except _UNREADABLE as error:
        return [f"{table.name}: {files[0].name} cannot be read ({_brief(error)})"]
    sources.append(source)
    missing = [
        column.name for column in table.columns if not column.optional and column.name in source.absent
    ]
    return [
        *(f"{table.name}: no column {name}" for name in missing),
        *(f"{table.name}: column {column}" for column in unfit(table, source.schema)),
    ]


def _schema(path: Path) -> dict[str, pl.DataType]:
    if path.suffix.lower() == ".csv":
        return dict.fromkeys(csv_lines.header(path), pl.String())
    return dict(pl.read_parquet_schema(path))


def _brief(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _incomplete(folder: Path, problems: dict[str, list[str]]) -> str:
    listed = "".join(f"\n  - {problem} ({', '.join(years)})" for problem, years in problems.items())
    return (
        f"{folder}: the extract cannot be used as it is:{listed}\nHave these files exported anew. A column"
        " that the system does not know may stand empty, but must stand there: docs/data_dictionary.md."
    )
