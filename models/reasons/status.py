"""What is to be said of the person: residence, age, certificate, family, study, how the tax is collected."""

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.relatives import DISABILITY_WORDS
from models.reasons.wording import article, day, joined, limit, yen
from tadasu.fields import DISABILITIES


def _asked(lines: pl.DataFrame, *fields: str) -> pl.DataFrame:
    numbers = [NUMBER[name] for name in fields]
    return lines.filter(pl.col("field").is_in(numbers)).select("line", "person", "field", "now", "value")


def residence(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say whether the person was in the register on 1 January, and what happened around it."""
    day_one = pl.date(sources.law.year, 1, 1)
    since, left = pl.col("resident_since"), pl.col("left_on")
    gone = pl.when(pl.col("left_reason") == "died").then(pl.lit("死亡")).otherwise(pl.lit("転出"))
    text = (
        pl.when(pl.col("birth_date").is_null() & since.is_null())
        .then(pl.lit("住民登録なし"))
        .when(left < day_one)
        .then(pl.format("{}{}、1月1日に区内に住所なし", day(left), gone))
        .when(since > day_one)
        .then(pl.format("{}転入、1月1日に区内に住所なし", day(since)))
        .when(left.is_not_null())
        .then(pl.format("{}{}、1月1日は区内に住所あり", day(left), gone))
        .otherwise(pl.format("{}から区内に住所あり", day(since)))
    )
    known = _asked(lines, "is_resident").join(sources.people, on="person")
    absent = pl.col("birth_date").is_null() & since.is_null()
    inside = ~absent & (left >= day_one).fill_null(value=True) & (since <= day_one).fill_null(value=True)
    return _for_or_against(known.with_columns(text=text, holds=inside.cast(pl.Int64)))


def _for_or_against(known: pl.DataFrame) -> pl.DataFrame:
    """Tell `text` as `ground` where `holds` is what the repair makes of the field, as `fine` where recorded.

    Where it is not what the repair makes of the field it stands as `plain`: known, but no ground.
    """
    fits = pl.col("value").is_null() | (pl.col("value") == pl.col("holds"))
    return known.select(
        "line",
        ground=pl.when(fits).then("text"),
        fine=pl.when(pl.col("now") == pl.col("holds")).then("text"),
        plain=pl.when(~fits).then("text"),
    )


def own_disability(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the ward's register of certificates holds of the person."""
    some = pl.col("disability").replace_strict(DISABILITY_WORDS, default=None).replace("なし", "登録なし")
    held = some.fill_null("登録なし")
    known = _asked(lines, "self_disability").join(sources.people, on="person")
    codes = {word: code for code, word in enumerate(DISABILITIES)}
    code = pl.col("disability").replace_strict(codes, default=0, return_dtype=pl.Int64).fill_null(0)
    return _for_or_against(known.with_columns(text=pl.format("障害者手帳台帳は{}", held), holds=code))


def age(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say whether the person is a minor on 1 January."""
    law = sources.law
    adult = law.ages.adult
    state = (
        pl.when(law.is_minor(pl.col("birth_date")))
        .then(pl.lit(f"1月1日に{adult.value}歳未満（{article(adult.cite)}）"))
        .otherwise(pl.lit(f"1月1日に{adult.value}歳以上（{article(adult.cite)}）"))
    )
    known = _asked(lines, "minor").join(sources.people, on="person")
    text = pl.format("{}生、{}", day(pl.col("birth_date")), state)
    holds = law.is_minor(pl.col("birth_date")).cast(pl.Int64)
    return _for_or_against(known.with_columns(text=text, holds=holds))


def incomes(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say how the person's total income stands to the limit of a status, and who is in the family."""
    limits = sources.law.income_limits
    record = sources.record.select("person", "total_income")
    home = sources.people.select("person", "household_id", "relationship", "sex", "birth_date")
    partner = (
        sources.residents.filter(pl.col("relationship").is_in(("head", "spouse")))
        .group_by("household_id")
        .agg(couple=pl.col("relationship").n_unique() > 1)
    )
    children = (
        sources.claims.filter(pl.col("relationship") == "child")
        .group_by("person")
        .agg(children=pl.col("dependent_person_id").n_unique())
    )
    known = _asked(lines, "widow", "single_parent", "working_student").join(record, on="person")
    known = known.join(home, on="person", how="left").join(partner, on="household_id", how="left")
    known = known.join(children, on="person", how="left")
    parts = []
    for field, most in (
        ("widow", limits.widow),
        ("single_parent", limits.single_parent),
        ("working_student", limits.working_student),
    ):
        sign = pl.when(pl.col("total_income") > most.value).then(pl.lit("＞")).otherwise(pl.lit("≦"))
        income = pl.format("合計所得{}{}{}", yen(pl.col("total_income")), sign, pl.lit(limit(most)))
        couple = pl.col("relationship").is_in(("head", "spouse")) & pl.col("couple")
        family = joined(
            pl.when(pl.col("sex") == "M").then(pl.lit("男性" if field == "widow" else None)),
            pl.when(couple).then(pl.lit("世帯に配偶者あり")).otherwise(pl.lit("世帯に配偶者なし")),
            pl.format("申告の子{}人", pl.col("children").fill_null(0)),
        )
        over = pl.col("total_income") > most.value
        old = pl.format("{}歳", sources.law.age(pl.col("birth_date")))
        told = joined(income, old if field == "working_student" else family)
        # Within the limit the rest (school, family) decides, of which the ward's records say little.
        holds = pl.when(over).then(0).when(pl.lit(field == "working_student")).then(1).otherwise("value")
        part = known.filter(pl.col("field") == NUMBER[field]).with_columns(text=told, holds=holds)
        parts.append(_for_or_against(part))
    return pl.concat(parts)


def collection(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say how many salary reports are of a job that goes on, and of which column."""
    left = pl.col("left_job_on").is_not_null()
    reports = (
        sources.documents.filter("in_force", pl.col("kind") == "salary_report")
        .group_by("person")
        .agg(
            n=pl.len(),
            left=left.sum(),
            last=pl.col("left_job_on").max(),
            other=(pl.col("withholding_column") == "other").sum(),
        )
    )
    known = _asked(lines, "special_collection").join(reports, on="person", how="left")
    text = (
        pl.when(pl.col("n").is_null())
        .then(pl.lit("給報なし"))
        .when(pl.col("left") == pl.col("n"))
        .then(pl.format("給報{}枚とも退職（{}）", "n", day(pl.col("last"))).str.replace("1枚とも", "は"))
        .otherwise(
            joined(
                pl.format("在職の給報{}枚", pl.col("n") - pl.col("left")),
                pl.when(pl.col("left") > 0).then(pl.format("退職{}枚", "left")),
                pl.when(pl.col("other") > 0).then(pl.format("うち乙欄{}枚", "other")),
            )
        )
    )
    return known.select("line", ground=text)
