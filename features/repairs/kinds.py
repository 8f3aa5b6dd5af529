"""The kinds of repair, each declared once: its name, what it says to staff, whether it is blind.

The order is the order of precedence: where two kinds propose the same changes, the first names the repair.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A ground on which a repair is proposed.

    `blind` kinds rest on no document; they are proposed only for fields of the subject that the row names.
    `wide` ones may settle a further subject (`scope.WIDER`): their ground says that both are wrong together.
    """

    name: str
    label: str
    blind: bool = False
    wide: bool = False


KINDS: tuple[Kind, ...] = (
    Kind("leave", "記録のまま"),
    Kind("recompute", "法令により再計算"),
    Kind("from_income_tax", "所得税の控除額から住民税の控除額に直す"),
    Kind("last_premiums", "前年までの保険料の内訳により再計算"),
    Kind("last_loan", "前年までの住宅ローンの返済の進み方により再計算"),
    Kind("last_loan_near", "前年までの住宅ローンの返済の進み方による額の前後"),
    Kind("last_pension", "同じ支払者の前年までの年金額に置き換え"),
    Kind("recompute_spouse", "配偶者の所得により配偶者控除・配偶者特別控除を再計算"),
    Kind("take_document", "資料の値を採用"),
    Kind("take_void", "訂正前・取消済資料の値"),
    Kind("sum_reports", "支払報告書の合計を採用"),
    Kind("exclude_report", "支払報告書を1件除外（社会保険料も減算）"),
    Kind("exclude_report_revenue", "支払報告書を1件除外（収入のみ）"),
    Kind("add_report", "支払報告書を1件加算（社会保険料も加算）"),
    Kind("add_report_revenue", "支払報告書を1件加算（収入のみ）"),
    Kind("undo_previous", "前職分の二重計上を解消（社会保険料も減算）"),
    Kind("undo_previous_revenue", "前職分の二重計上を解消（収入のみ）"),
    Kind("add_previous", "前職分を加算（社会保険料も加算）"),
    Kind("add_previous_revenue", "前職分を加算（収入のみ）"),
    Kind("return_plus_report", "申告漏れの給与を加算"),
    Kind("choose_reports", "採用する給報の組合せを改める"),
    Kind("add_insurance", "社会保険料を加算"),
    Kind("drop_insurance", "社会保険料を減算"),
    Kind("relative_insurance", "家族の年金から引かれた社会保険料を除く"),
    Kind("remove_claim", "扶養・配偶者の申告を外す"),
    Kind("remove_claim_disability", "扶養の申告を障害者控除とともに外す"),
    Kind("reclassify", "扶養の区分を生年月日・同居により改める"),
    Kind("recount", "資料の扶養親族等の人数に合わせる"),
    Kind("reclassify_all", "扶養の区分をまとめて台帳に合わせる"),
    Kind("combined", "複数の親族・区分をあわせて改める", wide=True),
    Kind("undo_keying", "入力誤り（桁・数字）を直す"),
    Kind("register_children", "住民基本台帳の16歳未満の人数に合わせる"),
    Kind("register_disability", "障害者手帳台帳に合わせる"),
    Kind("sum_donations", "寄附金の合計を採用"),
    Kind("drop_donation", "寄附金を1件除外"),
    Kind("add_donation", "寄附金を1件加算"),
    Kind("swap_income", "所得の種類を入れ替える", wide=True),
    Kind("swap_status", "寡婦とひとり親を入れ替える"),
    Kind("move_contributions", "小規模企業共済等掛金を社会保険料控除から移す"),
    Kind("list_value", "リストの照合値を採用"),
    Kind("last_year", "前年の値を採用", blind=True),
    Kind("zero", "なしにする", blind=True),
    Kind("flip", "区分を改める", blind=True),
    Kind("one_more", "1人増やす", blind=True),
    Kind("one_less", "1人減らす", blind=True),
    Kind("move_class", "扶養の区分を1人移す", blind=True),
)

KIND_NUMBER: dict[str, int] = {kind.name: number for number, kind in enumerate(KINDS)}
