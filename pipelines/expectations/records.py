"""Expectations of the merged records, this year's and last year's."""

import polars as pl

from pipelines.expectations.declare import NOTHING_SAID, Expectation, Filled, Holds, Scope
from pipelines.expectations.papers import of_revenue
from tadasu.tables import ASSESSMENTS, DOCUMENTS, PREVIOUS_ASSESSMENTS, RESIDENTS, Table

_PARTS_OF_TAX = ("income_levy", "per_capita_levy", "forest_tax")


def _tax_adds_up(_: Scope) -> pl.Expr:
    parts = sum((pl.col(name).fill_null(0) for name in _PARTS_OF_TAX), start=pl.lit(0))
    return pl.col("resident_tax") == parts


def _taxable_within_income(_: Scope) -> pl.Expr:
    return pl.col("taxable_income") <= pl.max_horizontal(pl.col("total_income"), 0)


def _seen_before(scope: Scope) -> pl.Expr:
    if scope.before is None:
        return NOTHING_SAID
    return pl.col("person_id").is_in(scope.before[ASSESSMENTS.name]["person_id"].drop_nulls().implode())


def _of_record(table: Table) -> tuple[Expectation, ...]:
    return (
        Expectation(
            table.name,
            "tax_filled",
            "年税額がわかる",
            Filled("resident_tax"),
            warn_above=0.05,
            advice="税額の増減を示せない人が増えます。",
        ),
        Expectation(
            table.name,
            "tax_adds_up",
            "年税額が所得割・均等割・森林環境税の合計である",
            Holds(_tax_adds_up),
            warn_above=0.01,
            stop_above=0.5,
            advice="少数であれば記録の矛盾です。多いときは税額の列の取り違えが疑われます。",
        ),
        Expectation(
            table.name,
            "taxable_within",
            "課税標準額が合計所得金額を超えない",
            Holds(_taxable_within_income),
            warn_above=0.01,
            stop_above=0.5,
            advice="少数であれば記録の矛盾です。多いときは列の取り違えが疑われます。",
        ),
        *of_revenue(table),
    )


OF_ASSESSMENTS: tuple[Expectation, ...] = (
    Expectation(
        "assessments",
        "person_known",
        "合算結果の本人が住民基本台帳にいる",
        Holds(lambda s: s.known("person_id", RESIDENTS)),
        stop_above=0.2,
        advice="宛名番号の仮名化が表ごとに違っていないか、台帳の抽出もれがないか確かめてください。",
    ),
    Expectation(
        "assessments",
        "document_exists",
        "合算結果の本人に課税資料がある",
        Holds(lambda s: s.known("person_id", DOCUMENTS)),
        warn_above=0.2,
        stop_above=0.99,
        advice="課税資料の抽出もれが疑われます。資料から作る候補が出せません。",
    ),
    Expectation(
        "assessments",
        "seen_before",
        "前年度の合算結果にもいる人が一定数いる",
        Holds(_seen_before),
        warn_above=0.98,
        advice="宛名番号の仮名化が年度ごとに変わっていませんか。年度をまたぐ手がかりが使えなくなります。",
    ),
    *_of_record(ASSESSMENTS),
)

OF_PREVIOUS: tuple[Expectation, ...] = (
    Expectation(
        "previous_assessments",
        "person_known",
        "前年課税台帳の本人が今年度の住民基本台帳にいる",
        Holds(lambda s: s.known("person_id", RESIDENTS)),
        warn_above=0.05,
        stop_above=0.95,
        advice="宛名番号の仮名化が年度ごとに変わっていませんか。前年との比較ができません。",
    ),
    *_of_record(PREVIOUS_ASSESSMENTS),
)
