"""Innocent causes: papers that disagree although the record is right."""

from datetime import date

import polars as pl

from tadasu.simulator.slips.edit import copied, dropped, hit_column, restate, sent_here
from tadasu.simulator.slips.figures import between
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

HERE = ("is_resident",)


def _papers(scene: Scene) -> pl.DataFrame:
    births = scene.people.select("person_id")
    found = scene.valid.filter(
        pl.col("birth_date").is_not_null(), pl.col("kind").is_in(("salary_report", "pension_report"))
    )
    return found.join(births, on="person_id", how="semi", maintain_order="left").select(
        "person_id", "document_id", "payer_id"
    )


def _birth_misread(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """An era taken for another (昭和 for 平成 and back), or month and day in each other's place."""
    born = pl.col("birth_date")
    era = pl.when(born.dt.year() > 1988).then(born.dt.offset_by("-63y")).otherwise(born.dt.offset_by("63y"))
    swapped = pl.date(born.dt.year(), born.dt.day().clip(1, 12), born.dt.month())
    near = pl.when(hit_column("u") < 0.55).then(swapped).otherwise(born.dt.offset_by("1y"))
    wrong = pl.when((hit_column("u") < 0.25) & (era < date(scene.year - 10, 1, 1))).then(era).otherwise(near)
    return restate(filed, hit, {"birth_date": wrong})


def _lone_filers(scene: Scene) -> pl.DataFrame:
    """Salary reports of people whose return decides all incomes."""
    filers = scene.returns.filter(pl.col("salary_revenue") > 0).select("person_id")
    found = scene.salary_reports.join(filers, on="person_id", how="semi", maintain_order="left")
    return found.select("person_id", "document_id", "payer_id")


def _report_wrong(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """The employer's report has a tax-free allowance in it; the return is right."""
    more = 12 * between(3_000, 30_000, hit_column("u"), 10)
    return restate(filed, hit, {"salary_revenue": pl.col("salary_revenue") + more})


def _sent_again(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    days = pl.duration(days=between(2, 50, hit_column("u")))
    return copied(
        filed, hit, {"channel": pl.lit("paper"), "received_on": pl.col("received_on") + days}, mark=3
    )


def _uncollected(scene: Scene) -> pl.DataFrame:
    """Reports of filers from employers who do not withhold the tax."""
    uncollected = scene.salary_reports.filter(~pl.col("special_collection").fill_null(value=False))
    return _lone_filers(scene).join(
        uncollected.select("document_id"), on="document_id", how="semi", maintain_order="left"
    )


def _lost_behind_return(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return dropped(filed, hit)


def _pension_filers(scene: Scene) -> pl.DataFrame:
    filers = scene.returns.filter(pl.col("pension_revenue") > 0).select("person_id")
    found = scene.pension_reports.join(filers, on="person_id", how="semi", maintain_order="left")
    return found.select("person_id", "document_id", "payer_id")


def _strangers(scene: Scene) -> pl.DataFrame:
    """People who moved away in the last days of the year."""
    late = pl.col("left_on").is_between(date(scene.year - 1, 12, 18), date(scene.year - 1, 12, 31))
    return scene.strangers.filter(late).select("person_id")


def _sent_here(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return sent_here(filed, hit, scene)


DISAGREEING: tuple[Slip, ...] = (
    Slip(
        name="birth_date_misread",
        cause_ja="元号や月日を取り違えた生年月日が資料にあるが、本人であることに変わりはない",
        who="employer",
        checks=("N02",),
        fields=(),
        repair_ja="修正不要（住民基本台帳を正とする）",
        places=_papers,
        change=_birth_misread,
        asks="R",
    ),
    Slip(
        name="report_of_filer_wrong",
        cause_ja="給報に非課税の手当が含まれているが、申告書の給与収入は正しい",
        who="employer",
        checks=("S01",),
        fields=(),
        repair_ja="修正不要",
        places=_lone_filers,
        change=_report_wrong,
    ),
    Slip(
        name="report_of_filer_twice",
        cause_ja="同じ給報が2度届いたが、申告書の給与収入は正しい",
        who="employer",
        checks=("N06", "S01"),
        fields=(),
        repair_ja="修正不要",
        places=_lone_filers,
        change=_sent_again,
        asks="R",
    ),
    Slip(
        name="report_of_filer_missing",
        cause_ja="給報が届いていないが、申告書の給与収入は正しい",
        who="employer",
        checks=("S01",),
        fields=(),
        repair_ja="修正不要",
        places=_uncollected,
        change=_lost_behind_return,
    ),
    Slip(
        name="pension_report_of_filer_missing",
        cause_ja="年金報が届いていないが、申告書の年金収入は正しい",
        who="pension payer",
        checks=("P01",),
        fields=(),
        repair_ja="修正不要",
        places=_pension_filers,
        change=_lost_behind_return,
    ),
    Slip(
        name="papers_of_who_left",
        cause_ja="年末に転出した人の資料が届いたが、合算では既に課税の対象から外れている",
        who="employer",
        checks=("N03",),
        fields=(),
        repair_ja="修正不要（転出先へ回送する）",
        places=_strangers,
        change=_sent_here,
        asks="R",
    ),
)
