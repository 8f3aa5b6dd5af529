"""Slips about gifts: one-stop notices that are void, empty boxes, wrong kinds."""

import polars as pl

from tadasu.simulator.merge.gifts import MUNICIPALITIES, OTHER_KINDS
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

LOAN = ("housing_loan_credit",)
GIFTS = ("donation_furusato", "donation_other", "one_stop")


def _notices(scene: Scene) -> pl.DataFrame:
    one_stop = scene.papers.donations.filter(pl.col("source") == "one_stop")
    return one_stop.group_by("person_id").agg(
        pl.col("amount").filter(pl.col("kind") == "furusato").sum().alias("noticed"),
        pl.col("recipient_code").n_unique().alias("recipients"),
    )


def _void_by_return(scene: Scene) -> pl.DataFrame:
    """People with one-stop notices who filed a return all the same."""
    filed = scene.returns.select("person_id", "document_id")
    void = filed.join(_notices(scene), on="person_id", how="inner", maintain_order="left")
    right = scene.facts.truth.select("person_id", right_furusato="donation_furusato")
    return void.join(right, on="person_id", how="inner", maintain_order="left")


def _still_one_stop(filed: Filed, hit: pl.DataFrame, _: Scene) -> Filed:
    kept = filed.keying(hit, "one_stop", pl.lit(value=True))
    return kept.keying(hit, "donation_furusato", pl.max_horizontal("noticed", "right_furusato"))


def _void_by_number(scene: Scene) -> pl.DataFrame:
    filers = scene.returns.select("person_id")
    many = (
        _notices(scene)
        .filter(pl.col("recipients") > MUNICIPALITIES)
        .with_columns(right_furusato=pl.lit(0, pl.Int64))
    )
    return many.join(filers, on="person_id", how="anti", maintain_order="left")


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


GIFTS_SLIPS: tuple[Slip, ...] = (
    Slip(
        name="one_stop_beside_return",
        cause_ja="申告により無効になったワンストップ特例が残った",
        who="system",
        checks=("C02",),
        fields=GIFTS,
        repair_ja="ワンストップ特例を無効にし、申告書の寄附金だけにする",
        places=_void_by_return,
        change=_still_one_stop,
        asks="R",
    ),
    Slip(
        name="one_stop_too_many",
        cause_ja="6団体以上へのワンストップ特例が有効のまま計算された",
        who="system",
        checks=("C02",),
        fields=GIFTS,
        repair_ja="ワンストップ特例を無効にする",
        places=_void_by_number,
        change=_still_one_stop,
        asks="R",
    ),
    Slip(
        name="one_stop_not_taken",
        cause_ja="ワンストップ特例通知が本人に結び付かなかった",
        who="ward",
        checks=("C02",),
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
        checks=("C03",),
        fields=GIFTS,
        repair_ja="都道府県・市区町村の欄に移す",
        places=_counting,
        change=_wrong_kind,
    ),
    Slip(
        name="gift_as_furusato",
        cause_ja="条例指定や共同募金会の寄附をふるさと納税の欄に書いた",
        who="taxpayer",
        checks=("C03",),
        fields=GIFTS,
        repair_ja="正しい欄に移す",
        places=_others,
        change=_as_furusato,
        asks="Q",
    ),
)
