"""What the law gives as deduction: for premiums, medical expenses, a relative of student age."""

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.wording import PAPERS, article, joined, limit, percent, round_yen, yen

PREMIUM_WORDS = {
    "new_life_premium": "新一般",
    "old_life_premium": "旧一般",
    "care_premium": "介護医療",
    "new_pension_premium": "新年金",
    "old_pension_premium": "旧年金",
}
QUAKE_WORDS = {"earthquake_premium": "地震", "old_long_term_premium": "旧長期"}


def _asked(lines: pl.DataFrame, field: str) -> pl.DataFrame:
    return lines.filter(pl.col("field") == NUMBER[field]).select("line", "person", "document", "value", "now")


def _paper() -> pl.Expr:
    return pl.col("kind").replace_strict(PAPERS, default="資料", return_dtype=pl.String)


def _premium_text(words: dict[str, str]) -> pl.Expr:
    return joined(
        *(
            pl.when(pl.col(name).fill_null(0) > 0).then(pl.lit(word) + yen(pl.col(name)))
            for name, word in words.items()
        ),
        between="・",
    )


def _of_premiums(
    lines: pl.DataFrame, sources: Sources, field: str, words: dict[str, str], by_law: pl.Expr, cite: str
) -> pl.DataFrame:
    """Tell the premiums of the repair's own document where it states any, or else of the first that does."""
    stated = sources.documents.filter(
        "in_force", pl.any_horizontal(pl.col(name).fill_null(0) > 0 for name in words)
    ).select("person", "kind", of=pl.col("document"), law=by_law, told=_premium_text(words))
    found = _asked(lines, field).join(stated, on="person")
    ranked = found.with_columns(own=pl.col("of") == pl.col("document")).sort(
        "line", "own", "of", descending=[False, True, False]
    )
    first = ranked.unique("line", keep="first", maintain_order=True)
    plain = pl.format("{}の支払額（{}）から法定{}（{}）", _paper(), "told", yen(pl.col("law")), pl.lit(cite))
    # Other amounts than the law's come from premiums entered in the wrong column.
    swapped = pl.format(
        "{}の支払額（{}）の新旧・区分の取違えを直すと{}（{}）",
        _paper(),
        "told",
        yen(pl.col("value")),
        pl.lit(cite),
    )
    meant = (
        pl.col("value").is_null() | (pl.col("law") == pl.col("value")) | ~pl.col("own").fill_null(value=False)
    )
    return first.select(
        "line",
        ground=pl.when(meant).then(plain).otherwise(swapped),
        fine=pl.when(pl.col("law") == pl.col("now")).then(plain),
    )


