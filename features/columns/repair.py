"""Clues about one repair: what it changes, who says so, the relative it concerns, what the law says of it."""

import polars as pl

from features.column import Column
from features.columns.declare import amounts, log, plain, zeros
from features.keyed import keyed
from features.repairs.causes import counts
from features.repairs.kinds import KINDS as REPAIR_KINDS
from tadasu.tables import KINDS

c = pl.col

CAUSE_LABELS = {
    "out_over": "所得超過により外す親族の数",
    "out_rival": "他の申告者があるため外す親族の数",
    "out_left": "転出・死亡により外す親族の数",
    "out_unknown": "台帳にないため外す親族の数",
    "out_listed": "リストの関係者であるため外す親族の数",
    "class_register": "台帳により区分を改める親族の数",
    "class_apart": "別居により区分を改める親族の数",
    "disability_register": "障害者手帳台帳により改める親族の数",
    "disability_own": "本人の記録により障害を改める親族の数",
    "disability_out": "障害の申告のみ外す親族の数",
    "counts_register": "資料の親族の人数（台帳の区分）に合わせる",
    "counts_paper": "資料の親族の人数（記載の区分）に合わせる",
    "spouse_income": "配偶者の所得により改める",
    "spouse_out": "配偶者の申告を外す",
    "spouse_disability": "配偶者の障害を改める",
    "self_disability": "本人の障害を改める",
    "children": "台帳の16歳未満の人数に合わせる",
    "last_disabilities": "親族の障害を前年に合わせる",
    "unclaimed": "誰にも申告されていない親族を加える",
}
"""Sentences of the causes of `features.repairs.moves`."""

