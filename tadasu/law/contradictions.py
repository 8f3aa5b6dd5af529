"""What the entered record claims and the law does not allow, or cannot both be: named, never changed.

The record is computed as it stands. `CONTRADICTIONS` is the list; each has a name for programs, a Japanese
sentence for staff, and the condition, an expression over what is given and what was computed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tadasu.law.deductions import has_spouse, relatives
from tadasu.law.given import Given
from tadasu.law.income import other_than_pension
from tadasu.law.law import Law


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction: its name, what staff read, when it holds (given what, under which law)."""

    name: str
    text: str
    holds: Callable[[Given, Law], pl.Expr]


def _salary(given: Given, law: Law) -> pl.Expr:
    return given.whole("salary_income") != law.salary_income.of(given.whole("salary_revenue"))


def _pension(given: Given, law: Law) -> pl.Expr:
    if not given.has_birth_date:
        return pl.lit(False)
    senior = law.is_senior(pl.col("birth_date"))
    lawful = law.pension_income.of(given.whole("pension_revenue"), senior, other_than_pension(given, law))
    return given.whole("pension_income") != lawful


def _adjustment(given: Given, law: Law) -> pl.Expr:
    rule, entered = law.income_adjustment, given.whole("income_adjustment")
    both = (given.whole("salary_income") > 0) & (given.whole("pension_income") > 0)
    beside = pl.when(both).then(rule.salary_and_pension_each.lit).otherwise(0)
    return entered > rule.high_salary.of(given.whole("salary_revenue")) + beside


def _special_without_income(given: Given, _: Law) -> pl.Expr:
    return (given.whole("spouse_special_deduction") > 0) & given.is_null("spouse_total_income")


def _special_not_by_law(given: Given, law: Law) -> pl.Expr:
    entered = given.whole("spouse_special_deduction")
    lawful = law.deductions.spouse_special.of(given.whole("spouse_total_income"), pl.col("total_income"))
    return (entered > 0) & ~given.is_null("spouse_total_income") & (entered != lawful)


def _spouse_income(given: Given, law: Law) -> pl.Expr:
    return has_spouse(given) & (given.whole("spouse_total_income") > law.income_limits.relative.value)


def _specified_relative(given: Given, law: Law) -> pl.Expr:
    entered = given.whole("specified_relative_special")
    amounts = [row.value for row in law.deductions.specified_relative.rows if row.value]
    if not amounts:
        return entered > 0
    return (entered > 0) & (entered < min(amounts))


def _disabled(given: Given, _: Law) -> pl.Expr:
    disabled = given.total("n_disabled_ordinary", "n_disabled_special", "n_disabled_special_cohabiting")
    return disabled > relatives(given)


def _status_above(name: str) -> Callable[[Given, Law], pl.Expr]:
    return lambda given, law: (
        given.flag(name) & (pl.col("total_income") > getattr(law.income_limits, name).value)
    )


def _above(name: str, cap: Callable[[Law], int]) -> Callable[[Given, Law], pl.Expr]:
    return lambda given, law: given.whole(name) > cap(law)


def _year(given: Given, law: Law) -> pl.Expr:
    return (pl.col("tax_year") != law.year) if "tax_year" in given.schema else pl.lit(False)


