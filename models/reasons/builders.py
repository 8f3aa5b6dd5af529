"""One sentence a kind of repair: documents' values side by side, and the limit that decides.

A builder is an expression over the facts of a line (`facts.of`): label, now_text, value_text, said, kept,
others (`papers.beside`), ground and fine (`facts.PARTS`, relatives), paper, paper_amount, previous,
odd, keyed (`reports.about`).
"""

import polars as pl

from features.values import NUMBER
from models.reasons import relatives, spouse
from models.reasons.wording import bracketed, joined, yen

c = pl.col

JUDGED = (
    *relatives.CLASS_FIELDS,
    *relatives.DISABLED_FIELDS,
    *spouse.FIELDS,
    *(
        NUMBER[name]
        for name in (
            "salary_income",
            "pension_income",
            "life_insurance",
            "earthquake_insurance",
            "specified_relative_special",
        )
    ),
)
"""Fields of which it is known whether the law agrees with the record (`fine`) or not."""

LENGTHY = (NUMBER["donation_furusato"], NUMBER["one_stop"])
"""Fields whose ground is left out where a document's value is reason enough."""


def beside_record() -> pl.Expr:
    """Say what else is known: what the difference is equal to, who agrees with the record, the others."""
    others = pl.when(c("gap").is_null()).then("others")
    return bracketed(joined(c("gap"), c("kept") + "は記録と同じ", others))


def stated(source: pl.Expr) -> pl.Expr:
    """Put a source's value against the record: 社会保険料控除：給報 612,340円≠記録 1,198,000円（…）."""
    return pl.format("{}：{} {}≠記録 {}{}", "label", source, "value_text", "now_text", beside_record())


def _papers() -> pl.Expr:
    return joined(c("said") + "と一致", c("kept") + "は記録と同じ", c("others"))


def _changed(why: pl.Expr) -> pl.Expr:
    return pl.format("{} {}→{}：{}", "label", "now_text", "value_text", why)


def grounded() -> pl.Expr:
    """Say what changes and the ground for it; without one, what the documents state."""
    return _changed(pl.coalesce(c("ground"), c("plain"), _papers(), pl.lit("資料に記載なし")))


def _supported() -> pl.Expr:
    """Say the ground where one is known; otherwise that there is none, and what the documents state."""
    pointed = pl.format("リストの指摘「{}」", "check_name")
    known = joined(pointed, c("plain"), c("children"), c("kept") + "は記録と同じ", c("others"))
    nothing = pl.lit("資料・台帳に裏付けなし") + bracketed(known)
    agreed = pl.when(c("said").is_not_null()).then(_papers())
    return _changed(pl.coalesce(c("ground"), c("children_ground"), agreed, nothing))


def _document() -> pl.Expr:
    told = pl.when(~c("field").is_in(LENGTHY)).then("ground")
    return joined(stated(pl.coalesce("said", "paper", pl.lit("資料"))), told)


def _void() -> pl.Expr:
    return stated(pl.coalesce("paper", pl.lit("取消・訂正前の資料")))


def _sum() -> pl.Expr:
    return stated(pl.coalesce("said", pl.lit("支払報告書の合計（同額は1枚と数える）")))


def _one_report(sign: str, otherwise: str) -> pl.Expr:
    """Say which amount of which document is taken away or added, and why; without one, what agrees."""
    rest = pl.lit("残りは" if sign == "－" else "")
    odd = c("odd") if sign == "－" else pl.lit(None, dtype=pl.String)
    sum_told = pl.format(
        "{}：記録 {}{}{} {}＝{}（{}）",
        "label",
        "now_text",
        pl.lit(sign),
        "paper",
        yen(c("paper_amount")),
        "value_text",
        pl.coalesce(odd, rest + c("said") + "と一致", pl.lit(otherwise)),
    )
    moved = c("value") - c("now")
    adds_up = moved == (c("paper_amount") if sign == "＋" else -c("paper_amount"))
    twice = pl.format("{}：記録 {}は{}の2倍（二重の疑い）", "label", "now_text", "value_text")
    doubled = (2 * c("value") == c("now")) & c("document").is_null()
    return (
        pl.when(doubled)
        .then(twice)
        .when(adds_up)
        .then(sum_told)
        .otherwise(stated(c("said").fill_null("申告書と支払報告書の計")))
    )


