"""物的控除: insurance premiums, medical expenses, sums that do not add up, deductions left out of a return.

Salary reports and tax returns state income-tax amounts, resident returns resident-tax amounts.
"""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import differs, n
from tadasu.checks.limits import limits
from tadasu.checks.papers import REPORTS
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.law.deductions import DEDUCTIONS
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

_LEFT_OUT = ("small_enterprise_mutual_aid", "life_insurance", "earthquake_insurance")


def _social_insurance(records: Records, _: Law) -> pl.DataFrame:
    """A return states less than the reports add up to, or more by exactly an amount that is another's.

    The excess is national insurance as a rule; where it is what one report states already, what a member of
    the household had withheld, or the report's 小規模企業共済等掛金, it is probably not.
    """
    people = records.taxpayers.filter(pl.col("n_returns") > 0)
    stated, reported = n("return_social_insurance"), pl.col("insurance_reported")
    excess = stated - reported
    odd = _same_as_a_report(records, people.select("person_id", "household_id", excess=excess))
    aid = (excess > 0) & (excess == pl.col("mutual_aid_reported"))
    found = people.join(odd, on="person_id", how="left", maintain_order="left").filter(
        (excess < 0) | aid | pl.col("reports_too").is_not_null()
    )
    other = pl.when(pl.col("payee") != pl.col("person_id")).then("payee")
    message = say("社会保険料控除：申告書 {}、支払報告書の合計 {}", yen(stated), yen(reported))
    return rows(found, message, related=other, stated=stated, expected=reported)


def _same_as_a_report(records: Records, people: pl.DataFrame) -> pl.DataFrame:
    """Return who of `people` states in excess what a report of the household states (`payee`: whose)."""
    reports = records.papers.filter(
        pl.col("kind").is_in(REPORTS), ~pl.col("rolled_in"), pl.col("social_insurance") > 0
    ).select(excess="social_insurance", payee="person_id", household_id="household_id")
    same = people.filter(pl.col("excess") > 0).join(reports, on=["household_id", "excess"])
    own = pl.col("payee") == pl.col("person_id")
    first = same.sort("person_id", ~own, "payee").unique("person_id", keep="first", maintain_order=True)
    return first.select("person_id", "payee", reports_too=pl.lit(value=True))


def _premiums(records: Records, law: Law) -> pl.DataFrame:
    return pl.concat([_life_on_paper(records, law), _life_recorded(records, law), _earthquake(records, law)])


def _some(names: tuple[str, ...], prefix: str = "") -> pl.Expr:
    return pl.any_horizontal(pl.col(prefix + name).is_not_null() for name in names)


def _life_on_paper(records: Records, law: Law) -> pl.DataFrame:
    """The stated deduction against the premiums beside it, in the amounts of the document's own tax."""
    by_income_tax, by_resident_tax = _income_tax_life(law), law.life_insurance(*map(pl.col, LIFE_PREMIUMS))
    lawful = pl.when(pl.col("kind") == "resident_return").then(by_resident_tax).otherwise(by_income_tax)
    stated = n("life_insurance")
    found = records.adopted.filter(stated != pl.when(_some(LIFE_PREMIUMS)).then(lawful).otherwise(0))
    expected = pl.when(_some(LIFE_PREMIUMS)).then(lawful)
    message = say("生命保険料控除：記載 {}、保険料からの計算 {}", yen(stated), yen(expected))
    return rows(
        found,
        message,
        documents="document_id",
        field=pl.lit("life_insurance"),
        stated=stated,
        expected=expected,
    )


def _income_tax_cap(law: Law) -> int:
    """Return the most that the income tax grants: three classes at the new contracts' cap (所得税法76条)."""
    return 3 * law.income_tax_papers.life_insurance_new.rows[-1].value


