"""人的控除（扶養）: who is claimed, by how many, with what income, in which class and number.

Claims are those of adopted documents; the relative's income is the recorded one.
"""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.claims import ASCENDANTS, CLASSES, class_field
from tadasu.checks.expressions import dependents, n
from tadasu.checks.records import Records
from tadasu.checks.rows import rows, said, say, yen
from tadasu.law import Law
from tadasu.law.deductions import COUNTS

_OTHER = pl.col("role") != "spouse"


def _claimed_twice(records: Records, _: Law) -> pl.DataFrame:
    lines = records.claims.filter(_OTHER & pl.col("relative_id").is_not_null())
    other = records.claims.select("relative_id", other_id="person_id", other_document="document_id")
    pairs = lines.join(other, on="relative_id").filter(pl.col("person_id") != pl.col("other_id"))
    found = pairs.sort("person_id", "relative_id", "other_id").unique(
        ["person_id", "relative_id"], keep="first", maintain_order=True
    )
    both = pl.concat_list("document_id", "other_document").list.sort()
    message = say("扶養親族（{}生）を他の者も申告している", said(pl.col("birth")))
    return rows(found, message, documents=both, related="other_id", field=class_field())


def _income(records: Records, law: Law) -> pl.DataFrame:
    limit, income = law.relative_income_limit, pl.col("rel_income")
    special = (pl.col("class") == "specified") & (law.specified_relative_special(pl.col("stated_income")) > 0)
    found = records.claims.filter(_OTHER & ~special & (income > limit))
    message = say("扶養親族の合計所得 {}（限度 {}）", yen(income), yen(pl.lit(limit)))
    return rows(
        found,
        message,
        documents=_with_relatives_papers(),
        related="relative_id",
        field=class_field(),
        stated=pl.col("stated_income"),
        expected=income,
    )


def _with_relatives_papers() -> pl.Expr:
    own = pl.concat_list("document_id")
    return pl.concat_list(own, pl.col("rel_papers").fill_null([])).list.unique().list.sort()


def _compared(records: Records) -> pl.DataFrame:
    papers = records.adopted.join(records.lines_by_class, on="document_id", how="left", maintain_order="left")
    named = [name for name in records.lines_by_class.columns if name != "document_id"]
    return papers.with_columns(pl.col(named).fill_null(0)).with_columns(counted=dependents())


def _age_class(records: Records, _: Law) -> pl.DataFrame:
    """As many relatives are named as counted, but their dates of birth put them into other classes."""
    papers = _compared(records).filter(
        pl.col("counted") == pl.col("lines_dependent"), n("n_dependent_under16") == pl.col("lines_under16")
    )
    old = n("n_dependent_elderly") + n("n_dependent_elderly_cohabiting")
    named_old = pl.col("named_elderly") + pl.col("named_cohabiting")
    gaps = {
        "n_dependent_specified": n("n_dependent_specified") - pl.col("named_specified"),
        "n_dependent_elderly": old - named_old,
        "n_dependent_general": n("n_dependent_general") - pl.col("named_general"),
        "n_dependent_under16": n("n_dependent_under16") - pl.col("named_under16"),
    }
    found = papers.filter(pl.any_horizontal(gap != 0 for gap in gaps.values()))
    over = pl.coalesce(pl.when(gap > 0).then(pl.lit(name)) for name, gap in gaps.items())
    under = pl.coalesce(pl.when(gap < 0).then(pl.lit(name)) for name, gap in gaps.items())
    wrong = records.claims.filter(_OTHER).group_by("document_id", maintain_order=True)
    one = wrong.agg(relative_id=pl.col("relative_id").drop_nulls().first(), lines=pl.len())
    found = found.join(one, on="document_id", how="left", maintain_order="left")
    alone = pl.when(pl.col("lines") == 1).then("relative_id")
    message = say("扶養親族の区分と生年月日が一致しない（{}件の記載）", said(pl.col("lines")))
    return rows(found, message, documents="document_id", related=alone, field=pl.coalesce(over, under))


