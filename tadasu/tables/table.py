"""What a table is: its grain, its key, its columns with their types and codes."""

from dataclasses import dataclass, field

import polars as pl

TEXT, YEN, COUNT, FLAG, DATE, YEAR, REAL = (
    pl.String(),
    pl.Int64(),
    pl.Int64(),
    pl.Boolean(),
    pl.Date(),
    pl.Int32(),
    pl.Float64(),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name and type, whether it must be filled, which codes it may hold.

    `filled`: no cell of it may be empty. `optional`: an extract may come without the column, which then
    reads as empty; every other column must stand in the file, be it empty. `unit` is Japanese (円, 人, 秒).
    """

    name: str
    dtype: pl.DataType
    label: str
    filled: bool = False
    values: tuple[str, ...] = ()
    negative: bool = True
    optional: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one row is one `grain`, told apart by `key`."""

    name: str
    label: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(repr=False)
    mandatory: bool = True

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return the columns' names and types, in order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)

    def arrange(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` in the declared column order, sorted by key, so that same content is same bytes.

        Raises:
            ValueError: a column is missing or has another type than declared.
        """
        wrong = [
            f"{name}: {frame.schema.get(name, 'missing')} where {dtype} is expected"
            for name, dtype in self.schema.items()
            if frame.schema.get(name) != dtype
        ]
        if wrong:
            raise ValueError(f"table {self.name}: " + "; ".join(wrong))
        return frame.select(*self.schema).sort(self.key, maintain_order=True)
