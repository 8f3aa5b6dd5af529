"""How amounts, days, field values and limits of the law are written in a reason."""

from fractions import Fraction

import polars as pl

from features.values import FIELD_NAMES, NUMBER, numbers_of
from tadasu.fields import FIELDS, VALUE_WORDS
from tadasu.law.shapes import Amount, Cite

LABELS = {number: FIELDS[name].label for name, number in NUMBER.items()}
PAPERS = {
    "tax_return": "確定申告書",
    "resident_return": "住民税申告書",
    "salary_report": "給報",
    "pension_report": "年金報",
}
"""Kinds of documents as officers call them, in the order of precedence."""

RELATIVES = {
    "head": "世帯主",
    "spouse": "配偶者",
    "child": "子",
    "parent": "親",
    "grandparent": "祖父母",
    "grandchild": "孫",
    "sibling": "兄弟姉妹",
    "other": "親族",
}
_TEN_THOUSAND = 10_000


def yen(amount: pl.Expr) -> pl.Expr:
    """Write yen with separators: 1,198,000円, △5,000円; null for null."""
    whole = amount.cast(pl.Int64)
    digits = whole.abs().cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "${1},")
    text = digits.str.strip_suffix(",").str.reverse() + "円"
    return pl.when(whole < 0).then("△" + text).otherwise(text)


def round_yen(amount: int) -> str:
    """Write a limit of the law: 58万円, or 1,005,000円 where it is no whole multiple.

    >>> round_yen(580000)
    '58万円'
    """
    whole, rest = divmod(amount, _TEN_THOUSAND)
    return f"{amount:,}円" if rest else f"{whole:,}万円"


def percent(share: Fraction) -> str:
    """Write a rate of the law: 5%.

    >>> percent(Fraction(1, 20))
    '5%'
    """
    return f"{float(share * 100):g}%"


def limit(amount: Amount) -> str:
    """Write a limit with its article: 58万円（地方税法292条1項7号・9号）."""
    return f"{round_yen(amount.value)}（{article(amount.cite)}）"


def article(cite: Cite) -> str:
    """Write the article that a number rests on, marked where nobody has confirmed it."""
    return cite.text


def day(date: pl.Expr) -> pl.Expr:
    """Write a date: 2025/3/2."""
    return date.dt.strftime("%Y/%-m/%-d")


def short_day(date: pl.Expr) -> pl.Expr:
    """Write a date within the season: 3/2."""
    return date.dt.strftime("%-m/%-d")


def label(field: pl.Expr) -> pl.Expr:
    """Return the Japanese name of the field numbered `field`."""
    return field.replace_strict(LABELS, default=None, return_dtype=pl.String)


def value_text(field: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Write a value of the field numbered `field`: yen, persons, 該当, or the word of a status."""
    flag = value.replace_strict({1: VALUE_WORDS["true"], 0: VALUE_WORDS["false"]}, default=None)
    text = (
        pl.when(field.is_in(numbers_of("count")))
        .then(value.cast(pl.String) + "人")
        .when(field.is_in(numbers_of("flag")))
        .then(flag)
    )
    for number in numbers_of("status"):
        words = {code: VALUE_WORDS[word] for code, word in enumerate(FIELDS[FIELD_NAMES[number]].values)}
        text = text.when(field == number).then(value.replace_strict(words, default=None))
    return text.otherwise(yen(value))


def joined(*parts: pl.Expr | str, between: str = "、") -> pl.Expr:
    """Join the phrases that exist; null where none does."""
    texts = [pl.lit(part) if isinstance(part, str) else part for part in parts]
    return pl.concat_str(texts, separator=between, ignore_nulls=True).replace("", None)


def bracketed(text: pl.Expr) -> pl.Expr:
    """Put a phrase into brackets; nothing where there is none."""
    return pl.when(text.is_not_null()).then(pl.format("（{}）", text)).otherwise(pl.lit(""))