def life_insurance(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the premiums on a document give by law."""
    by_law = sources.law.life_insurance(*(pl.col(name) for name in PREMIUM_WORDS))
    cite = article(sources.law.deductions.life_insurance.total_cap.cite)
    return _of_premiums(lines, sources, "life_insurance", PREMIUM_WORDS, by_law, cite)


def earthquake_insurance(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the premiums on a document give by law."""
    by_law = sources.law.earthquake_insurance(*(pl.col(name) for name in QUAKE_WORDS))
    cite = article(sources.law.deductions.earthquake_insurance.cap.cite)
    return _of_premiums(lines, sources, "earthquake_insurance", QUAKE_WORDS, by_law, cite)


def medical(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say from which amount paid the deduction follows by law, or that both kinds of it are claimed."""
    numbers = [NUMBER["medical_expense"], NUMBER["self_medication"]]
    record = sources.record.select("person", "medical_expense", "self_medication")
    asked = lines.filter(pl.col("field").is_in(numbers)).join(record, on="person")
    both = pl.when((pl.col("medical_expense") > 0) & (pl.col("self_medication") > 0)).then(
        pl.format(
            "医療費控除{}とセルフメディケーション税制{}を併用",
            yen(pl.col("medical_expense")),
            yen(pl.col("self_medication")),
        )
    )
    known = asked.join(_paid(lines, sources), on="line", how="left")
    return known.select("line", ground=pl.coalesce("by_law", both))


def _paid(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say by line which amount of record, list or document gives the proposed deduction: (line, by_law)."""
    rule = sources.law.deductions.medical_expense
    asked = lines.filter(pl.col("field") == NUMBER["medical_expense"], pl.col("value") > 0)
    listed = asked.unpivot(on=["now", "stated", "expected"], index="line", value_name="paid").drop("variable")
    papers = sources.values.filter(pl.col("field") == NUMBER["medical_expense"])
    stated = asked.select("line", "person").join(papers.select("person", paid="value"), on="person")
    every = pl.concat([listed, stated.select("line", "paid")]).unique()
    income = sources.record.select("person", income="total_income")
    known = every.join(asked.select("line", "person", "value"), on="line").join(income, on="person")
    left = rule.of(pl.col("paid"), pl.lit(0), pl.col("income").clip(0))
    fitting = known.filter((left == pl.col("value")) & (pl.col("paid") != pl.col("value")))
    text = pl.format(
        "支払額{}とみて{}又は所得の{}を引いた額（{}）",
        yen(pl.col("paid")),
        pl.lit(round_yen(rule.floor.value)),
        pl.lit(percent(rule.income_share.fraction)),
        pl.lit(article(rule.floor.cite)),
    )
    return fitting.group_by("line").agg(pl.col("paid").min()).select("line", by_law=text)


def specified_relative(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say whose income decides the special deduction for a student-age relative."""
    law = sources.law
    claims = sources.claims.filter(pl.col("dependent_person_id").is_not_null())
    young = law.relative_class(pl.coalesce("register_birth", "birth_date")) == "specified"
    income = pl.col("relative_income").fill_null(0)
    special = law.specified_relative_special(income)
    sign = pl.when(income > law.relative_income_limit).then(pl.lit("＞")).otherwise(pl.lit("≦"))
    result = pl.when(special > 0).then(
        pl.format("→{}（{}）", yen(special), pl.lit(article(law.deductions.specified_relative.cite)))
    )
    text = pl.format(
        "親族（{}年生）の合計所得{}（課税台帳）{}{}{}",
        pl.coalesce("register_birth", "birth_date").dt.year(),
        yen(income),
        sign,
        pl.lit(limit(law.income_limits.relative)),
        result.fill_null("→特定親族特別控除なし"),
    )
    asked = lines.filter(pl.col("field") == NUMBER["specified_relative_special"])
    found = asked.select("line", "person", "now", "value", "related_person_id").join(
        claims.with_columns(young=young.fill_null(value=False), text=text, special=special), on="person"
    )
    named = (pl.col("dependent_person_id") == pl.col("related_person_id")).fill_null(value=False)
    fits = (pl.col("special") == pl.col("value")).fill_null(value=False)
    ranked = found.with_columns(named=named, fits=fits).filter(pl.col("named") | pl.col("young"))
    order = {"named": True, "fits": True, "relative_income": True, "document": False}
    ordered = ranked.sort("line", *order, descending=[False, *order.values()], nulls_last=True)
    return ordered.group_by("line", maintain_order=True).agg(
        ground=pl.col("text").first(),
        fine=pl.col("text").filter(pl.col("special") == pl.col("now")).first(),
    )


def contributions(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say of contributions that are moved to their own field which paper tells them apart."""
    stated = sources.documents.select("kind", "small_enterprise_mutual_aid", document="document")
    asked = lines.filter(pl.col("kind") == "move_contributions").select("line", "document")
    known = asked.join(stated, on="document")
    told = pl.format(
        "{}に小規模企業共済等掛金{}、記録は社会保険料控除に含む",
        _paper(),
        yen(pl.col("small_enterprise_mutual_aid")),
    )
    return known.select("line", ground=told)