def _previous(sign: str, why: str) -> pl.Expr:
    return pl.format(
        "{}：記録 {}{}{}の前職分 {}＝{}（{}）",
        "label",
        "now_text",
        pl.lit(sign),
        "paper",
        yen(c("previous")),
        "value_text",
        pl.coalesce(c("said") + "と一致", pl.lit(why)),
    )


def _left_out() -> pl.Expr:
    rest = c("value") - c("paper_amount")
    return pl.format(
        "{}：{} {}を除いた額 {}に加えると{}≠記録 {}{}",
        "label",
        "paper",
        yen(c("paper_amount")),
        yen(rest),
        "value_text",
        "now_text",
        beside_record(),
    )


def _keyed() -> pl.Expr:
    by_income = pl.format("{}：{}の{}→{}なら一致", "label", "paper", "keyed", "value_text")
    amount = pl.format("{}の{}", "paper", yen(c("paper_amount")))
    doubted = pl.format("{}は桁・数字の入力誤りの疑い", pl.coalesce(amount, pl.lit("資料の値")))
    salary = c("field") == NUMBER["salary_revenue"]
    return pl.coalesce(pl.when(salary).then(by_income), _changed(doubted))


def _listed() -> pl.Expr:
    figure = (
        pl.when(c("value") == c("expected")).then(pl.lit("リストの照合値")).otherwise(pl.lit("リストの値"))
    )
    return joined(stated(joined(figure, c("said"), between="・")), c("ground"))


def _last_year() -> pl.Expr:
    return joined(stated(joined("前年", c("said"), between="・")), c("ground"))


def _by_register() -> pl.Expr:
    return _changed(pl.coalesce("children", pl.lit("住民基本台帳の世帯の人数による")))


def _choice() -> pl.Expr:
    chosen = pl.coalesce("said", pl.lit("給報の一部の合計"))
    return joined(stated(chosen), pl.when(c("value") < c("now")).then("odd_one"))


def _one_gift(what: str) -> pl.Expr:
    gift = yen((c("value") - c("now")).abs())
    return _changed(joined(pl.format("寄附1件{}を{}", gift, pl.lit(what)), c("ground")))


def _from_income_tax() -> pl.Expr:
    stated_amount = yen(pl.coalesce("paper_amount", "now"))
    why = pl.format(
        "{}の{}を所得税の控除額とみて住民税の額に直す", c("paper").fill_null("記録"), stated_amount
    )
    return _changed(why)


def _as_last_year() -> pl.Expr:
    stated_amount = yen(pl.coalesce("paper_amount", "now"))
    return _changed(
        pl.format(
            "{}の{}を前年までの保険料の内訳で按分し、住民税の額に直す",
            c("paper").fill_null("記録"),
            stated_amount,
        )
    )


def _as_the_loan_goes() -> pl.Expr:
    near = pl.when(c("kind") == "last_loan_near").then(pl.lit("（百円単位の前後）")).otherwise(pl.lit(""))
    paper = c("paper").fill_null("資料")
    why = pl.format("{}の可能額は未記載、又は前年までの返済の進み方と合わない：進み方{}から計算", paper, near)
    return _changed(why)


def _as_paid_before() -> pl.Expr:
    amount = pl.format("{}の{}", "paper", yen(c("paper_amount")))
    return _changed(
        pl.format(
            "{}は同じ支払者の前年までの額と異なる（毎年同額の年金）", pl.coalesce(amount, pl.lit("年金報告"))
        )
    )


