"""The tables that Tadasu itself writes."""

from tadasu.fields import TAX_FIELDS
from tadasu.tables.columns import PERSON, key, text, year
from tadasu.tables.table import FLAG, REAL, YEAR, YEN, Column, Table

LANES = ("clear", "confirm", "review", "inquire")
LINKS = ("claimed_twice", "claim_each_other", "spouse_income", "relative_income", "settled", "stands")
"""Why a repair bears on another person's record."""

QUARANTINE = Table(
    "quarantine",
    "隔離行",
    "a reason why a line of the extract could not be used",
    ("file", "line", "column", "reason"),
    (
        key("file", "ファイル"),
        text("table", "表", filled=True),
        Column("line", YEN, "行", filled=True),
        text("column", "列"),
        text("value", "値"),
        text("reason", "理由", filled=True),
        text("raw", "元の行"),
    ),
)

MENDS = Table(
    "mends",
    "隔離行の訂正",
    "a cell or a line that staff mended after it had been quarantined",
    ("file", "line", "column"),
    (
        key("file", "ファイル"),
        Column("line", YEN, "行", filled=True),
        key("column", "列"),
        text("value", "値"),
        text("digest", "ファイルのハッシュ"),
    ),
    mandatory=False,
)

REPAIRS = Table(
    "repairs",
    "修正候補",
    "a repair of a row: field changes made together, or 'leave as recorded'",
    ("tax_year", "row_id", "repair_id"),
    (
        year(),
        key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        PERSON,
        text("kind", "候補の種類", filled=True),
        text("document_id", "根拠資料"),
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
        year(),
        key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        text("field", "項目", tuple(f.name for f in TAX_FIELDS), filled=True),
        text("recorded", "現在値"),
        text("proposed", "修正案"),
    ),
)

LINKED = Table(
    "linked",
    "連動する修正",
    "a field of another person that a repair bears on; a repair without lines about a person follows 'leave'",
    ("tax_year", "row_id", "repair_id", "person_id", "field"),
    (
        year(),
        key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        PERSON,
        text("field", "項目", tuple(f.name for f in TAX_FIELDS), filled=True),
        text("recorded", "現在値"),
        text("proposed", "連動後の値"),
        text("why", "連動の理由", LINKS, filled=True),
    ),
)

TRUTH = Table(
    "truth",
    "正解",
    "a repair of a labelled row: whether it is what staff did",
    ("tax_year", "row_id", "repair_id"),
    (
        year(),
        key("row_id", "行番号"),
        Column("repair_id", YEAR, "候補番号", filled=True),
        Column("is_right", FLAG, "正解か", filled=True),
    ),
)

CROSSWALK = Table(
    "crosswalk",
    "チェックの対応表",
    "a check of this year and the check of an earlier year that it is, by evidence",
    ("tax_year", "past_year", "check_code", "check_name"),
    (
        year(),
        Column("past_year", YEAR, "過去の年度", filled=True),
        text("check_code", "エラーコード", filled=True),
        text("check_name", "チェック名", filled=True),
        text("past_code", "過去のエラーコード", filled=True),
        text("past_name", "過去のチェック名", filled=True),
        Column("distance", REAL, "隔たり（0は同一）", filled=True),
    ),
)

SUGGESTIONS = Table(
    "suggestions",
    "修正提案",
    "a field of a row that may need correction",
    ("rank", "row_id", "line_no"),
    (
        key("row_id", "行番号"),
        year(),
        PERSON,
        text("check_code", "エラーコード", filled=True),
        Column("rank", YEAR, "順位", filled=True),
        text("lane", "区分", LANES, filled=True),
        Column("p_correction", REAL, "修正確率", filled=True),
        text("field", "項目", tuple(f.name for f in TAX_FIELDS)),
        text("current_value", "現在値"),
        text("proposed_value", "修正案"),
        Column("p_field", REAL, "項目の修正確率", filled=True),
        Column("proposed", FLAG, "提案", filled=True),
        Column("tax_delta", YEN, "税額の増減", unit="円"),
        text("document_ids", "資料番号"),
        text("reasons", "理由"),
        text("model_id", "モデル", filled=True),
    ),
)

SECOND_LOOK = Table(
    "second_look",
    "見直し対象",
    "a decided row of the list whose documents changed with a later delivery of the year",
    ("tax_year", "row_id"),
    (
        year(),
        key("row_id", "行番号"),
        key("was", "前回の行番号"),
        text("documents_changed", "変わった資料", filled=True),
    ),
    mandatory=False,
)

SAMPLE = Table(
    "sample",
    "無作為抽出",
    "a row of the list: with which probability it was drawn for the random sample, before it was shown",
    ("tax_year", "row_id"),
    (
        year(),
        key("row_id", "行番号"),
        Column("probability", REAL, "抽出確率", filled=True),
        Column("drawn", FLAG, "抽出", filled=True),
    ),
)
