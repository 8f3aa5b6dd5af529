"""Every table once: its grain, its key, its columns with their types and codes.

The extract's tables are what a tax system hands over (`EXTRACT`); the others are what Tadasu itself writes.
Money is whole yen in Int64, dates are Date, identifiers are text.
An empty cell means 'not stated', never zero.
"""

from dataclasses import dataclass, field

import polars as pl

from tadasu.fields import COMPUTED_FIELDS, DISABILITIES, FIELDS, TAX_FIELDS, Field

TEXT, YEN, COUNT, FLAG, DATE, YEAR, REAL = (
    pl.String(),
    pl.Int64(),
    pl.Int64(),
    pl.Boolean(),
    pl.Date(),
    pl.Int32(),
    pl.Float64(),
)

KINDS = ("salary_report", "pension_report", "tax_return", "resident_return")
CHANNELS = ("eltax", "disc", "paper", "etax", "ksk", "counter")
RELATIONSHIPS = ("head", "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "other")
OUTCOMES = ("no_change", "corrected", "inquiry")
LANES = ("clear", "confirm", "review", "inquire")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name and type, whether it must be filled, which codes it may hold.

    `filled`: no cell of it may be empty. `optional`: an extract may come without the column, which then
    reads as empty; every other column must stand in the file, be it empty. `unit` is Japanese (円, 人, 秒).
    """

    name: str
    dtype: pl.DataType
    label: str
    filled: bool = False
    values: tuple[str, ...] = ()
    negative: bool = True
    optional: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one row is one `grain`, told apart by `key`."""

    name: str
    label: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(repr=False)
    mandatory: bool = True

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return the columns' names and types, in order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)

    def arrange(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` in the declared column order, sorted by key, so that same content is same bytes.

        Raises:
            ValueError: a column is missing or has another type than declared.
        """
        wrong = [
            f"{name}: {frame.schema.get(name, 'missing')} where {dtype} is expected"
            for name, dtype in self.schema.items()
            if frame.schema.get(name) != dtype
        ]
        if wrong:
            raise ValueError(f"table {self.name}: " + "; ".join(wrong))
        return frame.select(*self.schema).sort(self.key, maintain_order=True)


_OF_SOME_YEARS = {"specified_relative_special", "fixed_amount_cut"}
"""Rules that some years lack: their column may be absent, so that a system need not invent it."""


def _of_field(tax_field: Field, *, optional: bool = False) -> Column:
    dtype = {"yen": YEN, "count": COUNT, "flag": FLAG, "status": TEXT}[tax_field.kind]
    return Column(
        tax_field.name,
        dtype,
        tax_field.label,
        values=tax_field.values,
        negative=tax_field.negative,
        optional=optional or tax_field.name in _OF_SOME_YEARS,
        unit=tax_field.unit,
    )


def _key(name: str, label: str) -> Column:
    return Column(name, TEXT, label, filled=True)


def _text(
    name: str, label: str, values: tuple[str, ...] = (), *, filled: bool = False, optional: bool = False
) -> Column:
    return Column(name, TEXT, label, filled, values, optional=optional)


def _yen(name: str, label: str, *, negative: bool = False) -> Column:
    return Column(name, YEN, label, negative=negative, unit="円")


def _year() -> Column:
    return Column("tax_year", YEAR, "課税年度", filled=True)


_PERSON = _key("person_id", "宛名番号")

RESIDENTS = Table(
    "residents",
    "住民基本台帳",
    "a person of a household that the list touches",
    ("person_id",),
    (
        _PERSON,
        _text("household_id", "世帯番号"),
        _text("relationship", "続柄", RELATIONSHIPS),
        Column("birth_date", DATE, "生年月日"),
        _text("sex", "性別", ("M", "F")),
        Column("resident_since", DATE, "住民となった日"),
        Column("left_on", DATE, "転出・死亡日"),
        _text("left_reason", "異動事由", ("moved", "died")),
        _text("disability", "障害者手帳", DISABILITIES),
        Column("public_assistance", FLAG, "生活保護"),
        Column("is_foreign", FLAG, "外国籍"),
    ),
)

_DOCUMENT_ONLY: tuple[Column, ...] = (
    _yen("total_income", "合計所得金額", negative=True),
    _yen("previous_salary_revenue", "前職分給与収入"),
    _yen("previous_social_insurance", "前職分社会保険料"),
    _text("previous_payer_id", "前職支払者"),
    _yen("new_life_premium", "新生命保険料"),
    _yen("old_life_premium", "旧生命保険料"),
    _yen("care_premium", "介護医療保険料"),
    _yen("new_pension_premium", "新個人年金保険料"),
    _yen("old_pension_premium", "旧個人年金保険料"),
    _yen("earthquake_premium", "地震保険料"),
    _yen("old_long_term_premium", "旧長期損害保険料"),
    _yen("deductions_total", "所得控除合計"),
    _yen("housing_loan_deductible", "住宅借入金等特別控除可能額"),
    _yen("income_tax_before_credits", "税額控除前所得税額"),
    _yen("donation_total", "寄附金額"),
    _yen("withheld_income_tax", "源泉徴収税額"),
    _yen("income_tax", "所得税額", negative=True),
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
        _key("document_id", "資料番号"),
        _year(),
        _PERSON,
        _text("kind", "資料種別", KINDS, filled=True),
        Column("received_on", DATE, "受付日"),
        _text("channel", "提出経路", CHANNELS),
        _text("supersedes", "訂正元資料"),
        Column("is_cancelled", FLAG, "取消"),
        _text("payer_id", "支払者"),
        _text("withholding_column", "甲乙欄", ("main", "other")),
        Column("left_job_on", DATE, "退職日"),
        Column("year_end_adjusted", FLAG, "年末調整済"),
        Column("birth_date", DATE, "生年月日（資料）"),
        *(
            _of_field(f, optional=f.name in _ON_NO_FORM)
            for f in TAX_FIELDS
            if f.name not in _NOT_ON_DOCUMENTS
        ),
        *_DOCUMENT_ONLY,
    ),
)

DEPENDENTS = Table(
    "dependents",
    "扶養親族等",
    "a spouse or dependant claimed on a document",
    ("document_id", "line_no"),
    (
        _key("document_id", "資料番号"),
        Column("line_no", YEAR, "行番号", filled=True),
        _text("role", "区分", ("spouse", "dependent", "under16"), filled=True),
        _text("dependent_person_id", "扶養親族の宛名番号"),
        Column("birth_date", DATE, "生年月日"),
        _text("relationship", "続柄", RELATIONSHIPS),
        Column("lives_apart", FLAG, "別居"),
        Column("lives_abroad", FLAG, "国外居住"),
        _text("disability", "障害", (*DISABILITIES, "special_cohabiting")),
        _yen("stated_income", "記載所得"),
    ),
)

DONATIONS = Table(
    "donations",
    "寄附金",
    "a donation: a one-stop notice, or a line of a return",
    ("donation_id",),
    (
        _key("donation_id", "寄附番号"),
        _year(),
        _PERSON,
        _text("source", "出所", ("one_stop", "return"), filled=True),
        _text("document_id", "資料番号"),
        _text("recipient_code", "寄附先"),
        _text("kind", "寄附先区分", ("furusato", "ward_ordinance", "community_chest", "other")),
        _yen("amount", "寄附額"),
        Column("received_on", DATE, "受付日"),
    ),
)

_ASSESSMENT_COLUMNS = (_PERSON, _year(), *(_of_field(f) for f in (*TAX_FIELDS, *COMPUTED_FIELDS)))

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
        _key("row_id", "行番号"),
        _year(),
        _PERSON,
        _text("check_code", "エラーコード", filled=True),
        _text("check_name", "チェック名"),
        Column("detected_on", DATE, "検出日"),
        _text("document_ids", "資料番号"),
        _text("related_person_id", "関係者の宛名番号"),
        _text("field", "項目", tuple(FIELDS)),
        _text("stated_value", "値"),
        _text("expected_value", "照合値"),
        _text("message", "メッセージ"),
    ),
)

_CORRECTION_COLUMNS = (
    _key("row_id", "行番号"),
    Column("action_no", YEAR, "処理番号", filled=True),
    Column("decided_on", DATE, "処理日"),
    _text("staff_id", "担当", optional=True),
    _text("outcome", "処理結果", OUTCOMES, filled=True),
    _text("field", "項目", tuple(f.name for f in TAX_FIELDS)),
    _text("old_value", "修正前"),
    _text("new_value", "修正後"),
    _text("document_id", "誤りのあった資料"),
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

QUARANTINE = Table(
    "quarantine",
    "隔離行",
    "a reason why a line of the extract could not be used",
    ("file", "line", "column", "reason"),
    (
        _key("file", "ファイル"),
        _text("table", "表", filled=True),
        Column("line", YEN, "行", filled=True),
        _text("column", "列"),
        _text("value", "値"),
        _text("reason", "理由", filled=True),
        _text("raw", "元の行"),
    ),
)

REPAIRS = Table(
    "repairs",
    "修正候補",
    "a repair of a row: field changes made together, or 'leave as recorded'",
    ("tax_year", "row_id", "repair_id"),
    (
        _year(),
        _key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        _PERSON,
        _text("kind", "候補の種類", filled=True),
        _text("document_id", "根拠資料"),
        Column("tax_after", YEN, "修正後年税額", unit="円"),
        Column("tax_delta", YEN, "税額の増減", unit="円"),
        Column("settles", FLAG, "不整合が解消するか"),
    ),
)

CHANGES = Table(
    "changes",
    "修正候補の項目",
    "a field that a repair changes",
    ("tax_year", "row_id", "repair_id", "field"),
    (
        _year(),
        _key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        _text("field", "項目", tuple(f.name for f in TAX_FIELDS), filled=True),
        _text("recorded", "現在値"),
        _text("proposed", "修正案"),
    ),
)

TRUTH = Table(
    "truth",
    "正解",
    "a repair of a labelled row: whether it is what staff did",
    ("tax_year", "row_id", "repair_id"),
    (
        _year(),
        _key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        Column("is_right", FLAG, "正解か", filled=True),
    ),
)

SUGGESTIONS = Table(
    "suggestions",
    "修正提案",
    "a field of a row that may need correction",
    ("rank", "row_id", "line_no"),
    (
        _key("row_id", "行番号"),
        _year(),
        _PERSON,
        _text("check_code", "エラーコード", filled=True),
        Column("rank", YEAR, "順位", filled=True),
        _text("lane", "区分", LANES, filled=True),
        Column("p_correction", REAL, "修正確率", filled=True),
        _text("field", "項目", tuple(f.name for f in TAX_FIELDS)),
        _text("current_value", "現在値"),
        _text("proposed_value", "修正案"),
        Column("p_field", REAL, "項目の修正確率", filled=True),
        Column("proposed", FLAG, "提案", filled=True),
        Column("tax_delta", YEN, "税額の増減", unit="円"),
        _text("document_ids", "資料番号"),
        _text("reasons", "理由"),
        _text("model_id", "モデル", filled=True),
    ),
)
