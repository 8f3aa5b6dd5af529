"""Slips about gifts: one-stop notices that are void, empty boxes, wrong kinds."""

import polars as pl

from tadasu.simulator.merge.gifts import MUNICIPALITIES, OTHER_KINDS
from tadasu.simulator.slips.edit import hit_column, restate
from tadasu.simulator.slips.figures import misread
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

LOAN = ("housing_loan_credit",)
GIFTS = ("donation_furusato", "donation_other", "one_stop")


def _silent_returns(scene: Scene) -> pl.DataFrame:
    """Returns that tell of no gift, of people whose tax a gift would lower."""
    given = scene.papers.donations.select("person_id").unique()
    found = scene.returns.filter(pl.col("donation_total").is_null(), pl.col("total_income") > 2_500_000)
    return found.join(given, on="person_id", how="anti", maintain_order="left").select(
        "person_id", "document_id"
    )


def _giving_nothing(scene: Scene) -> pl.DataFrame:
    """People without a return and without gifts, whose tax a gift would lower."""
    given = scene.papers.donations.select("person_id").unique()
    filers = scene.returns.select("person_id")
    earning = scene.facts.truth.filter(pl.col("is_resident"), pl.col("taxable_income") > 1_500_000)
    found = earning.select("person_id").join(given, on="person_id", how="anti", maintain_order="left")
    paper = scene.adopted.select("person_id")
    found = found.join(filers, on="person_id", how="anti", maintain_order="left")
    return found.join(paper, on="person_id", how="semi", maintain_order="left")


def _notices(
    filed: Filed, hit: pl.DataFrame, scene: Scene, least: int, most: int
) -> tuple[Filed, pl.DataFrame]:
    """Return the papers with one-stop notices of each person, and `hit` with their sum, `noticed`."""
    count = least + ((most - least + 1) * (pl.col("u") * 997 % 1)).cast(pl.Int64)
    each = hit.select("person_id", "u", count.alias("n")).with_columns(
        pl.int_ranges(0, pl.col("n")).alias("place")
    )
    rows = each.explode("place").with_columns(
        ((pl.col("u") * 31 * (pl.col("place") + 2)) % 1).alias("v"),
        pl.lit(scene.year, pl.Int32).alias("tax_year"),
    )
    notices = rows.select(
        (
            pl.lit(f"G{scene.year % 100:02d}")
            + pl.col("person_id").str.slice(1)
            + (60 + pl.col("place")).cast(pl.String)
        ).alias("donation_id"),
        "tax_year",
        "person_id",
        source=pl.lit("one_stop"),
        document_id=pl.lit(None, pl.String),
        recipient_code=(10_000 + 1_111 * pl.col("place") + (1_000 * pl.col("v")).cast(pl.Int64)).cast(
            pl.String
        ),
        kind=pl.lit("furusato"),
        amount=5_000 + (40 * pl.col("v") ** 2).cast(pl.Int64) * 1_000,
        received_on=pl.date(scene.year, 1, 5 + (20 * pl.col("v")).cast(pl.Int8)),
    )
    donations = filed.papers.donations
    typed = notices.select(pl.col(name).cast(dtype) for name, dtype in donations.schema.items())
    sums = typed.group_by("person_id").agg(pl.col("amount").sum().alias("noticed"))
    more = filed.but(donations=pl.concat([donations, typed]))
    return more, hit.join(sums, on="person_id", how="left", maintain_order="left")


