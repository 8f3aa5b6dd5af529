"""The record of the rows of the same kind in earlier years: how many there were, how many were corrected."""

import polars as pl

COUNTED = (("code", "同じチェック"), ("evidence", "同じ項目・同じ記載"))
"""How rows are known to be alike: the check while its code is in use, otherwise what the row states."""

NONE = "同種の実績なし（昨年まで）"


def record(features: pl.DataFrame) -> pl.DataFrame:
    """Return (row_id, record), such as 同種（同じチェック）昨年まで214件中201件で修正.

    Of both kinds of likeness the first that was seen is told. Of `features` the lines of 'leave' (repair 0)
    are read; where a number of rows is not among the columns the share alone is told.
    """
    leave = features.filter(pl.col("repair_id") == 0)
    names = set(features.columns)
    known = [_text(name, words, names) for name, words in COUNTED if f"{name}_corrected_share" in names]
    return leave.select("row_id", record=pl.coalesce(*known, pl.lit(NONE)))


def _text(name: str, words: str, columns: set[str]) -> pl.Expr:
    share = pl.col(f"{name}_corrected_share").cast(pl.Float64)
    if f"{name}_rows" not in columns:
        percent = (share * 100).round(1)
        return pl.format("同種（{}）昨年までの{}%で修正", pl.lit(words), percent)
    rows = pl.col(f"{name}_rows").cast(pl.Float64)
    # Counts are kept as a share beside the number of rows, so that the model sees both.
    corrected = (rows * share).round().cast(pl.Int64)
    text = pl.format("同種（{}）昨年まで{}件中{}件で修正", pl.lit(words), rows.cast(pl.Int64), corrected)
    return pl.when(rows > 0).then(text)
