"""What is to be said of a spouse: whose income, from where, against which limit, and what follows."""

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.wording import PAPERS, article, limit, yen

FIELDS = (NUMBER["spouse_kind"], NUMBER["spouse_special_deduction"])


def _sources_of_income(sources: Sources) -> pl.DataFrame:
    """Return what is known of a person's spouse: person, order, source, income, birth, matched."""
    claims = sources.claims.filter(pl.col("role") == "spouse")
    birth = pl.coalesce("register_birth", "birth_date")
    paper = pl.col("document_kind").replace_strict(PAPERS, default="資料", return_dtype=pl.String)
    matched = claims.filter(pl.col("dependent_person_id").is_not_null()).select(
        "person",
        order=pl.lit(0),
        source=pl.lit("課税台帳"),
        income=pl.col("relative_income").fill_null(0),
        birth=birth,
    )
    stated = claims.filter(pl.col("stated_income").is_not_null()).select(
        "person", order=pl.lit(3), source=paper + "の記載", income="stated_income", birth=birth
    )
    papers = sources.documents.filter("in_force", pl.col("spouse_total_income").is_not_null()).select(
        "person",
        order=pl.lit(2),
        source=pl.col("kind").replace_strict(PAPERS, default="資料", return_dtype=pl.String) + "の記載",
        income="spouse_total_income",
        birth=pl.lit(None, dtype=pl.Date),
    )
    return (
        pl.concat([matched, _of_the_household(sources), papers, stated])
        .unique()
        .sort("person", "order", "source", "income")
    )


def _of_the_household(sources: Sources) -> pl.DataFrame:
    pair = pl.col("relationship").is_in(("head", "spouse"))
    adults = sources.residents.filter(pair).select(
        "household_id", partner="person_id", partner_is="relationship", birth="birth_date"
    )
    mine = sources.people.filter(pair).select("person", "household_id", "relationship")
    pairs = mine.join(adults, on="household_id").filter(pl.col("relationship") != pl.col("partner_is"))
    known = pairs.join(sources.incomes, left_on="partner", right_on="person_id", how="left")
    return known.select(
        "person",
        order=pl.lit(1),
        source=pl.lit("同じ世帯の配偶者・課税台帳"),
        income=pl.col("total_income").fill_null(0),
        birth="birth",
    )


def spouse_grounds(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say of lines about the spouse which income decides, against which limit, and what follows by law.

    Where the repair has a spouse's kind and amount, the income that leads to both is told; otherwise the
    income of highest standing (the register's of the claimed spouse first).
    """
    asked = lines.filter(pl.col("field").is_in(FIELDS)).select(
        "line", "person", "stated", "expected", "named", "spouse_kind", "spouse_special"
    )
    own = sources.record.select("person", own="total_income")
    listed = asked.filter(pl.col("named").is_in(FIELDS)).unpivot(
        on=["stated", "expected"], index="line", value_name="income"
    )
    # Codes and counts stand there too; an income does not look like them.
    listed = listed.filter(pl.col("income") > len(FIELDS)).select(
        "line",
        order=pl.lit(4),
        source=pl.lit("リストの値"),
        income="income",
        birth=pl.lit(None, dtype=pl.Date),
    )
    of_person = asked.select("line", "person").join(_sources_of_income(sources), on="person").drop("person")
    known = (
        pl.concat([of_person, listed.select(of_person.columns)]).join(asked, on="line").join(own, on="person")
    )
    judged = _judged(known, sources)
    fits = (pl.col("kind_by_law") == pl.col("spouse_kind")) & (
        pl.col("special_by_law") == pl.col("spouse_special")
    )
    ranked = judged.with_columns(fits=fits.fill_null(value=False)).sort(
        "line", "fits", "order", "source", "income", descending=[False, True, False, False, False]
    )
    told = ranked.group_by("line", maintain_order=True).agg(
        ground=pl.col("phrase").first(), fine=pl.col("phrase").filter("fits").first()
    )
    unknown = asked.select("line").join(told, on="line", how="anti")
    return pl.concat(
        [
            told,
            unknown.with_columns(
                ground=pl.lit("資料・課税台帳に配偶者の所得なし"), fine=pl.lit(None, dtype=pl.String)
            ),
        ]
    )


def _judged(known: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    law = sources.law
    limits, deductions = law.income_limits, law.deductions
    own, income = pl.col("own"), pl.col("income")
    may, within = own <= limits.spouse_claimant.value, income <= limits.relative.value
    elderly = law.is_elderly_spouse(pl.col("birth")).fill_null(value=False)
    kind = pl.when(may & within).then(pl.when(elderly).then(2).otherwise(1)).otherwise(0)
    special = pl.when(may & ~within).then(law.spouse_special(own, income)).otherwise(0)
    result = (
        pl.when(elderly & within)
        .then(pl.lit(f"老人控除対象配偶者（{article(deductions.spouse_elderly.cite)}）"))
        .when(within)
        .then(pl.lit(f"配偶者控除（{article(deductions.spouse_general.cite)}）"))
        .when(special > 0)
        .then(
            pl.format(
                "配偶者特別控除{}（{}）", yen(special), pl.lit(article(deductions.spouse_special.first.cite))
            )
        )
        .otherwise(pl.lit("配偶者控除・配偶者特別控除なし"))
    )
    sign = pl.when(within).then(pl.lit("≦")).otherwise(pl.lit("＞"))
    theirs = pl.format(
        "配偶者の合計所得{}（{}）{}{}→{}",
        yen(income),
        "source",
        sign,
        pl.lit(limit(limits.relative)),
        result,
    )
    mine = pl.format(
        "本人の合計所得{}＞{}→配偶者控除・配偶者特別控除なし", yen(own), pl.lit(limit(limits.spouse_claimant))
    )
    return known.with_columns(
        kind_by_law=kind.cast(pl.Int64),
        special_by_law=special,
        phrase=pl.when(may).then(theirs).otherwise(mine),
    )
