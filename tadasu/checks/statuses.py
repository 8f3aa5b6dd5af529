"""人的控除（区分）: disability, widow and single parent, students and minors, relatives of 19 to 22.

A status is checked against the register, the incomes and the relatives that are claimed.
"""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import differs, has_spouse, is_set, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.rows import digit, rows, said, say, word, yen
from tadasu.fields import DISABILITIES
from tadasu.law import Law
from tadasu.law.deductions import DISABLED

_DIGITS = {word: place for place, word in enumerate((*DISABILITIES, "special_cohabiting"))}
_OF_RELATIVES = dict(zip(("ordinary", "special", "special_cohabiting"), DISABLED, strict=True))


def _disability(records: Records, _: Law) -> pl.DataFrame:
    return pl.concat([_own(records), _relatives(records), _counted(records)])


def _own(records: Records) -> pl.DataFrame:
    """The taxpayer's own disability against the certificate in the register.

    What stood in last year's final record was asked then: a disability can rest on other papers.
    """
    claimed, certificate = pl.col("self_disability"), pl.col("certificate").fill_null("none")
    last = pl.col("last_self_disability").fill_null("none")
    settled = pl.col("last_known") & (claimed == last)
    vanished = (claimed == "none") & (last != "none")
    contradicts = differs(claimed, certificate) & ~settled
    found = records.taxpayers.filter(pl.col("recorded") & pl.col("registered") & (contradicts | vanished))
    expected = pl.when(differs(claimed, certificate)).then(certificate).otherwise(last)
    return rows(
        found,
        say("本人の障害：合算結果 {}、手帳の台帳 {}、前年 {}", word(claimed), word(certificate), word(last)),
        field=pl.lit("self_disability"),
        stated=digit("self_disability", claimed),
        expected=digit("self_disability", expected),
    )


def _relatives(records: Records) -> pl.DataFrame:
    """A relative's disability as claimed against the certificate, unless last year's record has it too."""
    claimed, certificate = pl.col("disability").fill_null("none"), pl.col("rel_certificate")
    degree = claimed.replace({"special_cohabiting": "special"})
    numbers = [(n(name), n(f"last_{name}")) for name in DISABLED]
    same = pl.all_horizontal(now == last for now, last in numbers) & pl.col("last_known")
    settled = records.taxpayers.select("person_id", settled=same)
    lines = records.claims.join(settled, on="person_id", how="left", maintain_order="left")
    found = lines.filter(pl.col("rel_registered") & differs(degree, certificate) & ~is_set("settled"))
    field = pl.when(claimed != "none").then(claimed).otherwise(certificate)
    return rows(
        found,
        say("扶養親族等（{}生）の障害が手帳の台帳と異なる", said(pl.col("birth"))),
        documents="document_id",
        related="relative_id",
        field=field.replace_strict(_OF_RELATIVES, default=None, return_dtype=pl.String),
        stated=claimed.replace_strict(_DIGITS, return_dtype=pl.Int64),
        expected=certificate.replace_strict(_DIGITS, default=None, return_dtype=pl.Int64),
    )


def _counted(records: Records) -> pl.DataFrame:
    """The number of disabled relatives against the marks of those named."""
    papers = records.adopted.join(records.lines_by_class, on="document_id", how="left", maintain_order="left")
    gaps = {field: n(field) - n(f"lines_disabled_{kind}") for kind, field in _OF_RELATIVES.items()}
    found = papers.filter(pl.any_horizontal(gap != 0 for gap in gaps.values()))
    counted = pl.sum_horizontal(n(field) for field in DISABLED)
    named = pl.sum_horizontal(n(f"lines_disabled_{kind}") for kind in _OF_RELATIVES)
    which = pl.coalesce(pl.when(gap != 0).then(pl.lit(field)) for field, gap in gaps.items())
    message = say("障害者である扶養親族等 {}人、氏名欄の記載 {}人", said(counted), said(named))
    return rows(found, message, documents="document_id", field=which, stated=counted, expected=named)


def _unmarried(records: Records, law: Law) -> pl.DataFrame:
    """寡婦 and ひとり親 whose household, income or claims do not fit."""
    held = [pl.when(condition).then(pl.lit(text)) for text, condition in _reasons(law).items()]
    people = _with_household(records, law).with_columns(why=pl.coalesce(held))
    found = people.filter(pl.col("recorded") & pl.col("why").is_not_null())
    single, widow = is_set("single_parent"), is_set("widow")
    either = single | (~widow & is_set("last_single_parent"))
    field = pl.when(either).then(pl.lit("single_parent")).otherwise(pl.lit("widow"))
    names = pl.when(either).then(pl.lit("ひとり親")).otherwise(pl.lit("寡婦"))
    message = say("{}：{}（合計所得 {}）", names, pl.col("why"), yen(pl.col("total_income")))
    return rows(found, message, field=field, stated=single | widow)


def _with_household(records: Records, law: Law) -> pl.DataFrame:
    """Return the taxpayers with `couple` (a spouse is registered in the household) and `child` (claimed)."""
    couples = (
        records.residents.filter((pl.col("relationship") == "spouse") & pl.col("left_on").is_null())
        .select("household_id", couple=pl.lit(value=True))
        .unique()
    )
    young = records.claims.filter(
        pl.col("relationship").is_in(("child", "other")) & (pl.col("rel_income") <= law.relative_income_limit)
    )
    children = young.select("person_id", child=pl.lit(value=True)).unique()
    return records.taxpayers.join(couples, on="household_id", how="left").join(
        children, on="person_id", how="left"
    )


