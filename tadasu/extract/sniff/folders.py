"""Which files of a folder belong together: the same name in every year's folder, or the year in the name."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from tadasu.errors import TadasuError
from tadasu.extract.forms import eras, year_of

_TABLES = {".csv", ".tsv", ".txt", ".dat", ".tab", ".xlsx", ".xlsm", ".parquet", ".pq", ".prn", ".asc", ""}
_LETTERS = "".join(era.letter for era in eras())
_NAMES = "|".join(era.name for era in eras())
_YEAR = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{{2}}|[{_LETTERS}](?:0[1-9]|[1-9][0-9]?)|(?:{_NAMES})(?:元|[0-9]{{1,2}}))"
    r"(?:年度分?|年分?)?(?![0-9A-Za-z])"
)

_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])")
_REST = "????"
"""What stands for month and day of a day in a name."""


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one kind: a pattern with `{year}` where a year stands, and the files with their years."""

    pattern: str
    files: tuple[tuple[int | None, Path], ...]
    example: str = ""

    @property
    def dated(self) -> bool:
        """Say whether the pattern tells the year."""
        return "{year}" in self.pattern

    @property
    def by_day(self) -> bool:
        """Say whether the year is that of a day in the name, on which the file may have been made."""
        return f"{{year}}{_REST}" in self.pattern

    @property
    def stem(self) -> str:
        """Return what the name says besides the year."""
        return Path(self.pattern.replace("{year}", "").replace(_REST, "")).stem.strip("_- 　")


def groups(folder: Path) -> list[Group]:
    """Return the groups of files below a folder that may be tables, by pattern.

    Raises:
        TadasuError: there is no such folder, or nothing in it that could be a table.
    """
    if not folder.is_dir():
        raise TadasuError(f"{folder}: no such folder.")
    found: dict[str, list[tuple[int | None, Path]]] = {}
    examples: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith((".", "~$")) for part in Path(name).parts)
        if hidden or not path.is_file() or path.suffix.lower() not in _TABLES:
            continue
        pattern, year, example = _pattern(name)
        found.setdefault(pattern, []).append((year, path))
        examples.setdefault(pattern, example)
    if not found:
        raise TadasuError(f"{folder}: no CSV, text, Excel or Parquet file is in it.")
    return [Group(pattern, tuple(files), examples[pattern]) for pattern, files in found.items()]


def _pattern(name: str) -> tuple[str, int | None, str]:
    """Return the pattern of a name, its year, and how the year is written.

    The year nearest to the root is the one; what follows it in digits (dates, running numbers) becomes `*`.
    """
    text = unicodedata.normalize("NFC", name)
    place = next((m for m in _YEAR.finditer(text) if year_of(m[0])), None)
    if place is None and (day := _DAY.search(text)):
        before, after = text[: day.start()], text[day.end() :]
        return f"{_numbers(before)}{{year}}{_REST}{_numbers(after)}", int(day[1]), day[1]
    if place is None:
        return _numbers(text), None, ""
    year = text[place.start() : place.end()]
    return f"{_numbers(text[: place.start()])}{{year}}{_numbers(text[place.end() :])}", year_of(year), year


def _numbers(text: str) -> str:
    """Put `*` for numbers that tell files of one kind apart, such as a running number at a stem's end."""
    return re.sub(r"(?<=[_\-.])[0-9]{3,}(?=[_\-.]|$)", "*", text)
