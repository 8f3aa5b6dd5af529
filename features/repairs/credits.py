"""Proposals about what follows from an amount by law: medical expenses, dividend levy, gifts, housing loan.

Law: 医療費控除 (地方税法314条の2第1項2号), 配当割額控除 (同314条の9), 寄附金税額控除 (同314条の7),
住宅借入金等特別税額控除 (同附則5条の4の2).
"""

from collections.abc import Callable
from fractions import Fraction

import polars as pl

from features.repairs.earlier import STEP
from features.repairs.lines import lines, together
from features.repairs.sources import Sources
from features.values import NUMBER

MUNICIPALITIES = 5
"""Municipalities to which one-stop notices may go (地方税法附則7条)."""
GIFTS = 6
"""Different gifts of one person that are tried as the one that is missing."""


def medical(sources: Sources) -> pl.DataFrame:
    """Subtract what the taxpayer bears from each amount that may be what was paid, not the deduction."""
    record = sources.record.select("person", income="total_income", amount="medical_expense")
    incomes = record.select("person", "income")
    papers = sources.documents.filter(pl.col("medical_expense") > 0).select(
        "person", "document", amount="medical_expense"
    )
    rows = sources.rows.filter(pl.col("named") == NUMBER["medical_expense"])
    made = [record.with_columns(document=pl.lit(-1), row=pl.lit(-1))]
    made.append(papers.join(incomes, on="person").with_columns(row=pl.lit(-1)))
    for figure in ("stated", "expected", "told"):
        listed = rows.select("person", "row", amount=figure).join(incomes, on="person")
        made.append(listed.with_columns(document=pl.lit(-1)))
    columns = ["person", "row", "document", "income", "amount"]
    every = pl.concat(
        [frame.select(pl.col(columns).cast(pl.Int64)) for frame in made], how="vertical"
    ).filter(pl.col("amount") > 0)
    value = sources.law.deductions.medical_expense.of(
        pl.col("amount"), pl.lit(0), pl.col("income").clip(lower_bound=0)
    )
    computed = every.with_columns(value=value)
    return pl.concat(
        [
            lines(computed, "recompute", field="medical_expense", option=3),
            _one_of_two(papers.with_columns(row=pl.lit(-1), value="amount"), "take_document", sources),
            _one_of_two(computed, "recompute", sources),
        ]
    )


def _one_of_two(amounts: pl.DataFrame, kind: str, sources: Sources) -> pl.DataFrame:
    """Take 医療費控除 and leave out the self-medication deduction beside it: nobody has both.

    Law: 租税特別措置法41条の17 (セルフメディケーション税制は医療費控除との選択).
    """
    both = sources.record.filter(pl.col("self_medication") > 0).select("person")
    chosen = amounts.join(both, on="person", how="semi").sort("person", "row", "document", "value")
    option = pl.int_range(pl.len(), dtype=pl.Int64).over("person", "row", "document")
    changes = {"medical_expense": pl.col("value"), "self_medication": pl.lit(0)}
    return together(chosen, kind, changes, 5000 + option)


def dividend_levy(sources: Sources) -> pl.DataFrame:
    """Take the levy's share of the income, or of an amount that was the income tax withheld beside it."""
    papers = sources.law.income_tax_papers
    levy, withheld = papers.dividend_levy.fraction, papers.dividend_withholding.fraction
    record = sources.record
    stock, dividend = pl.col("stock_income"), pl.col("dividend_income")
    values = (
        _rounded(pl.col("dividend_levy_credit"), levy / withheld),
        _rounded(pl.col("dividend_levy_credit"), withheld / levy),
        _rounded(stock + dividend, levy),
        _rounded(stock, levy),
        _rounded(dividend, levy),
    )
    return pl.concat(
        lines(record, "recompute", field="dividend_levy_credit", value=value, option=option)
        for option, value in enumerate(values)
    )


def _rounded(amount: pl.Expr, rate: Fraction) -> pl.Expr:
    """Return the rate of an amount to the nearest yen."""
    above, below = rate.numerator, rate.denominator
    return (amount * (2 * above) + below) // (2 * below)


def gifts(sources: Sources) -> pl.DataFrame:
    """Take what a return states in total less the other gifts, or add one more gift like those known."""
    target = "donation_furusato"
    known = sources.record.select("person", now=target, other="donation_other")
    stated = sources.documents.filter(pl.col("in_force") & (pl.col("donation_total") > 0))
    less = stated.join(known, on="person").filter(pl.col("other") > 0)
    made = [
        lines(less, "sum_donations", field=target, value=pl.col("donation_total") - pl.col("other"), option=9)
    ]
    furusato = sources.donations.filter(pl.col("kind") == "furusato")
    one = furusato.select("person", "amount").unique().sort("person", "amount")
    one = one.with_columns(option=pl.int_range(pl.len()).over("person")).filter(pl.col("option") < GIFTS)
    more = one.join(known, on="person")
    made.append(
        lines(
            more,
            "add_donation",
            field=target,
            value=pl.col("now") + pl.col("amount"),
            option=pl.col("option"),
        )
    )
    valid = furusato.filter(pl.col("source") == "return").group_by("person").agg(pl.col("amount").sum())
    made.append(lines(valid.sort("person"), "sum_donations", field=target, value="amount", option=10))
    return pl.concat([*made, _void_one_stop(sources), _lost_one_stop(sources)])


