"""Expectations of the register and of the relatives claimed on documents."""

import polars as pl

from pipelines.expectations.declare import NOTHING_SAID, Expectation, Filled, Holds, Scope, look_up
from tadasu.tables import DOCUMENTS, RESIDENTS


def _lived(column: str, scope: Scope, last: pl.Expr) -> pl.Expr:
    """Say whether a birth date lies between the oldest plausible age and `last`."""
    return pl.col(column).is_between(pl.date(scope.year - scope.limits.age, 1, 1), last)


def _one_head(_: Scope) -> pl.Expr:
    heads = (pl.col("relationship") == "head").sum().over("household_id")
    return pl.when(pl.col("household_id").is_not_null()).then(heads == 1)


def _same_birth_as_before(scope: Scope) -> pl.Expr:
    if scope.before is None:
        return NOTHING_SAID
    return pl.col("birth_date") == look_up(
        "person_id", scope.before[RESIDENTS.name], "person_id", "birth_date"
    )


def _own_person(scope: Scope) -> pl.Expr:
    return pl.col("dependent_person_id") != scope.lookup("document_id", DOCUMENTS, "document_id", "person_id")


def _claimed_once(_: Scope) -> pl.Expr:
    claim = pl.struct("document_id", "dependent_person_id")
    return pl.when(pl.col("dependent_person_id").is_not_null()).then(claim.is_first_distinct())


def _one_spouse(_: Scope) -> pl.Expr:
    spouses = (pl.col("role") == "spouse").sum().over("document_id")
    return pl.when(pl.col("role") == "spouse").then(spouses == 1)


OF_RESIDENTS: tuple[Expectation, ...] = (
    Expectation(
        "residents",
        "birth_filled",
        "生年月日がわかる",
        Filled("birth_date"),
        stop_above=0.2,
        advice="年齢で決まる控除の候補が出せません。",
    ),
    Expectation(
        "residents",
        "birth_plausible",
        "生年月日があり得る日付である",
        Holds(lambda s: _lived("birth_date", s, pl.date(s.year, 12, 31))),
        stop_above=0.05,
        advice="和暦の読み違いか、日付の並びの違いが疑われます。",
    ),
    Expectation(
        "residents",
        "birth_stays",
        "同じ宛名番号の人の生年月日が前年度と同じである",
        Holds(_same_birth_as_before),
        warn_above=0.01,
        stop_above=0.2,
        advice="宛名番号の仮名化が年度ごとに変わっていませんか。年度をまたぐ手がかりが使えなくなります。",
    ),
    Expectation(
        "residents",
        "household_filled",
        "世帯番号がわかる",
        Filled("household_id"),
        warn_above=0.01,
        advice="世帯のつながりを使う候補が出せません。",
    ),
    Expectation(
        "residents",
        "one_head",
        "世帯に世帯主が一人いる",
        Holds(_one_head),
        warn_above=0.05,
        advice="世帯の一部だけが抽出されていませんか。",
    ),
    Expectation(
        "residents",
        "left_with_reason",
        "異動日と異動事由がそろっている",
        Holds(lambda _: pl.col("left_on").is_null() == pl.col("left_reason").is_null()),
        warn_above=0.01,
        advice="片方が欠けた人の居住の判定は、原簿で確かめてください。",
    ),
    Expectation(
        "residents",
        "left_after_arrival",
        "異動日が住民となった日より前でない",
        Holds(lambda _: pl.col("left_on") >= pl.col("resident_since")),
        warn_above=0.05,
        advice="再転入した人を除けば、日付の取り違えが疑われます。",
    ),
)

OF_DEPENDENTS: tuple[Expectation, ...] = (
    Expectation(
        "dependents",
        "document_known",
        "扶養親族等の資料が課税資料にある",
        Holds(lambda s: s.known("document_id", DOCUMENTS, "document_id")),
        stop_above=0.05,
        advice="資料番号の付け方が二つの表で違うか、課税資料の抽出もれです。",
    ),
    Expectation(
        "dependents",
        "person_known",
        "宛名番号のある扶養親族等が住民基本台帳にいる",
        Holds(lambda s: s.known("dependent_person_id", RESIDENTS)),
        warn_above=0.05,
        advice="区外の親族であれば問題ありません。多いときは台帳の抽出条件を確かめてください。",
    ),
    Expectation(
        "dependents",
        "person_matched",
        "扶養親族等に宛名番号が付いている",
        Filled("dependent_person_id"),
        warn_above=0.5,
        advice="名寄せの結果が抽出に入っていません。二重扶養などの手がかりが減ります。",
    ),
    Expectation(
        "dependents",
        "not_oneself",
        "本人を自分の扶養に入れていない",
        Holds(_own_person),
        advice="名寄せの誤りが疑われます。",
    ),
    Expectation(
        "dependents",
        "claimed_once",
        "一つの資料に同じ人が一度だけ載っている",
        Holds(_claimed_once),
        warn_above=0.01,
        advice="資料の二重取込みが疑われます。",
    ),
    Expectation(
        "dependents",
        "one_spouse",
        "一つの資料の配偶者が一人である",
        Holds(_one_spouse),
        warn_above=0.01,
        advice="区分（配偶者・扶養）の読み違いが疑われます。",
    ),
    Expectation(
        "dependents",
        "birth_plausible",
        "扶養親族等の生年月日が所得の年の末日までのあり得る日付である",
        Holds(lambda s: _lived("birth_date", s, pl.date(s.year - 1, 12, 31))),
        warn_above=0.01,
        advice="和暦の読み違いか、翌年に生まれた子の記載です。",
    ),
)
