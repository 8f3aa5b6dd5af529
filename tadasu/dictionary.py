"""The data dictionary: every table and every tax field as a page for people, written from their declarations.

`docs/data_dictionary.md` is what `render` returns; a test compares the two.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from tadasu import tables
from tadasu.fields import COMPUTED_FIELDS, FIELDS, TAX_FIELDS, Field
from tadasu.tables import BESIDE, EXTRACT, Column, Table

_TYPES: dict[pl.DataType, str] = {
    pl.String(): "text",
    pl.Int64(): "integer",
    pl.Int32(): "integer (32 bits)",
    pl.Boolean(): "`true`/`false`",
    pl.Date(): "date",
    pl.Float64(): "real",
    pl.Datetime("us", "UTC"): "time (UTC)",
}

_ENTRIES = {
    "entered": "entered by staff",
    "renewed": "renewed by the system",
    "both": "renewed, or entered on its own",
    "computed": "computed",
}

_INTRODUCTION = """\
# Data dictionary

Written by `tadasu/dictionary.py` from the declarations in `tadasu/tables/` and `tadasu/fields.py`
(`make docs` writes it anew); do not edit it here.

An extract is a folder per tax year (課税年度), named by its four digits, with one file per table in it:
`2025/documents.parquet` or `2025/documents.csv` (UTF-8 with or without a byte order mark, the column names
in line 1, cells with commas or quotes quoted).
In CSV a date is written YYYY-MM-DD, an integer without separators, a truth value `true` or `false`.
In Parquet an integer of another width is as good as the declared one, and so is text written as in CSV.
An empty cell means 'not stated', never zero.

How the columns below read:

- **Unit**: money is in whole yen (円), counts of people in 人, working time in 秒.
- **Empty**: `never` (a row in which it is empty is quarantined), `may be`, or `may be absent` (an extract may
  come without the column, which then reads as empty). Every other column must stand in the file, be it empty:
  where one is missing, reading stops and names all that are.
- **Values**: the only codes that the cell may hold, or `≥ 0` where a negative amount is not lawful.
  A row with anything else is quarantined.

Of identical rows one is kept; of the same key with different content every row is quarantined.
In `corrections` and `second_opinions` a row that loses a line in this way loses its other lines too:
they would be another label.
"""

_FIELDS_INTRODUCTION = """\
## Tax fields

Columns of `assessments`, most of them of `documents` too.
An article without the name of a law is one of 地方税法 (the municipal part, which 特別区民税 follows).
未確認 marks an article that was not read in the text of the statute.
"""


def declared_tables() -> tuple[Table, ...]:
    """Return every table that `tadasu.tables` declares: the extract's, those beside it, those written."""
    given = (*EXTRACT, *BESIDE)
    written = [value for value in vars(tables).values() if isinstance(value, Table) and value not in given]
    return (*given, *written)


def render() -> str:
    """Return the page in Markdown."""
    all_tables = declared_tables()
    sections = (
        _INTRODUCTION,
        "## Tables of an extract\n",
        *(_table(table, all_tables) for table in EXTRACT),
        "## Tables that may lie beside an extract\n",
        *(_table(table, all_tables) for table in BESIDE),
        "## Tables that Tadasu writes\n",
        *(_table(table, all_tables) for table in all_tables[len(EXTRACT) + len(BESIDE) :]),
        _FIELDS_INTRODUCTION,
        _fields("What the tax is computed from", TAX_FIELDS),
        _fields("What the tax system computes from it", COMPUTED_FIELDS),
    )
    return "\n".join(sections)


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _table(table: Table, all_tables: tuple[Table, ...]) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    told = [
        f"### `{table.name}` {table.label}\n",
        f"One row is {table.grain}. Key: {key}.{_presence(table)}\n",
    ]
    twin = next(other for other in all_tables if other.columns == table.columns)
    if twin is not table:
        return "\n".join([*told, f"The columns are those of `{twin.name}`.\n"])
    head = ("Column", "名称", "Type", "Unit", "Empty", "Values")
    return "\n".join([*told, _grid(head, _columns(table))])


def _presence(table: Table) -> str:
    return "" if table.mandatory or table not in (*EXTRACT, *BESIDE) else " The table may be absent."


def _columns(table: Table) -> Iterator[tuple[str, ...]]:
    for column in table.columns:
        empty = "may be absent" if column.optional else "may be"
        if column.filled or column.name in table.key:
            empty = "never"
        yield f"`{column.name}`", column.label, _TYPES[column.dtype], column.unit, empty, _values(column)


def _values(column: Column) -> str:
    if column.values and set(column.values) <= set(FIELDS):
        return "a tax field" + (" (computed ones too)" if len(column.values) == len(FIELDS) else "")
    if column.values:
        return _codes(column.values)
    return "≥ 0" if column.dtype.is_integer() and not column.negative else ""


def _codes(values: tuple[str, ...]) -> str:
    return " ".join(f"`{value}`" for value in values)


def _fields(title: str, fields: tuple[Field, ...]) -> str:
    head = ("Field", "名称", "Kind", "Unit", "Group", "Law", "How it comes about", "Values")
    rows = (
        (
            f"`{field.name}`",
            field.label,
            field.kind,
            field.unit,
            field.group,
            field.law_text,
            _ENTRIES[field.entry],
            _lawful(field),
        )
        for field in fields
    )
    return f"### {title}\n\n{_grid(head, rows)}"


def _lawful(field: Field) -> str:
    if field.unit:
        return "may be negative" if field.negative else "≥ 0"
    return _codes(field.values) or "`true` `false`"