def _void_one_stop(sources: Sources) -> pl.DataFrame:
    """Void ワンストップ特例 with the gifts that only its notices state.

    A return that is filed, or notices to more than five municipalities, void it (地方税法附則7条); then only
    the gifts of the return count.
    """
    furusato = sources.donations.filter(pl.col("kind") == "furusato").group_by("person")
    told = furusato.agg(told=pl.col("amount").filter(pl.col("source") == "return").sum()).sort("person")
    held = sources.record.filter(pl.col("one_stop") == 1).select("person")
    changes = {"donation_furusato": pl.col("told"), "one_stop": pl.lit(0)}
    return together(told.join(held, on="person", how="semi"), "sum_donations", changes, 900)


def _lost_one_stop(sources: Sources) -> pl.DataFrame:
    """Enter with their flag notices of ワンストップ特例 that the record lacks and nothing can have voided.

    Neither a return nor their number: of more than five notices some may go to the same municipality, which
    systems count in different ways.
    """
    notices = sources.donations.filter(pl.col("kind") == "furusato", pl.col("source") == "one_stop")
    noticed = notices.group_by("person").agg(pl.col("amount").sum(), number=pl.len()).sort("person")
    few = noticed.filter(pl.col("number") <= MUNICIPALITIES)
    lacking = sources.record.filter((pl.col("one_stop") == 0) & (pl.col("donation_furusato") == 0))
    filed = sources.documents.filter("in_force", pl.col("kind").is_in(("tax_return", "resident_return")))
    valid = few.join(lacking, on="person", how="semi").join(filed, on="person", how="anti")
    changes = {"donation_furusato": pl.col("amount"), "one_stop": pl.lit(1)}
    return together(valid, "sum_donations", changes, 901)


def housing_loan(sources: Sources) -> pl.DataFrame:
    """Compute the credit from what a document states as deductible and what income tax took of it."""
    stated = sources.documents.filter(pl.col("housing_loan_deductible").is_not_null())
    income = pl.coalesce("total_income", pl.col("salary_income") - pl.col("income_adjustment").fill_null(0))
    base = sources.law.income_tax_papers.base_step.cut((income - pl.col("deductions_total")).clip(0))
    moved = pl.col("housing_move_in_on")
    made = []
    for option, tax in enumerate(("income_tax_before_credits", "income_tax")):
        taken = pl.coalesce(tax, pl.lit(0))
        value = sources.law.housing_loan(pl.col("housing_loan_deductible"), taken, base, moved)
        made.append(lines(stated, "recompute", field="housing_loan_credit", value=value, option=option))
    return pl.concat(
        [*made, _undated_loan(stated, sources, base), _most_of_loan(sources, base), _last_loan(sources, base)]
    )


def _undated_loan(stated: pl.DataFrame, sources: Sources, base: pl.Expr) -> pl.DataFrame:
    """Compute the credit by either rate where the paper does not say when they moved in."""
    undated = stated.filter(
        pl.col("housing_move_in_on").is_null() & pl.col("income_tax_before_credits").is_not_null()
    )
    left = (pl.col("housing_loan_deductible") - pl.col("income_tax_before_credits")).clip(0)
    return pl.concat(
        lines(
            undated, "recompute", field="housing_loan_credit", value=pl.min_horizontal(left, most), option=n
        )
        for n, most in enumerate(_caps(sources, base), 4)
    )


def _last_loan(sources: Sources, base: pl.Expr) -> pl.DataFrame:
    """Compute the credit where the papers state the tax but not, or not rightly, what is deductible.

    What is deductible goes by the plan on which the loan is paid back (`earlier.loans`); it is cut to a step,
    so one more and one less are proposed too.
    """
    papers = sources.documents.filter("in_force", pl.col("income_tax_before_credits").is_not_null())
    known = papers.join(sources.loans, on="person", how="inner")
    made = []
    for steps, kind in ((0, "last_loan"), (-1, "last_loan_near"), (1, "last_loan_near")):
        deductible, taken = pl.col("deductible") + steps * STEP, pl.col("income_tax_before_credits")
        value = sources.law.housing_loan(deductible, taken, base, pl.col("moved_in"))
        made.append(lines(known, kind, field="housing_loan_credit", value=value, option=1 + steps))
    return pl.concat(made)


def _most_of_loan(sources: Sources, base: pl.Expr) -> pl.DataFrame:
    """Take the most that the law allows, by either rate, where last year had a credit."""
    had = sources.previous.filter(pl.col("housing_loan_credit") > 0).select("person")
    papers = sources.documents.filter("in_force", pl.col("deductions_total").is_not_null())
    known = papers.join(had, on="person", how="semi")
    return pl.concat(
        lines(known, "recompute", field="housing_loan_credit", value=value, option=number)
        for number, value in enumerate(_caps(sources, base), 2)
    )


def _caps(sources: Sources, base: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the most that the law allows of an income-tax base, by the lower and by the higher rate."""
    credit = sources.law.housing_loan_credit
    return (
        credit.five_percent_cap.cap(credit.five_percent.down(base)),
        credit.seven_percent_cap.cap(credit.seven_percent.down(base)),
    )


CREDITS: tuple[Callable[[Sources], pl.DataFrame], ...] = (medical, dividend_levy, gifts, housing_loan)
