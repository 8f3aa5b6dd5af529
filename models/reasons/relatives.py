"""What is remarkable about claimed relatives: income, another claimant, age, household, death, no match."""

import polars as pl

from features.repairs.family import CLASSES, DISABLED, claimed_relatives
from features.repairs.incomes import in_force
from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.wording import RELATIVES, article, day, limit, yen
from tadasu.fields import label
from tadasu.law import Law

SEVERE = 3
"""Place of the last fault (see `claims`) that speaks against a claim; those after it are merely not known."""

CLASS_FIELDS = tuple(NUMBER[name] for name in CLASSES.values())
DISABLED_FIELDS = tuple(NUMBER[name] for name in DISABLED.values())
DISABILITY_WORDS = {
    "none": "なし",
    "ordinary": "普通障害",
    "special": "特別障害",
    "special_cohabiting": "同居特別障害",
}


def _who(birth: pl.Expr) -> pl.Expr:
    relation = pl.col("relationship").replace_strict(RELATIVES, default="親族", return_dtype=pl.String)
    return relation.fill_null("親族") + pl.concat_str(
        pl.lit("（"), birth.dt.year().cast(pl.String), pl.lit("年生）"), ignore_nulls=False
    ).fill_null("")


def _other_claimant(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return by (relative, person) another person who claims the relative, and that person's income."""
    standing = tables["documents"].filter(in_force()).select("document_id", "person_id")
    claims = (
        tables["dependents"]
        .filter(pl.col("dependent_person_id").is_not_null())
        .join(standing, on="document_id")
        .select("dependent_person_id", "person_id")
        .unique()
    )
    home = tables["residents"].select("person_id", "household_id", "relationship")
    incomes = tables["assessments"].select("person_id", "total_income")
    other = claims.join(home, on="person_id", how="left").join(incomes, on="person_id", how="left")
    pairs = claims.join(other, on="dependent_person_id", suffix="_other")
    pairs = pairs.filter(pl.col("person_id") != pl.col("person_id_other"))
    own = home.select("person_id", own_household="household_id", own_relationship="relationship")
    pairs = pairs.join(own, on="person_id", how="left").sort(
        "dependent_person_id", "person_id", "person_id_other"
    )
    couple = pl.concat_list("relationship", "own_relationship").list.sort() == ["head", "spouse"]
    near = pl.col("household_id") == pl.col("own_household")
    return pairs.group_by("dependent_person_id", "person_id", maintain_order=True).agg(
        other=pl.when(near & couple)
        .then(pl.lit("配偶者"))
        .when(near)
        .then(pl.lit("同じ世帯の人"))
        .otherwise(pl.lit("別の世帯の人"))
        .first(),
        other_income=pl.col("total_income").first(),
    )


def claims(sources: Sources, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the claimed relatives with what is remarkable about each: `matter` (0 first) and `fault`.

    Both are null for a claim with which all is well. `who` names the relative, `plain` says age, household
    and class, of which `class_field` is the field.
    """
    law = sources.law
    disabled = pl.col("disability").replace_strict(
        {word: NUMBER[name] for word, name in DISABLED.items()}, default=None, return_dtype=pl.Int64
    )
    spouses = sources.claims.filter(pl.col("role") == "spouse").with_columns(disability_field=disabled)
    every = pl.concat([claimed_relatives(sources), spouses], how="diagonal_relaxed")
    known = every.join(_other_claimant(tables), on=["dependent_person_id", "person_id"], how="left")
    reasons = tables["residents"].select(dependent_person_id="person_id", left_reason="left_reason")
    known = known.join(reasons, on="dependent_person_id", how="left")
    birth = pl.coalesce("register_birth", "birth_date")
    gone = pl.when(pl.col("left_reason") == "died").then(pl.lit("死亡")).otherwise(pl.lit("転出"))
    faults = (
        (pl.col("relative_income") > law.relative_income_limit, _over(law)),
        (pl.col("other").is_not_null(), _twice()),
        (
            pl.col("register_left") < pl.date(law.year, 1, 1),
            pl.format("は{}に{}", day(pl.col("register_left")), gone),
        ),
        (pl.col("claimed") != pl.col("actual"), _class(birth, law)),
        (pl.col("dependent_person_id").is_null(), _unmatched()),
        (pl.col("lives_abroad").fill_null(value=False), pl.lit("は国外居住")),
        (pl.col("register_birth").is_null(), pl.lit("は区の住民登録なし")),
    )
    matter, fault = pl.lit(None, dtype=pl.Int64), pl.lit(None, dtype=pl.String)
    for place, (holds, text) in reversed(list(enumerate(faults))):
        sure = holds.fill_null(value=False)
        matter = pl.when(sure).then(place).otherwise(matter)
        fault = pl.when(sure).then(text).otherwise(fault)
    return known.with_columns(
        matter=matter,
        fault=fault,
        who=_who(birth),
        plain=_plain(birth, law),
        class_fault=pl.when((pl.col("claimed") != pl.col("actual")).fill_null(value=False)).then(
            _class(birth, law)
        ),
        class_field=pl.coalesce("to_field", "from_field"),
    )


def _plain(birth: pl.Expr, law: Law) -> pl.Expr:
    """Say age and household of a relative and the class that follows."""
    words = {word: label(name) for word, name in CLASSES.items()}
    held = pl.coalesce("actual", "claimed").replace_strict(words, default=None, return_dtype=pl.String)
    home = pl.when(pl.col("together")).then(pl.lit("同じ世帯")).otherwise(pl.lit("別の世帯"))
    by_register = pl.format("住民票で{}・合計所得{}", home, yen(pl.col("relative_income").fill_null(0)))
    apart = pl.col("lives_apart").fill_null(value=False)
    by_paper = pl.when(apart).then(pl.lit("別居と申告")).otherwise(pl.lit("同居と申告"))
    by_known = pl.when(pl.col("register_birth").is_not_null()).then(by_register).otherwise(by_paper)
    deductions = law.deductions
    cite = (
        pl.when(held == words["cohabiting"])
        .then(pl.lit(article(deductions.dependent_elderly_cohabiting.cite)))
        .otherwise(pl.lit(article(deductions.dependent_general.cite)))
    )
    return pl.format("は{}歳・{}→{}（{}）", law.age(birth), by_known, held, cite)


def _unmatched() -> pl.Expr:
    cohabiting = pl.col("claimed") == "cohabiting"
    apart = pl.lit("の宛名が不明、台帳で同居を確認できない")
    return pl.when(cohabiting).then(apart).otherwise(pl.lit("の宛名が不明"))


def _over(law: Law) -> pl.Expr:
    income = yen(pl.col("relative_income"))
    return pl.format("の合計所得{}（課税台帳）＞{}", income, pl.lit(limit(law.income_limits.relative)))


def _twice() -> pl.Expr:
    income = pl.format("、相手の合計所得{}", yen(pl.col("other_income"))).fill_null("")
    return pl.format("を{}も申告（区内重複{}）", "other", income)


def _class(birth: pl.Expr, law: Law) -> pl.Expr:
    words = {word: label(name) for word, name in CLASSES.items()}
    actual, claimed = (pl.col(name).replace_strict(words, default=None) for name in ("actual", "claimed"))
    elderly = ("elderly", "cohabiting")
    by_household = pl.col("claimed").is_in(elderly) & pl.col("actual").is_in(elderly)
    home = pl.when(pl.col("together")).then(pl.lit("同じ世帯")).otherwise(pl.lit("別の世帯"))
    deductions = law.deductions
    household = pl.format(
        "は住民票で{}→{}（{}）", home, actual, pl.lit(article(deductions.dependent_elderly_cohabiting.cite))
    )
    age = pl.format(
        "は{}生・{}歳→{}、申告は{}（{}）",
        day(birth),
        law.age(birth),
        actual,
        claimed,
        pl.lit(article(deductions.dependent_general.cite)),
    )
    return pl.when(by_household).then(household).otherwise(age)
