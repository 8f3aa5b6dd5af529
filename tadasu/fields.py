"""The catalogue of tax fields: what each is called, what it holds, which law it rests on, who may correct it.

`TAX_FIELDS` are the fields a tax is computed from (staff may correct them or the system renews them);
`COMPUTED_FIELDS` are what the tax system computes from those. Both are columns of `assessments`.

Article numbers are those of 地方税法 for the municipal part (市町村民税, which 特別区民税 follows)
unless a law is named. The statute text was not read for this catalogue: readers are shown them as 未確認
(`Field.law_text`).
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["yen", "count", "flag", "status"]
Entry = Literal["entered", "renewed", "both", "computed"]

UNVERIFIED = "（未確認）"
"""Mark shown beside an article that nobody has read in the statute text."""


@dataclass(frozen=True, slots=True)
class Field:
    """One tax field.

    `entry`: `entered` by staff as it stands; `renewed` by the system from other fields; `both` (renewed, but
    staff may correct it on its own); `computed` (a figure of the tax itself). `values` lists the words of a
    status, in the order of the system's digit codes 0, 1, 2 …. `group` is the section of the tax notice.
    """

    name: str
    label: str
    kind: Kind
    group: str
    law: str
    entry: Entry = "entered"
    negative: bool = False
    values: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """Return the Japanese unit: 円, 人, or nothing for flags and statuses."""
        return {"yen": "円", "count": "人"}.get(self.kind, "")

    @property
    def law_text(self) -> str:
        """Return the article with the mark that it is unverified."""
        return self.law + UNVERIFIED if self.law else ""

    @property
    def correctable(self) -> bool:
        """Say whether staff correct this field (others follow from what staff enter)."""
        return self.entry in ("entered", "both")


def _income(name: str, label: str, law: str, *, entry: Entry = "entered", negative: bool = False) -> Field:
    return Field(name, label, "yen", "income", law, entry, negative)


def _deduction(name: str, label: str, law: str, entry: Entry = "entered") -> Field:
    return Field(name, label, "yen", "deduction", law, entry)


def _flag(name: str, label: str, law: str, group: str = "status") -> Field:
    return Field(name, label, "flag", group, law)


def _count(name: str, label: str, law: str) -> Field:
    return Field(name, label, "count", "count", law)


def _credit(name: str, label: str, law: str) -> Field:
    return Field(name, label, "yen", "credit", law)


def _computed(name: str, label: str, law: str) -> Field:
    return Field(name, label, "yen", "tax", law, "computed")


SPOUSE_KINDS = ("none", "general", "elderly")
DISABILITIES = ("none", "ordinary", "special")

TAX_FIELDS: tuple[Field, ...] = (
    _income("salary_revenue", "給与収入", "所得税法28条1項"),
    _income("salary_income", "給与所得", "所得税法28条2項", entry="both"),
    _income("income_adjustment", "所得金額調整控除", "租税特別措置法41条の3の11"),
    _income("pension_revenue", "公的年金等収入", "所得税法35条3項"),
    _income("pension_income", "公的年金等雑所得", "所得税法35条4項", entry="both"),
    _income("business_income", "営業等所得", "所得税法27条", negative=True),
    _income("agricultural_income", "農業所得", "所得税法27条", negative=True),
    _income("real_estate_income", "不動産所得", "所得税法26条", negative=True),
    _income("interest_income", "利子所得", "所得税法23条"),
    _income("dividend_income", "配当所得", "所得税法24条"),
    _income("other_misc_income", "その他雑所得", "所得税法35条", negative=True),
    _income("comprehensive_transfer_income", "総合譲渡所得", "所得税法33条", negative=True),
    _income("temporary_income", "一時所得（2分の1後）", "所得税法34条"),
    _income("separate_transfer_income", "分離長期譲渡所得", "附則34条", negative=True),
    _income("stock_income", "上場株式等所得", "附則35条の2の2"),
    _income("loss_carryforward", "繰越損失", "313条8項"),
    _deduction("casualty_loss", "雑損控除", "314条の2第1項1号"),
    _deduction("medical_expense", "医療費控除", "314条の2第1項2号"),
    _deduction("self_medication", "セルフメディケーション税制", "附則4条の4"),
    _deduction("social_insurance", "社会保険料控除", "314条の2第1項3号"),
    _deduction("small_enterprise_mutual_aid", "小規模企業共済等掛金控除", "314条の2第1項4号"),
    _deduction("life_insurance", "生命保険料控除", "314条の2第1項5号"),
    _deduction("earthquake_insurance", "地震保険料控除", "314条の2第1項5号の3"),
    _deduction("spouse_deduction", "配偶者控除", "314条の2第1項10号", "renewed"),
    _deduction("spouse_special_deduction", "配偶者特別控除", "314条の2第1項10号の2"),
    _income("spouse_total_income", "配偶者の合計所得", "292条1項13号", entry="renewed"),
    _deduction("specified_relative_special", "特定親族特別控除", "314条の2第1項"),
    _deduction("dependent_deduction", "扶養控除", "314条の2第1項11号", "renewed"),
    _deduction("disability_deduction", "障害者控除", "314条の2第1項6号", "renewed"),
    _deduction("widow_deduction", "寡婦控除", "314条の2第1項8号", "renewed"),
    _deduction("single_parent_deduction", "ひとり親控除", "314条の2第1項8号の2", "renewed"),
    _deduction("working_student_deduction", "勤労学生控除", "314条の2第1項9号", "renewed"),
    _deduction("basic_deduction", "基礎控除", "314条の2第2項", "renewed"),
    Field("spouse_kind", "配偶者区分", "status", "status", "314条の2第1項10号", values=SPOUSE_KINDS),
    Field("self_disability", "本人障害", "status", "status", "314条の2第1項6号", values=DISABILITIES),
    _flag("widow", "寡婦", "292条1項11号"),
    _flag("single_parent", "ひとり親", "292条1項12号"),
    _flag("working_student", "勤労学生", "314条の2第1項9号"),
    _flag("minor", "未成年者", "295条1項2号"),
    _count("n_dependent_general", "一般扶養", "314条の2第1項11号"),
    _count("n_dependent_specified", "特定扶養", "314条の2第1項11号"),
    _count("n_dependent_elderly", "老人扶養", "314条の2第1項11号"),
    _count("n_dependent_elderly_cohabiting", "同居老親等", "314条の2第4項"),
    _count("n_dependent_under16", "16歳未満扶養", "295条1項"),
    _count("n_disabled_ordinary", "障害者（扶養・普通）", "314条の2第1項6号"),
    _count("n_disabled_special", "障害者（扶養・特別）", "314条の2第1項6号"),
    _count("n_disabled_special_cohabiting", "障害者（扶養・同居特別）", "314条の2第3項"),
    _credit("housing_loan_credit", "住宅借入金等特別税額控除", "附則5条の4の2"),
    _credit("dividend_levy_credit", "配当割額・株式等譲渡所得割額控除", "314条の9"),
    _credit("donation_furusato", "寄附金（都道府県・市区町村）", "314条の7第1項1号"),
    _credit("donation_other", "寄附金（その他）", "314条の7第1項2号"),
    _flag("one_stop", "ワンストップ特例", "附則7条の2", "credit"),
    _flag("is_resident", "賦課期日居住", "294条1項・318条", "residence"),
    _flag("special_collection", "特別徴収", "321条の3", "collection"),
)

COMPUTED_FIELDS: tuple[Field, ...] = (
    _computed("total_income", "合計所得金額", "292条1項13号"),
    _computed("taxable_income", "課税標準額", "314条の3"),
    _computed("income_levy_before_credits", "税額控除前所得割額", "314条の3"),
    _computed("adjustment_credit", "調整控除額", "314条の6"),
    _computed("donation_credit", "寄附金税額控除額", "314条の7"),
    _computed("fixed_amount_cut", "定額減税額", "附則5条の8"),
    _computed("income_levy", "所得割額", "314条の3"),
    _computed("per_capita_levy", "均等割額", "310条"),
    _computed("forest_tax", "森林環境税", "森林環境税及び森林環境譲与税に関する法律5条"),
    _computed("resident_tax", "年税額", "1条2項"),
)

FIELDS: dict[str, Field] = {field.name: field for field in (*TAX_FIELDS, *COMPUTED_FIELDS)}


VALUE_WORDS: dict[str, str] = {
    "none": "なし",
    "general": "一般",
    "elderly": "老人",
    "ordinary": "普通",
    "special": "特別",
    "true": "該当",
    "false": "非該当",
}
"""What staff read for the words of statuses and flags."""


def correctable() -> tuple[Field, ...]:
    """Return the fields that staff correct, in the order of the tax notice."""
    return tuple(field for field in TAX_FIELDS if field.correctable)


def label(name: str) -> str:
    """Return the Japanese label of a field.

    Raises:
        KeyError: no such field.
    """
    return FIELDS[name].label
