"""Slips about disability, of taxpayers and of their relatives."""

import polars as pl

from tadasu.law.deductions import DISABLED
from tadasu.simulator.slips.edit import claim, hit_column
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip


def _disabled(scene: Scene) -> pl.DataFrame:
    return scene.adopted_where(pl.col("self_disability") != "none")


def _other_grade(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    other = (
        pl.when(hit_column("right_disability") == "special")
        .then(pl.lit("ordinary"))
        .otherwise(pl.lit("special"))
    )
    return claim(filed, hit, {"self_disability": other}, scene.law)


def _no_disability(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"self_disability": pl.lit("none")}, scene.law)


def _never_disabled(scene: Scene) -> pl.DataFrame:
    """Papers of older taxpayers without a disability."""
    old = scene.people.filter((scene.year - pl.col("birth_date").dt.year()) >= 55).select("person_id")
    found = scene.adopted_where(pl.col("self_disability") == "none")
    return found.join(old, on="person_id", how="semi", maintain_order="left")


def _ordinary(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"self_disability": pl.lit("ordinary")}, scene.law)


def _disabled_relatives(scene: Scene) -> pl.DataFrame:
    """Papers that claim a disabled relative, with the count the relative is in."""
    lines = scene.lines.filter(pl.col("disability").fill_null("none") != "none")
    found = lines.select("person_id", "document_id", "disability").unique(
        "document_id", keep="first", maintain_order=True
    )
    return found.with_columns((pl.lit("n_disabled_") + pl.col("disability")).alias("counts"))


def _wrong_count(scene: Scene) -> pl.DataFrame:
    wrong = {
        "n_disabled_ordinary": "n_disabled_special",
        "n_disabled_special": "n_disabled_special_cohabiting",
        "n_disabled_special_cohabiting": "n_disabled_special",
    }
    return _disabled_relatives(scene).with_columns(pl.col("counts").replace_strict(wrong).alias("wrong"))


def _recount(filed: Filed, hit: pl.DataFrame, scene: Scene, *, up: bool) -> Filed:
    def value(name: str) -> pl.Expr:
        down = (hit_column("counts") == name).cast(pl.Int64)
        raised = (hit_column("wrong") == name).cast(pl.Int64) if up else pl.lit(0)
        return (pl.col(name).fill_null(0) + raised - down).clip(0)

    return claim(filed, hit, {name: value(name) for name in DISABLED}, scene.law)


def _wrong_grade(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _recount(filed, hit, scene, up=True)


def _uncounted(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _recount(filed, hit, scene, up=False)


DISABILITIES: tuple[Slip, ...] = (
    Slip(
        name="own_disability_grade",
        cause_ja="普通障害と特別障害を取り違えた",
        who="employer",
        checks=("F12",),
        fields=("self_disability",),
        repair_ja="手帳の等級により改める",
        places=_disabled,
        change=_other_grade,
        asks="Q",
    ),
    Slip(
        name="own_disability_left_out",
        cause_ja="手帳を持つ本人の障害者控除が書かれていない",
        who="taxpayer",
        checks=("F12",),
        fields=("self_disability",),
        repair_ja="手帳台帳により障害者控除を加える",
        places=_disabled,
        change=_no_disability,
        asks="Q",
    ),
    Slip(
        name="own_disability_unfounded",
        cause_ja="手帳も認定書もないのに障害者控除を申告した",
        who="taxpayer",
        checks=("F12",),
        fields=("self_disability",),
        repair_ja="障害者控除を外す",
        places=_never_disabled,
        change=_ordinary,
        asks="Q",
    ),
    Slip(
        name="relatives_disability_grade",
        cause_ja="扶養親族の障害の等級・同居の別を取り違えた",
        who="employer",
        checks=("F12", "F15"),
        fields=DISABLED,
        repair_ja="等級と同居の別により人数を改める",
        places=_wrong_count,
        change=_wrong_grade,
    ),
    Slip(
        name="relatives_disability_left_out",
        cause_ja="扶養親族の障害者の人数が書かれていない",
        who="employer",
        checks=("F12", "F15"),
        fields=DISABLED,
        repair_ja="障害者の人数を加える",
        places=_disabled_relatives,
        change=_uncounted,
    ),
)
