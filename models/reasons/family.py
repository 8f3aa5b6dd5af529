"""What is to be said of lines about relatives: classes of dependants, disabilities, children."""

import polars as pl

from features.repairs.sources import Sources
from features.values import NUMBER
from models.reasons.relatives import CLASS_FIELDS, DISABILITY_WORDS, DISABLED_FIELDS, SEVERE


def class_grounds(lines: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Say of lines about a class of dependants what there is about the claims: (line, ground, fine, plain).

    Told is who is, or should be, in a class that the line's repair changes; whom the list names comes first.
    What speaks against a claim is told first, then that the proposed number is that of the relatives, then
    what is merely not known; where a relative changes class, the class comes first. `fine` is told where the
    record's number is theirs and nothing is to remark; `plain` are age, household and class of the first.
    """
    asked = lines.filter(pl.col("field").is_in(CLASS_FIELDS)).select(
        "line", "person", "field", "other", "now", "value", "related_person_id"
    )
    texts = _texts(_ranked(asked, known)).join(asked.drop("related_person_id"), on="line")
    counts = texts.join(_counted(known), on=["person", "field"], how="left")
    nobody = asked.filter(pl.col("value") == 0, pl.col("now") > 0).join(texts, on="line", how="anti")
    named_nobody = nobody.select("line", ground=pl.lit("この区分に当たる親族の記載が資料にない"))
    return pl.concat(
        [_chosen(counts.with_columns(pl.col("counted").fill_null(0))), named_nobody], how="diagonal"
    )


def _ranked(asked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return by line the relatives whom its repair can be about, the most telling first."""
    found = asked.join(known, on="person")
    sides = ("from_field", "to_field")
    here, other = (
        pl.any_horizontal((pl.col(side) == pl.col(field)).fill_null(value=False) for side in sides)
        for field in ("field", "other")
    )
    named = pl.col("dependent_person_id") == pl.col("related_person_id")
    gains = pl.when(pl.col("value") > pl.col("now")).then("field").otherwise("other")
    ranked = found.with_columns(
        named=named.fill_null(value=False),
        here=here,
        moves=(pl.col("class_field") == gains).fill_null(value=False),
    ).filter(here | other)
    order = {"named": True, "matter": False, "moves": True, "document": False, "line_no": False}
    return ranked.sort("line", *order, descending=[False, *order.values()], nulls_last=True)


def _texts(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return by line each thing that may be said: against, unknown, other_class, moved, plain, fine, well."""
    # Whom the line's own class is about goes before those of another class that its repair changes too.
    about = pl.col("here") | ~pl.col("here").any()
    told, plain = pl.format("{}{}", "who", "fault"), pl.format("{}{}", "who", "plain")
    people = pl.struct("dependent_person_id", "birth_date").n_unique()
    fine = pl.format("申告の{}人とも所得・年齢・重複に問題なし", people).str.replace("の1人とも", "の1人は")
    return ranked.group_by("line", maintain_order=True).agg(
        against=told.filter((pl.col("matter") <= SEVERE) & about).first(),
        unknown=told.filter(about).drop_nulls().first(),
        other_class=pl.format("{}{}", "who", "class_fault").filter(about).drop_nulls().first(),
        moved=plain.filter("moves").first(),
        plain=plain.first(),
        fine=fine,
        well=pl.col("fault").is_null().all(),
    )


def _chosen(texts: pl.DataFrame) -> pl.DataFrame:
    """Choose what is a ground for the repair, what speaks for the record, and what is neither."""
    now, value, counted = pl.col("now"), pl.col("value"), pl.col("counted")
    stands = now == counted
    agrees = (value == counted).fill_null(value=False) | value.is_null()
    moved = pl.when(agrees & ~stands).then(pl.coalesce("moved", "plain"))
    # That a relative is not found is no ground for counting one more, unless as one who lives apart.
    apart = (pl.col("field") == NUMBER["n_dependent_elderly"]) & (
        pl.col("other") == NUMBER["n_dependent_elderly_cohabiting"]
    )
    grows = (value > now).fill_null(value=False)
    more = grows & ~apart.fill_null(value=False)
    unknown = pl.when(~more).then("unknown")
    changes_class = grows | pl.col("other").is_in(CLASS_FIELDS).fill_null(value=False)
    return texts.select(
        "line",
        plain=pl.coalesce(pl.when(more).then("unknown"), pl.col("plain")),
        ground=pl.when(changes_class)
        .then(pl.coalesce(pl.col("other_class"), moved, pl.col("against"), unknown))
        .otherwise(pl.coalesce(pl.col("against"), moved, unknown)),
        fine=pl.when(pl.col("well") & stands).then("fine"),
    )


def _counted(known: pl.DataFrame) -> pl.DataFrame:
    """Count each person's claimed relatives by the class of age and household, whoever names them twice."""
    who = pl.struct("dependent_person_id", "birth_date", "relationship")
    return known.group_by("person", field="class_field").agg(counted=who.n_unique().cast(pl.Int64))


def disability_grounds(lines: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Say of lines about disabled dependants what the papers claim and the register of certificates holds."""
    asked = lines.filter(pl.col("field").is_in(DISABLED_FIELDS))
    claimed, held = (
        pl.col(name).replace_strict(DISABILITY_WORDS, default=None)
        for name in ("disability", "register_disability")
    )
    some = (pl.col("disability").fill_null("none") != "none") | (
        pl.col("register_disability").fill_null("none") != "none"
    )
    papers = pl.format("申告{}・手帳台帳{}", claimed.fill_null("記載なし"), held.fill_null("登録なし"))
    apart = (pl.col("disability") == "special_cohabiting") & ~pl.col("together")
    same = pl.col("disability").fill_null("none").str.replace("_cohabiting", "") == pl.col(
        "register_disability"
    )
    told = pl.format("{}{}、{}", "who", "fault", papers)
    plain = pl.format(
        "{}は{}{}", "who", papers, pl.when(apart).then(pl.lit("・別の世帯")).otherwise(pl.lit(""))
    )
    found = asked.select("line", "person", "field", "other", "related_person_id").join(
        known.filter(some), on="person"
    )
    named = (pl.col("dependent_person_id") == pl.col("related_person_id")).fill_null(value=False)
    own = (pl.col("disability_field") == pl.col("field")) | (pl.col("from_field") == pl.col("other"))
    ranked = found.with_columns(
        text=pl.coalesce(told, plain),
        named=named,
        own=own.fill_null(value=False),
        well=same.fill_null(value=False) & ~apart & pl.col("fault").is_null(),
    ).sort(
        "line",
        "named",
        "own",
        "well",
        "matter",
        "document",
        "line_no",
        descending=[False, True, True, False, False, False, False],
        nulls_last=True,
    )
    return ranked.group_by("line", maintain_order=True).agg(
        ground=pl.col("text").first(), fine=pl.when(pl.col("well").all()).then(pl.col("text").first())
    )


def children_grounds(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say of lines about children under 16 how many the household has in the register.

    Columns: line, children, and children_ground, the same where it is the number that the repair makes.
    """
    minors = sources.residents.filter(
        (sources.law.relative_class(pl.col("birth_date")) == "under16") & pl.col("left_on").is_null()
    )
    counted = minors.group_by("household_id").agg(n=pl.len())
    homes = sources.people.select("person", "household_id").join(counted, on="household_id", how="left")
    asked = lines.filter(pl.col("field") == NUMBER["n_dependent_under16"])
    asked = asked.select("line", "person", "value")
    text = pl.format("住民基本台帳の世帯の16歳未満{}人", pl.col("n").fill_null(0))
    # A null count is a household without children.
    fits = pl.col("value") == pl.col("n").fill_null(0)
    return asked.join(homes, on="person").select(
        "line", children=text, children_ground=pl.when(fits).then(text)
    )
