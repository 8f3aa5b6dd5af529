"""What is odd but kept: counted and told, never put aside. The list exists because records contradict."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tadasu.extract.standard import Source, Survey

_UNKNOWN_COLUMNS = "宣言にない列（読まなかった）"
_ABSENT_COLUMNS = "任意の列がない（空として読んだ）"
_OTHER_TYPES = "型が宣言と違う列（値を変えずに読み替えた）"
_STRANGERS = "どの表でもないファイル・フォルダ（読まなかった）"
_DANGLING = "扶養親族の宛名番号が住民基本台帳にない"
_NO_CORRECTIONS = "過去の年度なのに処理記録がない不整合行（正解として使えない）"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd: what, in Japanese, how often, and the names it is about (no personal value).

    `files`: which files of the table, where several kinds make it up.
    """

    year: int | None
    table: str
    what: str
    count: int
    about: tuple[str, ...] = ()
    files: str = ""


def _both(one: str, other: str) -> pl.Expr:
    return (pl.col(one) > 0) & (pl.col(other) > 0)


_FIELDLESS = pl.col("field").is_null()
_CORRECTED = pl.col("outcome") == "corrected"

ODD_ROWS: tuple[tuple[str, str, pl.Expr], ...] = (
    (
        "documents",
        "訂正元の資料が課税資料にない",
        ~pl.col("supersedes").is_in(pl.col("document_id").implode()),
    ),
    ("documents", "自分自身を訂正元とする資料", pl.col("supersedes") == pl.col("document_id")),
    ("dependents", "扶養親族の宛名番号がない", pl.col("dependent_person_id").is_null()),
    ("donations", "寄附額がない、または 0", pl.col("amount").fill_null(0) == 0),
    (
        "assessments",
        "医療費控除とセルフメディケーション税制の両方",
        _both("medical_expense", "self_medication"),
    ),
    (
        "assessments",
        "配偶者控除と配偶者特別控除の両方",
        _both("spouse_deduction", "spouse_special_deduction"),
    ),
    ("assessments", "給与所得が給与収入を上回る", pl.col("salary_income") > pl.col("salary_revenue")),
    ("assessments", "公的年金等雑所得が収入を上回る", pl.col("pension_income") > pl.col("pension_revenue")),
    ("inconsistencies", "資料番号のない不整合行", pl.col("document_ids").is_null()),
    ("corrections", "修正なのに項目がない処理", _CORRECTED & _FIELDLESS),
    ("corrections", "修正でないのに項目がある処理", ~_CORRECTED & ~_FIELDLESS),
    ("corrections", "修正前と修正後が同じ処理", pl.col("old_value") == pl.col("new_value")),
)
"""Table, what is odd about a row, and where it is so."""


def of_survey(survey: Survey) -> list[Oddity]:
    """Tell the files and folders that belong to no table."""
    names = tuple(survey.strangers)
    return [Oddity(None, "", _STRANGERS, len(names), names)] if names else []


def of_columns(source: Source) -> list[Oddity]:
    """Tell the columns that were not read, that are not there, and that had another type."""
    other = tuple(
        f"{name}: {source.schema[name]} → {source.table.schema[name]}"
        for name in source.declared
        if not source.is_csv and source.schema[name] != source.table.schema[name]
    )
    found = ((_UNKNOWN_COLUMNS, source.unknown), (_ABSENT_COLUMNS, source.absent), (_OTHER_TYPES, other))
    return [
        Oddity(source.year, source.table.name, what, len(names), tuple(names))
        for what, names in found
        if names
    ]


def of_rows(year: int, tables: dict[str, pl.DataFrame], *, newest: bool) -> list[Oddity]:
    """Count the odd rows among those of a year that were kept."""
    return [
        Oddity(year, table, what, count) for table, what, count in _counts(tables, newest=newest) if count
    ]


def _counts(tables: dict[str, pl.DataFrame], *, newest: bool) -> Iterator[tuple[str, str, int]]:
    for table, what, odd in ODD_ROWS:
        yield table, what, tables[table].select(odd.sum()).item()
    people = tables["residents"]["person_id"]
    yield "dependents", _DANGLING, _absent_from(tables["dependents"]["dependent_person_id"], people)
    if not newest and tables["corrections"].is_empty():
        yield "corrections", _NO_CORRECTIONS, tables["inconsistencies"].height


def _absent_from(values: pl.Series, known: pl.Series) -> int:
    return int((~values.drop_nulls().is_in(known.implode())).sum())
