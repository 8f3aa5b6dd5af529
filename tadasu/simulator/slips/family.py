"""Slips about claimed relatives: claimed twice, earning too much, in a wrong class, left out, miscounted."""

import polars as pl

from tadasu.law import Law
from tadasu.law.deductions import COUNTS
from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.simulator.slips.edit import (
    claim,
    hit_column,
    relined,
    restate,
    with_relative,
    without_relative,
)
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene, counted

UNDER16 = "n_dependent_under16"


def more(
    filed: Filed, hit: pl.DataFrame, scene: Scene, up: str | None = "counts", down: str | None = None
) -> Filed:
    """Return the papers with the count that column `up` names one higher, that of `down` one lower."""

    def by_one(name: str, column: str | None) -> pl.Expr:
        return (hit_column(column) == name).fill_null(value=False).cast(pl.Int64) if column else pl.lit(0)

    def value(name: str) -> pl.Expr:
        step = by_one(name, up) - by_one(name, down)
        return pl.when(step == 0).then(pl.col(name)).otherwise((pl.col(name).fill_null(0) + step).clip(0))

    return claim(filed, hit, {name: value(name) for name in COUNTS}, scene.law)


def _place(found: pl.DataFrame) -> pl.DataFrame:
    columns = ("person_id", "document_id", "relative_id", "relationship", "birth_date", "counts")
    return found.select(*columns)


def _others_children(scene: Scene) -> pl.DataFrame:
    limit = scene.law.relative_income_limit
    return scene.family.filter(
        pl.col("is_claimed"),
        ~pl.col("is_mine"),
        pl.col("relative_income") <= limit,
        pl.col("relationship") == "child",
    )


def child_twice(scene: Scene) -> pl.DataFrame:
    """Return papers of the parent who does not claim a child of 16 or older that the other claims."""
    return _place(_others_children(scene).filter(pl.col("counts") != UNDER16))


def small_child_twice(scene: Scene) -> pl.DataFrame:
    """Return papers of the parent who does not claim a child under 16 that the other claims."""
    return _place(_others_children(scene).filter(pl.col("counts") == UNDER16))


def parent_twice(scene: Scene) -> pl.DataFrame:
    """Return papers of who does not claim a parent of the household that the other spouse claims."""
    found = scene.family.filter(
        pl.col("is_claimed"), ~pl.col("is_mine"), pl.col("relationship").is_in(("parent", "grandparent"))
    )
    return _place(found)


def earning_relatives(scene: Scene) -> pl.DataFrame:
    """Relatives of 16 and older who earn a little more than a relative may, claimed by nobody."""
    limit = scene.law.relative_income_limit
    return _place(
        scene.family.filter(
            ~pl.col("is_claimed"),
            pl.col("counts") != UNDER16,
            pl.col("relative_income").is_between(limit + 1, limit + 900_000),
        )
    )