def _few(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _notices(filed, hit, scene, 1, 4)[0]


def _many(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _notices(filed, hit, scene, MUNICIPALITIES + 1, MUNICIPALITIES + 3)[0]


def _few_counted(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _counted(*_notices(filed, hit, scene, 1, 4))


def _many_counted(filed: Filed, hit: pl.DataFrame, scene: Scene) -> Filed:
    return _counted(*_notices(filed, hit, scene, MUNICIPALITIES + 1, MUNICIPALITIES + 3))


def _counted(filed: Filed, hit: pl.DataFrame) -> Filed:
    """The system did not void the notices."""
    kept = filed.keying(hit, "one_stop", pl.lit(value=True))
    return kept.keying(hit, "donation_furusato", pl.col("noticed"))


def _valid_notices(scene: Scene) -> pl.DataFrame:
    right = scene.facts.truth.filter(pl.col("one_stop"), pl.col("donation_furusato") > 0)
    return right.select("person_id", "donation_furusato")


def _not_taken(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    kept = filed.keying(hit, "one_stop", pl.lit(value=False))
    return kept.keying(hit, "donation_furusato", pl.lit(0))


def _gifts_of_returns(scene: Scene) -> pl.DataFrame:
    """Returns with gifts that count, and one of their lines."""
    gifts = scene.papers.donations.filter(pl.col("source") == "return", pl.col("amount") > 2_000)
    found = gifts.select("person_id", "document_id", "donation_id", "kind", "amount")
    adopted = scene.returns.select("document_id")
    return found.join(adopted, on="document_id", how="semi", maintain_order="left")


def _counting(scene: Scene) -> pl.DataFrame:
    return _gifts_of_returns(scene).filter(pl.col("kind") == "furusato")


def _boxes_empty(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    """Only the first page names the gifts: the boxes of the resident tax are empty."""
    lines = filed.papers.donations.join(hit, on="document_id", how="anti")
    return filed.but(donations=lines)


def _relined(filed: Filed, hit: pl.DataFrame, column: str, value: pl.Expr) -> Filed:
    donations = filed.papers.donations
    marked = donations.join(
        hit.select("donation_id", pl.col("u").alias("hit: u")),
        on="donation_id",
        how="left",
        maintain_order="left",
    )
    new = pl.when(pl.col("hit: u").is_not_null()).then(value).otherwise(pl.col(column)).alias(column)
    return filed.but(donations=marked.with_columns(new).select(donations.columns))


def _wrong_kind(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return _relined(filed, hit, "kind", pl.lit(OTHER_KINDS[0]))


def _others(scene: Scene) -> pl.DataFrame:
    return _gifts_of_returns(scene).filter(pl.col("kind").is_in(OTHER_KINDS))


def _as_furusato(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return _relined(filed, hit, "kind", pl.lit("furusato"))


def _left_out_of_boxes(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    lines = filed.papers.donations.join(hit, on="donation_id", how="anti")
    return filed.but(donations=lines)


def _with_total(scene: Scene) -> pl.DataFrame:
    found = scene.returns.filter(pl.col("donation_total") > 2_000)
    return found.select("person_id", "document_id")


def _total_misread(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    return restate(filed, hit, {"donation_total": misread(pl.col("donation_total"), hit_column("u"))})


GIFTS_SLIPS: tuple[Slip, ...] = (
    Slip(
        name="one_stop_beside_return",
        cause_ja="申告により無効になったワンストップ特例が残った",
        who="system",
        checks=("C02",),
        fields=GIFTS,
        repair_ja="ワンストップ特例を無効にし、申告書の寄附金だけにする",
        places=_silent_returns,
        change=_few_counted,
        asks="R",
    ),
    Slip(
        name="one_stop_too_many",
        cause_ja="6団体以上へのワンストップ特例が有効のまま計算された",
        who="system",
        checks=("C02",),
        fields=GIFTS,
        repair_ja="ワンストップ特例を無効にする",
        places=_giving_nothing,
        change=_many_counted,
        asks="R",
    ),
    Slip(
        name="one_stop_not_taken",
        cause_ja="ワンストップ特例通知が本人に結び付かなかった",
        who="ward",
        checks=(),
        fields=GIFTS,
        repair_ja="通知の寄附金とワンストップ特例を加える",
        places=_valid_notices,
        change=_not_taken,
    ),
    Slip(
        name="gift_boxes_empty",
        cause_ja="申告書第一表の寄附金だけを書き、住民税の欄が空である",
        who="taxpayer",
        checks=("C03",),
        fields=GIFTS,
        repair_ja="寄附金の受領証により住民税の欄を補う",
        places=_counting,
        change=_boxes_empty,
    ),
    Slip(
        name="gift_line_left_out",
        cause_ja="住民税の欄に寄附の一部を書かなかった",
        who="taxpayer",
        checks=("C03",),
        fields=GIFTS,
        repair_ja="寄附金の受領証により不足分を加える",
        places=_counting,
        change=_left_out_of_boxes,
    ),
    Slip(
        name="gift_as_ward_ordinance",
        cause_ja="都道府県・市区町村への寄附を条例指定の欄に書いた",
        who="taxpayer",
        checks=(),
        fields=GIFTS,
        repair_ja="都道府県・市区町村の欄に移す",
        places=_counting,
        change=_wrong_kind,
    ),
    Slip(
        name="gift_as_furusato",
        cause_ja="条例指定や共同募金会の寄附をふるさと納税の欄に書いた",
        who="taxpayer",
        checks=(),
        fields=GIFTS,
        repair_ja="正しい欄に移す",
        places=_others,
        change=_as_furusato,
        asks="Q",
    ),
)

INNOCENT_GIFTS: tuple[Slip, ...] = (
    Slip(
        name="notices_beside_return",
        cause_ja="ワンストップ特例を申請した人が寄附を書かずに申告したが、特例は既に無効になっている",
        who="taxpayer",
        checks=("C02",),
        fields=(),
        repair_ja="修正不要（本人に更正の請求を案内する）",
        places=_silent_returns,
        change=_few,
        asks="R",
    ),
    Slip(
        name="notices_too_many",
        cause_ja="ワンストップ特例の申請が6団体以上あるが、特例は既に無効になっている",
        who="taxpayer",
        checks=("C02",),
        fields=(),
        repair_ja="修正不要（本人に申告を案内する）",
        places=_giving_nothing,
        change=_many,
        asks="R",
    ),
    Slip(
        name="donation_total_misprinted",
        cause_ja="申告書の寄附金の合計欄だけが誤っている（寄附先ごとの額は正しい）",
        who="taxpayer",
        checks=("C03",),
        fields=(),
        repair_ja="修正不要",
        places=_with_total,
        change=_total_misread,
    ),
)
