"""Whose report a line is: the ward's own file that matches lines to 宛名番号."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import reasons
from tadasu.extract.cut.cut import cut
from tadasu.extract.found import File
from tadasu.extract.mapping.model import Cell
from tadasu.extract.mends import WITHDRAW
from tadasu.extract.refused import individual_numbers, is_refused
from tadasu.extract.statutory.settings import Match
from tadasu.extract.values import read_values
from tadasu.tables import DOCUMENTS

_BY = "_by_"
RELATIVE = "_relative_"
"""What the columns with a relative's 宛名番号 begin with; the slot's name follows."""

PERSON = "宛名番号"
"""The column that the quarantine names where a line found nobody: the mend is the person's number."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What a year's matching files say.

    frame: the keys (`_by_…`), the columns taken over, the relatives (`_relative_…`), `_match` (a number), and
    `_twice` where a key has more than one answer. lines: how many lines the files have. unread: how many of
    them cannot be read.
    """

    frame: pl.DataFrame
    lines: int
    unread: int


def matches(files: list[File], match: Match) -> Matches:
    """Read the matching files of a year.

    Raises:
        TadasuError: a file lacks a column, or holds Individual Numbers.
    """
    parts = [_part(file, match) for file in files]
    frames = [part.frame for part in parts]
    frame = pl.concat(frames) if frames else _empty(match)
    by = [f"{_BY}{name}" for name in match.by]
    distinct = frame.unique(maintain_order=True).drop_nulls(by)
    twice = distinct.with_columns(_twice=pl.struct(by).is_duplicated())
    told = twice.unique(by, keep="first", maintain_order=True).with_row_index("_match")
    return Matches(told, sum(part.lines for part in parts), sum(part.unread for part in parts))


def matched(
    lines: pl.DataFrame, file: str, found: Matches, match: Match
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add to the lines whose they are, and as `reasons.BREACH` those that found nobody, or two."""
    names = {"file": pl.lit(PurePosixPath(file).name), "line": pl.col("line").cast(pl.String())}
    keys = [_key(names.get(name, pl.col(name)), name).alias(f"{_BY}{name}") for name in match.by]
    by = [f"{_BY}{name}" for name in match.by]
    joined = lines.with_columns(keys).join(found.frame, on=by, how="left", maintain_order="left").drop(by)
    why = (
        pl.when(pl.col("_twice").fill_null(value=False))
        .then(pl.lit(reasons.MATCHED_TWICE))
        .when(pl.col("person_id").is_null())
        .then(pl.lit(reasons.UNMATCHED))
    )
    broken = joined.select(
        "line", pl.lit(PERSON).alias("column"), pl.lit(None, pl.String()).alias("value"), reason=why
    ).drop_nulls("reason")
    return joined.drop("_twice"), broken


def assigned(
    lines: pl.DataFrame, nobody: pl.DataFrame, mends: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give lines that found nobody, or two, the person whom staff named when they mended them."""
    own = mends.filter(pl.col("column") == PERSON, pl.col("value").ne_missing(WITHDRAW))
    told = own.select("line", mend=_blank(pl.col("value"))).drop_nulls().join(nobody, on="line", how="semi")
    joined = lines.join(told, on="line", how="left", maintain_order="left")
    named = joined.with_columns(person_id=pl.coalesce("mend", "person_id")).drop("mend")
    return named, nobody.join(told, on="line", how="anti")


def _part(file: File, match: Match) -> Matches:
    told = cut(file.path, match.source.layout)
    needed = [*match.by.values(), *match.relatives.values(), *(n for c in match.columns for n in c.sources)]
    missing = [name for name in needed if name not in told.names]
    if missing:
        raise TadasuError(
            f"{file.name}: no column {', '.join(missing)}; {match.source.where} names it. The file has: "
            f"{', '.join(told.names)}."
        )
    cells = told.cells.select(list(dict.fromkeys(needed)))
    refused = [name for name in told.names if is_refused(name, match.source.refuse)]
    if numbers := individual_numbers(told.cells.drop("line", *refused)):
        raise TadasuError(
            f"{file.name}: the column {', '.join(numbers)} holds Individual Numbers (マイナンバー), which "
            f"must not enter. Name it under `refuse` at {match.source.where}, or have it left out."
        )
    columns = [_column(cells, cell) for cell in match.columns]
    keys = cells.select(_key(pl.col(column), name).alias(f"{_BY}{name}") for name, column in match.by.items())
    kin = cells.select(
        _blank(pl.col(column)).alias(f"{RELATIVE}{name}") for name, column in match.relatives.items()
    )
    frame = pl.concat([keys, pl.DataFrame(columns), kin], how="horizontal")
    unread = told.broken.height + frame["person_id"].null_count()
    return Matches(frame, told.read, unread)


def _key(cell: pl.Expr, name: str) -> pl.Expr:
    """Return a key in one writing: numbers of lines without zeros in front, other blanks as nothing."""
    text = _blank(cell)
    if name == "line":
        return text.str.strip_chars_start("0")
    return text.str.split("/").list.last() if name == "file" else text


def _blank(cell: pl.Expr) -> pl.Expr:
    text = cell.str.strip_chars()
    return pl.when(text != "").then(text)


def _column(cells: pl.DataFrame, cell: Cell) -> pl.Series:
    dtype = DOCUMENTS.schema[cell.column]
    if cell.constant is not None:
        return (
            pl.Series(cell.column, [cell.constant], pl.String()).cast(dtype).new_from_index(0, cells.height)
        )
    pieces = [pl.col(part.source) if part.source else pl.lit(part.literal) for part in cell.parts]
    text = cells.select(x=pl.concat_str(pieces))["x"]
    return read_values(text, cell.reading).values.cast(dtype).alias(cell.column)


def _empty(match: Match) -> pl.DataFrame:
    text = [*(f"{_BY}{name}" for name in match.by), *(f"{RELATIVE}{name}" for name in match.relatives)]
    return pl.DataFrame(
        schema=dict.fromkeys(text, pl.String())
        | {cell.column: DOCUMENTS.schema[cell.column] for cell in match.columns}
    )