def _income_tax_life(law: Law) -> pl.Expr:
    papers = law.income_tax_papers
    cap = papers.life_insurance_new.rows[-1].value

    def of(new: str, old: str) -> pl.Expr:
        by_new, by_old = papers.life_insurance_new.of(n(new)), papers.life_insurance_old.of(n(old))
        return pl.max_horizontal(by_old, (by_new + by_old).clip(upper_bound=cap))

    new_life, old_life, care, new_pension, old_pension = LIFE_PREMIUMS
    classes = of(new_life, old_life) + papers.life_insurance_new.of(n(care)) + of(new_pension, old_pension)
    return classes.clip(upper_bound=_income_tax_cap(law))


def _life_recorded(records: Records, law: Law) -> pl.DataFrame:
    """The recorded deduction against the premiums on the adopted document."""
    people, recorded = records.taxpayers, n("life_insurance")
    lawful = law.life_insurance(*(pl.col(f"paper_{name}") for name in LIFE_PREMIUMS))
    cap = law.deductions.life_insurance.total_cap.value
    contradicts = _some(LIFE_PREMIUMS, "paper_") & (recorded != lawful)
    found = people.filter(pl.col("recorded") & (contradicts | (recorded > cap)))
    expected = pl.when(_some(LIFE_PREMIUMS, "paper_")).then(lawful).otherwise(cap)
    message = say("生命保険料控除：合算結果 {}、保険料からの計算・限度 {}", yen(recorded), yen(expected))
    field = pl.lit("life_insurance")
    return rows(
        found, message, documents="paper_document_id", field=field, stated=recorded, expected=expected
    )


def _earthquake(records: Records, law: Law) -> pl.DataFrame:
    """The recorded deduction against the premiums, and a stated one above the premiums themselves."""
    premiums = [f"paper_{name}" for name in EARTHQUAKE_PREMIUMS]
    lawful = law.earthquake_insurance(*map(pl.col, premiums))
    recorded, some = n("earthquake_insurance"), _some(EARTHQUAKE_PREMIUMS, "paper_")
    above = some & (n("paper_earthquake_insurance") > pl.sum_horizontal(n(name) for name in premiums))
    cap = law.deductions.earthquake_insurance.cap.value
    contradicts = (some & (recorded != lawful)) | (recorded > cap) | above
    found = records.taxpayers.filter(pl.col("recorded") & contradicts)
    expected = pl.when(some).then(lawful).otherwise(cap)
    message = say("地震保険料控除：合算結果 {}、保険料からの計算・限度 {}", yen(recorded), yen(expected))
    field = pl.lit("earthquake_insurance")
    return rows(
        found, message, documents="paper_document_id", field=field, stated=recorded, expected=expected
    )


def _medical(records: Records, law: Law) -> pl.DataFrame:
    """Both kinds of the deduction, one above its cap, a large one beside the income, two returns apart."""
    rule = law.deductions.medical_expense
    medical, drugs = n("medical_expense"), n("self_medication")
    both = (medical > 0) & (drugs > 0)
    above = (medical > rule.cap.value) | (drugs > rule.self_medication_cap.value)
    share = n("total_income") * limits().medical_percent // 100
    large = (medical > rule.floor.value) & (medical > share) & (n("income_levy_before_credits") > 0)
    other = (
        records.papers.filter(pl.col("medical_expense") > 0)
        .group_by("person_id", maintain_order=True)
        .agg(most=pl.col("medical_expense").max())
    )
    people = records.taxpayers.join(other, on="person_id", how="left", maintain_order="left")
    apart = pl.col("most").is_not_null() & (n("most") != medical)
    reasons = {
        "医療費控除とセルフメディケーション税制の併用": both,
        "控除額が限度を超える": above,
        "他の申告書と異なる": apart,
        "所得に比べて控除額が大きい": large,
        "控除額が大きい": medical >= limits().medical_large,
    }
    why = pl.coalesce(pl.when(condition).then(pl.lit(text)) for text, condition in reasons.items())
    found = people.with_columns(why=why).filter(pl.col("recorded") & pl.col("why").is_not_null())
    field = pl.when(medical > 0).then(pl.lit("medical_expense")).otherwise(pl.lit("self_medication"))
    message = say("医療費控除 {}・セルフメディケーション {}：{}", yen(medical), yen(drugs), pl.col("why"))
    expected = pl.when(apart).then("most")
    return rows(found, message, documents="return_ids", field=field, stated=medical, expected=expected)


