"""Slips about widows and single parents, working students and minors."""

import polars as pl

from tadasu.simulator.slips.edit import claim
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

PARENTS = ("widow", "single_parent")


def _parents(scene: Scene) -> pl.DataFrame:
    return scene.adopted_where(pl.col("single_parent"))


def _fathers(scene: Scene) -> pl.DataFrame:
    men = scene.people.filter(pl.col("sex") == "M").select("person_id")
    return _parents(scene).join(men, on="person_id", how="semi", maintain_order="left")


def _widows(scene: Scene) -> pl.DataFrame:
    return scene.adopted_where(pl.col("widow"))


def _as_widow(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"widow": pl.lit(value=True), "single_parent": pl.lit(value=False)}, scene.law)


def _as_parent(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"widow": pl.lit(value=False), "single_parent": pl.lit(value=True)}, scene.law)


def _no_parent(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"widow": pl.lit(value=False), "single_parent": pl.lit(value=False)}, scene.law)


def _alone_with_child(scene: Scene) -> pl.DataFrame:
    """Papers of heads without a spouse in the household who have a child there, and no such deduction."""
    child = scene.family.filter(pl.col("relationship") == "child").select("person_id").unique()
    couples = scene.couples.select("person_id").unique()
    found = scene.adopted_where(~pl.col("single_parent") & ~pl.col("widow"))
    alone = found.join(couples, on="person_id", how="anti", maintain_order="left")
    return alone.join(child, on="person_id", how="semi", maintain_order="left")


def _married_parents(scene: Scene) -> pl.DataFrame:
    """Papers of couples with a small child: who remarried stays a single parent in the employer's books."""
    child = scene.family.filter(pl.col("relationship") == "child").select("person_id").unique()
    couples = scene.couples.select("person_id").unique()
    found = scene.adopted_where(
        ~pl.col("single_parent") & ~pl.col("widow") & (pl.col("spouse_kind") == "none")
    )
    found = found.join(couples, on="person_id", how="semi", maintain_order="left")
    return found.join(child, on="person_id", how="semi", maintain_order="left")


def _earning_students(scene: Scene) -> pl.DataFrame:
    """Papers of people of a student's age who earn more than a working student may."""
    limit = scene.law.income_limits.working_student.value
    age = scene.year - pl.col("birth_date").dt.year()
    young = scene.people.filter(
        age.is_between(19, 25), pl.col("income").is_between(limit + 1, limit + 600_000)
    )
    found = scene.adopted_where(~pl.col("working_student"))
    return found.join(young.select("person_id"), on="person_id", how="semi", maintain_order="left")


def _student(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"working_student": pl.lit(value=True)}, scene.law)


def _students(scene: Scene) -> pl.DataFrame:
    return scene.adopted_where(pl.col("working_student"))


def _no_student(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"working_student": pl.lit(value=False)}, scene.law)


def _just_adult(scene: Scene) -> pl.DataFrame:
    """Taxpayers who came of age within the last two years."""
    years = scene.law.ages.adult.value
    born = pl.col("birth_date").dt.year().is_between(scene.year - years - 2, scene.year - years)
    found = scene.people.filter(born).select("person_id")
    right = scene.facts.truth.filter(~pl.col("minor")).select("person_id")
    paper = scene.adopted.select("person_id")
    both = found.join(right, on="person_id", how="semi", maintain_order="left")
    return both.join(paper, on="person_id", how="semi", maintain_order="left")


def _still_minor(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "minor", pl.lit(value=True))


STATUSES: tuple[Slip, ...] = (
    Slip(
        name="single_parent_as_widow",
        cause_ja="令和3年度からひとり親に当たる男性を寡婦（旧寡夫）のままにした",
        who="employer",
        checks=("F13",),
        fields=PARENTS,
        repair_ja="ひとり親に改める",
        places=_fathers,
        change=_as_widow,
        asks="R",
        reform=True,
    ),
    Slip(
        name="widow_as_single_parent",
        cause_ja="生計を一にする子がいないのにひとり親とした",
        who="employer",
        checks=("F13",),
        fields=PARENTS,
        repair_ja="寡婦に改める",
        places=_widows,
        change=_as_parent,
    ),
    Slip(
        name="single_parent_left_out",
        cause_ja="ひとり親であることを勤務先に届けていない",
        who="taxpayer",
        checks=("F13",),
        fields=PARENTS,
        repair_ja="本人に確かめ、ひとり親控除を加える",
        places=_parents,
        change=_no_parent,
        asks="Q",
    ),
    Slip(
        name="child_with_other_parent",
        cause_ja="子を元の配偶者が扶養し、又は所得が500万円を超えるのにひとり親とした",
        who="taxpayer",
        checks=("F13",),
        fields=PARENTS,
        repair_ja="ひとり親控除を外す",
        places=_alone_with_child,
        change=_as_parent,
    ),
    Slip(
        name="single_parent_remarried",
        cause_ja="再婚したのにひとり親のままにした",
        who="employer",
        checks=("F13",),
        fields=PARENTS,
        repair_ja="ひとり親控除を外す",
        places=_married_parents,
        change=_as_parent,
        asks="R",
    ),
    Slip(
        name="student_earned_too_much",
        cause_ja="勤労学生の所得要件を超えた",
        who="taxpayer",
        checks=("F14",),
        fields=("working_student",),
        repair_ja="勤労学生控除を外す",
        places=_earning_students,
        change=_student,
        asks="R",
    ),
    Slip(
        name="student_left_out",
        cause_ja="学生であることを勤務先に届けていない",
        who="taxpayer",
        checks=(),
        fields=("working_student",),
        repair_ja="本人の申告により勤労学生控除を加える",
        places=_students,
        change=_no_student,
        asks="Q",
    ),
    Slip(
        name="still_a_minor",
        cause_ja="成年年齢に達したのに未成年者のまま計算された",
        who="system",
        checks=("F14",),
        fields=("minor",),
        repair_ja="未成年者の区分を外す",
        places=_just_adult,
        change=_still_minor,
        asks="R",
    ),
)
