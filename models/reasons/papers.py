"""Documents as a reason names them, and what they state of a field beside the record."""

import polars as pl

from features.repairs.papers import SUMMED
from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.wording import PAPERS, bracketed, joined, short_day, value_text
from tadasu.law.deductions import FOLLOWING

REPORTS = ("salary_report", "pension_report")
STATED_FOR_INCOME_TAX = (
    "life_insurance",
    "earthquake_insurance",
    "spouse_special_deduction",
    "specified_relative_special",
)
"""Deductions of which all documents but the resident-tax return state the amount for the income tax."""

FOR_INCOME_TAX = (*STATED_FOR_INCOME_TAX, *FOLLOWING)
"""The same with the deductions that the system renews, which are never proposed."""

MARK = "（所得税の額）"
MOST = 3
"""Documents that a reason names beside those that agree."""


def _kind() -> pl.Expr:
    return pl.col("kind").replace_strict(PAPERS, default="資料", return_dtype=pl.String)


def _column() -> pl.Expr:
    return pl.col("withholding_column").replace_strict({"main": "甲", "other": "乙"}, default=None)


def _state() -> pl.Expr:
    """Say what becomes of a document: cancelled, superseded, amending; null for a plain one."""
    return (
        pl.when(pl.col("is_cancelled").fill_null(value=False))
        .then(pl.lit("取消済"))
        .when(~pl.col("in_force"))
        .then(pl.lit("訂正前"))
        .when(pl.col("supersedes").is_not_null())
        .then(pl.lit("訂正"))
    )


def named(sources: Sources) -> pl.DataFrame:
    """Return by document: `short` (給報（甲・訂正）) and `long`, with payer and the day it came in."""
    payer = "支払者" + pl.col("payer_id")
    came = short_day(pl.col("received_on")) + "受付"
    column = pl.when(pl.col("kind") == "salary_report").then(_column())
    alike = pl.len().over("person", "kind", "withholding_column", "in_force") > 1
    return sources.documents.select(
        "document",
        short=_kind() + bracketed(joined(column, pl.when(alike).then(came), _state(), between="・")),
        long=_kind() + bracketed(joined(payer, column, came, _state(), between="・")),
    )


def items(sources: Sources, names: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return what the documents state of the `wanted` (person, field) pairs, one line a thing to name.

    Columns: person, field, order (precedence), name, amount, part. Reports of one kind whose amounts add up
    are one thing, their sum; a single one of them, and a document that no longer counts, is a `part`: named
    only where it is what a line is about.
    """
    ranks = {kind: place for place, kind in enumerate(PAPERS)}
    stated = sources.values.join(wanted, on=["person", "field"], how="semi").join(
        names.select("document", "short"), on="document"
    )
    order = pl.col("kind").replace_strict(ranks, default=len(ranks), return_dtype=pl.Int64)
    known = stated.with_columns(order=order, kind_name=_kind())
    summed = pl.col("field").is_in([NUMBER[name] for name in SUMMED]) & pl.col("kind").is_in(REPORTS)
    by = ["person", "field", "order", "kind_name"]
    adding = known.filter("in_force", summed).with_columns(size=pl.len().over(by))
    alone = [
        known.filter("in_force", ~summed).select(*by, amount="value", name="short", part=pl.lit(False)),
        adding.select(*by, amount="value", name="short", part=pl.col("size") > 1),
        known.filter(~pl.col("in_force")).select(*by, amount="value", name="short", part=pl.lit(True)),
    ]
    sums = adding.filter(pl.col("size") > 1).group_by(by).agg(amount=pl.col("value").sum(), n=pl.len())
    sums = sums.with_columns(name=pl.format("{}{}枚計", "kind_name", "n"), part=pl.lit(False))
    kinds = adding.group_by("person", "field").agg(
        pl.col("order").max(), amount=pl.col("value").sum(), kinds=pl.col("kind").n_unique()
    )
    both = kinds.filter(pl.col("kinds") > 1).with_columns(name=pl.lit("給報・年金報計"), part=pl.lit(True))
    columns = ["person", "field", "order", "name", "amount", "part"]
    return pl.concat(
        [*(frame.select(columns) for frame in alone), sums.select(columns), both.select(columns)]
    )


def beside(lines: pl.DataFrame, sources: Sources, names: pl.DataFrame) -> pl.DataFrame:
    """Return by line: who states the proposed value, who the recorded one, and what the others state.

    `said` and `kept` are names, `others` names with values; null where there is nothing to name. Amounts that
    forms state for the income tax are marked, since the record's are those for the resident tax.
    """
    pairs = lines.select("line", "person", "field", "now", "value")
    wanted = pairs.select("person", "field").unique()
    found = pairs.join(items(sources, names, wanted), on=["person", "field"])
    mark = pl.col("field").is_in([NUMBER[name] for name in STATED_FOR_INCOME_TAX]) & ~pl.col(
        "name"
    ).str.starts_with(PAPERS["resident_return"])
    as_value = pl.col("amount") == pl.col("value")
    as_now = pl.col("amount") == pl.col("now")
    other = ~as_value.fill_null(value=False) & ~as_now & ~pl.col("part")
    ordered = found.with_columns(mark=mark, other=other).sort("line", "order", "part", "name", "amount")
    alike = ordered.filter(as_value | as_now | other).group_by("line", "field", "amount", maintain_order=True)
    grouped = alike.agg(
        pl.col("name").unique(maintain_order=True).head(MOST).str.join("・"),
        pl.col("other", "mark").first(),
        as_value=as_value.first(),
        as_now=as_now.first(),
    )
    valued = pl.format(
        "{} {}{}",
        "name",
        value_text(pl.col("field"), pl.col("amount")),
        pl.when("mark").then(pl.lit(MARK)).otherwise(pl.lit("")),
    )
    texts = (
        grouped.with_columns(valued=valued)
        .group_by("line", maintain_order=True)
        .agg(
            said=pl.col("name").filter("as_value").first(),
            kept=pl.col("name").filter("as_now").first(),
            others=pl.col("valued").filter("other").head(MOST).str.join("、"),
            income_tax=pl.col("mark").filter("other").any(),
        )
    )
    return texts.with_columns(pl.col("others").replace("", None))
