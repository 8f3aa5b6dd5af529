"""Why a line is put aside: the words that stand in `quarantine` and in the intake report."""

import polars as pl

BREACH: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
}
"""A breach of the contract: the line, the column, the value found there as text, and one of the reasons."""

UNDECODABLE = "文字コードが UTF-8 でない"
QUOTE = '引用符（"）の対応がとれない'
RAGGED = "セルの数が見出しと違う"
EMPTY = "必須の値が空"
NO_INTEGER = "整数として読めない"
NO_DATE = "日付（YYYY-MM-DD）として読めない"
NO_FLAG = "true / false として読めない"
NO_CODE = "決められたコードにない"
NO_VALUE = "その項目の値として読めない"
NEGATIVE = "負の値は認められない"
OTHER_YEAR = "課税年度がフォルダの年と合わない"
COPY = "同じ行の繰り返し"
KEY = "キーが同じで内容が違う"
PARTIAL = "同じ不整合行の他の処理が隔離された"

# What only the files of a mapping can have.
OTHER_ENCODING = "指定の文字コードとして読めないバイトがある"
NUL = "NUL 文字がある"
LENGTH = "行の長さが項目の長さの合計と違う"
CUT_OFF = "最後の行に改行がない（途中で切れた疑い）"
NO_NUMBER = "数として読めない"
NOT_A_DATE = "日付として読めない"
NO_SUCH_DAY = "実在しない日付"
UNKNOWN_CODE = "コード表にない"
NO_IDENTIFIER = "番号として読めない（桁数・文字）"
UNMAPPABLE = "外字または制御文字がある"
INCOMPLETE = "組み合わせる項目の一部が空"
TOO_LARGE = "数が大きすぎる"
WITHDRAWN = "職員が取り下げた"

# What only statutory files can have.
UNKNOWN_FORM = "法定資料の種類が 315・331 でない"
UNKNOWN_WIDTH = "項目の数が知られた様式と違う"
OTHER_INCOME_YEAR = "年分が課税年度の前年でない"
UNCLEAR_MARK = "訂正表示の意味が設定にない"
NO_TARGET = "対象のない取消"
MANY_TARGETS = "取消の対象が一つに決まらない"
UNMATCHED = "突合せ表に宛名番号がない"
MATCHED_TWICE = "突合せ表で宛名番号が一つに決まらない"
MERGED = "統合された番号の行（統合先の行を使った）"


def unreadable(dtype: pl.DataType) -> str:
    """Return the reason for a cell that cannot be read as `dtype`."""
    if dtype == pl.Date():
        return NO_DATE
    return NO_FLAG if dtype == pl.Boolean() else NO_INTEGER
