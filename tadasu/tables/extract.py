"""The extract's tables: what a tax system hands over, in the standard layout."""

from tadasu.fields import COMPUTED_FIELDS, DISABILITIES, FIELDS, TAX_FIELDS
from tadasu.tables.columns import PERSON, key, of_field, text, year, yen
from tadasu.tables.table import COUNT, DATE, FLAG, YEAR, Column, Table

KIND_LABELS = {
    "salary_report": "給与支払報告書",
    "pension_report": "公的年金等支払報告書",
    "tax_return": "確定申告書",
    "resident_return": "住民税申告書",
}
KINDS = tuple(KIND_LABELS)
CHANNEL_LABELS = {
    "eltax": "eLTAX",
    "disc": "光ディスク等",
    "paper": "紙",
    "etax": "e-Tax",
    "ksk": "国税連携（KSK）",
    "counter": "窓口",
}
CHANNELS = tuple(CHANNEL_LABELS)
RELATIONSHIPS = ("head", "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "other")
OUTCOMES = ("no_change", "corrected", "inquiry")

RESIDENTS = Table(
    "residents",
    "住民基本台帳",
    "a person of a household that the list touches",
    ("person_id",),
    (
        PERSON,
        text("household_id", "世帯番号"),
        text("relationship", "続柄", RELATIONSHIPS),
        Column("birth_date", DATE, "生年月日"),
        text("sex", "性別", ("M", "F")),
        Column("resident_since", DATE, "住民となった日"),
        Column("left_on", DATE, "転出・死亡日"),
        text("left_reason", "異動事由", ("moved", "died")),
        text("disability", "障害者手帳", DISABILITIES),
        Column("public_assistance", FLAG, "生活保護"),
        Column("is_foreign", FLAG, "外国籍"),
    ),
)

_LIFE = (
    yen("new_life_premium", "新生命保険料"),
    yen("old_life_premium", "旧生命保険料"),
    yen("care_premium", "介護医療保険料"),
    yen("new_pension_premium", "新個人年金保険料"),
    yen("old_pension_premium", "旧個人年金保険料"),
)
LIFE_PREMIUMS = tuple(column.name for column in _LIFE)
"""生命保険料 by contract class, in the order in which the rules of the law take them."""

_EARTHQUAKE = (
    yen("earthquake_premium", "地震保険料"),
    yen("old_long_term_premium", "旧長期損害保険料"),
)
EARTHQUAKE_PREMIUMS = tuple(column.name for column in _EARTHQUAKE)
"""地震保険料 and 旧長期損害保険料, likewise."""

_DOCUMENT_ONLY: tuple[Column, ...] = (
    yen("total_income", "合計所得金額", negative=True),
    yen("previous_salary_revenue", "前職分給与収入"),
    yen("previous_social_insurance", "前職分社会保険料"),
    text("previous_payer_id", "前職支払者"),
    *_LIFE,
    *_EARTHQUAKE,
    yen("deductions_total", "所得控除合計"),
    yen("housing_loan_deductible", "住宅借入金等特別控除可能額"),
    yen("income_tax_before_credits", "税額控除前所得税額"),
    yen("donation_total", "寄附金額"),
    yen("withheld_income_tax", "源泉徴収税額"),
    yen("income_tax", "所得税額", negative=True),
    Column("housing_move_in_on", DATE, "居住開始年月日"),
)

_NOT_ON_DOCUMENTS = {"donation_furusato", "donation_other", "one_stop", "is_resident"}
_ON_NO_FORM = {"housing_loan_credit"}

DOCUMENTS = Table(
    "documents",
    "課税資料",
    "a tax document of a person",
    ("document_id",),
    (
        key("document_id", "資料番号"),
        year(),
        PERSON,
        text("kind", "資料種別", KINDS, filled=True),
        Column("received_on", DATE, "受付日"),
        text("channel", "提出経路", CHANNELS),
        text("supersedes", "訂正元資料"),
        Column("is_cancelled", FLAG, "取消"),
        text("payer_id", "支払者"),
        text("withholding_column", "甲乙欄", ("main", "other")),
        Column("left_job_on", DATE, "退職日"),
        Column("year_end_adjusted", FLAG, "年末調整済"),
        Column("birth_date", DATE, "生年月日（資料）"),
        *(of_field(f, optional=f.name in _ON_NO_FORM) for f in TAX_FIELDS if f.name not in _NOT_ON_DOCUMENTS),
        *_DOCUMENT_ONLY,
    ),
)

DEPENDENTS = Table(
    "dependents",
    "扶養親族等",
    "a spouse or dependant claimed on a document",
    ("document_id", "line_no"),
    (
        key("document_id", "資料番号"),
        Column("line_no", YEAR, "行番号", filled=True),
        text("role", "区分", ("spouse", "dependent", "under16"), filled=True),
        text("dependent_person_id", "扶養親族の宛名番号"),
        Column("birth_date", DATE, "生年月日"),
        text("relationship", "続柄", RELATIONSHIPS),
        Column("lives_apart", FLAG, "別居"),
        Column("lives_abroad", FLAG, "国外居住"),
        text("disability", "障害", (*DISABILITIES, "special_cohabiting")),
        yen("stated_income", "記載所得"),
    ),
)

DONATIONS = Table(
    "donations",
    "寄附金",
    "a donation: a one-stop notice, or a line of a return",
    ("donation_id",),
    (
        key("donation_id", "寄附番号"),
        year(),
        PERSON,
        text("source", "出所", ("one_stop", "return"), filled=True),
        text("document_id", "資料番号"),
        text("recipient_code", "寄附先"),
        text("kind", "寄附先区分", ("furusato", "ward_ordinance", "community_chest", "other")),
        yen("amount", "寄附額"),
        Column("received_on", DATE, "受付日"),
    ),
)

_ASSESSMENT_COLUMNS = (PERSON, year(), *(of_field(f) for f in (*TAX_FIELDS, *COMPUTED_FIELDS)))

ASSESSMENTS = Table(
    "assessments",
    "合算結果",
    "the merged record of a taxpayer when the list was raised",
    ("person_id",),
    _ASSESSMENT_COLUMNS,
)

PREVIOUS_ASSESSMENTS = Table(
    "previous_assessments",
    "前年課税台帳",
    "last year's final record of a person",
    ("person_id",),
    _ASSESSMENT_COLUMNS,
    mandatory=False,
)

INCONSISTENCIES = Table(
    "inconsistencies",
    "不整合リスト",
    "a row of the inconsistency list",
    ("row_id",),
    (
        key("row_id", "行番号"),
        year(),
        PERSON,
        text("check_code", "エラーコード", filled=True),
        text("check_name", "チェック名"),
        Column("detected_on", DATE, "検出日"),
        text("document_ids", "資料番号"),
        text("related_person_id", "関係者の宛名番号"),
        text("field", "項目", tuple(FIELDS)),
        text("stated_value", "値"),
        text("expected_value", "照合値"),
        text("message", "メッセージ"),
    ),
)

_CORRECTION_COLUMNS = (
    key("row_id", "行番号"),
    Column("action_no", YEAR, "処理番号", filled=True),
    Column("decided_on", DATE, "処理日"),
    text("staff_id", "担当", optional=True),
    text("outcome", "処理結果", OUTCOMES, filled=True),
    text("field", "項目", tuple(f.name for f in TAX_FIELDS)),
    text("old_value", "修正前"),
    text("new_value", "修正後"),
    text("document_id", "誤りのあった資料"),
    Column("work_seconds", COUNT, "作業秒数", negative=False, optional=True, unit="秒"),
)

CORRECTIONS = Table(
    "corrections",
    "処理記録",
    "one thing that staff did about a row (past years only)",
    ("row_id", "action_no"),
    _CORRECTION_COLUMNS,
    mandatory=False,
)

SECOND_OPINIONS = Table(
    "second_opinions",
    "再判定記録",
    "what a second officer, blind to the first, did about a row",
    ("row_id", "action_no"),
    _CORRECTION_COLUMNS,
    mandatory=False,
)

EXTRACT: tuple[Table, ...] = (
    RESIDENTS,
    DOCUMENTS,
    DEPENDENTS,
    DONATIONS,
    ASSESSMENTS,
    PREVIOUS_ASSESSMENTS,
    INCONSISTENCIES,
    CORRECTIONS,
    SECOND_OPINIONS,
)
