"""Lines that stand twice, keys that stand twice, and what is left of a row when a part of it is put aside."""

from collections.abc import Sequence

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.contract import STAFF_ACTIONS, stated
from tadasu.tables import Table

_NUMBERING = ("action_no", "work_seconds")
"""What two records of one and the same staff action may differ in: the copy has the next number."""


def breaches(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the lines of `frame` (made by `cells.plain`) that repeat another, or whose key another claims.

    Of identical lines all but the first are copies. Of the same key with other content every line is put
    aside: nobody here can tell which is right. A staff action that differs from another of its row in its
    number alone is a copy too.
    """
    copies = _copies(frame, table.key, tuple(table.schema))
    if table.name in STAFF_ACTIONS:
        action = tuple(name for name in table.schema if name not in _NUMBERING)
        in_turn = frame.join(copies, on="line", how="anti").sort("action_no", "line", nulls_last=True)
        copies = pl.concat([copies, _copies(in_turn, ("row_id",), action)])
    claimed = _repeated(frame.join(copies, on="line", how="anti"), table.key)
    return pl.concat([_breach(copies, table.key, reasons.COPY), _breach(claimed, table.key, reasons.KEY)])


def partial(frame: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """Return the sound lines of staff's actions whose row lost another line (copies apart).

    The label of a row is all of its lines together: half of them would be another label.
    """
    lost = broken.filter(pl.col("reason") != reasons.COPY)
    rows = frame.join(lost, on="line", how="semi").select("row_id").drop_nulls()
    sound = frame.join(broken, on="line", how="anti").join(rows, on="row_id", how="semi")
    return _breach(sound, ("row_id",), reasons.PARTIAL)


def _repeated(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return the rows whose key stands on more than one row; an empty key is another rule's matter."""
    if frame.select(key).n_unique() == frame.height:
        return frame.clear()
    keyed = frame.drop_nulls(key)
    return keyed.filter(keyed.select(key).is_duplicated())


def _copies(frame: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    """Return the rows with the same key and the same `content`, as stated, as a row above them."""
    same_key = _repeated(frame, key)
    return same_key.filter(~pl.struct(stated(frame, name) for name in content).is_first_distinct())


def _breach(frame: pl.DataFrame, key: Sequence[str], reason: str) -> pl.DataFrame:
    value = pl.concat_str([stated(frame, name) for name in key], separator=";", ignore_nulls=True)
    return frame.select("line", column=pl.lit(";".join(key)), value=value, reason=pl.lit(reason))