def _reasons(law: Law) -> dict[str, pl.Expr]:
    """Return what staff read and the condition, the weightiest first."""
    single, widow, limits_of = is_set("single_parent"), is_set("widow"), law.income_limits
    claimed, income = single | widow, n("total_income")
    above = (single & (income > limits_of.single_parent.value)) | (widow & (income > limits_of.widow.value))
    in_couple = is_set("couple") & pl.col("relationship").is_in(("head", "spouse"))
    was = (is_set("last_single_parent") | is_set("last_widow")) & ~claimed
    still = is_set("child") & ~in_couple & (income <= limits_of.single_parent.value)
    return {
        "寡婦とひとり親の双方に該当としている": single & widow,
        "配偶者の控除と併せて該当としている": claimed & has_spouse(),
        "同じ世帯に配偶者の登録がある": claimed & in_couple,
        "合計所得が限度を超える": above,
        "子の申告がない": single & ~is_set("child"),
        "子の申告があり、ひとり親に当たる": widow & is_set("child"),
        "前年は該当、当年は申告がない": was & still,
        "男性を寡婦としている": widow & (pl.col("sex") == "M"),
    }


def _student_or_minor(records: Records, law: Law) -> pl.DataFrame:
    return pl.concat([_student(records, law), _minor(records, law)])


def _student(records: Records, law: Law) -> pl.DataFrame:
    income, limit = n("total_income"), law.income_limits.working_student.value
    other = income - n("salary_income")
    found = records.taxpayers.filter(
        is_set("working_student") & ((income > limit) | (other > limits().student_other_income))
    )
    message = say(
        "勤労学生：合計所得 {}（限度 {}）、給与以外 {}", yen(income), yen(pl.lit(limit)), yen(other)
    )
    return rows(found, message, field=pl.lit("working_student"), stated=income, expected=pl.lit(limit))


def _minor(records: Records, law: Law) -> pl.DataFrame:
    lawful = law.is_minor(pl.col("birth_date"))
    claimed = is_set("minor")
    found = records.taxpayers.filter(pl.col("recorded") & differs(claimed, lawful))
    message = say("未成年者の区分が生年月日（{}）と異なる", said(pl.col("birth_date")))
    return rows(found, message, field=pl.lit("minor"), stated=claimed, expected=lawful)


def _specified_relative(records: Records, law: Law) -> pl.DataFrame:
    """特定親族特別控除 against the incomes of the relatives named, of the ages that it is for."""
    by_income = law.specified_relative_special(pl.col("known_income"))
    lines = records.claims.filter((pl.col("role") == "dependent") & (pl.col("class") == "specified"))
    special = law.specified_relative_special(pl.col("stated_income")) > 0
    given = (
        lines.filter(special)
        .group_by("person_id", maintain_order=True)
        .agg(
            lawful=by_income.sum(),
            relative_id=pl.col("relative_id").drop_nulls().first(),
            income=pl.col("known_income").max(),
        )
    )
    found = records.taxpayers.join(given, on="person_id", how="left", maintain_order="left").filter(
        pl.col("recorded") & (n("specified_relative_special") != n("lawful"))
    )
    entered, lawful = n("specified_relative_special"), n("lawful")
    message = say(
        "特定親族特別控除 {}、親族の所得 {} からの額 {}", yen(entered), yen(pl.col("income")), yen(lawful)
    )
    return rows(found, message, related="relative_id", stated=entered, expected=pl.col("income"))


CHECKS: tuple[Check, ...] = (
    Check(
        "F11",
        "特定親族特別控除",
        "特定親族控除額相違",
        "family",
        "specified_relative_special",
        ("specified_relative_special", "n_dependent_specified"),
        "地方税法314条の2第1項12号",
        ("recompute", "change_class", "remove_claim", "leave"),
        "特定親族特別控除が、申告された親族の所得からの額と異なる",
        _specified_relative,
    ),
    Check(
        "F12",
        "障害者控除",
        "障害者区分相違",
        "family",
        None,
        ("self_disability", *DISABLED),
        "地方税法314条の2第1項6号・第3項",
        ("leave", "set_status", "change_class", "inquire"),
        "本人・親族の障害の区分が手帳の台帳とも前年とも異なる、又は人数が氏名欄の記載と異なる",
        _disability,
        without_error="手帳によらない認定による障害、又は申告しないことにした障害",
    ),
    Check(
        "F13",
        "寡婦・ひとり親",
        "寡婦ひとり親確認",
        "family",
        None,
        ("widow", "single_parent"),
        "地方税法292条1項11号・12号",
        ("set_status", "leave", "inquire"),
        "寡婦・ひとり親の者に、配偶者の登録・所得・子の申告などの合わないものがある、又は前年の該当が申告されていない",
        _unmarried,
    ),
    Check(
        "F14",
        "勤労学生・未成年者",
        "学生未成年区分相違",
        "family",
        None,
        ("working_student", "minor"),
        "地方税法292条1項14号・295条1項2号",
        ("set_status", "leave"),
        "勤労学生の所得が限度を超える、又は未成年者の区分が生年月日と異なる",
        _student_or_minor,
    ),
)
"""The checks of this subject."""