def claim_relative(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Name the relative on the paper and count it."""
    named = with_relative(filed, hit, "dependent")
    return more(named, hit, scene)


def claim_small(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Name the child under 16 on the paper and count it."""
    return more(with_relative(filed, hit, "under16"), hit, scene)


def all_lines(scene: Scene) -> pl.DataFrame:
    """Lines of dependants (no spouses) whose class the paper counts."""
    lines = scene.lines.filter(pl.col("role") != "spouse", pl.col("counts").is_not_null())
    return lines.select(
        "person_id", "document_id", "line_no", "kind", "birth_date", "relationship", "lives_apart", "counts"
    )


def grown(scene: Scene) -> pl.DataFrame:
    """Lines of relatives who were in another class the year before."""
    if scene.year - 1 not in Law.years():
        return all_lines(scene).clear().with_columns(before=pl.lit(None, pl.String))
    last = counted(Law.of(scene.year - 1), ~pl.col("lives_apart").fill_null(value=False))
    return all_lines(scene).with_columns(last.alias("before")).filter(pl.col("before") != pl.col("counts"))


def as_last_year(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Count the relative in the class of the year before."""
    role = pl.when(hit_column("before") == UNDER16).then(pl.lit("under16")).otherwise(pl.lit("dependent"))
    return more(relined(filed, hit, {"role": role}), hit, scene, up="before", down="counts")


def together(scene: Scene) -> pl.DataFrame:
    """Return lines of parents who live with the claimant."""
    found = all_lines(scene).filter(pl.col("counts") == "n_dependent_elderly_cohabiting")
    return found.with_columns(wrong=pl.lit("n_dependent_elderly"))


def apart(scene: Scene) -> pl.DataFrame:
    """Return lines of parents who live elsewhere."""
    found = all_lines(scene).filter(
        pl.col("counts") == "n_dependent_elderly", pl.col("relationship").is_in(("parent", "grandparent"))
    )
    return found.with_columns(wrong=pl.lit("n_dependent_elderly_cohabiting"))


def miscounted(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Count the relative in another class."""
    return more(filed, hit, scene, up="wrong", down="counts")


def small_children(scene: Scene) -> pl.DataFrame:
    """Return lines of children under 16."""
    return all_lines(scene).filter(pl.col("counts") == UNDER16)


def on_returns(scene: Scene) -> pl.DataFrame:
    """Return lines of children under 16 on returns."""
    return small_children(scene).filter(pl.col("kind").is_in(("tax_return", "resident_return")))


def newborn(scene: Scene) -> pl.DataFrame:
    """Return lines of children born in the income year, on salary reports."""
    born = pl.col("birth_date").dt.year() == scene.year - 1
    return small_children(scene).filter(born, pl.col("kind") == "salary_report")


def leave_out(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Neither name nor count the relative."""
    return more(without_relative(filed, hit), hit, scene, up=None, down="counts")


def all_left_out(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Neither name nor count any child under 16."""
    small = filed.papers.dependents.filter(pl.col("role") == "under16").join(
        hit, on="document_id", how="semi"
    )
    return claim(without_relative(filed, small), hit, {UNDER16: pl.lit(None, pl.Int64)}, scene.law)


def as_dependent(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Count the child under 16 as a dependant of the general class."""
    grown = hit.with_columns(wrong=pl.lit("n_dependent_general"))
    return more(relined(filed, hit, {"role": pl.lit("dependent")}), grown, scene, up="wrong", down="counts")


def one_too_many(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Count one more than are named."""
    return more(filed, hit, scene)


def one_too_few(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Count one less than are named."""
    return more(filed, hit, scene, up=None, down="counts")


def elsewhere(scene: Scene) -> pl.DataFrame:
    """Adopted papers of people in their middle years: a parent elsewhere whom a sibling claims too."""
    middle = scene.people.filter((scene.year - pl.col("birth_date").dt.year()).is_between(42, 66))
    return scene.adopted.join(middle, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id"
    )


def claim_elsewhere(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Claim a parent who lives outside the ward."""
    years = scene.year - 72 - (16 * pl.col("u")).cast(pl.Int32)
    parent = hit.with_columns(
        relative_id=pl.lit(None, pl.String),
        birth_date=pl.date(years, 1 + (11 * pl.col("u")).cast(pl.Int8), 15),
        relationship=pl.lit("parent"),
        counts=pl.lit("n_dependent_elderly"),
    )
    named = with_relative(filed, parent, "dependent", lives_apart=True)
    return more(named, parent, scene)


def foreigners(scene: Scene) -> pl.DataFrame:
    """Return adopted papers of people of foreign nationality."""
    foreign = scene.facts.residents.filter(pl.col("is_foreign"))
    return scene.adopted.join(foreign, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id"
    )


def claim_abroad(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Claim a relative between 30 and 69 who lives abroad."""
    years = scene.year - 35 - (30 * pl.col("u")).cast(pl.Int32)
    relative = hit.with_columns(
        relative_id=pl.lit(None, pl.String),
        birth_date=pl.date(years, 1 + (11 * pl.col("u")).cast(pl.Int8), 10),
        relationship=pl.lit("sibling"),
        counts=pl.lit("n_dependent_general"),
    )
    named = with_relative(filed, relative, "dependent", lives_apart=True, lives_abroad=True)
    return more(named, relative, scene)


def unmatch(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """Leave the relative's number empty."""
    return relined(filed, hit, {"dependent_person_id": pl.lit(None)})


def unnamed(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """Leave the relative's line out; the count stays."""
    return without_relative(filed, hit)


def matched(scene: Scene) -> pl.DataFrame:
    """Return lines of relatives whose number is known."""
    lines = scene.lines.filter(pl.col("dependent_person_id").is_not_null())
    return lines.select("person_id", "document_id", "line_no")


def students(scene: Scene) -> pl.DataFrame:
    """Return lines of relatives claimed for 特定親族特別控除, with the limit of a dependant's income."""
    limit = scene.law.relative_income_limit
    lines = scene.lines.filter(
        pl.col("role") == "dependent",
        pl.col("counts") == "n_dependent_specified",
        pl.col("stated_income") > limit,
    )
    return lines.select(
        "person_id", "document_id", "line_no", "counts", "stated_income", pl.lit(limit).alias("limit")
    )


def as_specified(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Claim a student who earned too much as a dependant all the same."""
    low = (hit_column("limit") * (0.3 + 0.6 * hit_column("u"))).cast(pl.Int64)
    stated = relined(filed, hit, {"stated_income": low})
    without = restate(stated, hit, {"specified_relative_special": pl.lit(None, pl.Int64)})
    return more(without, hit, scene)


def earning_students(scene: Scene) -> pl.DataFrame:
    """Return students claimed by nobody who earn a little more than 特定親族特別控除 allows."""
    limit = scene.law.relative_income_limit
    found = scene.family.filter(
        ~pl.col("is_claimed"),
        pl.col("counts") == "n_dependent_specified",
        pl.col("relative_income") > limit,
        scene.law.specified_relative_special(pl.lit(limit + 1, pl.Int64)) > 0,
        scene.law.specified_relative_special(pl.col("relative_income")) == 0,
        pl.col("relative_income") < 3 * limit,
    )
    return _place(found).with_columns(pl.lit(limit).alias("limit"))


def low_estimate(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """State the student's income as it was thought to be in autumn, and the deduction for it."""
    income = (pl.col("limit") * (1.05 + 0.7 * pl.col("u"))).cast(pl.Int64)
    named = hit.with_columns(income.alias("stated_income"))
    amount = IncomeTax.of(scene.year).specified_relative.of(hit_column("stated_income"))
    return restate(with_relative(filed, named, "dependent"), named, {"specified_relative_special": amount})
