"""What is to be said of credits: the housing loan, and gifts with the notices that a return voids."""

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.wording import PAPERS, article, joined, percent, yen


def housing_loan(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what a document states as deductible, what the income tax took of it, and what is left."""
    rule = sources.law.housing_loan_credit
    deductible = pl.col("housing_loan_deductible")
    stated = (
        sources.documents.filter("in_force", deductible.is_not_null())
        .sort("document")
        .unique("person", keep="first", maintain_order=True)
    )
    before, after = pl.col("income_tax_before_credits").fill_null(0), pl.col("income_tax").fill_null(0)
    taken = pl.when(deductible - after == pl.col("value")).then(after).otherwise(before)
    rest = pl.format(
        "{}の控除可能額{}－所得税額{}＝{}、上限{}又は{}（{}）",
        pl.col("kind").replace_strict(PAPERS, default="資料", return_dtype=pl.String),
        yen(deductible),
        yen(taken),
        yen((deductible - taken).clip(0)),
        pl.lit(f"{rule.five_percent_cap.value:,}円"),
        pl.lit(f"{rule.seven_percent_cap.value:,}円"),
        pl.lit(article(rule.five_percent_cap.cite)),
    )
    asked = lines.filter(pl.col("field") == NUMBER["housing_loan_credit"]).select("line", "person", "value")
    known = asked.join(stated, on="person", how="left")
    none = pl.lit("控除可能額を記載した資料なし")
    return known.select("line", ground=pl.when(deductible.is_not_null()).then(rest).otherwise(none))


def donations(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the notices and the lines of the return add up to, and whether a return voids the notices."""
    gifts = sources.donations.filter(pl.col("kind") == "furusato")
    notice, line = pl.col("source") == "one_stop", pl.col("source") == "return"
    sums = gifts.group_by("person").agg(
        notices=notice.sum(),
        places=pl.col("recipient_code").filter(notice).n_unique(),
        by_notice=pl.col("amount").filter(notice).sum(),
        distinct=pl.struct("recipient_code", "amount").filter(notice).unique().struct.field("amount").sum(),
        lines=line.sum(),
        by_return=pl.col("amount").filter(line).sum(),
    )
    returns = (
        sources.documents.filter("in_force", pl.col("kind").is_in(("tax_return", "resident_return")))
        .select("person")
        .unique()
        .with_columns(filed=pl.lit(True))
    )
    known = lines.filter(pl.col("field").is_in([NUMBER["donation_furusato"], NUMBER["one_stop"]]))
    known = known.select("line", "person").join(sums, on="person", how="left")
    known = known.join(returns, on="person", how="left")
    some = pl.col("notices") > 0
    void = pl.format(
        "申告書の提出によりワンストップ特例は無効（{}）",
        pl.lit(article(sources.law.donation_credit.one_stop.cite)),
    )
    text = joined(
        pl.when(some).then(
            pl.format("ワンストップ通知{}件（{}団体）計{}", "notices", "places", yen(pl.col("by_notice")))
        ),
        pl.when(pl.col("distinct") < pl.col("by_notice")).then(
            pl.format("同じ寄附先・同額を除くと{}", yen(pl.col("distinct")))
        ),
        pl.when(pl.col("lines") > 0).then(
            pl.format("申告書の寄附{}件計{}", "lines", yen(pl.col("by_return")))
        ),
        pl.when(some & pl.col("filed") & (pl.col("lines") == 0)).then(pl.lit("申告書に寄附の記載なし")),
        pl.when(some & pl.col("filed")).then(void),
    )
    return known.select("line", ground=text)


def dividend_levy(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say which share of stocks and dividends the credit is by law, or that the income tax stands there."""
    papers = sources.law.income_tax_papers
    levy, withheld = papers.dividend_levy, papers.dividend_withholding
    record = sources.record.select("person", "stock_income", "dividend_income")
    known = lines.filter(pl.col("field") == NUMBER["dividend_levy_credit"]).join(record, on="person")
    income = pl.col("stock_income") + pl.col("dividend_income")
    by_law = levy.down(income.clip(0))
    share = pl.format(
        "株式等・配当の所得{}の{}は{}（{}）",
        yen(income),
        pl.lit(percent(levy.fraction)),
        yen(by_law),
        pl.lit(article(levy.cite)),
    )
    ratio = withheld.fraction / levy.fraction
    turned = ((pl.col("value") * ratio.numerator // ratio.denominator) - pl.col("now")).abs() <= 4
    mixed = pl.format(
        "記録{}は所得税の源泉徴収{}の額とみて{}に直す",
        yen(pl.col("now")),
        pl.lit(percent(withheld.fraction)),
        pl.lit(percent(levy.fraction)),
    )
    return known.select(
        "line",
        ground=pl.when(turned & (pl.col("value") > 0)).then(mixed).when(income > 0).then(share),
    )
