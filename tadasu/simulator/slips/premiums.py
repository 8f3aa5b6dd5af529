"""Slips about life and earthquake insurance: amounts of the income tax, old contracts taken for new ones."""

import polars as pl

from tadasu.simulator.slips.edit import restate
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS


def _life(scene: Scene) -> pl.DataFrame:
    stated = pl.col("life_insurance") > scene.law.life_insurance(*(pl.col(name) for name in LIFE_PREMIUMS))
    return scene.adopted.filter(stated).select("person_id", "document_id", "life_insurance")


def _life_as_stated(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "life_insurance", pl.col("life_insurance"))


def _new_life(scene: Scene) -> pl.DataFrame:
    """Papers on which the premium of an old contract gives another deduction as that of a new one."""
    lawful = scene.law.life_insurance(*(pl.col(name) for name in LIFE_PREMIUMS))
    found = scene.adopted.filter(
        pl.any_horizontal(pl.col(name) > 0 for name in ("new_life_premium", "old_life_premium"))
    )
    return found.filter(_swapped(scene) != lawful).select("person_id", "document_id")


def _swapped(scene: Scene) -> pl.Expr:
    names = ("old_life_premium", "new_life_premium", *LIFE_PREMIUMS[2:])
    return scene.law.life_insurance(*(pl.col(name) for name in names))


def _swap(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    boxes = {"new_life_premium": pl.col("old_life_premium"), "old_life_premium": pl.col("new_life_premium")}
    return restate(filed, hit, boxes, sums=False)


def _premiums(scene: Scene) -> pl.DataFrame:
    """Papers on which the deduction alone would give something else than the premiums."""
    lawful = scene.law.life_insurance(*(pl.col(name) for name in LIFE_PREMIUMS))
    stated = scene.law.deductions.life_insurance.total_cap.cap(pl.col("life_insurance"))
    return scene.adopted.filter(lawful > 0, stated != lawful).select("person_id", "document_id")


def _no_premiums(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {name: pl.lit(None, pl.Int64) for name in LIFE_PREMIUMS})


def _care(scene: Scene) -> pl.DataFrame:
    found = scene.adopted.filter(pl.col("care_premium") >= 12_000)
    lawful = scene.law.life_insurance(*(pl.col(name) for name in LIFE_PREMIUMS))
    without = scene.law.life_insurance(
        *(pl.col(name) if name != "care_premium" else pl.lit(0) for name in LIFE_PREMIUMS)
    )
    return found.filter(without != lawful).select("person_id", "document_id")


def _no_care(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The premium of the care contract was not taken over; the deduction printed beside it was."""
    return restate(filed, hit, {"care_premium": pl.lit(None, pl.Int64)}, sums=False)


def _earthquake(scene: Scene) -> pl.DataFrame:
    lawful = scene.law.earthquake_insurance(*(pl.col(name) for name in EARTHQUAKE_PREMIUMS))
    found = scene.adopted.filter(pl.col("earthquake_insurance") > lawful, lawful > 0)
    return found.select("person_id", "document_id", "earthquake_insurance")


def _earthquake_as_stated(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return filed.keying(hit, "earthquake_insurance", pl.col("earthquake_insurance"))


def _life_and_earthquake(scene: Scene) -> pl.DataFrame:
    right = scene.facts.truth.filter(pl.col("life_insurance") > 0, pl.col("earthquake_insurance") == 0)
    paper = scene.adopted.filter(pl.col("channel") == "paper").select("person_id")
    both = right.join(paper, on="person_id", how="semi", maintain_order="left")
    return both.select("person_id", "life_insurance")


def _next_box(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    keyed = filed.keying(hit, "earthquake_insurance", pl.col("life_insurance"))
    return keyed.keying(hit, "life_insurance", pl.lit(0))


PREMIUMS: tuple[Slip, ...] = (
    Slip(
        name="life_insurance_in_income_tax_amount",
        cause_ja="生命保険料控除が所得税の額のまま取り込まれた",
        who="system",
        checks=("D02",),
        fields=("life_insurance",),
        repair_ja="支払保険料から住民税の控除額を計算する",
        places=_life,
        change=_life_as_stated,
        asks="R",
    ),
    Slip(
        name="old_contract_as_new",
        cause_ja="旧契約の保険料と新契約の保険料を取り違えた",
        who="employer",
        checks=("D02",),
        fields=("life_insurance",),
        repair_ja="控除額から逆算し、証明書で新旧を確かめる",
        places=_new_life,
        change=_swap,
    ),
    Slip(
        name="premiums_blank",
        cause_ja="生命保険料の内訳がなく、控除額だけが取り込まれた",
        who="employer",
        checks=(),
        fields=("life_insurance",),
        repair_ja="前年の内訳や証明書により住民税の控除額にする",
        places=_premiums,
        change=_no_premiums,
    ),
    Slip(
        name="care_premium_lost",
        cause_ja="介護医療保険料の欄が取り込まれなかった",
        who="municipality",
        checks=("D02",),
        fields=("life_insurance",),
        repair_ja="控除額から逆算して介護医療保険料を加える",
        places=_care,
        change=_no_care,
    ),
    Slip(
        name="earthquake_in_income_tax_amount",
        cause_ja="地震保険料控除が所得税の額のまま取り込まれた",
        who="system",
        checks=("D02",),
        fields=("earthquake_insurance",),
        repair_ja="支払保険料から住民税の控除額を計算する",
        places=_earthquake,
        change=_earthquake_as_stated,
        asks="R",
    ),
    Slip(
        name="keyed_in_next_box",
        cause_ja="生命保険料控除を地震保険料控除の欄に入力した",
        who="ward",
        checks=("D02", "T04"),
        fields=("life_insurance", "earthquake_insurance"),
        repair_ja="資料のとおり入力し直す",
        places=_life_and_earthquake,
        change=_next_box,
        asks="R",
    ),
)
