"""その他の所得: what changed since last year, stocks, kinds of income, totals, losses, the adjustment."""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import is_set, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, say, yen
from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.law.given import Given
from tadasu.law.income import total

_COMPARED = ("salary_revenue", "pension_revenue", "business_income")


def _since_last_year(records: Records, _: Law) -> pl.DataFrame:
    """The income that changed most, by a factor that a year seldom makes."""
    people = records.taxpayers.filter(pl.col("recorded") & pl.col("last_known"))
    return pl.concat([_changed(people, name) for name in _COMPARED])


def _changed(people: pl.DataFrame, name: str) -> pl.DataFrame:
    now, last, bound = n(name), n(f"last_{name}"), limits()
    more, less = pl.max_horizontal(now, last), pl.min_horizontal(now, last)
    # An income that stops or begins is a job lost or found: only a figure beside a figure is odd.
    found = people.filter((less > 0) & (more >= bound.change_least) & (more >= less * bound.change_ratio))
    label = FIELDS[name].label
    message = say(f"{label}：当年 {{}}、前年 {{}}", yen(now), yen(last))
    return rows(found, message, field=pl.lit(name), stated=now, expected=last)


def _levy_credit(records: Records, law: Law) -> pl.DataFrame:
    """配当割額 is a fixed share of what is declared of listed shares."""
    declared = n("dividend_income") + n("stock_income")
    lawful = law.income_tax_papers.dividend_levy.up(declared.clip(0))
    stated = n("dividend_levy_credit")
    too_much = stated > lawful
    none = (stated == 0) & (declared > 0) & (n("last_dividend_levy_credit") > 0)
    found = records.taxpayers.filter(pl.col("recorded") & (too_much | none))
    message = say(
        "配当割額等の控除 {}、申告の配当・株式等 {} に対する額 {}", yen(stated), yen(declared), yen(lawful)
    )
    return rows(found, message, documents="return_ids", stated=stated, expected=lawful)


def _other_kind(records: Records, _: Law) -> pl.DataFrame:
    """Business last year, miscellaneous this year, or the other way round."""
    business, misc = n("business_income"), n("other_misc_income")
    was_business, was_misc = n("last_business_income"), n("last_other_misc_income")
    became_misc = (business == 0) & (misc > 0) & (was_business > 0) & (was_misc == 0)
    became_business = (misc == 0) & (business > 0) & (was_misc > 0) & (was_business == 0)
    found = records.taxpayers.filter(
        pl.col("recorded") & pl.col("last_known") & (became_misc | became_business)
    )
    message = say(
        "営業等 {}・雑 {}、前年は営業等 {}・雑 {}", *map(yen, (business, misc, was_business, was_misc))
    )
    expected = pl.when(became_misc).then(misc).otherwise(0)
    return rows(found, message, documents="return_ids", stated=business, expected=expected)


def _total_on_return(records: Records, _: Law) -> pl.DataFrame:
    returns = records.papers.filter(pl.col("total_income").is_not_null(), pl.col("kind") != "salary_report")
    lawful = total(Given.of(returns.schema))
    found = returns.filter(pl.col("total_income") != lawful)
    stated = pl.col("total_income")
    message = say("合計所得金額：記載 {}、各所得からの計算 {}", yen(stated), yen(lawful))
    return rows(found, message, documents="document_id", stated=stated, expected=lawful)


def _loss(records: Records, _: Law) -> pl.DataFrame:
    """A loss is carried forward from last year's: it cannot be more than was left then."""
    netted = pl.sum_horizontal(n(f"last_{name}") for name in _LOSSES)
    left = n("last_loss_carryforward") + (-netted).clip(0)
    stated = n("loss_carryforward")
    found = records.taxpayers.filter(pl.col("recorded") & pl.col("last_known") & (stated > left))
    message = say("繰越損失 {}、前年の台帳で繰り越せる額 {}", yen(stated), yen(left))
    return rows(found, message, documents="return_ids", stated=stated, expected=left)


_LOSSES = ("business_income", "agricultural_income", "real_estate_income", "comprehensive_transfer_income")


def _ground(records: Records, law: Law) -> pl.DataFrame:
    """Return the people with a ground for the adjustment of a high salary, and who could claim it.

    A ground is a relative under 23 or with a special disability, whom either parent may name, or an own
    special disability.
    """
    claims = records.claims
    young = law.age(pl.col("birth")) < law.ages.specified_before.value
    special = pl.col("disability").is_in(("special", "special_cohabiting"))
    role = pl.col("role") != "spouse"
    return claims.filter((young & role) | special).select("person_id", "household_id")


