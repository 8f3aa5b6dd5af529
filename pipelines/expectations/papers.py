"""Expectations of tax documents and of donations."""

import polars as pl

from pipelines.expectations.declare import Expectation, Filled, Holds, Scope
from tadasu.tables import DOCUMENTS, RESIDENTS, Table

_REVENUE_OF = {"salary_report": "salary_revenue", "pension_report": "pension_revenue"}


def _on_time(column: str, scope: Scope) -> pl.Expr:
    first = pl.date(scope.year, 1, 1) - pl.duration(days=scope.limits.days_early)
    last = pl.date(scope.year, 12, 31) + pl.duration(days=scope.limits.days_late)
    return pl.col(column).is_between(first, last)


def _report_says(column_of: dict[str, str]) -> pl.Expr:
    """Say of each report whether it states its own figure; null for documents of other kinds."""
    stated = [
        pl.when(pl.col("kind") == kind).then(pl.col(column).is_not_null())
        for kind, column in column_of.items()
    ]
    return pl.coalesce(stated)


def of_revenue(table: Table) -> tuple[Expectation, ...]:
    """Return what holds between revenue and income wherever both stand: on documents and in records."""
    return (
        Expectation(
            table.name,
            "salary_in_yen",
            "給与収入が円単位である（極端に小さくない）",
            Holds(_salary_in_yen),
            warn_above=0.05,
            stop_above=0.5,
            advice="千円単位で書き出されていませんか。",
        ),
        *(
            Expectation(
                table.name,
                f"{kind}_income_within",
                f"{label}所得が{label}収入を超えない",
                Holds(lambda _, kind=kind: pl.col(f"{kind}_income") <= pl.col(f"{kind}_revenue")),  # type: ignore[misc]
                warn_above=0.01,
                stop_above=0.5,
                advice="少数であれば不整合そのものです。多いときは収入と所得の列の取り違えが疑われます。",
            )
            for kind, label in (("salary", "給与"), ("pension", "公的年金等"))
        ),
    )


def _salary_in_yen(scope: Scope) -> pl.Expr:
    stated = pl.col("salary_revenue")
    return pl.when(stated > 0).then(stated >= scope.limits.least_salary)


OF_DOCUMENTS: tuple[Expectation, ...] = (
    Expectation(
        "documents",
        "person_known",
        "課税資料の本人が住民基本台帳にいる",
        Holds(lambda s: s.known("person_id", RESIDENTS)),
        stop_above=0.2,
        advice="宛名番号の仮名化が表ごとに違っていないか、台帳の抽出もれがないか確かめてください。",
    ),
    Expectation(
        "documents",
        "birth_agrees",
        "資料の生年月日が台帳と同じである",
        Holds(lambda s: pl.col("birth_date") == s.lookup("person_id", RESIDENTS, "person_id", "birth_date")),
        warn_above=0.05,
        stop_above=0.5,
        advice="少数であれば資料の書き誤りです。多いときは宛名番号が別人に付いています。",
    ),
    Expectation(
        "documents",
        "payer_filled",
        "報告書の支払者がわかる",
        Holds(
            lambda _: pl.when(pl.col("kind").is_in(list(_REVENUE_OF))).then(pl.col("payer_id").is_not_null())
        ),
        warn_above=0.1,
        advice="支払者ごとの傾向を使えません。",
    ),
    Expectation(
        "documents",
        "revenue_stated",
        "報告書に収入金額の記載がある",
        Holds(lambda _: _report_says(_REVENUE_OF)),
        warn_above=0.05,
        stop_above=0.5,
        advice="資料種別か収入の列の対応づけが違っています。",
    ),
    Expectation(
        "documents",
        "received_plausible",
        "受付日が課税年度から離れすぎていない",
        Holds(lambda s: _on_time("received_on", s)),
        warn_above=0.01,
        advice="別の年度の資料が混ざっていないか、和暦の読み違いがないか確かめてください。",
    ),
    Expectation(
        "documents",
        "amended_known",
        "訂正元の資料が課税資料にある",
        Holds(lambda s: s.known("supersedes", DOCUMENTS, "document_id")),
        warn_above=0.05,
        advice="訂正前の資料が抽出されていません。訂正前後の比較ができません。",
    ),
    Expectation(
        "documents",
        "amended_own",
        "訂正元の資料が同じ人の別の資料である",
        Holds(
            lambda s: (
                (pl.col("supersedes") != pl.col("document_id"))
                & (s.lookup("supersedes", DOCUMENTS, "document_id", "person_id") == pl.col("person_id"))
            )
        ),
        warn_above=0.05,
        advice="訂正元の番号の付け違いが疑われます。",
    ),
    *of_revenue(DOCUMENTS),
)

OF_DONATIONS: tuple[Expectation, ...] = (
    Expectation(
        "donations",
        "person_known",
        "寄附した人が住民基本台帳にいる",
        Holds(lambda s: s.known("person_id", RESIDENTS)),
        stop_above=0.2,
        advice="宛名番号の仮名化が表ごとに違っていないか確かめてください。",
    ),
    Expectation(
        "donations",
        "document_known",
        "寄附金の資料が課税資料にある",
        Holds(lambda s: s.known("document_id", DOCUMENTS, "document_id")),
        stop_above=0.2,
        advice="資料番号の付け方が二つの表で違うか、課税資料の抽出もれです。",
    ),
    Expectation(
        "donations",
        "document_own",
        "寄附金の資料が寄附した人の資料である",
        Holds(
            lambda s: s.lookup("document_id", DOCUMENTS, "document_id", "person_id") == pl.col("person_id")
        ),
        warn_above=0.01,
        advice="資料番号か宛名番号の付け違いが疑われます。",
    ),
    Expectation(
        "donations",
        "document_by_source",
        "申告の寄附に資料番号があり、ワンストップ特例通知にはない",
        Holds(lambda _: pl.col("document_id").is_not_null() == (pl.col("source") == "return")),
        warn_above=0.05,
        advice="出所の区分の対応づけを確かめてください。",
    ),
    Expectation(
        "donations",
        "amount_filled",
        "寄附額がわかる",
        Filled("amount"),
        warn_above=0.01,
        advice="金額のない寄附は控除の候補に使えません。",
    ),
    Expectation(
        "donations",
        "received_plausible",
        "受付日が課税年度から離れすぎていない",
        Holds(lambda s: _on_time("received_on", s)),
        warn_above=0.01,
        advice="別の年度の通知が混ざっていないか確かめてください。",
    ),
)
