"""Expectations of what staff did about rows: they are the labels that everything is learnt from."""

from dataclasses import replace

import polars as pl

from pipelines.expectations.declare import NOTHING_SAID, Expectation, Holds, Scope
from tadasu.fields import FIELDS, TAX_FIELDS, Field, correctable
from tadasu.tables import (
    ASSESSMENTS,
    CORRECTIONS,
    DOCUMENTS,
    INCONSISTENCIES,
)

_CORRECTED = pl.col("outcome") == "corrected"


def _states_what(_: Scope) -> pl.Expr:
    stated = pl.col("field").is_not_null() & pl.col("new_value").is_not_null()
    return pl.when(_CORRECTED).then(stated)


def _silent(_: Scope) -> pl.Expr:
    silent = pl.col("field").is_null() & pl.col("new_value").is_null()
    return pl.when(~_CORRECTED).then(silent)


def _one_verdict(_: Scope) -> pl.Expr:
    """A row is corrected or left, never both; an inquiry may come before either."""
    left = (pl.col("outcome") == "no_change").any().over("row_id")
    return ~(left & _CORRECTED.any().over("row_id"))


def _not_twice(_: Scope) -> pl.Expr:
    return pl.when(_CORRECTED).then(pl.struct("row_id", "field", "new_value").is_first_distinct())


def _changes_something(_: Scope) -> pl.Expr:
    return pl.when(_CORRECTED).then(pl.col("old_value").ne_missing(pl.col("new_value")))


def _entered(_: Scope) -> pl.Expr:
    return pl.when(_CORRECTED).then(pl.col("field").is_in([field.name for field in correctable()]))


def _legal(_: Scope) -> pl.Expr:
    """Say whether the new value is one that the field can hold."""
    value = pl.col("new_value")
    rules = {
        r"^-?\d+$": [f for f in TAX_FIELDS if f.kind in ("yen", "count") and f.negative],
        r"^\d+$": [f for f in TAX_FIELDS if f.kind in ("yen", "count") and not f.negative],
        r"^(true|false)$": [f for f in TAX_FIELDS if f.kind == "flag"],
        **{f"^({'|'.join(f.values)})$": [f] for f in TAX_FIELDS if f.kind == "status"},
    }
    return pl.coalesce(
        pl.when(pl.col("field").is_in([f.name for f in fields])).then(value.str.contains(pattern))
        for pattern, fields in rules.items()
    )


def _as_recorded(scope: Scope) -> pl.Series:
    """Compare the old value with the record of the row's person; nothing recorded counts as zero or none."""
    persons = scope.tables[INCONSISTENCIES.name].select("row_id", "person_id").unique("row_id")
    records = scope.tables[ASSESSMENTS.name].unique("person_id")
    lines = (
        scope.rows.select("row_id", "outcome", "old_value", "field")
        .join(persons, on="row_id", how="left", maintain_order="left")
        .join(records, on="person_id", how="left", maintain_order="left")
    )
    recorded = pl.coalesce(
        pl.when(pl.col("field") == f.name).then(pl.col(f.name).cast(pl.String).fill_null(_nothing(f)))
        for f in TAX_FIELDS
    )
    nothing = pl.col("field").replace_strict({f.name: _nothing(f) for f in FIELDS.values()}, default=None)
    known = _CORRECTED & pl.col("person_id").is_in(records["person_id"].implode())
    same = pl.col("old_value").fill_null(nothing) == recorded
    return lines.select(flag=pl.when(known).then(same))["flag"]


def _nothing(field: Field) -> str:
    return {"flag": "false", "status": "none"}.get(field.kind, "0")


def _after_detection(scope: Scope) -> pl.Expr:
    return pl.col("decided_on") >= scope.lookup("row_id", INCONSISTENCIES, "row_id", "detected_on")


def _time_on_first_line(_: Scope) -> pl.Expr:
    first = pl.col("action_no") == pl.col("action_no").min().over("row_id")
    return pl.when(pl.col("work_seconds").is_not_null()).then(first)


def _has_first_opinion(scope: Scope) -> pl.Expr:
    if scope.tables[CORRECTIONS.name].is_empty():
        return NOTHING_SAID
    return scope.known("row_id", CORRECTIONS, "row_id")