def _high_salary(records: Records, law: Law) -> pl.DataFrame:
    grounds = _ground(records, law)
    homes = grounds.select("household_id").drop_nulls().unique().with_columns(home=pl.lit(value=True))
    own = grounds.select("person_id").unique().with_columns(own=pl.lit(value=True))
    people = records.taxpayers.join(homes, on="household_id", how="left").join(
        own, on="person_id", how="left"
    )
    disabled = (pl.col("self_disability") == "special") | (n("n_disabled_special") > 0)
    grounded = is_set("own") | is_set("home") | disabled.fill_null(value=False)
    lawful = law.income_adjustment.high_salary.of(n("salary_revenue"))
    beside = _beside(law, lawful)
    stated = (n("income_adjustment") - beside).clip(0)
    without = (stated > 0) & ~grounded
    missing = (stated < lawful) & (is_set("own") | disabled.fill_null(value=False))
    too_high = stated > lawful
    found = people.filter(pl.col("recorded") & (without | missing | too_high))
    expected = pl.when(without).then(0).otherwise(lawful)
    message = say(
        "所得金額調整控除（子ども・特別障害者等）：合算結果 {}、要件からの額 {}", yen(stated), yen(expected)
    )
    return rows(found, message, stated=n("income_adjustment"), expected=expected)


def _beside(law: Law, high: pl.Expr) -> pl.Expr:
    """Return the part of the adjustment for a salary beside a pension (yen)."""
    granted = pl.min_horizontal(n("income_adjustment"), high)
    return law.income_adjustment_pension(n("salary_income") - granted, n("pension_income"))


def _salary_and_pension(records: Records, law: Law) -> pl.DataFrame:
    high = law.income_adjustment.high_salary.of(n("salary_revenue"))
    lawful = _beside(law, high)
    stated = n("income_adjustment")
    # With a high salary the two parts cannot be told apart: only the sum can be wrong.
    lacks = (lawful > 0) & (stated < lawful)
    exceeds = (high == 0) & (stated > lawful)
    found = records.taxpayers.filter(pl.col("recorded") & (lacks | exceeds))
    message = say("所得金額調整控除（給与と年金）：合算結果 {}、計算 {}", yen(stated), yen(lawful))
    return rows(found, message, stated=stated, expected=lawful)


CHECKS: tuple[Check, ...] = (
    Check(
        "I01",
        "前年との比較",
        "対前年異常",
        "income",
        None,
        ("salary_revenue", "salary_income", "pension_revenue", "pension_income", "business_income"),
        "地方税法317条の6",
        ("leave", "undo_keying", "add_document", "inquire"),
        "給与・年金・営業等のいずれかが前年から著しく増減した",
        _since_last_year,
        without_error="就職・退職・休職の年である",
    ),
    Check(
        "I02",
        "配当割額・株式等譲渡所得割額",
        "配当割控除額相違",
        "income",
        "dividend_levy_credit",
        ("dividend_levy_credit", "dividend_income", "stock_income"),
        "地方税法314条の9",
        ("take_document", "recompute", "leave", "inquire"),
        "配当割額等の控除が申告の配当・株式等に対する額を超える、又は配当・株式等の申告があるのに前年あった控除がない",
        _levy_credit,
        without_error="源泉徴収のない口座の所得である",
    ),
    Check(
        "I03",
        "営業等と雑の別",
        "所得区分前年相違",
        "income",
        "business_income",
        ("business_income", "other_misc_income"),
        "所得税法27条・35条",
        ("leave", "change_class", "inquire"),
        "前年に営業等であった所得が雑に、又は雑であった所得が営業等になっている",
        _other_kind,
        without_error="事業をやめ、又は始めた",
    ),
    Check(
        "I04",
        "申告書の合計所得",
        "合計所得検算",
        "income",
        "total_income",
        ("salary_income", "pension_income", "business_income", "other_misc_income", "income_adjustment"),
        "地方税法292条1項13号",
        ("undo_keying", "leave"),
        "申告書の合計所得金額が、記載された各所得からの計算と異なる",
        _total_on_return,
    ),
    Check(
        "I05",
        "繰越損失",
        "損失繰越額確認",
        "income",
        "loss_carryforward",
        ("loss_carryforward",),
        "地方税法313条8項",
        ("leave", "recompute", "inquire"),
        "繰越損失が、前年の台帳で繰り越せる額を超える",
        _loss,
        without_error="前年以前の損失で、台帳に残らないもの",
    ),
    Check(
        "S05",
        "所得金額調整控除（子ども等）",
        "所調控除要件確認",
        "salary",
        "income_adjustment",
        ("income_adjustment",),
        "租税特別措置法41条の3の11第1項",
        ("recompute", "set_status", "leave", "inquire"),
        "給与収入の高い者の所得金額調整控除に、要件となる親族の申告がない、又は要件があるのに控除がない",
        _high_salary,
        without_error="どの勤務先の給与も控除の始まる額に届かず、合わせて超える",
    ),
    Check(
        "S06",
        "所得金額調整控除（給与と年金）",
        "所調控除年金給与",
        "salary",
        "income_adjustment",
        ("income_adjustment",),
        "租税特別措置法41条の3の11第2項",
        ("recompute", "leave"),
        "給与と年金の双方がある者の所得金額調整控除が計算と異なる",
        _salary_and_pension,
    ),
)
"""The checks of this subject."""
