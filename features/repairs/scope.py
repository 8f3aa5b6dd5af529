"""Which fields a row is about: subjects of fields that staff settle together.

A row names one field; an officer looks at the whole subject (a previous employer's report moves salary and
social insurance alike). A row that names none may be about anything on which the documents speak.
"""

import polars as pl

from features.values import FIELD_NAMES, NUMBER

SUBJECTS: dict[str, tuple[str, ...]] = {
    "salary": ("salary_revenue", "salary_income", "social_insurance", "small_enterprise_mutual_aid"),
    "pension": ("pension_revenue", "pension_income"),
    "adjustment": ("income_adjustment",),
    "other_income": (
        "business_income",
        "agricultural_income",
        "real_estate_income",
        "interest_income",
        "dividend_income",
        "other_misc_income",
        "comprehensive_transfer_income",
        "temporary_income",
        "separate_transfer_income",
        "stock_income",
        "loss_carryforward",
    ),
    "medical": ("casualty_loss", "medical_expense", "self_medication"),
    "social": ("social_insurance", "small_enterprise_mutual_aid"),
    "insurance": ("life_insurance", "earthquake_insurance"),
    "spouse": ("spouse_kind", "spouse_special_deduction"),
    "relatives": (
        "n_dependent_general",
        "n_dependent_specified",
        "n_dependent_elderly",
        "n_dependent_elderly_cohabiting",
        "n_dependent_under16",
        "specified_relative_special",
    ),
    "disability": (
        "self_disability",
        "n_disabled_ordinary",
        "n_disabled_special",
        "n_disabled_special_cohabiting",
    ),
    "parent": ("widow", "single_parent"),
    "student": ("working_student",),
    "minor": ("minor",),
    "loan": ("housing_loan_credit",),
    "levy": ("dividend_levy_credit", "stock_income", "dividend_income"),
    "donation": ("donation_furusato", "donation_other", "one_stop"),
    "residence": ("is_resident",),
    "collection": ("special_collection",),
}

SUBJECT_LABELS: dict[str, str] = {
    "salary": "給与",
    "pension": "年金",
    "adjustment": "所得金額調整控除",
    "other_income": "その他の所得",
    "medical": "医療費等",
    "social": "社会保険料",
    "insurance": "保険料",
    "spouse": "配偶者",
    "relatives": "扶養",
    "disability": "障害者",
    "parent": "寡婦・ひとり親",
    "student": "勤労学生",
    "minor": "未成年",
    "loan": "住宅ローン",
    "levy": "配当割",
    "donation": "寄附金",
    "residence": "居住",
    "collection": "特別徴収",
    "unnamed": "項目の指定なし",
}
"""What staff read for each subject, and for rows that name no field."""

BESIDE: dict[str, tuple[str, ...]] = {
    "salary": ("pension",),
    "relatives": ("disability", "spouse"),
    "disability": ("relatives", "spouse"),
    "spouse": ("disability",),
    "other_income": ("salary",),
}
"""Subjects that are looked at together with the one a row names."""

WIDER: dict[str, tuple[str, ...]] = {"salary": ("other_income",), "spouse": ("relatives",)}
"""Subjects that kinds with a wider look (`Kind.wide`) may settle beside the one a row names."""

INCOMES = ("salary", "pension", "adjustment", "other_income")
FOLLOWS: dict[str, tuple[str, ...]] = {
    "basic_deduction": INCOMES,
    "spouse_deduction": ("spouse",),
    "spouse_total_income": ("spouse",),
    "dependent_deduction": ("relatives",),
    "disability_deduction": ("disability",),
    "widow_deduction": ("parent",),
    "single_parent_deduction": ("parent",),
    "working_student_deduction": ("student",),
}
"""Fields that the system computes: what is wrong where a row names one is a subject that it follows from."""

ANYTHING = ("salary", "pension", "other_income", "medical", "spouse", "relatives", "disability", "parent")
"""Subjects of a row that names no field."""

UNNAMED_BLIND = ("relatives", "disability")
"""Subjects of blind kinds on a row that names no field: papers often name nobody there."""


def _named(field: str, beside: dict[str, tuple[str, ...]]) -> set[str]:
    subjects = {name for name, fields in SUBJECTS.items() if field in fields}
    return subjects | {other for name in subjects for other in beside.get(name, ())}


def _fields(subjects: set[str] | tuple[str, ...]) -> set[str]:
    return {field for subject in subjects for field in SUBJECTS[subject]}


def scope_table() -> pl.DataFrame:
    """Return (named: the number of the field that a row names, -1 for none; field; near; wide).

    `near`: of the same subject; `wide`: only for kinds with a wider look.
    """
    lines = []
    for name in FIELD_NAMES:
        own = _fields({s for s, fields in SUBJECTS.items() if name in fields}) or {name}
        inside = _fields(_named(name, BESIDE)) | _fields(FOLLOWS.get(name, ())) | {name}
        lines += [(NUMBER[name], NUMBER[field], field in own, False) for field in inside]
        wider = _fields(_named(name, WIDER)) - inside
        lines += [(NUMBER[name], NUMBER[field], False, True) for field in wider]
    people = _fields(UNNAMED_BLIND)
    lines += [(-1, NUMBER[field], field in people, False) for field in _fields(ANYTHING)]
    schema = {"named": pl.Int64, "field": pl.Int64, "near": pl.Boolean, "wide": pl.Boolean}
    return pl.DataFrame(sorted(lines), schema=schema, orient="row")