OF_CORRECTIONS: tuple[Expectation, ...] = (
    Expectation(
        "corrections",
        "row_known",
        "記録の行が不整合リストにある",
        Holds(lambda s: s.known("row_id", INCONSISTENCIES, "row_id")),
        stop_above=0.01,
        advice="行番号の付け方が二つの表で違うか、リストの抽出もれです。",
    ),
    Expectation(
        "corrections",
        "correction_stated",
        "修正の記録に項目と修正後の値がある",
        Holds(_states_what),
        stop_above=0.01,
        advice="何を直したかわからない記録は学習に使えません。列の対応づけを確かめてください。",
    ),
    Expectation(
        "corrections",
        "others_silent",
        "修正なし・照会の記録に項目と値がない",
        Holds(_silent),
        warn_above=0.01,
        advice="処理結果の区分の対応づけを確かめてください。",
    ),
    Expectation(
        "corrections",
        "one_verdict",
        "一つの行が「修正」と「修正なし」の両方になっていない",
        Holds(_one_verdict),
        warn_above=0.01,
        advice="最後の処理を結果とみなします。多いときは行番号の重なりが疑われます。",
    ),
    Expectation(
        "corrections",
        "not_twice",
        "同じ修正が二度記録されていない",
        Holds(_not_twice),
        warn_above=0.01,
        advice="二重の記録は一つと数えます。多いときは二重の抽出が疑われます。",
    ),
    Expectation(
        "corrections",
        "old_as_recorded",
        "修正前の値が合算結果と同じである",
        Holds(_as_recorded),
        warn_above=0.01,
        stop_above=0.5,
        advice="合算結果が、リストを出した時点のものでなく、修正後のものに置き換わっていませんか。",
    ),
    Expectation(
        "corrections",
        "changes_something",
        "修正の前と後の値が違う",
        Holds(_changes_something),
        warn_above=0.01,
        stop_above=0.5,
        advice="修正前と修正後の列の取り違えがないか確かめてください。",
    ),
    Expectation(
        "corrections",
        "new_legal",
        "修正後の値がその項目に入り得る値である",
        Holds(_legal),
        stop_above=0.05,
        advice="区切りのない整数、true/false、定められたコードのいずれかです。書き方を確かめてください。",
    ),
    Expectation(
        "corrections",
        "field_entered",
        "修正の項目が職員の入力する項目である",
        Holds(_entered),
        warn_above=0.05,
        advice="システムが計算し直した項目まで修正として抽出されています。原因の項目だけにしてください。",
    ),
    Expectation(
        "corrections",
        "document_known",
        "誤りのあった資料が課税資料にある",
        Holds(lambda s: s.known("document_id", DOCUMENTS, "document_id")),
        warn_above=0.05,
        advice="資料番号の付け方が二つの表で違うか、課税資料の抽出もれです。",
    ),
    Expectation(
        "corrections",
        "after_detection",
        "処理日が検出日より前でない",
        Holds(_after_detection),
        warn_above=0.01,
        advice="日付の列の取り違えが疑われます。",
    ),
    Expectation(
        "corrections",
        "time_on_first_line",
        "作業秒数が行の最初の記録だけにある",
        Holds(_time_on_first_line),
        warn_above=0.01,
        advice="行全体の時間が記録ごとに繰り返されていると、時間を多く数えます。",
    ),
    Expectation(
        "corrections",
        "time_plausible",
        "作業秒数が一日の勤務時間を超えない",
        Holds(lambda s: pl.col("work_seconds").is_between(0, s.limits.seconds)),
        warn_above=0.01,
        advice="画面を開いたままの時間か、単位の違いが疑われます。",
    ),
)

OF_SECOND_OPINIONS: tuple[Expectation, ...] = (
    # nothing is learnt from second opinions: they warn and never stop
    *(replace(expected, table="second_opinions", stop_above=None) for expected in OF_CORRECTIONS),
    Expectation(
        "second_opinions",
        "first_known",
        "再判定した行に最初の処理記録がある",
        Holds(_has_first_opinion),
        advice="職員どうしの一致率に数えられません。",
    ),
)
