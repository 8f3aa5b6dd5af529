"""What an extract may bring beside its own tables: nothing is judged by them, much is checked with them."""

from tadasu.fields import TAX_FIELDS
from tadasu.tables.columns import key, text
from tadasu.tables.extract import CHANNELS, KINDS
from tadasu.tables.table import COUNT, DATE, YEAR, Column, Table

PERSON_IDS = Table(
    "person_ids",
    "宛名番号の引継ぎ",
    "an identifier of a person that was renumbered, or merged into another",
    ("old_person_id", "from_year"),
    (
        key("old_person_id", "旧宛名番号"),
        key("new_person_id", "新宛名番号"),
        Column("from_year", YEAR, "適用開始年度", filled=True),
    ),
    mandatory=False,
)


def _count(name: str, label: str) -> Column:
    return Column(name, COUNT, label, negative=False, optional=True, unit="件")


CONTROL_TOTALS = Table(
    "control_totals",
    "件数管理",
    "how many documents a payer, or a channel, announced and the office received and keyed in a week",
    ("line_no",),
    (
        Column("line_no", YEAR, "行番号", filled=True),
        text("payer_id", "支払者", optional=True),
        text("channel", "提出経路", CHANNELS, optional=True),
        text("kind", "資料種別", KINDS, optional=True),
        Column("week_on", DATE, "週の初日", optional=True),
        _count("announced", "申告件数"),
        _count("received", "受付件数"),
        _count("keyed", "入力件数"),
    ),
    mandatory=False,
)

NOT_TAKEN_IN = Table(
    "not_taken_in",
    "取り込めなかった項目",
    "a field that a document may state but its file has no place for: nobody concerned is ever cleared",
    ("document_id", "field"),
    (
        key("document_id", "資料番号"),
        text("field", "項目", tuple(f.name for f in TAX_FIELDS), filled=True),
    ),
    mandatory=False,
)

BESIDE: tuple[Table, ...] = (PERSON_IDS, CONTROL_TOTALS, NOT_TAKEN_IN)
