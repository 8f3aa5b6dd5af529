"""税額控除: the housing loan, one-stop notices, gifts."""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import is_set, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.law import Law

_GIFTS = ("donation_furusato", "donation_other", "one_stop")


def _housing_loan(records: Records, law: Law) -> pl.DataFrame:
    """The recorded credit against the loan's boxes of the tax return, or else of the adjusted report."""
    income_tax = (pl.col("kind") == "tax_return") | is_set("year_end_adjusted")
    papers = records.papers.filter(income_tax).unique("person_id", keep="first", maintain_order=True)
    stated = papers.select("person_id", "document_id", "housing_loan_deductible", lawful=_credit(law))
    other = (
        records.papers.filter(pl.col("housing_loan_deductible") > 0)
        .group_by("person_id", maintain_order=True)
        .agg(
            loan=pl.col("housing_loan_deductible").max(), no_day=pl.col("housing_move_in_on").is_null().any()
        )
    )
    recorded, expected = n("housing_loan_credit"), n("lawful")
    people = (
        records.taxpayers.filter(pl.col("recorded"))
        .join(stated, on="person_id", how="left")
        .join(other, on="person_id", how="left")
    )
    # No box of the loan on the document that counts, but on another, or in last year's record.
    before = (n("loan") > 0) | (n("last_housing_loan_credit") > 0)
    gone = before & (n("housing_loan_deductible") == 0) & (recorded == 0) & (n("taxable_income") > 0)
    found = people.filter((recorded != expected) | gone | is_set("no_day")).sort("person_id")
    message = say(
        "住宅借入金等特別税額控除：合算結果 {}、資料からの計算 {}（控除可能額 {}）",
        yen(recorded),
        yen(expected),
        yen(pl.col("loan")),
    )
    return rows(found, message, stated=recorded, expected=expected)


def _credit(law: Law) -> pl.Expr:
    apart = n("separate_transfer_income").clip(0) + n("stock_income").clip(0)
    salary = pl.col("salary_income") - n("income_adjustment")
    income = pl.coalesce(pl.col("total_income") - apart, salary).fill_null(0)
    base = law.rounding.taxable_income.cut((income - n("deductions_total")).clip(0))
    return law.housing_loan(
        pl.col("housing_loan_deductible"),
        pl.col("income_tax_before_credits"),
        base,
        pl.col("housing_move_in_on"),
        pl.coalesce("total_income", salary),
    )


def _one_stop(records: Records, _: Law) -> pl.DataFrame:
    """Notices that are void (a return without the gifts, too many municipalities), or not taken in."""
    most, filed = limits().one_stop_municipalities, pl.col("n_returns") > 0
    notices, recorded = n("notices"), n("donation_furusato")
    many = ~filed & (n("n_places") > most)
    without = filed & (notices > n("gifts_furusato"))
    ignored = ~filed & ~many & (recorded != notices)
    found = records.taxpayers.filter(pl.col("recorded") & (n("n_notices") > 0) & (without | many | ignored))
    by_count = say("ワンストップ特例の申請先が{}団体ある", said(n("n_places")))
    by_return = say("ワンストップ特例の申請 {}、申告書の寄附 {}", yen(notices), yen(n("gifts_furusato")))
    by_record = say("ワンストップ特例の申請 {}、合算結果の寄附 {}", yen(notices), yen(recorded))
    return rows(
        found,
        pl.when(many).then(by_count).when(filed).then(by_return).otherwise(by_record),
        stated=pl.when(many).then(n("n_places")).otherwise(recorded),
        expected=pl.when(many).then(most).otherwise(notices),
    )


def _gifts(records: Records, _: Law) -> pl.DataFrame:
    """The gifts of a return do not add up: box against lines, record against lines by kind of recipient."""
    filed = (pl.col("n_returns") > 0) & pl.col("recorded")
    box = filed & (n("return_donation_total") != n("gifts"))
    furusato, other = n("donation_furusato"), n("donation_other")
    by_kind = filed & ((furusato != n("gifts_furusato")) | (other != n("gifts_other")))
    found = records.taxpayers.filter(box | by_kind)
    is_other = by_kind & (furusato == n("gifts_furusato"))
    field = pl.when(is_other).then(pl.lit(_GIFTS[1])).otherwise(pl.lit(_GIFTS[0]))
    stated = pl.when(box).then(n("return_donation_total")).when(is_other).then(other).otherwise(furusato)
    expected = (
        pl.when(box).then(n("gifts")).when(is_other).then(n("gifts_other")).otherwise(n("gifts_furusato"))
    )
    message = say("寄附金：申告書・合算結果 {}、内訳の和 {}", yen(stated), yen(expected))
    return rows(found, message, documents="return_ids", field=field, stated=stated, expected=expected)


CHECKS: tuple[Check, ...] = (
    Check(
        "C01",
        "住宅借入金等特別税額控除",
        "住宅ローン控除相違",
        "credit",
        "housing_loan_credit",
        ("housing_loan_credit",),
        "地方税法附則5条の4の2",
        ("recompute", "take_document", "undo_keying", "leave", "inquire"),
        "住宅借入金等特別税額控除が、資料の控除可能額・居住開始日・所得税額から計算した額と異なる、又は他の資料・前年にあった控除がない",
        _housing_loan,
        without_error="控除の期間が終わった、又は転居などで前年限りとなった",
    ),
    Check(
        "C02",
        "ワンストップ特例の無効",
        "申告特例無効確認",
        "credit",
        "donation_furusato",
        _GIFTS,
        "地方税法附則7条・7条の2",
        ("void_notice", "take_document", "leave", "inquire"),
        "ワンストップ特例の申請があり、その寄附を含まない申告書があるか、申請先が多すぎるか、合算結果に反映されていない",
        _one_stop,
    ),
    Check(
        "C03",
        "寄附金税額控除の内訳",
        "寄附金内訳確認",
        "credit",
        None,
        _GIFTS,
        "地方税法314条の7",
        ("take_document", "undo_keying", "change_class", "leave"),
        "申告書の寄附金の額、又は合算結果の額が、寄附先ごとの内訳の和と異なる",
        _gifts,
    ),
)
"""The checks of this subject."""
