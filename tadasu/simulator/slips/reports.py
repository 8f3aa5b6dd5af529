"""Slips of employers' reports: previous jobs, sent twice, amended, under a wrong number, never sent."""

import polars as pl

from tadasu.simulator.slips.edit import copied, dropped, hit_column, moved, restate
from tadasu.simulator.slips.figures import between
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import EVERYTHING, SALARY, Slip


def rolled_in(scene: Scene) -> pl.DataFrame:
    """Return reports that count in a previous employer whose own report is there too; no return was filed."""
    reports = scene.papers.documents.filter(pl.col("kind") == "salary_report").select(
        "person_id", earlier_id="document_id", previous_payer_id="payer_id"
    )
    later = scene.lone_reports.filter(pl.col("previous_payer_id").is_not_null())
    return later.join(
        reports, on=["person_id", "previous_payer_id"], how="inner", maintain_order="left"
    ).select("person_id", "document_id", "payer_id", "earlier_id")


def _unname(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"previous_payer_id": pl.lit(None)})


def _forget_remark(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    boxes = ("previous_payer_id", "previous_salary_revenue", "previous_social_insurance")
    return restate(filed, hit, {name: pl.lit(None) for name in boxes})


def _two_in_a_row(scene: Scene) -> pl.DataFrame:
    """Reports of people who left one employer and whose next did not count it in."""
    reports = scene.lone_reports
    left = reports.filter(pl.col("left_job_on").is_not_null()).select(
        "person_id",
        earlier_payer="payer_id",
        earlier_revenue="salary_revenue",
        earlier_insurance="social_insurance",
    )
    stayed = reports.filter(pl.col("left_job_on").is_null(), pl.col("previous_payer_id").is_null())
    return (
        stayed.filter(pl.col("withholding_column") == "main")
        .join(left, on="person_id", how="inner", maintain_order="left")
        .filter(pl.col("earlier_payer") != pl.col("payer_id"))
        .unique("document_id", keep="first", maintain_order=True)
        .select(
            "person_id", "document_id", "payer_id", "earlier_payer", "earlier_revenue", "earlier_insurance"
        )
    )


def _mention(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(
        filed,
        hit,
        {
            "previous_payer_id": hit_column("earlier_payer"),
            "previous_salary_revenue": _told(hit_column("earlier_revenue"), hit_column("u")),
            "previous_social_insurance": hit_column("earlier_insurance"),
        },
    )


def _told(revenue: pl.Expr, u: pl.Expr) -> pl.Expr:
    """Return what is told of a previous employer's pay: often without the last month, or net."""
    return pl.when(u < 0.85).then((revenue * (0.80 + 0.2 * u)).cast(pl.Int64)).otherwise(revenue)


def lone_reports(scene: Scene) -> pl.DataFrame:
    """Return the salary reports of people who filed no return."""
    return scene.lone_reports.select("person_id", "document_id", "payer_id")


def _twice(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    days = pl.duration(days=between(1, 45, hit_column("u")))
    return copied(
        filed, hit, {"channel": pl.lit("paper"), "received_on": pl.col("received_on") + days}, mark=1
    )


def first_version(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    """Let the amended report, which is right, come after a first one that was wrong, and not say so."""
    u = hit_column("u")
    wrong = (pl.col("salary_revenue") * pl.when(u < 0.5).then(0.90 + u / 6).otherwise(0.96 + u / 6)).cast(
        pl.Int64
    )
    income = pl.when(pl.col("salary_income").is_not_null()).then(scene.law.salary_income.of(wrong))
    days = pl.duration(days=between(3, 20, u))
    before = {"salary_revenue": wrong, "salary_income": income, "received_on": pl.col("received_on") - days}
    return copied(filed, hit, before, mark=2)


def _spouses_number(scene: Scene) -> pl.DataFrame:
    """Reports of people with a spouse in the household; neither filed a return."""
    filers = scene.returns.select(other_id="person_id")
    couples = scene.couples.select("person_id", "other_id").join(filers, on="other_id", how="anti")
    return lone_reports(scene).join(couples, on="person_id", how="inner", maintain_order="left")


def _move(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return moved(filed, hit)


def _side_reports(scene: Scene) -> pl.DataFrame:
    found = scene.lone_reports.filter(pl.col("withholding_column") == "other")
    return found.select("person_id", "document_id", "payer_id")


def _never_came(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return dropped(filed, hit)


def _claimed_workers(scene: Scene) -> pl.DataFrame:
    """Reports of people whom somebody claims and who filed no return."""
    claimed = scene.facts.claims.select(person_id="relative_id").unique()
    found = scene.lone_reports.join(claimed, on="person_id", how="semi", maintain_order="left")
    return found.filter(pl.col("salary_revenue") > 550_000).select("person_id", "document_id", "payer_id")


REPORTS: tuple[Slip, ...] = (
    Slip(
        name="previous_employer_unnamed",
        cause_ja="現職が前職分を合算して年末調整したが、摘要に前職の支払者名がなく、前職の給報と二重に計上された",
        who="employer",
        checks=("S02",),
        fields=SALARY,
        repair_ja="前職の給報を合算済みとし、給与収入を現職の額にする",
        places=rolled_in,
        change=_unname,
    ),
    Slip(
        name="previous_pay_unmentioned",
        cause_ja="現職が前職分を合算したが、摘要に何も書かなかったため、前職の給報と二重に計上された",
        who="employer",
        checks=("S03",),
        fields=SALARY,
        repair_ja="事業所に照会し、前職の給報を合算済みとする",
        places=rolled_in,
        change=_forget_remark,
        asks="Q",
    ),
    Slip(
        name="previous_employer_mentioned_only",
        cause_ja="現職は前職分を合算していないのに、摘要に前職の支払者と額を書いたため、前職の給報が外された",
        who="employer",
        checks=("S02",),
        fields=SALARY,
        repair_ja="前職の給報を加え、給与収入を両社の合計にする",
        places=_two_in_a_row,
        change=_mention,
    ),
    Slip(
        name="report_sent_twice",
        cause_ja="同じ給報がeLTAXと紙の両方で提出され、別の資料として合算された",
        who="employer",
        checks=("N06", "S03"),
        fields=SALARY,
        repair_ja="一方の給報を除く",
        places=lone_reports,
        change=_twice,
        asks="R",
    ),
    Slip(
        name="amendment_sent_as_new",
        cause_ja="訂正分の給報が訂正の表示なく追加として提出され、訂正前の給報と合算された",
        who="employer",
        checks=("N06", "S03"),
        fields=SALARY,
        repair_ja="訂正前の給報を除く",
        places=lone_reports,
        change=first_version,
    ),
    Slip(
        name="claimed_relatives_report_twice",
        cause_ja="扶養されている人のパートの給報が2度届き、その所得が限度を超えたように見える",
        who="employer",
        checks=("N06",),
        fields=SALARY,
        repair_ja="一方の給報を除く（扶養している人の控除は正しい）",
        places=_claimed_workers,
        change=_twice,
        asks="R",
    ),
    Slip(
        name="spouses_number",
        cause_ja="従業員本人ではなく配偶者の番号で給報が提出され、配偶者の収入になった",
        who="employer",
        checks=("N02",),
        fields=EVERYTHING,
        repair_ja="給報を本人の宛名に付け替える",
        places=_spouses_number,
        change=_move,
    ),
    Slip(
        name="side_report_missing",
        cause_ja="副業先が乙欄の給報を提出しなかった",
        who="employer",
        checks=(),
        fields=SALARY,
        repair_ja="支払者に提出を求め、給与収入に加える",
        places=_side_reports,
        change=_never_came,
        asks="Q",
    ),
    Slip(
        name="payer_delivery_lost",
        cause_ja="ある事業所の給報が一括して取り込まれなかった",
        who="ward",
        checks=("N07", "I01"),
        fields=EVERYTHING,
        repair_ja="事業所の総括表と突き合わせ、給報を取り込む",
        places=lone_reports,
        change=_never_came,
        asks="Q",
        per="payer",
    ),
)
