"""What is to be said of a spouse: whose income, from where, against which limit, and what follows."""

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.wording import PAPERS, article, day, joined, limit, yen

FIELDS = (NUMBER["spouse_kind"], NUMBER["spouse_special_deduction"])
FACTS = ("stated", "expected", "named", "kind_then", "special_then", "kind_now", "special_now")
"""What is read of a line: the list's figures; the spouse's kind and amount after its repair, and before."""

CODES = 2
"""The list writes codes and counts where incomes stand as well; up to this a figure is no income."""


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
    own = _by_own_papers(sources)
    return (
        pl.concat([matched, _of_the_household(sources), papers, stated, own])
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


def _by_own_papers(sources: Sources) -> pl.DataFrame:
    claims = sources.claims.filter(pl.col("role") == "spouse").join(
        sources.paper_incomes, left_on="dependent_person_id", right_on="person_id"
    )
    return claims.select(
        "person",
        order=pl.lit(5),
        source=pl.lit("配偶者の資料による"),
        income="income",
        birth=pl.coalesce("register_birth", "birth_date"),
    )


def _beside(sources: Sources) -> pl.DataFrame:
    """Return by person what else is odd about the claimed spouse: (person, beside)."""
    claims = sources.claims.filter(pl.col("role") == "spouse")
    back = claims.select(
        dependent_person_id="person_id", person_id="dependent_person_id", mutual=pl.lit(True)
    ).unique()
    known = claims.join(back, on=["dependent_person_id", "person_id"], how="left")
    left = sources.residents.select("left_reason", dependent_person_id="person_id")
    known = known.join(left, on="dependent_person_id", how="left")
    gone = pl.when(pl.col("left_reason") == "died").then(pl.lit("死亡")).otherwise(pl.lit("転出"))
    text = (
        pl.when(pl.col("mutual"))
        .then(pl.lit("相手も本人を配偶者として申告"))
        .when(pl.col("claimants") > 1)
        .then(pl.lit("配偶者を他の人も申告（区内重複）"))
        .when(pl.col("dependent_person_id").is_null())
        .then(pl.lit("配偶者の宛名が不明"))
        .when(pl.col("register_left").is_not_null())
        .then(pl.format("配偶者は{}に{}", day(pl.col("register_left")), gone))
    )
    return (
        known.select("person", beside=text)
        .drop_nulls()
        .sort("person", "beside")
        .unique("person", keep="first", maintain_order=True)
    )


def spouse_grounds(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say of lines about the spouse which income decides, against which limit, and what follows by law.

    Told is the income that leads to what the line's repair makes of kind and amount (`ground`), or to what is
    recorded (`fine`). Where none leads there, the one of highest standing is told without what follows from
    it, with what else is odd about the spouse.
    """
    asked = lines.filter(pl.col("field").is_in(FIELDS)).select("line", "person", "check_name", *FACTS)
    own = sources.record.select("person", own="total_income")
    listed = asked.filter(pl.col("named").is_in(FIELDS)).unpivot(
        on=["stated", "expected"], index="line", value_name="income"
    )
    listed = listed.filter(pl.col("income") > CODES).select(
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
    beside = asked.select("line", "person", "named", "check_name").join(
        _beside(sources), on="person", how="left"
    )
    pointed = pl.when(pl.col("named").is_in(FIELDS)).then(pl.format("リストの指摘「{}」", "check_name"))
    beside = beside.select("line", beside=pl.coalesce("beside", pointed))
    told = _told(_judged(known, sources)).join(beside, on="line", how="full", coalesce=True)
    odd = pl.when(~pl.col("fits").fill_null(value=False)).then("beside")
    said = told.select("line", "fine", ground=joined(odd, pl.col("ground")))
    return (
        asked.select("line")
        .join(said, on="line", how="left")
        .with_columns(pl.col("ground").fill_null("資料・課税台帳に配偶者の所得なし"))
    )


def _told(judged: pl.DataFrame) -> pl.DataFrame:
    """Choose by line among the incomes: (line, ground, fine, fits)."""
    fits, stands = (
        ((pl.col("kind_by_law") == pl.col(kind)) & (pl.col("special_by_law") == pl.col(special))).fill_null(
            value=False
        )
        for kind, special in (FACTS[3:5], FACTS[5:7])
    )
    ranked = judged.with_columns(fits=fits, stands=stands).sort(
        "line", "fits", "order", "source", "income", descending=[False, True, False, False, False]
    )
    return ranked.group_by("line", maintain_order=True).agg(
        ground=pl.when(pl.col("fits").first())
        .then(pl.col("phrase").first())
        .otherwise(pl.col("bare").first()),
        fine=pl.col("phrase").filter("stands").first(),
        fits=pl.col("fits").first(),
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
        .then(pl.format("配偶者特別控除{}（{}）", yen(special), _article_of_band(sources, own)))
        .otherwise(pl.lit("配偶者控除・配偶者特別控除なし"))
    )
    sign = pl.when(within).then(pl.lit("≦")).otherwise(pl.lit("＞"))
    theirs = pl.format(
        "配偶者の合計所得{}（{}）{}{}", yen(income), "source", sign, pl.lit(limit(limits.relative))
    )
    mine = pl.format(
        "本人の合計所得{}＞{}→配偶者控除・配偶者特別控除なし", yen(own), pl.lit(limit(limits.spouse_claimant))
    )
    return known.with_columns(
        kind_by_law=kind.cast(pl.Int64),
        special_by_law=special,
        phrase=pl.when(may).then(pl.format("{}→{}", theirs, result)).otherwise(mine),
        bare=pl.when(may).then(theirs).otherwise(mine),
    )


def _article_of_band(sources: Sources, own: pl.Expr) -> pl.Expr:
    """Return the article of the special deduction's table for the taxpayer's own income."""
    table = sources.law.deductions.spouse_special
    band = table.bands.of(own)
    first, second, third = (pl.lit(article(part.cite)) for part in (table.first, table.second, table.third))
    return pl.when(band == 0).then(first).when(band == 1).then(second).otherwise(third)
