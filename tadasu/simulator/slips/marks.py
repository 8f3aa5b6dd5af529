"""Innocent causes: marks, days and names on papers that are wrong although the record is right."""

import polars as pl

from tadasu.simulator.slips.edit import claim, hit_column, relined, restate
from tadasu.simulator.slips.figures import misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS


def _single_filers(scene: Scene) -> pl.DataFrame:
    """Reports of main employers of people whose return claims nobody."""
    nobody = pl.col("spouse_kind").fill_null("none") == "none"
    special = pl.col("spouse_special_deduction").fill_null(0) == 0
    counts = pl.sum_horizontal(
        pl.col(f"n_dependent_{name}").fill_null(0) for name in ("general", "specified")
    )
    alone = scene.returns.filter(nobody & special, counts == 0).select("person_id")
    found = scene.salary_reports.filter(pl.col("withholding_column") == "main")
    return found.join(alone, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id", "payer_id"
    )


def _still_claims(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """The employer still counts a child or a spouse whom the return rightly claims no more."""
    spouse = pl.when(hit_column("u") < 0.4).then(pl.lit("general")).otherwise(pl.col("spouse_kind"))
    child = pl.when(hit_column("u") < 0.4).then("n_dependent_general").otherwise(1)
    return claim(filed, hit, {"spouse_kind": spouse, "n_dependent_general": child}, scene.law)


def _insured(scene: Scene) -> pl.DataFrame:
    some = pl.any_horizontal(pl.col(name) > 0 for name in LIFE_PREMIUMS)
    found = scene.adopted.filter(
        some, pl.col("life_insurance") > 1_000, pl.col("housing_loan_deductible").is_null()
    )
    return found.select("person_id", "document_id", "payer_id")


def _deduction_misprinted(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    cap = scene.law.deductions.life_insurance.total_cap.value
    wrong = misread(pl.col("life_insurance"), hit_column("u")).clip(1, cap)
    return restate(filed, hit, {"life_insurance": wrong})


def _earthquake(scene: Scene) -> pl.DataFrame:
    some = pl.any_horizontal(pl.col(name) > 0 for name in EARTHQUAKE_PREMIUMS)
    found = scene.adopted.filter(some, pl.col("housing_loan_deductible").is_null())
    return found.select("person_id", "document_id", "payer_id")


def _premium_and_a_half(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    more = (pl.col("earthquake_insurance") * (1.2 + 0.8 * hit_column("u"))).cast(pl.Int64)
    return restate(filed, hit, {"earthquake_insurance": more})


def _collected(scene: Scene) -> pl.DataFrame:
    """Second jobs of people whose tax one employer withholds."""
    right = scene.facts.truth.filter(pl.col("special_collection")).select("person_id")
    others = scene.salary_reports.filter(
        ~pl.col("special_collection").fill_null(value=False), pl.col("left_job_on").is_null()
    )
    return others.join(right, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id", "payer_id"
    )


def _two_collectors(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"special_collection": pl.lit(value=True)})


def _leavers(scene: Scene) -> pl.DataFrame:
    found = scene.salary_reports.filter(pl.col("left_job_on").is_not_null())
    return found.select("person_id", "document_id", "payer_id")


def _day_misread(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The day of leaving has the year of writing, or one of ten years before."""
    year = pl.when(hit_column("u") < 0.7).then(pl.col("left_job_on").dt.offset_by("1y"))
    return restate(filed, hit, {"left_job_on": year.otherwise(pl.col("left_job_on").dt.offset_by("-10y"))})


def _lines(scene: Scene) -> pl.DataFrame:
    return scene.lines.select("person_id", "document_id", "line_no", "role", "disability", "birth_date")


def _small(scene: Scene) -> pl.DataFrame:
    return _lines(scene).filter(pl.col("role") == "under16")


def _in_wrong_column(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return relined(filed, hit, {"role": pl.lit("dependent")})


def _disabled(scene: Scene) -> pl.DataFrame:
    return _lines(scene).filter(pl.col("disability").fill_null("none") != "none")


def _mark_missing(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return relined(filed, hit, {"disability": pl.lit("none")})


def _growing(scene: Scene) -> pl.DataFrame:
    """Lines of relatives near the borders of the age classes."""
    age = scene.law.age(pl.col("birth_date"))
    borders = (scene.law.ages.dependent_from, scene.law.ages.specified_from, scene.law.ages.specified_before)
    near = pl.any_horizontal(age.is_between(border.value, border.value + 1) for border in borders)
    return _lines(scene).filter(near, pl.col("role") == "dependent")


def _younger(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The year of birth was misread and the relative not found by it; the class counted is right."""
    later = pl.col("birth_date").dt.offset_by("3y")
    return relined(filed, hit, {"birth_date": later, "dependent_person_id": pl.lit(None)})


MARKS: tuple[Slip, ...] = (
    Slip(
        name="employer_still_claims",
        cause_ja="勤務先は扶養や配偶者を残しているが、申告書では正しく外れている",
        who="employer",
        checks=("F19",),
        fields=(),
        repair_ja="修正不要",
        places=_single_filers,
        change=_still_claims,
        asks="R",
    ),
    Slip(
        name="life_deduction_misprinted",
        cause_ja="生命保険料控除の欄だけが誤っている（住民税は支払保険料から計算される）",
        who="employer",
        checks=("D02",),
        fields=(),
        repair_ja="修正不要",
        places=_insured,
        change=_deduction_misprinted,
    ),
    Slip(
        name="earthquake_deduction_misprinted",
        cause_ja="地震保険料控除の欄だけが誤っている（住民税は支払保険料から計算される）",
        who="employer",
        checks=("D02",),
        fields=(),
        repair_ja="修正不要",
        places=_earthquake,
        change=_premium_and_a_half,
    ),
    Slip(
        name="two_collectors",
        cause_ja="2か所の勤務先がともに特別徴収を希望しているが、特別徴収であることに変わりはない",
        who="employer",
        checks=("T01",),
        fields=(),
        repair_ja="修正不要（特別徴収義務者を1か所に決める）",
        places=_collected,
        change=_two_collectors,
        asks="R",
    ),
    Slip(
        name="leaving_day_misread",
        cause_ja="退職日の年が誤っている（金額は正しい）",
        who="employer",
        checks=("T04",),
        fields=(),
        repair_ja="修正不要",
        places=_leavers,
        change=_day_misread,
        asks="R",
    ),
    Slip(
        name="small_child_in_wrong_column",
        cause_ja="16歳未満の子の氏名が控除対象の欄にあるが、人数は正しい",
        who="employer",
        checks=("F10", "F15"),
        fields=(),
        repair_ja="修正不要",
        places=_small,
        change=_in_wrong_column,
        asks="R",
    ),
    Slip(
        name="disability_mark_missing",
        cause_ja="扶養親族の氏名欄に障害の記載がないが、人数は正しい",
        who="employer",
        checks=("F12",),
        fields=(),
        repair_ja="修正不要（手帳台帳で確認する）",
        places=_disabled,
        change=_mark_missing,
        asks="Q",
    ),
    Slip(
        name="relatives_birth_misread",
        cause_ja="扶養親族の生年月日が誤り、宛名も付かないが、区分は正しい",
        who="employer",
        checks=("F18", "F08"),
        fields=(),
        repair_ja="修正不要",
        places=_growing,
        change=_younger,
    ),
)
