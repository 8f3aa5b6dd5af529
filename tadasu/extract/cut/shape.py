"""What every way of cutting a file gives."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons

UNSPLIT = {"line": pl.Int64(), "raw": pl.String()}


@dataclass(frozen=True, slots=True)
class Cut:
    """A file as cells of text.

    names: the columns of the file. cells: `line` (Int64, from 1) and a column of text for each name, one row
    per sound record. broken: as `reasons.BREACH`, one per record that cannot be cut; the two share no line.
    unsplit: `line`, `raw`: the hash of each broken record, since what stands in it cannot be told apart.
    skipped: lines that are no records. told: what is worth telling about the file (Japanese).
    """

    names: tuple[str, ...]
    cells: pl.DataFrame
    broken: pl.DataFrame
    unsplit: pl.DataFrame
    skipped: int = 0
    told: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Return how many records the file has."""
        return self.cells.height + self.broken.height


def whole(names: Sequence[str], cells: pl.DataFrame, skipped: int = 0) -> Cut:
    """Return a file that cannot have broken lines."""
    return Cut(
        tuple(names), cells, pl.DataFrame(schema=reasons.BREACH), pl.DataFrame(schema=UNSPLIT), skipped
    )


def distinct(names: Sequence[str | None]) -> list[str]:
    """Return column names that are all different: the second `氏名` is `氏名#2`, a nameless one its place.

    A column of the file called `line` is `line#2`: the first is the number of the line.
    """
    seen = {"line": 1}
    told = []
    for place, given in enumerate(names, 1):
        name = (given or "").strip() or str(place)
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return told