def _cohabiting(records: Records, _: Law) -> pl.DataFrame:
    """Old parents counted as living together whom the register has elsewhere, or the other way round."""
    parents = records.claims.filter(
        _OTHER, pl.col("class").is_in(("elderly", "cohabiting")), pl.col("relationship").is_in(ASCENDANTS)
    )
    home = (pl.col("rel_household") == pl.col("household_id")).fill_null(value=False)
    by_paper = parents.group_by("document_id", maintain_order=True).agg(
        home=home.sum().cast(pl.Int64), parents=pl.len().cast(pl.Int64), relative_id=pl.first("relative_id")
    )
    counted, register = n("n_dependent_elderly_cohabiting"), pl.col("home")
    found = records.adopted.join(by_paper, on="document_id").filter(counted != register)
    alone = pl.when(pl.col("parents") == 1).then("relative_id")
    message = say("同居老親等 {}人、同じ世帯の老親等 {}人", said(counted), said(register))
    return rows(found, message, documents="document_id", related=alone, stated=counted, expected=register)


def _under16(records: Records, _: Law) -> pl.DataFrame:
    """The number of children does not match those named, or another paper of the person names more."""
    more = records.papers.group_by("person_id", maintain_order=True).agg(
        most=n("n_dependent_under16").max(), any_paper=pl.col("document_id").sort()
    )
    papers = _compared(records).join(more, on="person_id")
    counted, named = n("n_dependent_under16"), pl.col("lines_under16")
    expected = pl.when(counted != named).then(named).otherwise("most")
    found = papers.filter((counted != named) | (counted < pl.col("most")))
    message = say("16歳未満の扶養親族 {}人、氏名・他の資料では {}人", said(counted), said(expected))
    return rows(found, message, documents="any_paper", stated=counted, expected=expected)


def _number_named(records: Records, _: Law) -> pl.DataFrame:
    counted, named = pl.col("counted"), pl.col("lines_dependent")
    found = _compared(records).filter(counted != named)
    gaps = {
        name: n(name) - pl.col(f"named_{c}") for c, name in CLASSES.items() if name != "n_dependent_under16"
    }
    only = pl.sum_horizontal((gap != 0).cast(pl.Int64) for gap in gaps.values()) == 1
    which = pl.coalesce(pl.when(gap != 0).then(pl.lit(name)) for name, gap in gaps.items())
    message = say("扶養親族の人数 {}人、氏名の記載 {}人", said(counted), said(named))
    field = pl.when(only).then(which)
    return rows(found, message, documents="document_id", field=field, stated=counted, expected=named)


CHECKS: tuple[Check, ...] = (
    Check(
        "F01",
        "扶養の重複",
        "扶養者重複",
        "family",
        None,
        COUNTS,
        "地方税法314条の2第1項11号",
        ("remove_claim", "move_claim", "leave", "inquire"),
        "扶養親族として申告した者を、他の者も扶養親族又は配偶者としている",
        _claimed_twice,
    ),
    Check(
        "F03",
        "扶養親族の所得",
        "被扶養者所得超過",
        "family",
        None,
        (*COUNTS, "specified_relative_special"),
        "地方税法292条1項9号",
        ("remove_claim", "change_class", "leave", "inquire"),
        "扶養親族として申告された者の合計所得が限度を超える",
        _income,
    ),
    Check(
        "F08",
        "扶養の区分と年齢",
        "扶養区分年齢相違",
        "family",
        None,
        COUNTS,
        "地方税法314条の2第1項11号・第4項",
        ("change_class", "leave"),
        "扶養親族の人数は氏名の記載と合うが、生年月日による区分と合わない",
        _age_class,
    ),
    Check(
        "F09",
        "同居老親等",
        "老親同居確認",
        "family",
        "n_dependent_elderly_cohabiting",
        ("n_dependent_elderly", "n_dependent_elderly_cohabiting"),
        "地方税法314条の2第4項",
        ("leave", "change_class", "inquire"),
        "同居老親等の人数が、同じ世帯に登録のある老親等の人数と異なる",
        _cohabiting,
    ),
    Check(
        "F10",
        "16歳未満の扶養親族",
        "年少扶養人数相違",
        "family",
        "n_dependent_under16",
        COUNTS,
        "地方税法295条1項・317条の3の2",
        ("take_document", "add_claim", "change_class", "leave"),
        "16歳未満の扶養親族の人数が、氏名の記載より多いか少ない、又は他の資料より少ない",
        _under16,
    ),
    Check(
        "F15",
        "扶養の人数と氏名",
        "扶養人数記載相違",
        "family",
        None,
        COUNTS,
        "地方税法317条の6・317条の3の2",
        ("leave", "undo_keying", "add_claim", "remove_claim"),
        "16歳以上の扶養親族の人数が氏名の記載の数と異なる",
        _number_named,
    ),
)
"""The checks of this subject."""
