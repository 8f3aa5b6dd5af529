"""Clues about the row: what the list says, the check's nature, how such rows ended, the payers."""

import polars as pl

from features.column import Column
from features.columns.declare import amounts, log, plain

c = pl.col

ROW = (
    *plain(
        "リストの記載",
        named="リストが指す項目",
        n_referenced="リストが挙げる資料の数",
        has_related="関係者の記載がある",
        has_stated="値の記載がある",
        has_expected="照合値の記載がある",
        person_rows="同じ人の行数",
        person_field_rows="同じ人・同じ項目の行数",
        person_checks="同じ人に出たチェックの種類",
        list_day="リストに載った日",
    ),
    *amounts("リストの記載", stated="リストの値", expected="リストの照合値"),
    Column("told_recorded", "リストの記載", "明細の合計が記録と一致する", c("told") == c("named_recorded")),
    Column("told_gap", "リストの記載", "明細の合計と記録の差", log(c("told") - c("named_recorded"))),
    Column("list_gap", "リストの記載", "値と照合値の差", log(c("expected") - c("stated"))),
    Column("stated_recorded", "リストの記載", "値が記録と一致する", c("stated") == c("named_recorded")),
    Column(
        "expected_recorded", "リストの記載", "照合値が記録と一致する", c("expected") == c("named_recorded")
    ),
    *plain(
        "チェックの性質",
        check_share="このチェックの行の割合",
        check_related="このチェックで関係者が記載される割合",
        check_stated="このチェックで値が記載される割合",
        check_expected="このチェックで照合値が記載される割合",
        check_number="このチェックの値が数である割合",
        check_as_recorded="このチェックの値が記録と一致する割合",
        check_higher="このチェックの照合値が値より大きい割合",
        check_zero="このチェックの照合値が0である割合",
        check_referenced="このチェックが挙げる資料の数",
    ),
)

HISTORY = (
    *plain(
        "昨年までの実績",
        code_corrected_share="同じコードの行が修正された割合（昨年まで）",
        code_asked_share="同じコードの行で照会した割合（昨年まで）",
        code_rows="同じコードの行数（昨年まで）",
        evidence_corrected_share="同種の行が修正された割合（昨年まで）",
        evidence_asked_share="同種の行で照会した割合（昨年まで）",
        evidence_rows="同種の行数（昨年まで）",
        person_past_rows="同じ人の行数（昨年まで）",
        person_past_corrected="同じ人の修正数（昨年まで）",
        payer_documents="支払者の資料数（昨年まで）",
        payer_wrong="支払者の誤りのあった資料数（昨年まで）",
    ),
)

PAYERS = (
    *plain(
        "支払者",
        payer_all="支払者の従業員数（資料の人数）",
        payer_listed="支払者のリストに載った人数",
        payer_same="支払者の同じチェックの人数",
        payer_same_share="支払者の同じチェックの割合",
        payer_field_rows="支払者の同じ項目の行数（昨年まで）",
        payer_field_share="支払者の同じ項目の修正率の平均との差（昨年まで）",
    ),
)
