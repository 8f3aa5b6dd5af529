"""What a mapping says, as small frozen values: which files, how they are laid out, what each cell means.

A `Mapping` has `Source`s: files of one layout that bring rows of one table. A source has a `Cell` for each
column that it fills. A cell says where its text stands (`parts`) and how that text is read (`Reading`).
The same values run both ways: `tadasu.extract.read` and `tadasu.extract.write` use nothing else.
"""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from typing import Literal

from tadasu.extract.forms import DateForm
from tadasu.extract.mapping.nodes import Node
from tadasu.extract.numerals import NumberForm
from tadasu.tables import Table

Format = Literal["csv", "fixed", "xlsx", "parquet"]
Kind = Literal["text", "number", "date", "flag"]

FORMATS: tuple[Format, ...] = ("csv", "fixed", "xlsx", "parquet")
ENCODINGS = ("cp932", "shift_jis", "utf-8", "utf-8-sig", "detect")
"""`utf-8` reads with and without a byte order mark; `utf-8-sig` writes one too."""

MOST_LINES = 5
"""Over how many lines a record may run at most, however the mapping is written."""

Codes = Mapped[str, str]
"""From what the file says to a word of the standard layout. '' is a blank cell on the one side, an empty
value on the other."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the text of a cell becomes a value, and back.

    kind: what the value is. codes: a code table; where there is one, nothing else applies.
    unknown: what becomes of a code that the table lacks: `quarantine`, `empty` or `keep`.
    width: an identifier's declared width; shorter digits get their zeros back (and are counted).
    dates: the forms that are accepted, all unambiguous ones where none is named; the first is the one that
    is written.
    eras: what the era digit of a date without letters stands for, such as {'5': '令和'}.
    numbers: the form in which numbers are written (every form is read).
    unit: 1, or 1,000 where the file counts in thousands of yen. blank: the value that a blank cell stands
    for, '' for an empty one. zero: whether 0 is the number or means 'not stated'.
    """

    kind: Kind = "text"
    codes: Codes | None = None
    unknown: Literal["quarantine", "empty", "keep"] = "quarantine"
    width: int | None = None
    dates: tuple[DateForm, ...] = ()
    eras: Mapped[str, str] = field(default_factory=dict)
    unit: int = 1
    numbers: NumberForm = field(default_factory=NumberForm)
    blank: str = ""
    zero: Literal["keep", "empty"] = "keep"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a cell's text: a column of the file, or text that stands as it is (`source` is empty).

    width: digits that the piece has when it is written and read, with zeros in front; None as it stands.
    """

    source: str
    literal: str = ""
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a column of the standard layout comes from.

    column: the standard column. parts: the pieces its text is made of, in order; one for an ordinary column,
    several for a composite key. constant: the value itself, where the file does not say it. number: the
    place of the row within its record, from 1, where one line brings several rows.
    by, cases: another column of the same table whose value (a key of `cases`, or `*`) says how to read.
    separator: what stands between the items of a list in one column of the file ('' where the cell is no such
    list); joined: whether each part is an item of a list. Each item is read and written on its own.
    """

    column: str
    parts: tuple[Part, ...] = ()
    reading: Reading = field(default_factory=Reading)
    constant: str | None = None
    number: bool = False
    by: str = ""
    cases: Mapped[str, Reading] = field(default_factory=dict)
    separator: str = ""
    joined: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the columns of the file that the cell is read from."""
        return tuple(dict.fromkeys(part.source for part in self.parts if part.source))


@dataclass(frozen=True, slots=True)
class Position:
    """A field of a line of fixed width: where it begins (from 1) and how long it is."""

    name: str
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: all that is needed to cut it into cells of text.

    quote: the quotation mark, '' where there is none. header: the line of the column names, 0 where columns
    are known by position (`1`, `2`, …). multiline: over how many lines a record may run. extra_cells:
    whether lines may be longer than the header. last_line: `ended` puts aside a last line without a line
    end (the file may have been cut off), `whole` accepts it. skip, only: patterns of lines that are no
    records, and of the lines that alone are. positions, unit: the fields of a fixed width, in bytes or
    characters. sheet: an Excel sheet by name, '' the first.
    """

    format: Format = "csv"
    encoding: str = "detect"
    delimiter: str = ","
    quote: str = '"'
    header: int = 1
    multiline: int = 1
    extra_cells: bool = False
    last_line: Literal["ended", "whole"] = "ended"
    skip: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    unit: Literal["bytes", "characters"] = "bytes"
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a line brings.

    present: columns of the file at least one of which is filled where the line brings this row; none where
    every line does.
    """

    cells: tuple[Cell, ...]
    present: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one layout that bring rows of one table.

    table: where the rows go. files: patterns below the ward's folder, with `{year}` for the tax year.
    rows: what a line brings: one row, or several where the file is wide (dependants 1 to 4 in columns).
    year: the tax year of files whose name does not say it. refuse: patterns of columns that are never read.
    optional: whether a year may lack such files. where: its place in the mapping, for messages.
    """

    table: Table
    files: tuple[str, ...]
    layout: Layout
    rows: tuple[Row, ...]
    year: int | None = None
    refuse: tuple[str, ...] = ()
    optional: bool = False
    where: str = ""

    @property
    def wide(self) -> bool:
        """Say whether a line may bring no row, or several."""
        return len(self.rows) > 1 or any(row.present for row in self.rows)

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the columns that the file must have."""
        return tuple(dict.fromkeys([*self.mapped, *(name for row in self.rows for name in row.present)]))

    @property
    def mapped(self) -> tuple[str, ...]:
        """Return the columns of the file that any cell is read from: those that may be shown."""
        names = (name for row in self.rows for cell in row.cells for name in cell.sources)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a ward's files become the standard layout.

    year_form: how folders and files name a year, by example (`R05`); every form is read, this one
    written. outgoing: how corrections are written for the tax system, None in the layout of their own table.
    year_offset: what is added to a year in a name to give the tax year (1 where files are named
    after the income's year). sections: what other readers are told (`statutory`, `export` …), untouched.
    """

    file: str
    sources: tuple[Source, ...]
    year_form: str = "2024"
    year_offset: int = 0
    sections: Mapped[str, Node] = field(default_factory=dict)
    outgoing: Source | None = None

    def of(self, table: str) -> tuple[Source, ...]:
        """Return the sources of a table."""
        return tuple(source for source in self.sources if source.table.name == table)
