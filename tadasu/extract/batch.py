"""What one file brings for one table of one year, before its rows are judged: the currency of all readers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.oddities import Oddity
from tadasu.tables import Table


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one file for one table.

    frame: `line` (Int64) and every declared column with its declared type; a line may bring no row, or
    several. broken: as `reasons.BREACH`: the lines and cells that cannot be read (a line that has one is
    quarantined as a whole). shown: `line` and the file's permitted columns as text, for the quarantine; no
    name, address or Individual Number is ever in it. unsplit: `line`, `raw`: the hash of each line that
    could not be cut into cells. read: how many lines are records: all of them end up kept or quarantined.
    skipped: lines that are no records (headings, totals). oddities: what is told about the file.
    identities: which columns of `shown` hold, or may hold, a number of the ward's own, by standard column.
    """

    year: int
    table: Table
    file: str
    frame: pl.DataFrame
    broken: pl.DataFrame
    shown: pl.DataFrame
    unsplit: pl.DataFrame
    read: int
    skipped: int = 0
    oddities: tuple[Oddity, ...] = ()
    identities: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """See that the parts fit together."""
        expected = {"line": pl.Int64(), **self.table.schema}
        assert dict(self.frame.schema) == expected, f"{self.file}: not the columns of {self.table.name}"
        assert self.broken.schema == pl.Schema(reasons.BREACH), f"{self.file}: not a frame of breaches"