REPAIR = (
    *plain(
        "修正案の内容",
        kind="修正案の種類",
        supports="修正案を支える資料の数",
        n_changes="変更する項目の数",
        field="変更する項目",
        near_named="リストが指す項目を変更する",
        row_repairs="この行の修正案の数",
        field_repairs="同じ項目の修正案の数",
        field_listed="変更する項目を指す同じ人の行数",
        field_checks="変更する項目を指すチェックの種類",
        value_expected="修正後の値を照合値とする同じ人の行数",
        unnamed="この区分の人数のうち資料に氏名のない人数",
        free="世帯でこの区分にあり誰にも申告されていない所得要件内の人数",
        free_over="世帯でこの区分にあり誰にも申告されていない所得超過の人数",
    ),
    *plain(
        "修正案が変える家族の項目",
        moved_n_dependent_under16="16歳未満の人数の増減",
        moved_n_dependent_general="一般扶養の人数の増減",
        moved_n_dependent_specified="特定扶養の人数の増減",
        moved_n_dependent_elderly="老人扶養の人数の増減",
        moved_n_dependent_elderly_cohabiting="同居老親等の人数の増減",
        moved_n_disabled_ordinary="普通障害の対象親族の数の増減",
        moved_n_disabled_special="特別障害の対象親族の数の増減",
        moved_n_disabled_special_cohabiting="同居特別障害の対象親族の数の増減",
        moved_self_disability="本人障害の区分の増減",
        moved_spouse_kind="配偶者区分の増減",
        class_gap_last="修正後の扶養親族の数と前年の差の計",
        certified_gap_last="修正後の障害者の数・区分と前年の差の計",
        relatives_gap_last="修正後の扶養親族の総数と前年の差",
        dropped="前年に申告し今年は誰も申告していない所得要件内の親族の数",
        dropped_over="前年に申告し今年は誰も申告していない所得超過の親族の数",
        given="前年に申告し今年は他の人が申告した親族の数",
        dropped_here="前年に申告し今年は誰も申告していない親族のうち修正案が加える人数",
        dropped_left="修正後も誰にも申告されない、前年に申告した親族の数",
        given_here="前年に申告し今年は他の人が申告した親族のうち修正案が加える人数",
        free_taken="修正案が加える、誰にも申告されていない世帯の親族の数",
        free_left="修正後も誰にも申告されていない世帯の親族の数",
    ),
    *amounts("修正案が変える家族の項目", moved_spouse_special_deduction="配偶者特別控除の増減"),
    *plain(
        "同じ人の他の行",
        beside_touched="修正案が変える項目を指す同じ人の他のチェックの数",
        beside_left="修正案が変えない項目を指す同じ人の他のチェックの数",
        beside_touched_share="修正案が変える項目を指す他のチェックの昨年までの修正率の計",
        beside_left_share="修正案が変えない項目を指す他のチェックの昨年までの修正率の計",
    ),
    *amounts(
        "修正案の内容", recorded="現在の値", value="修正後の値", delta="変更額", delta_other="第2項目の変更額"
    ),
    Column("ratio", "修正案の内容", "修正後と現在の比", c("value") / c("recorded")),
    Column("value_zeros", "修正案の内容", "修正後の値の末尾のゼロの数", zeros(c("value"))),
    Column("recorded_zeros", "修正案の内容", "現在の値の末尾のゼロの数", zeros(c("recorded"))),
    Column(
        "keyed",
        "修正案の内容",
        "現在の値が修正後の値の打ち間違い（桁・数字）",
        keyed(c("recorded"), c("value")),
    ),
    Column("value_to_last", "前年との比較", "修正後と前年の比", c("value") / c("last_year")),
    Column("recorded_to_last", "前年との比較", "現在の値と前年の比", c("recorded") / c("last_year")),
    Column("is_stated", "リストの記載", "修正後がリストの値と一致", c("value") == c("stated")),
    Column("is_expected", "リストの記載", "修正後がリストの照合値と一致", c("value") == c("expected")),
    Column(
        "is_gap", "リストの記載", "変更額が値と照合値の差と一致", c("delta") == c("expected") - c("stated")
    ),
    Column("is_last_year", "前年との比較", "修正後が前年と同じ", c("value") == c("last_year")),
    Column("was_last_year", "前年との比較", "現在の値が前年と同じ", c("recorded") == c("last_year")),
    Column("last_year_delta", "前年との比較", "現在の値と前年の差", log(c("recorded") - c("last_year"))),
    *plain(
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
    *plain(
        "修正案の根拠",
        way="根拠の中での求め方",
        ways="修正案の求め方の数",
    ),
    *(
        Column(f"cause_{name}", "修正案が変える家族の項目", CAUSE_LABELS[name], count)
        for name, count in counts(c("moves")).items()
    ),
    *plain(
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
    *amounts(
        "根拠資料",
        doc_salary="根拠資料の給与収入",
        doc_previous="根拠資料の前職分",
        doc_income_gap="根拠資料の給与収入による給与所得と記載の差",
        doc_insurance_gap="根拠資料の雇用保険料と通常の割合の差",
        doc_insurance_other="根拠資料の社会保険料と他の給報の割合による額の差",
        doc_withheld_gap="根拠資料の乙欄の源泉徴収税額と通常の割合の差",
        doc_tax_gap="根拠資料の年税額と給与収入による税額の差",
        doc_monthly_gap="根拠資料の源泉徴収税額と同じ給与収入での通常の額の差",
        doc_parts_gap="根拠資料（申告書）の所得控除の内訳と合計の差",
        doc_total_gap="根拠資料（申告書）の所得の内訳と合計の差",
    ),
    *plain(
        "対象の親族",
        claim_claimants="この親族を申告した人の数",
        claim_unmatched="この親族が宛名不明",
        claim_found="この親族は宛名不明だが世帯に同じ生年月日の人がいる",
        claim_unregistered="この親族が台帳にない",
        claim_apart="この親族が別居と申告",
        claim_abroad="この親族が国外",
        claim_together="この親族が台帳上同じ世帯",
        claim_left="この親族が転出・死亡",
        claim_died_before="この親族が前々年までに死亡",
        claim_left_days="前年初めからこの親族の転出・死亡までの日数",
        claim_birth_differs="この親族の生年月日が台帳と異なる",
        claim_class_differs="この親族の区分が台帳と異なる",
        claim_own_disabled="この親族本人の記録に障害がある",
        claim_disabled="この親族が障害者と申告されている",
        claim_is_related="リストの関係者がこの親族",
        claim_over="この親族が所得要件を超える",
    ),
    *amounts("対象の親族", claim_income="この親族の合計所得", claim_stated="この親族の記載所得"),
)

CLAIMANT = (
    *plain(
        "対象の親族",
        oth_strength_gap="もう一人の申告者との資料の優先度の差",
        oth_more="もう一人の申告者の扶養人数の前年からの増減",
        oth_more_gap="扶養人数の増減のもう一人の申告者との差",
        oth_rows="もう一人の申告者の行数",
        last_mine="この親族を本人が前年も申告した",
        last_other="この親族を他の人が前年に申告した",
        mate_home="同じ生年月日の親族を申告した世帯の他の人の数",
        mate_elsewhere="同じ生年月日の親族を申告した世帯外の人の数",
        mate_last="同じ生年月日の親族を本人が前年も申告した",
        dep_rows="この親族の行数",
        dep_strength="この親族の資料の優先度",
        dep_namesakes="世帯にこの生年月日の人がいる数",
        dep_age="この親族の年齢",
    ),
    *amounts(
        "対象の親族",
        oth_income_gap="もう一人の申告者との合計所得の差",
        dep_over="この親族の合計所得と所得要件の差",
        dep_least_over="この親族の資料による最少の所得と所得要件の差",
        dep_most_over="この親族の資料による最多の所得と所得要件の差",
        dep_last_over="この親族の前年の所得と所得要件の差",
    ),
)

LAW = (
    *plain(
        "法令による計算",
        settles="修正後に不整合が解消する",
        untaxed_after="修正後は非課税",
        broken_before="記録の法令との矛盾の数",
        broken_after="修正後の法令との矛盾の数",
        broken_new="修正により新たな矛盾が生じる",
    ),
    *plain(
        "親族の要件との差",
        within_after="修正後の人数と所得要件内の親族の人数の差",
        within_before="現在の人数と所得要件内の親族の人数の差",
        single_after="修正後の人数と他に申告者のない親族の人数の差",
        single_before="現在の人数と他に申告者のない親族の人数の差",
        known_after="修正後の人数と台帳にある親族の人数の差",
        known_before="現在の人数と台帳にある親族の人数の差",
        spouse_after="修正後に配偶者の実際の所得と合わない項目の数",
        spouse_before="現在配偶者の実際の所得と合わない項目の数",
    ),
    Column(
        "total_gap_after",
        "資料の検算",
        "修正後の合計所得金額と申告書の合計の差",
        log(c("gap_total_return") + c("income_delta").fill_null(0)),
    ),
    *amounts(
        "資料の検算",
        tax_gap_after="修正後の給与収入による所得税と源泉徴収税額の差",
        parts_gap_after="修正後の所得控除の内訳と合計の差",
        after_income_gap="修正後の給与収入による給与所得と資料の給与所得の差",
        after_insurance_gap="修正後の雇用保険料と通常の割合の差",
        after_insurance_other="修正後の社会保険料と他の給報の割合による額の差",
        after_withheld_gap="修正後の乙欄の源泉徴収税額と通常の割合の差",
        after_tax_gap="修正後の給与収入による年税額と給報の年税額の差",
        after_monthly_gap="修正後の給与収入での通常の源泉徴収税額との差",
    ),
    *plain(
        "資料の検算",
        after_share_to_last="修正後の社会保険料の割合と前年の比",
        after_odd="修正後も給報の中で合わない額の数",
        after_fit="修正後に給報の中で合う額の数",
    ),
    *amounts(
        "法令による計算",
        tax_after="修正後の年税額",
        tax_delta="年税額の増減",
        income_delta="合計所得金額の増減",
        taxable_delta="課税標準額の増減",
    ),
)
