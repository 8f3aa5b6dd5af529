"""The clues, one line each: name, group, the sentence that staff read, how it is computed."""

import polars as pl

from features.column import Column
from features.evidence import KINDS
from features.repairs.kinds import KINDS as REPAIR_KINDS

c = pl.col


def _log(value: pl.Expr) -> pl.Expr:
    """Keep sign and size class of an amount in yen."""
    return value.sign() * (value.abs().cast(pl.Float64) + 1).log()


def _plain(group: str, **sentences: str) -> tuple[Column, ...]:
    return tuple(Column(name, group, sentence, c(name)) for name, sentence in sentences.items())


def _amounts(group: str, **sentences: str) -> tuple[Column, ...]:
    return tuple(Column(name, group, sentence, _log(c(name))) for name, sentence in sentences.items())


ROW = (
    *_plain(
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
    *_amounts("リストの記載", stated="リストの値", expected="リストの照合値"),
    Column("list_gap", "リストの記載", "値と照合値の差", _log(c("expected") - c("stated"))),
    Column("stated_recorded", "リストの記載", "値が記録と一致する", c("stated") == c("named_recorded")),
    Column(
        "expected_recorded", "リストの記載", "照合値が記録と一致する", c("expected") == c("named_recorded")
    ),
    *_plain(
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
    *_plain(
        "昨年までの実績",
        code_corrected_share="同じコードの行が修正された割合（昨年まで）",
        code_asked_share="同じコードの行で照会した割合（昨年まで）",
        code_rows="同じコードの行数（昨年まで）",
        evidence_corrected_share="同種の行が修正された割合（昨年まで）",
        evidence_asked_share="同種の行で照会した割合（昨年まで）",
        person_past_rows="同じ人の行数（昨年まで）",
        person_past_corrected="同じ人の修正数（昨年まで）",
        payer_documents="支払者の資料数（昨年まで）",
        payer_wrong="支払者の誤りのあった資料数（昨年まで）",
    ),
)

PERSON = (
    *_plain(
        "本人",
        age="年齢",
        is_head="世帯主である",
        is_child="世帯主の子である",
        household_size="世帯の人数",
        household_minors="世帯の16歳未満の人数",
        household_earners="世帯のうちリストに載った人数",
        is_foreign="外国籍である",
        on_assistance="生活保護を受けている",
        since_days="住民となってからの日数",
        left_days="転出・死亡から1月1日までの日数",
        died="死亡している",
        certificate="障害者手帳の程度",
        record_spouse="記録上の配偶者区分",
        record_dependents="記録上の扶養人数",
        record_disabled="記録上の障害者数",
        record_resident="記録上の賦課期日居住",
        record_gap="記録上の所得金額調整控除がある",
    ),
    *_amounts(
        "本人",
        record_total="合計所得金額",
        record_salary="給与収入",
        record_pension="年金収入",
        record_tax="年税額",
        record_special="配偶者特別控除",
    ),
    *_plain(
        "資料の状況",
        **{f"n_{kind}": f"有効な資料の数（{kind}）" for kind in KINDS},
        n_void="取消・訂正前の資料の数",
        n_amending="訂正資料の数",
        n_paper="紙で提出された資料の数",
        n_unadjusted="年末調整未済の給報の数",
        n_other_column="乙欄の給報の数",
        n_left_job="退職のある給報の数",
        n_previous="前職分の記載がある給報の数",
        n_payers="支払者の数",
        same_payer="同じ支払者の給報が複数ある",
        twins="同じ内容の給報の数",
        birth_differs="資料の生年月日が食い違う",
    ),
    *_plain(
        "扶養親族等の状況",
        family_claims="申告された扶養親族の数",
        family_over="所得要件を超える扶養親族の数",
        family_twice="他の人にも申告された扶養親族の数",
        family_unmatched="宛名不明の扶養親族の数",
        family_left="転出・死亡した扶養親族の数",
        family_under16="16歳未満の扶養親族の数",
        family_apart="別居の扶養親族の数",
        family_abroad="国外の扶養親族の数",
        spouse_claimants="配偶者を申告した人の数",
        spouse_unmatched="配偶者が宛名不明",
    ),
    *_amounts("扶養親族等の状況", spouse_income="配偶者の合計所得", spouse_stated="配偶者の記載所得"),
)

REPAIR = (
    *_plain(
        "修正案の内容",
        kind="修正案の種類",
        supports="修正案を支える資料の数",
        n_changes="変更する項目の数",
        field="変更する項目",
        near_named="リストが指す項目を変更する",
        row_repairs="この行の修正案の数",
        field_repairs="同じ項目の修正案の数",
    ),
    *_amounts(
        "修正案の内容", recorded="現在の値", value="修正後の値", delta="変更額", delta_other="第2項目の変更額"
    ),
    Column("ratio", "修正案の内容", "修正後と現在の比", c("value") / c("recorded")),
    Column("is_stated", "リストの記載", "修正後がリストの値と一致", c("value") == c("stated")),
    Column("is_expected", "リストの記載", "修正後がリストの照合値と一致", c("value") == c("expected")),
    Column(
        "is_gap", "リストの記載", "変更額が値と照合値の差と一致", c("delta") == c("expected") - c("stated")
    ),
    Column("is_last_year", "前年との比較", "修正後が前年と同じ", c("value") == c("last_year")),
    Column("was_last_year", "前年との比較", "現在の値が前年と同じ", c("recorded") == c("last_year")),
    Column("last_year_delta", "前年との比較", "現在の値と前年の差", _log(c("recorded") - c("last_year"))),
    *_plain(
        "資料の一致",
        said="修正後の値を記載する資料の数",
        **{f"said_{kind}": f"修正後の値を記載する資料の数（{kind}）" for kind in KINDS},
        kept="現在の値を記載する資料の数",
        **{f"kept_{kind}": f"現在の値を記載する資料の数（{kind}）" for kind in KINDS},
        papers="この項目を記載する資料の数",
        papers_values="この項目の値の種類",
    ),
    Column("is_sum", "資料の一致", "修正後が資料の合計と一致", c("value") == c("papers_sum")),
    Column("was_sum", "資料の一致", "現在の値が資料の合計と一致", c("recorded") == c("papers_sum")),
    *(
        Column(f"by_{kind.name}", "修正案の根拠", f"根拠：{kind.label}", (c("kinds") // (2**place)) % 2)
        for place, kind in enumerate(REPAIR_KINDS)
        if place
    ),
    *_plain(
        "根拠資料",
        doc_kind="根拠資料の種別",
        doc_channel="根拠資料の提出経路",
        doc_in_force="根拠資料が有効",
        doc_amends="根拠資料が訂正資料",
        doc_adjusted="根拠資料が年末調整済",
        doc_other_column="根拠資料が乙欄",
        doc_left_job="根拠資料に退職の記載",
        doc_received="根拠資料の受付日",
        doc_payer_people="支払者の対象者数",
        doc_referenced="リストが根拠資料を挙げる",
        doc_birth_differs="根拠資料の生年月日が台帳と異なる",
    ),
    *_amounts("根拠資料", doc_salary="根拠資料の給与収入", doc_previous="根拠資料の前職分"),
    *_plain(
        "対象の親族",
        claim_claimants="この親族を申告した人の数",
        claim_unmatched="この親族が宛名不明",
        claim_unregistered="この親族が台帳にない",
        claim_apart="この親族が別居と申告",
        claim_abroad="この親族が国外",
        claim_together="この親族が台帳上同じ世帯",
        claim_left="この親族が転出・死亡",
        claim_birth_differs="この親族の生年月日が台帳と異なる",
        claim_class_differs="この親族の区分が台帳と異なる",
        claim_is_related="リストの関係者がこの親族",
        claim_over="この親族が所得要件を超える",
    ),
    *_amounts("対象の親族", claim_income="この親族の合計所得", claim_stated="この親族の記載所得"),
)

LAW = (
    *_plain(
        "法令による計算",
        settles="修正後に不整合が解消する",
        untaxed_after="修正後は非課税",
        broken_before="記録の法令との矛盾の数",
        broken_after="修正後の法令との矛盾の数",
        broken_new="修正により新たな矛盾が生じる",
    ),
    *_amounts(
        "法令による計算",
        tax_after="修正後の年税額",
        tax_delta="年税額の増減",
        income_delta="合計所得金額の増減",
        taxable_delta="課税標準額の増減",
    ),
)

COLUMNS: tuple[Column, ...] = (*ROW, *HISTORY, *PERSON, *REPAIR, *LAW)
