"""Slips about spouses: income above the limit, an estimate that stayed, age class, both for each other."""

import polars as pl

from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.simulator.slips.edit import claim, hit_column, restate, with_relative
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

FIELDS = ("spouse_kind", "spouse_special_deduction")


def _special(scene: Scene) -> pl.DataFrame:
    """Papers that rightly claim the special deduction, with the spouse's real income."""
    right = scene.facts.truth.filter(pl.col("spouse_special_deduction") > 0).select("person_id")
    stated = scene.adopted.filter(pl.col("spouse_special_deduction") > 0)
    found = stated.join(right, on="person_id", how="semi", maintain_order="left")
    couples = scene.couples.select("person_id", "other_id", "other_income", "other_birth")
    return (
        found.select("person_id", "document_id")
        .join(couples, on="person_id", how="inner", maintain_order="left")
        .with_columns(pl.lit(scene.law.relative_income_limit).alias("limit"))
    )


def _as_full(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The spouse was thought to stay below the limit: the full deduction."""
    estimate = (hit_column("limit") * (1 - 0.5 * hit_column("u"))).cast(pl.Int64)
    boxes = {"spouse_special_deduction": pl.lit(None, pl.Int64), "spouse_total_income": estimate}
    return claim(restate(filed, hit, boxes), hit, {"spouse_kind": pl.lit("general")}, scene.law)


def _national(filed: Filed, hit: pl.DataFrame, scene: Scene, income: pl.Expr) -> Filed:
    """State the special deduction for an income of the spouse, in the amounts that the form has."""
    own = pl.coalesce(
        "total_income", pl.col("salary_income") - pl.col("income_adjustment").fill_null(0), pl.lit(0)
    )
    national = IncomeTax.of(scene.year).spouse_special.of(income, own)
    local = scene.law.spouse_special(own, income)
    amount = pl.when(pl.col("kind") == "resident_return").then(local).otherwise(national)
    return restate(filed, hit, {"spouse_total_income": income, "spouse_special_deduction": amount})


def _stale_places(scene: Scene) -> pl.DataFrame:
    return _special(scene).filter(pl.col("other_income") > 1_000_000)


def _stale(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The spouse earned more than was thought in autumn, and the estimate stayed."""
    limit, income = hit_column("limit"), hit_column("other_income")
    estimate = (limit + 1 + (income - limit - 1) * (0.2 + 0.6 * hit_column("u"))).cast(pl.Int64)
    return _national(filed, hit, scene, estimate)


def _earning(scene: Scene) -> pl.DataFrame:
    """Papers of people who claim no spouse, because the spouse earns more than the table allows."""
    most = max(row.to or 0 for row in scene.law.deductions.spouse_special.first.rows)
    couples = scene.couples.filter(
        pl.col("other_income").is_between(most + 1, most + 900_000),
        pl.col("own_income") > pl.col("other_income"),
    )
    paper = scene.adopted.filter(pl.col("spouse_kind").fill_null("none") == "none").select(
        "person_id", "document_id"
    )
    found = couples.join(paper, on="person_id", how="inner", maintain_order="left")
    return found.with_columns(pl.lit(scene.law.relative_income_limit).alias("limit"))


def _named(filed: Filed, hit: pl.DataFrame, income: pl.Expr) -> Filed:
    spouse = hit.with_columns(
        income.cast(pl.Int64).alias("stated_income"),
        pl.lit("spouse").alias("relationship"),
        relative_id="other_id",
        birth_date="other_birth",
    )
    return with_relative(filed, spouse, "spouse")


def _claim_full(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    named = _named(filed, hit, pl.col("limit") * (1 - 0.6 * pl.col("u")))
    estimate = (hit_column("limit") * (1 - 0.6 * hit_column("u"))).cast(pl.Int64)
    stated = restate(named, hit, {"spouse_total_income": estimate})
    return claim(stated, hit, {"spouse_kind": pl.lit("general")}, scene.law)


def _claim_special(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    spread = 400_000
    named = _named(filed, hit, pl.col("limit") + 100_000 + spread * pl.col("u"))
    estimate = (hit_column("limit") + 100_000 + spread * hit_column("u")).cast(pl.Int64)
    return _national(named, hit, scene, estimate)


def _claimed(scene: Scene) -> pl.DataFrame:
    right = scene.facts.truth.filter(pl.col("spouse_kind") != "none").select(
        "person_id", right_kind="spouse_kind"
    )
    paper = scene.adopted.filter(pl.col("spouse_kind").fill_null("none") != "none").select(
        "person_id", "document_id"
    )
    return paper.join(right, on="person_id", how="inner", maintain_order="left")


def _other_kind(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    other = (
        pl.when(hit_column("right_kind") == "elderly").then(pl.lit("general")).otherwise(pl.lit("elderly"))
    )
    return claim(filed, hit, {"spouse_kind": other}, scene.law)


def _elderly(scene: Scene) -> pl.DataFrame:
    return _claimed(scene).filter(pl.col("right_kind") == "elderly")


def _nearly_elderly(scene: Scene) -> pl.DataFrame:
    """Claimed spouses who reach the age within three years."""
    limit = scene.year - scene.law.ages.elderly_from.value
    near = scene.couples.filter(pl.col("other_birth").dt.year().is_between(limit, limit + 3)).select(
        "person_id"
    )
    general = _claimed(scene).filter(pl.col("right_kind") == "general")
    return general.join(near, on="person_id", how="semi", maintain_order="left")


def _not_claimed(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return claim(filed, hit, {"spouse_kind": pl.lit("none")}, scene.law)


def _mutual(scene: Scene) -> pl.DataFrame:
    """Papers of spouses who are claimed themselves and did not claim back."""
    claimed = scene.claims.filter(pl.col("role") == "spouse").select("person_id", other_id="relative_id")
    back = claimed.rename({"person_id": "other_id", "other_id": "person_id"})
    paper = scene.adopted.filter(pl.col("spouse_kind").fill_null("none") == "none").select(
        "person_id", "document_id"
    )
    found = back.join(paper, on="person_id", how="inner", maintain_order="left")
    births = scene.people.select(other_id="person_id", other_birth="birth_date")
    return found.join(births, on="other_id", how="inner", maintain_order="left").with_columns(
        pl.lit(scene.law.relative_income_limit).alias("limit")
    )


def _own_too_high(scene: Scene) -> pl.DataFrame:
    """Papers of people whose own income is too high to claim a spouse, with a spouse who earns little."""
    couples = scene.couples.filter(
        pl.col("own_income") > scene.law.spouse_limit_own,
        pl.col("other_income") <= scene.law.relative_income_limit,
    )
    paper = scene.adopted.filter(
        pl.col("spouse_kind").fill_null("none") == "none",
        pl.col("spouse_special_deduction").fill_null(0) == 0,
    ).select("person_id", "document_id")
    right = scene.facts.truth.filter(pl.col("spouse_kind") == "none").select("person_id")
    found = couples.join(paper, on="person_id", how="inner", maintain_order="left")
    return found.join(right, on="person_id", how="semi", maintain_order="left").with_columns(
        pl.lit(scene.law.relative_income_limit).alias("limit")
    )


def _national_amount(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    stated = hit.join(
        filed.papers.documents.select("document_id", "spouse_special_deduction"),
        on="document_id",
        how="inner",
    )
    return filed.keying(stated, "spouse_special_deduction", pl.col("spouse_special_deduction"))


SPOUSES: tuple[Slip, ...] = (
    Slip(
        name="spouse_above_limit",
        cause_ja="配偶者のパート収入が見積もりを超えたのに配偶者控除のままにした",
        who="taxpayer",
        checks=("F04",),
        fields=FIELDS,
        repair_ja="配偶者控除を外し、配偶者の所得に応じた配偶者特別控除にする",
        places=_special,
        change=_as_full,
        asks="R",
    ),
    Slip(
        name="spouse_far_above_limit",
        cause_ja="働いている配偶者を配偶者控除の対象とした",
        who="taxpayer",
        checks=("F04",),
        fields=FIELDS,
        repair_ja="配偶者控除を外す",
        places=_earning,
        change=_claim_full,
        asks="R",
    ),
    Slip(
        name="spouse_special_out_of_table",
        cause_ja="配偶者の所得が配偶者特別控除の上限を超えたのに見積もりのまま控除した",
        who="taxpayer",
        checks=("F05", "F04"),
        fields=FIELDS,
        repair_ja="配偶者特別控除を0にする",
        places=_earning,
        change=_claim_special,
        asks="R",
    ),
    Slip(
        name="spouse_estimate_stayed",
        cause_ja="年末調整のときの配偶者の所得の見積もりが直されなかった",
        who="employer",
        checks=("F05",),
        fields=FIELDS,
        repair_ja="配偶者の実際の所得で配偶者特別控除を計算し直す",
        places=_stale_places,
        change=_stale,
        asks="R",
    ),
    Slip(
        name="spouse_special_in_income_tax_amount",
        cause_ja="配偶者特別控除が所得税の額のまま取り込まれた",
        who="system",
        checks=("F05",),
        fields=("spouse_special_deduction",),
        repair_ja="住民税の表の額にする",
        places=_special,
        change=_national_amount,
        asks="R",
    ),
    Slip(
        name="elderly_spouse_as_general",
        cause_ja="70歳になった配偶者を一般の控除対象配偶者のままにした",
        who="employer",
        checks=("F05", "F08"),
        fields=FIELDS,
        repair_ja="老人控除対象配偶者に改める",
        places=_elderly,
        change=_other_kind,
        asks="R",
    ),
    Slip(
        name="spouse_taken_for_elderly",
        cause_ja="70歳に満たない配偶者を老人控除対象配偶者とした",
        who="employer",
        checks=("F05", "F08"),
        fields=FIELDS,
        repair_ja="一般の控除対象配偶者に改める",
        places=_nearly_elderly,
        change=_other_kind,
        asks="R",
    ),
    Slip(
        name="spouse_mark_forgotten",
        cause_ja="配偶者の氏名はあるのに配偶者控除の有無の欄に印がない",
        who="employer",
        checks=("F05", "F15"),
        fields=FIELDS,
        repair_ja="配偶者控除を加える",
        places=_claimed,
        change=_not_claimed,
    ),
    Slip(
        name="mutual_spouses",
        cause_ja="夫婦が互いに相手を控除対象配偶者とした",
        who="taxpayer",
        checks=("F07", "F04"),
        fields=FIELDS,
        repair_ja="一方の配偶者控除を外す",
        places=_mutual,
        change=_claim_full,
    ),
    Slip(
        name="own_income_above_spouse_limit",
        cause_ja="本人の所得が1,000万円を超えるのに配偶者控除を申告した",
        who="taxpayer",
        checks=("F06",),
        fields=FIELDS,
        repair_ja="控除対象配偶者から外す",
        places=_own_too_high,
        change=_claim_full,
        asks="R",
    ),
)