def _sum_on_paper(records: Records, _: Law) -> pl.DataFrame:
    added = pl.sum_horizontal(n(name) for name in DEDUCTIONS)
    found = records.papers.filter(differs(pl.col("deductions_total"), added))
    stated = pl.col("deductions_total")
    message = say("所得控除の合計：記載 {}、各控除の和 {}", yen(stated), yen(added))
    return rows(found, message, documents="document_id", stated=stated, expected=added)


def _left_out(records: Records, _: Law) -> pl.DataFrame:
    """A return without a deduction that a report of the same person states."""
    reports = records.papers.filter(pl.col("kind").is_in(REPORTS), ~pl.col("rolled_in"))
    most = reports.group_by("person_id", maintain_order=True).agg(
        *(pl.col(name).max().alias(f"report_{name}") for name in _LEFT_OUT)
    )
    people = records.taxpayers.filter(pl.col("n_returns") > 0).join(
        most, on="person_id", maintain_order="left"
    )
    return pl.concat([_lacks(people, name) for name in _LEFT_OUT])


def _lacks(people: pl.DataFrame, name: str) -> pl.DataFrame:
    stated, reported = n(f"return_{name}"), n(f"report_{name}")
    found = people.filter((stated == 0) & (reported > 0))
    message = say(f"{FIELDS[name].label}：申告書に記載なし、給与支払報告書 {{}}", said(yen(reported)))
    return rows(found, message, field=pl.lit(name), stated=stated, expected=reported)


CHECKS: tuple[Check, ...] = (
    Check(
        "D01",
        "社会保険料控除",
        "社会保険料額相違",
        "deduction",
        "social_insurance",
        ("social_insurance", "small_enterprise_mutual_aid"),
        "地方税法314条の2第1項3号",
        ("leave", "take_document", "undo_keying", "inquire"),
        "申告書の社会保険料が支払報告書の合計より少ない、又は本人・世帯員の1件分や共済等掛金の額だけ多い",
        _social_insurance,
        without_error="本人の国民年金などが世帯員の額と偶然に一致する",
    ),
    Check(
        "D02",
        "生命・地震保険料控除",
        "保険料控除再計算",
        "deduction",
        None,
        ("life_insurance", "earthquake_insurance"),
        "地方税法314条の2第1項5号・5号の3",
        ("recompute", "undo_keying", "leave", "inquire"),
        "生命・地震保険料控除が、支払った保険料から計算した額と異なる、保険料の記載がない、又は限度を超える",
        _premiums,
    ),
    Check(
        "D03",
        "医療費控除",
        "医療費控除確認",
        "deduction",
        None,
        ("medical_expense", "self_medication"),
        "地方税法314条の2第1項2号・附則4条の4",
        ("leave", "take_document", "recompute", "inquire"),
        "医療費控除に併用・限度超過・申告書間の相違があるか、額が大きい",
        _medical,
        without_error="高額な治療を受けた",
    ),
    Check(
        "D04",
        "所得控除の合計",
        "控除合計検算",
        "deduction",
        None,
        (
            "social_insurance",
            "small_enterprise_mutual_aid",
            "life_insurance",
            "earthquake_insurance",
            "medical_expense",
        ),
        "所得税法72条〜86条",
        ("leave", "undo_keying", "recompute", "inquire"),
        "資料の所得控除の合計が、記載された各控除の和と異なる",
        _sum_on_paper,
    ),
    Check(
        "D07",
        "申告書にない控除",
        "控除申告漏れ",
        "deduction",
        None,
        _LEFT_OUT,
        "地方税法315条",
        ("leave", "take_document", "inquire"),
        "給与支払報告書にある生命・地震保険料、小規模企業共済等の控除が申告書にない",
        _left_out,
    ),
)
"""The checks of this subject."""
