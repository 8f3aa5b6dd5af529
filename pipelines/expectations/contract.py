"""Expectations that follow from the declared tables: keys, filled cells, codes, years, money, counts."""

import polars as pl

from pipelines.expectations.declare import (
    EachHolds,
    Expectation,
    Holds,
    How,
    Scope,
    Unique,
    is_filled,
)
from tadasu.fields import FIELDS
from tadasu.tables import PREVIOUS_ASSESSMENTS, Column, Table

SPOILT = "表の書き出し、または取り込みの誤りです。抽出からやり直してください。"


def expectations_of(table: Table) -> tuple[Expectation, ...]:
    """Return what the declaration of `table` says its rows must be."""
    labels = "と".join(column.label for column in table.columns if column.name in table.key)
    filled = tuple(column for column in table.columns if column.filled)
    coded = tuple(column for column in table.columns if column.values)
    return (
        _must(table, "key_unique", f"{labels}が重複しない", Unique(table.key)),
        _must(table, "filled", "必ず要る欄が空でない", EachHolds(filled, _stated)),
        *(
            (_must(table, "coded", "コードの欄に定められたコードだけがある", EachHolds(coded, _known)),)
            if coded
            else ()
        ),
        *_year(table),
        *_figures(table),
    )


def _must(table: Table, name: str, description: str, how: How, advice: str = SPOILT) -> Expectation:
    return Expectation(table.name, name, description, how, warn_above=None, stop_above=0.0, advice=advice)


def _stated(scope: Scope, column: Column) -> pl.Expr:
    return is_filled(column.name, scope)


def _known(_: Scope, column: Column) -> pl.Expr:
    return pl.col(column.name).is_in(list(column.values))


def _year(table: Table) -> tuple[Expectation, ...]:
    if "tax_year" not in table.schema:
        return ()
    back = 1 if table == PREVIOUS_ASSESSMENTS else 0
    said = "課税年度がフォルダの年度の前年である" if back else "課税年度がフォルダの年度と同じである"
    agrees = Holds(lambda scope: pl.col("tax_year") == scope.year - back)
    advice = "別の年度のファイルが混ざっています。フォルダを確かめてください。"
    return (_must(table, "year_agrees", said, agrees, advice),)


def _figures(table: Table) -> tuple[Expectation, ...]:
    money = tuple(c for c in table.columns if _kind(c) == "yen")
    counts = tuple(c for c in table.columns if _kind(c) == "count")
    signed = tuple(c for c in (*money, *counts) if not c.negative)
    return (
        *((_not_negative(table, signed),) if signed else ()),
        *((_plausible(table, money),) if money else ()),
        *((_few(table, counts),) if counts else ()),
    )


def _kind(column: Column) -> str:
    """Tell money from people and the rest: counts and money share a type."""
    if column.name in FIELDS:
        return FIELDS[column.name].kind
    return "yen" if column.dtype == pl.Int64 and not column.name.endswith("seconds") else ""


def _not_negative(table: Table, columns: tuple[Column, ...]) -> Expectation:
    return Expectation(
        table.name,
        "not_negative",
        "マイナスがあり得ない金額・人数がマイナスでない",
        EachHolds(columns, lambda _, column: pl.col(column.name) >= 0),
        stop_above=0.05,
        advice="入力誤りか、△の読み違いです。該当する項目を原票と見比べてください。",
    )


def _plausible(table: Table, columns: tuple[Column, ...]) -> Expectation:
    return Expectation(
        table.name,
        "amount_plausible",
        "金額がけた違いに大きくない",
        EachHolds(columns, lambda scope, column: pl.col(column.name).abs() <= scope.limits.amount),
        stop_above=0.01,
        advice="けた違いの入力か、列のずれが疑われます。",
    )


def _few(table: Table, columns: tuple[Column, ...]) -> Expectation:
    return Expectation(
        table.name,
        "count_plausible",
        "人数がけた違いに多くない",
        EachHolds(columns, lambda scope, column: pl.col(column.name) <= scope.limits.relatives),
        stop_above=0.01,
        advice="人数の欄に別の数字が入っています。列のずれが疑われます。",
    )
