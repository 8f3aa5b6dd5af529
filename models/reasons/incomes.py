"""What the law gives as income from the recorded revenue, and an income under another name."""

import polars as pl

from features.repairs.sources import Sources, long_values
from features.values import NUMBER
from models.reasons.wording import article, joined, label, round_yen, yen


def _asked(lines: pl.DataFrame, field: str) -> pl.DataFrame:
    return lines.filter(pl.col("field") == NUMBER[field]).select("line", "person", "document", "value", "now")


def salary_income(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the recorded salary gives as income by law."""
    law = sources.law
    record = sources.record.select("person", "salary_revenue")
    by_law = law.salary_income.of(pl.col("salary_revenue"))
    text = pl.format(
        "収入{}から法定{}（{}）",
        yen(pl.col("salary_revenue")),
        yen(by_law),
        pl.lit(article(law.salary_income.cite)),
    )
    known = _asked(lines, "salary_income").join(record, on="person")
    return known.select("line", ground=text, fine=pl.when(by_law == pl.col("now")).then(text))


def pension_income(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the recorded pension gives as income by law, at which age."""
    law = sources.law
    birth = sources.people.select("person", "birth_date")
    record = sources.record.select("person", "pension_revenue", "pension_income", "total_income")
    known = _asked(lines, "pension_income").join(record, on="person").join(birth, on="person")
    other = pl.col("total_income") - pl.col("pension_income")
    by_law = law.pension_income_of(pl.col("pension_revenue"), pl.col("birth_date"), other)
    senior = law.is_senior(pl.col("birth_date"))
    schedules = law.pension_income
    cite = (
        pl.when(senior)
        .then(pl.lit(article(schedules.senior.cite)))
        .otherwise(pl.lit(article(schedules.below_senior.cite)))
    )
    text = pl.format(
        "収入{}・{}歳から法定{}（{}）",
        yen(pl.col("pension_revenue")),
        law.age(pl.col("birth_date")),
        yen(by_law),
        cite,
    )
    return known.select("line", ground=text, fine=pl.when(by_law == pl.col("now")).then(text))


def income_adjustment(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say whether the salary is high enough, whether a family or disability is there, or a pension."""
    rule = sources.law.income_adjustment
    high = rule.high_salary.rows[0].to
    assert high is not None
    money = ("salary_revenue", "salary_income", "pension_income")
    known = _asked(lines, "income_adjustment").join(
        sources.record.select("person", *money), on="person", how="left"
    )
    known = known.join(_grounds_of_adjustment(sources), on="person", how="left")
    revenue, salary, pension = (pl.col(name) for name in money)
    above = revenue > high
    by_salary = pl.format(
        "給与収入{}{}{}（{}）",
        yen(revenue),
        pl.when(above).then(pl.lit("＞")).otherwise(pl.lit("≦")),
        pl.lit(round_yen(high)),
        pl.lit(article(rule.high_salary.cite)),
    )
    beside = pl.format(
        "給与所得{}と年金所得{}の双方あり（{}）",
        yen(salary),
        yen(pension),
        pl.lit(article(rule.salary_and_pension_each.cite)),
    )
    amount = rule.beside_pension(salary - rule.high_salary.of(revenue), pension)
    of_pension = (amount > 0) & (~above | (pl.col("value") == amount))
    text = (
        pl.when(of_pension)
        .then(beside)
        .when(above)
        .then(joined(by_salary, pl.col("family")))
        .otherwise(by_salary)
    )
    return known.select("line", ground=text)


def _grounds_of_adjustment(sources: Sources) -> pl.DataFrame:
    """Say by person which young relatives, or which disability, allow the adjustment: (person, family).

    Both spouses may have it for the same child, so the children of the household are told where none is
    claimed.
    """
    law = sources.law
    age = law.ages.specified_before
    young = ~law.has_reached(pl.coalesce("register_birth", "birth_date"), age)
    who = pl.struct("dependent_person_id", "birth_date")
    claimed = sources.claims.filter(young).group_by("person").agg(claimed=who.n_unique())
    children = sources.residents.filter(
        pl.col("relationship") == "child", ~law.has_reached(pl.col("birth_date"), age)
    )
    homes = children.group_by("household_id").agg(at_home=pl.len())
    special = (pl.col("self_disability") > 1) | (
        pl.col("n_disabled_special") + pl.col("n_disabled_special_cohabiting") > 0
    )
    known = sources.record.select("person", special=special).join(claimed, on="person", how="left")
    known = known.join(sources.people.select("person", "household_id"), on="person", how="left")
    known = known.join(homes, on="household_id", how="left")
    found = joined(
        pl.format("{}歳未満の扶養親族{}人", pl.lit(age.value), "claimed"),
        pl.when(pl.col("special")).then(pl.lit("特別障害者あり")),
        between="・",
    )
    none = pl.lit(f"{age.value}歳未満の扶養親族・特別障害者の申告なし")
    at_home = pl.format("（世帯に{}歳未満の子{}人）", pl.lit(age.value), "at_home").fill_null("")
    return known.select("person", family=pl.coalesce(found, none + at_home))


def swapped(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say of an income that is moved to another kind where it goes, and what last year's record had there."""
    asked = lines.filter(pl.col("kind") == "swap_income")
    theirs = sources.previous.join(asked.select("person").unique(), on="person", how="semi")
    last = long_values(theirs, ["person"], "last")
    of_field, of_other = (
        last.rename({"last": "last_own"}),
        last.rename({"field": "other", "last": "last_other"}),
    )
    known = asked.select("line", "person", "field", "other", "value").join(
        of_field, on=["person", "field"], how="left"
    )
    known = known.join(of_other, on=["person", "other"], how="left").filter(pl.col("other").is_not_null())
    way = pl.when(pl.col("value") == 0).then(pl.lit("へ移す")).otherwise(pl.lit("から移す"))
    some = pl.col("last_own").is_not_null() | pl.col("last_other").is_not_null()
    before = pl.when(some).then(
        pl.format(
            "（前年は{}{}・{}{}）",
            label(pl.col("field")),
            yen(pl.col("last_own").fill_null(0)),
            label(pl.col("other")),
            yen(pl.col("last_other").fill_null(0)),
        )
    )
    return known.select("line", ground=pl.format("{}{}{}", label(pl.col("other")), way, before.fill_null("")))