CONTRADICTIONS: tuple[Contradiction, ...] = (
    Contradiction("tax_year_other", "課税年度が計算に用いた法律の年度と異なる", _year),
    Contradiction("salary_income_not_by_law", "給与所得が給与収入から計算した額と異なる", _salary),
    Contradiction(
        "pension_income_not_by_law", "公的年金等雑所得が収入・年齢から計算した額と異なる", _pension
    ),
    Contradiction(
        "income_adjustment_too_high", "所得金額調整控除が要件を満たさない、又は上限を超える", _adjustment
    ),
    Contradiction(
        "medical_and_self_medication",
        "医療費控除とセルフメディケーション税制を併用している",
        lambda given, _: (given.whole("medical_expense") > 0) & (given.whole("self_medication") > 0),
    ),
    Contradiction(
        "medical_expense_above_cap",
        "医療費控除が上限を超える",
        _above("medical_expense", lambda law: law.deductions.medical_expense.cap.value),
    ),
    Contradiction(
        "self_medication_above_cap",
        "セルフメディケーション税制の控除が上限を超える",
        _above("self_medication", lambda law: law.deductions.medical_expense.self_medication_cap.value),
    ),
    Contradiction(
        "life_insurance_above_cap",
        "生命保険料控除が上限を超える",
        _above("life_insurance", lambda law: law.deductions.life_insurance.total_cap.value),
    ),
    Contradiction(
        "earthquake_insurance_above_cap",
        "地震保険料控除が上限を超える",
        _above("earthquake_insurance", lambda law: law.deductions.earthquake_insurance.cap.value),
    ),
    Contradiction(
        "housing_loan_credit_above_cap",
        "住宅借入金等特別税額控除が上限を超える",
        _above("housing_loan_credit", lambda law: law.housing_loan_credit.seven_percent_cap.value),
    ),
    Contradiction(
        "spouse_above_income_limit",
        "本人の合計所得金額が限度を超えるのに配偶者控除の対象がある",
        lambda given, law: (
            has_spouse(given) & (pl.col("total_income") > law.income_limits.spouse_claimant.value)
        ),
    ),
    Contradiction("spouse_income_above_limit", "控除対象配偶者の合計所得が限度を超える", _spouse_income),
    Contradiction(
        "spouse_and_spouse_special",
        "配偶者控除と配偶者特別控除を併用している",
        lambda given, _: has_spouse(given) & (given.whole("spouse_special_deduction") > 0),
    ),
    Contradiction(
        "spouse_special_without_income",
        "配偶者特別控除があるのに配偶者の合計所得がない",
        _special_without_income,
    ),
    Contradiction(
        "spouse_special_not_by_law", "配偶者特別控除が双方の所得から計算した額と異なる", _special_not_by_law
    ),
    Contradiction(
        "specified_relative_not_by_law", "特定親族特別控除がこの年度の法律にない額である", _specified_relative
    ),
    Contradiction(
        "widow_and_single_parent",
        "寡婦とひとり親が両方ある",
        lambda given, _: given.flag("widow") & given.flag("single_parent"),
    ),
    Contradiction(
        "spouse_and_unmarried_status",
        "配偶者があるのに寡婦又はひとり親である",
        lambda given, _: has_spouse(given) & (given.flag("widow") | given.flag("single_parent")),
    ),
    Contradiction("widow_above_income_limit", "寡婦の所得要件を超える", _status_above("widow")),
    Contradiction(
        "single_parent_above_income_limit", "ひとり親の所得要件を超える", _status_above("single_parent")
    ),
    Contradiction(
        "working_student_above_income_limit", "勤労学生の所得要件を超える", _status_above("working_student")
    ),
    Contradiction(
        "single_parent_sex_unknown",
        "ひとり親の性別が分からない（母として計算した）",
        lambda given, _: given.flag("single_parent") & given.is_null("sex"),
    ),
    Contradiction("more_disabled_than_relatives", "障害者の数が扶養親族等の数より多い", _disabled),
    Contradiction(
        "more_abroad_than_relatives",
        "国外居住の数が扶養親族等の数より多い",
        lambda given, _: given.whole("n_abroad") > relatives(given),
    ),
    Contradiction(
        "one_stop_without_gift",
        "ワンストップ特例なのに自治体への寄附がない",
        lambda given, _: given.flag("one_stop") & (given.whole("donation_furusato") == 0),
    ),
)

TEXTS: dict[str, str] = {item.name: item.text for item in CONTRADICTIONS}
"""What staff read for each name."""


def contradictions(given: Given, law: Law) -> pl.Expr:
    """Return the names of what contradicts, in the list's order, joined by ';'; null where nothing does."""
    mask = pl.lit(0, pl.Int32)
    for place, item in enumerate(CONTRADICTIONS):
        mask = mask + item.holds(given, law).fill_null(False).cast(pl.Int32) * 2**place
    return mask.map_batches(_names, return_dtype=pl.String, is_elementwise=True)


def _names(mask: pl.Series) -> pl.Series:
    if mask.is_empty():
        return pl.Series(dtype=pl.String)
    kinds = mask.unique()
    names = pl.Series([_joined(kind) for kind in kinds.to_list()], dtype=pl.String)
    return mask.replace_strict(kinds, names, return_dtype=pl.String)


def _joined(mask: int | None) -> str | None:
    held = [item.name for place, item in enumerate(CONTRADICTIONS) if (mask or 0) >> place & 1]
    return ";".join(held) or None
