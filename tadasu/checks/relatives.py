"""人的控除（親族）: relatives unknown to the register, gone, living abroad, or claimed by nobody."""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.claims import ASCENDANTS, class_field
from tadasu.checks.expressions import dependents, is_set, n
from tadasu.checks.limits import limits
from tadasu.checks.records import Records
from tadasu.checks.residence import assessment_date, lives_here
from tadasu.checks.rows import rows, said, say
from tadasu.law import Law
from tadasu.law.deductions import COUNTS


def _unmatched(records: Records, _: Law) -> pl.DataFrame:
    """Relatives whom the register does not show: said to live here, or parents elsewhere, new this year."""
    more = dependents() > dependents("last_")
    new = records.taxpayers.select("person_id", new=pl.col("last_known") & more)
    nobody = pl.col("relative_id").is_null() | ~pl.col("rel_registered")
    here = ~pl.col("lives_apart") & ~pl.col("lives_abroad")
    parents = pl.col("relationship").is_in(ASCENDANTS)
    elsewhere = pl.col("lives_apart") & is_set("new") & parents
    lines = records.claims.join(new, on="person_id", how="left", maintain_order="left")
    found = (
        lines.filter(nobody & (here | elsewhere))
        .group_by("person_id", "document_id", maintain_order=True)
        .agg(who=pl.len().cast(pl.Int64), birth=pl.first("birth"))
    )
    who, birth = said(pl.col("who")), said(pl.col("birth"))
    message = say("扶養親族等を住民基本台帳で特定できない（{}人、{}生ほか）", who, birth)
    return rows(found, message, documents="document_id")


def _child_of_nobody(records: Records, law: Law) -> pl.DataFrame:
    """A child of the household whom nobody claims: a newborn, or one more was claimed last year."""
    child = (law.relative_class(pl.col("birth_date")) == "under16").fill_null(value=False)
    registered = records.residents.with_columns(registered=pl.lit(value=True)).filter(child & lives_here(law))
    claimed = records.claims.select(person_id="relative_id").drop_nulls()
    unclaimed = registered.join(claimed, on="person_id", how="anti").sort(
        "birth_date", "person_id", descending=[True, False]
    )
    homes = unclaimed.group_by("household_id", maintain_order=True).agg(
        child_id=pl.first("person_id"), child_birth=pl.first("birth_date"), children=pl.len().cast(pl.Int64)
    )
    now, last = n("n_dependent_under16"), n("last_n_dependent_under16")
    fewer = pl.col("last_known") & (last > now)
    born = (pl.col("child_birth").dt.year() == law.year - 1) & pl.col("relationship").is_in(
        ("head", "spouse")
    )
    found = (
        records.taxpayers.filter(pl.col("recorded"))
        .join(homes, on="household_id", maintain_order="left")
        .filter(fewer | born)
        .sort("household_id", ~fewer, -n("total_income"), "person_id")
        .unique("household_id", keep="first", maintain_order=True)
    )
    message = say("同じ世帯の16歳未満の者（{}生）を誰も申告していない", said(pl.col("child_birth")))
    return rows(found, message, related="child_id", stated=now, expected=now + pl.col("children"))


def _abroad(records: Records, law: Law) -> pl.DataFrame:
    """A dependant abroad of an age at which the law wants more than a remittance."""
    bound, age = limits(), law.age(pl.col("birth"))
    if law.year < bound.abroad_since:
        return rows(records.claims.clear(), say(""), documents="document_id")
    between = (age >= bound.abroad_from) & (age < bound.abroad_before)
    # The state of a child who lives apart, unknown to the register, is a matter of papers too.
    found = records.claims.filter(
        pl.col("lives_abroad") & (pl.col("role") == "dependent") & between.fill_null(value=True)
    )
    message = say("国外居住の扶養親族（{}生）の要件を確認", said(pl.col("birth")))
    return rows(found, message, documents="document_id", related="relative_id", field=class_field())


def _left(records: Records, law: Law) -> pl.DataFrame:
    """A relative who had died or moved away by the end of the income year, claimed as living here."""
    gone = (pl.col("rel_left_on") < assessment_date(law)).fill_null(value=False)
    found = records.claims.filter(gone & ~pl.col("lives_apart"))
    message = say("扶養親族等に異動がある（{} {}）", _LEFT, said(pl.col("rel_left_on")))
    field = pl.when(pl.col("role") == "spouse").then(pl.lit("spouse_kind")).otherwise(class_field())
    return rows(found, message, documents="document_id", related="relative_id", field=field)


_LEFT = (
    pl.col("rel_left_reason")
    .replace_strict({"moved": "転出", "died": "死亡"}, default=None, return_dtype=pl.String)
    .fill_null("異動")
)


CHECKS: tuple[Check, ...] = (
    Check(
        "F17",
        "国外居住の扶養親族",
        "国外扶養確認",
        "family",
        None,
        COUNTS,
        "地方税法292条1項9号",
        ("leave", "remove_claim", "inquire"),
        "年齢の制限に当たる国外居住の扶養親族が申告されている",
        _abroad,
        without_error="送金の書類などで要件を満たしている",
    ),
    Check(
        "F18",
        "扶養親族等の特定不能",
        "被扶養者不明",
        "family",
        None,
        (*COUNTS, "spouse_kind"),
        "地方税法292条1項9号",
        ("leave", "remove_claim", "inquire"),
        "同居とされた配偶者・扶養親族、又は別居の新たな老親等が住民基本台帳で特定できない",
        _unmatched,
        without_error="区外に住む親などを新たに扶養に入れた",
    ),
    Check(
        "F21",
        "年少扶養の申告なし",
        "年少者申告漏れ",
        "family",
        "n_dependent_under16",
        ("n_dependent_under16",),
        "地方税法295条1項・317条の3の2",
        ("add_claim", "leave"),
        "世帯の16歳未満の者を誰も扶養親族としておらず、前年より年少扶養の少ない者がいるか、その年の出生である",
        _child_of_nobody,
        without_error="どちらの親も申告しない、又は別居の親が扶養している",
    ),
    Check(
        "F22",
        "扶養親族等の異動",
        "被扶養者異動確認",
        "family",
        None,
        (*COUNTS, "spouse_kind"),
        "地方税法292条1項9号・314条の2第5項",
        ("leave", "remove_claim", "inquire"),
        "同居とされた配偶者・扶養親族が賦課期日より前に転出又は死亡している",
        _left,
    ),
)
"""The checks of this subject."""