def _of_a_relative() -> pl.Expr:
    amount = yen(c("now") - c("value"))
    return _changed(pl.format("世帯の家族の年金から引かれた{}は家族本人の控除", amount))


BUILDERS: dict[str, pl.Expr] = {
    "take_document": _document(),
    "take_void": _void(),
    "sum_reports": _sum(),
    "exclude_report": _one_report("－", "この資料を除く"),
    "exclude_report_revenue": _one_report("－", "この資料の収入だけを除く"),
    "add_report": _one_report("＋", "記録に入っていない資料"),
    "add_report_revenue": _one_report("＋", "収入が記録に入っていない資料"),
    "undo_previous": _previous("－", "前職の給報と二重の疑い"),
    "undo_previous_revenue": _previous("－", "前職の給報と収入が二重の疑い"),
    "add_previous": _previous("＋", "前職分が記録に入っていない"),
    "add_previous_revenue": _previous("＋", "前職分の収入が記録に入っていない"),
    "return_plus_report": _left_out(),
    "undo_keying": _keyed(),
    "list_value": _listed(),
    "last_year": _last_year(),
    "register_children": _by_register(),
    "choose_reports": _choice(),
    "add_insurance": _one_report("＋", "記録に入っていない控除"),
    "drop_insurance": _one_report("－", "二重の疑い"),
    "drop_donation": _one_gift("除く"),
    "add_donation": _one_gift("加える"),
    "from_income_tax": _from_income_tax(),
    "last_premiums": _as_last_year(),
    "last_loan": _as_the_loan_goes(),
    "last_loan_near": _as_the_loan_goes(),
    "last_pension": _as_paid_before(),
    "relative_insurance": _of_a_relative(),
    **dict.fromkeys(
        (
            "recompute",
            "recompute_spouse",
            "sum_donations",
            "swap_income",
            "swap_status",
            "move_contributions",
        ),
        grounded(),
    ),
    **dict.fromkeys(
        (
            "remove_claim",
            "remove_claim_disability",
            "reclassify",
            "reclassify_all",
            "combined",
            "recount",
            "register_disability",
            "zero",
            "flip",
            "one_more",
            "one_less",
            "move_class",
        ),
        _supported(),
    ),
}
"""The sentence of each kind of repair; `leave` is told by `left`."""

FALLBACK: frozenset[str] = frozenset()
"""Kinds without a sentence of their own: their label and the documents' values stand instead."""


def left() -> pl.Expr:
    """Say why the record may stand: who agrees with it, what else is known, and what speaks against it."""
    adverse = c("fine").is_null() & c("field").is_in(JUDGED)
    against = pl.when(adverse & c("kept").is_not_null()).then("ただし" + c("ground")).otherwise("ground")
    doubt = (
        pl.when(c("kind").str.starts_with("exclude"))
        .then(pl.format("ただし{}：{}", "paper", "odd"))
        .when((c("kind") == "undo_keying") & (c("field") == NUMBER["salary_revenue"]))
        .then(pl.format("ただし{}の{}", "paper", "keyed"))
    )
    odd = pl.coalesce(doubt, pl.when(c("others").is_not_null()).then("odd_one"))
    # Amounts for the income tax differ by law: they are told only where nothing else is known.
    differ = pl.when(~c("income_tax")).then(c("others") + "と相違").when(c("fine").is_null()).then("others")
    known = joined(c("kept") + "と同じ", pl.coalesce("fine", against), c("children"), odd)
    why = pl.coalesce(known + bracketed(differ), differ, pl.lit("資料に記載なし"))
    return pl.coalesce(
        pl.format("記録のまま：{} {}、{}", "label", "now_text", why), pl.lit("記録のまま：修正の候補なし")
    )


def fallback(kind_label: str) -> pl.Expr:
    """Say the kind's label and the documents' values side by side."""
    return pl.format("{}（{}）", grounded(), pl.lit(kind_label))
