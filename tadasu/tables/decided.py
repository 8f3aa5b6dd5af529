"""The tables around decisions: what was decided, what was sent to the tax system, whose number is whose."""

import polars as pl

from tadasu.fields import TAX_FIELDS
from tadasu.tables.columns import PERSON, key, text, year
from tadasu.tables.table import DATE, REAL, YEAR, Column, Table

TIME = pl.Datetime("us", "UTC")
VERDICTS = ("accept", "amend", "no_change", "inquire", "defer", "bulk_clear")
CORRECTING = ("accept", "amend")
"""The verdicts that correct the record; the others send nothing to the tax system."""
ARMS = ("suggested", "control")
_FIELD = tuple(field.name for field in TAX_FIELDS)

DECISIONS = Table(
    "decisions",
    "職員の判断",
    "a decision of staff about a row; `changes` is a JSON list of `field, old_value, new_value, document_id`",
    ("decision_id",),
    (
        key("decision_id", "判断番号"),
        year(),
        key("row_id", "行番号"),
        PERSON,
        text("suggestion", "見せた提案"),
        text("verdict", "判断", VERDICTS, filled=True),
        text("changes", "修正内容"),
        text("voided_by", "取消した判断番号"),
        text("staff_id", "担当", filled=True),
        text("arm", "提案の有無", ARMS, filled=True),
        Column("shown_at", TIME, "表示日時"),
        Column("decided_at", TIME, "判断日時", filled=True),
        Column("active_seconds", REAL, "作業時間", negative=False, unit="秒"),
    ),
    mandatory=False,
)

_LINE = (
    year(),
    PERSON,
    text("field", "項目", _FIELD, filled=True),
    text("old_value", "修正前"),
    text("new_value", "修正後"),
    Column("decided_on", DATE, "判断日", filled=True),
    text("row_id", "行番号"),
    text("document_id", "根拠資料"),
    text("staff_id", "担当"),
    text("decision_id", "判断番号"),
    text("reverses", "取り消す判断番号"),
)

OUTGOING = Table(
    "outgoing",
    "税務システムへの訂正",
    "a change of a field of a person's record that the tax system has to make",
    ("person_id", "field"),
    (Column("line_no", YEAR, "連番"), *_LINE),
    mandatory=False,
)

CONFLICTS = Table(
    "conflicts",
    "送らなかった訂正",
    "a change that was not sent, and why",
    ("tax_year", "decision_id", "field", "reverses"),
    (*_LINE, text("record_value", "現在の記録"), text("reason", "理由", filled=True)),
    mandatory=False,
)

EXPORTED = Table(
    "exported",
    "送付済みの訂正",
    "a change that was sent to the tax system, or went with another decision's line that says the same",
    ("decision_id", "field", "reverses"),
    (key("export_id", "送付番号"), Column("sent_at", TIME, "送付日時", filled=True), *OUTGOING.columns),
    mandatory=False,
)

IDS = Table(
    "ids",
    "番号対応表",
    "a pseudonym and the ward's own number behind it",
    ("kind", "pseudonym"),
    (
        key("kind", "番号の種類"),
        key("pseudonym", "仮名"),
        key("number", "番号"),
        key("key_check", "鍵の照合値"),
    ),
    mandatory=False,
)
