"""Proposals about which reports count: every choice among them, also with a mis-keyed one mended.

Law: a person's salary is the sum over all payers (所得税法28条); what a report states of social insurance
goes with it.
"""

from collections.abc import Callable

import polars as pl

from features.repairs.keying import mended_insurance, mended_salary
from features.repairs.lines import grouped, lines
from features.repairs.sources import Sources

MOST = 4
"""Reports of one person among which all choices are tried; who has more is left to the other kinds."""

PARTS = ("salary_revenue", "social_insurance", "small_enterprise_mutual_aid")
"""What a report states that goes with it; the last (iDeCo withheld from pay) is empty on most."""


def _reports(sources: Sources) -> pl.DataFrame:
    """Return the salary reports of people with two to `MOST` of them, numbered within the person."""
    reports = sources.documents.filter(pl.col("kind") == "salary_report", pl.col("salary_revenue") > 0)
    chosen = reports.select("person", "document", "in_force", pl.col(PARTS).fill_null(0))
    chosen = chosen.sort("person", "document").with_columns(
        place=pl.int_range(pl.len(), dtype=pl.Int64).over("person"), size=pl.len().over("person")
    )
    return chosen.filter(pl.col("size").is_between(2, MOST))


def lone_reports(sources: Sources) -> pl.DataFrame:
    """Take one report alone, of people with more than `MOST`: others' papers may be among them."""
    reports = sources.documents.filter(
        "in_force", pl.col("kind") == "salary_report", pl.col("salary_revenue") > 0
    )
    many = reports.select("person", pl.col(PARTS).fill_null(0)).filter(pl.len().over("person") > MOST)
    each = many.unique().sort("person", *PARTS)
    return _together(each.with_columns(choice=pl.int_range(pl.len()).over("person")), "choose_reports", 300)


def _choices(reports: pl.DataFrame) -> pl.DataFrame:
    """Return by person and choice (bit set of places) the sums of what the chosen reports state."""
    bits = pl.DataFrame({"choice": list(range(1, 2**MOST))})
    inside = (pl.col("choice") // (2 ** pl.col("place")).cast(pl.Int64)) % 2 == 1
    within = pl.col("choice") < (2 ** pl.col("size")).cast(pl.Int64)
    tried = reports.join(bits, how="cross").filter(inside, within)
    return tried.group_by("person", "choice").agg(pl.col(PARTS).sum()).sort("person", "choice")


def chosen_reports(sources: Sources) -> pl.DataFrame:
    """Take the sum of each choice of reports: salary with what was withheld from it, and salary alone."""
    choices = _choices(_reports(sources))
    pensions = sources.documents.filter("in_force", pl.col("kind") == "pension_report")
    withheld = (
        pensions.group_by("person")
        .agg(pension=pl.col("social_insurance").sum())
        .filter(pl.col("pension") > 0)
    )
    both = choices.join(withheld, on="person").with_columns(pl.col("social_insurance") + pl.col("pension"))
    return pl.concat(
        [_together(choices, "choose_reports", 0), _together(both.drop("pension"), "choose_reports", 200)]
    )


def mended_reports(sources: Sources) -> pl.DataFrame:
    """Take each choice with one report whose salary was mis-keyed (the income it states says so)."""
    reports = _reports(sources)
    fixes = mended_salary(sources).filter(pl.col("place") < 2)
    made = []
    for place in range(2):
        fix = fixes.filter(pl.col("place") == place).select("person", "document", "right")
        mended = reports.join(fix, on=["person", "document"], how="left")
        mended = mended.filter(pl.col("right").is_not_null().any().over("person"))
        mended = mended.with_columns(salary_revenue=pl.coalesce("right", "salary_revenue")).drop("right")
        made.append(_together(_choices(mended), "undo_keying", 100 * (place + 1)))
    return pl.concat(made)


def _together(choices: pl.DataFrame, kind: str, option: int) -> pl.DataFrame:
    number, way = pl.col("choice") + option, 100 + option
    return pl.concat(
        [
            *(grouped(choices, kind, field=part, value=part, option=number, way=way) for part in PARTS[:2]),
            *(
                grouped(choices, kind, field=part, value=part, option=number + 2000, way=way + 2)
                for part in PARTS
            ),
            lines(choices, kind, field=PARTS[0], value=PARTS[0], option=number + 1000, way=way + 1),
        ]
    )


def insurance_beside(sources: Sources) -> pl.DataFrame:
    """Add what a report states of social insurance, or take it away; or halve what stands twice."""
    reports = sources.documents.filter(pl.col("in_force"), pl.col("social_insurance") > 0).select(
        "person", "document", "kind", "social_insurance"
    )
    now = sources.record.select("person", now="social_insurance")
    each = reports.join(now, on="person")
    is_report = pl.col("kind").is_in(("salary_report", "pension_report"))
    total = each.group_by("person").agg(
        pl.col("now").first(),
        reports=pl.col("social_insurance").filter(is_report).sum(),
        returns=pl.col("social_insurance").filter(~is_report).max().fill_null(0),
    )
    total = total.sort("person")
    twice = now.filter((pl.col("now") > 0) & (pl.col("now") % 2 == 0)).sort("person")
    more, less = pl.col("now") + pl.col("social_insurance"), pl.col("now") - pl.col("social_insurance")
    field = "social_insurance"
    return pl.concat(
        [
            lines(each, "add_insurance", field=field, value=more),
            lines(each, "drop_insurance", field=field, value=less),
            lines(twice, "drop_insurance", field=field, value=pl.col("now") // 2, option=1),
            lines(total, "add_insurance", field=field, value=pl.col("reports") + pl.col("returns"), option=1),
        ]
    )


def keyed_insurance(sources: Sources) -> pl.DataFrame:
    """Undo a keying error in one report's social insurance, judged by its share of the salary."""
    fixes = mended_insurance(sources).join(
        sources.record.select("person", now="social_insurance"), on="person"
    )
    value = pl.col("now") - pl.col("amount") + pl.col("right")
    field, place = "social_insurance", pl.col("place")
    return pl.concat(
        [
            lines(fixes, "undo_keying", field=field, value=value, option=place + 20, way=place + 20),
            lines(fixes, "undo_keying", field=field, value="right", option=place + 40, way=place + 40),
        ]
    )


def relatives_insurance(sources: Sources) -> pl.DataFrame:
    """Take out what was withheld from the pension of somebody else in the household.

    Only the one from whose pension it is withheld has paid it (所得税法74条).
    """
    now = sources.record.select("person", now="social_insurance").filter(pl.col("now") > 0)
    papers = sources.documents.filter("in_force").select("person", now="social_insurance")
    each = pl.concat([now, papers]).drop_nulls().unique().sort("person", "now")
    held = each.join(sources.relatives, on="person").filter(pl.col("insurance") <= pl.col("now"))
    option = pl.int_range(pl.len(), dtype=pl.Int64).over("person")
    return lines(
        held,
        "relative_insurance",
        field="social_insurance",
        value=pl.col("now") - pl.col("insurance"),
        option=option,
    )


REPORTS: tuple[Callable[[Sources], pl.DataFrame], ...] = (
    chosen_reports,
    lone_reports,
    mended_reports,
    insurance_beside,
    keyed_insurance,
    relatives_insurance,
)
