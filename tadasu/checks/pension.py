"""公的年金等: reports and returns that do not add up, the income from age, a report that stays away."""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import differs, is_set, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.residence import lives_here
from tadasu.checks.rows import rows, said, say, yen
from tadasu.law import Law
from tadasu.law.given import Given
from tadasu.law.income import other_than_pension


def _return_differs(records: Records, _: Law) -> pl.DataFrame:
    stated, reported = n("return_pension_revenue"), pl.col("pension_reported")
    found = records.taxpayers.filter((pl.col("n_returns") > 0) & (stated != reported))
    message = say("年金収入：申告書 {}、公的年金等支払報告書の合計 {}", yen(stated), yen(reported))
    return rows(found, message, stated=stated, expected=reported)


def _income(records: Records, law: Law) -> pl.DataFrame:
    """The recorded income against the law's, by the register's date of birth and the other income."""
    people = records.taxpayers
    other = other_than_pension(Given.of(people.schema), law)
    lawful = law.pension_income_of(pl.col("pension_revenue"), pl.col("birth_date"), other)
    found = people.with_columns(lawful=lawful).filter(
        pl.col("recorded") & differs(pl.col("pension_income"), pl.col("lawful"))
    )
    stated = pl.col("pension_income")
    message = say(
        "年金所得：合算結果 {}、収入 {} と生年月日 {} からの計算 {}",
        yen(stated),
        yen(pl.col("pension_revenue")),
        said(pl.col("birth_date")),
        yen(pl.col("lawful")),
    )
    return rows(found, message, stated=stated, expected=pl.col("lawful"))


def _stays_away(records: Records, law: Law) -> pl.DataFrame:
    """A pension goes on for life: last year's recipient has none, or much less, on this year's papers."""
    now, last = n("pension_revenue"), n("last_pension_revenue")
    less = (last > 0) & (now * 100 < last * limits().pension_percent)
    found = records.taxpayers.filter(pl.col("recorded") & less & lives_here(law) & is_set("is_resident"))
    message = say("年金収入：前年 {}、当年の資料 {}", yen(last), yen(now))
    return rows(found, message, stated=now, expected=last)


CHECKS: tuple[Check, ...] = (
    Check(
        "P01",
        "年金収入：申告書と年金報",
        "申告年金収入相違",
        "pension",
        "pension_revenue",
        ("pension_revenue", "pension_income", "social_insurance"),
        "所得税法35条3項・地方税法315条",
        ("take_document", "add_document", "drop_document", "undo_keying", "leave", "inquire"),
        "申告書の年金収入が公的年金等支払報告書の合計と異なる",
        _return_differs,
    ),
    Check(
        "P02",
        "年金所得の換算",
        "年金雑所得再計算",
        "pension",
        "pension_income",
        ("pension_income", "pension_revenue"),
        "所得税法35条4項・租税特別措置法41条の15の3",
        ("recompute", "leave"),
        "合算結果の年金所得が、収入・年齢・他の所得から法令で計算した額と異なる",
        _income,
        without_error="他の所得が段階の境にある",
    ),
    Check(
        "P03",
        "年金報の不足",
        "年金資料未着",
        "pension",
        "pension_revenue",
        ("pension_revenue", "pension_income", "social_insurance"),
        "地方税法317条の6",
        ("add_document", "leave", "inquire"),
        "前年に年金を受けていた居住者の年金収入が、当年の資料にない、又は著しく少ない",
        _stays_away,
        without_error="年金の一部が止まった、又は受給者の死亡で区分が変わった",
    ),
)
"""The checks of this subject."""
