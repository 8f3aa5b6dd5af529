"""Which reports the recorded salary is the sum of: the choice that fits to the yen, and what it leaves out.

A return that leaves a report out says so by the sum: it fits the others exactly. A sum that fits no choice of
reports says that a report itself is wrong, or that the return has another source.
"""

import polars as pl

from features.repairs.sources import Sources

MOST = 5
"""Reports of one person among which all choices are tried."""
RETURNS = ("tax_return", "resident_return")


def fits(sources: Sources) -> pl.DataFrame:
    """Return by person with salary reports how the record fits them.

    fit_choices: choices whose salaries come to the recorded amount; fit_miss: share of the recorded amount by
    which the nearest choice misses it; of the choice that fits and has most reports in force: fit_left
    (reports in force that it leaves out), fit_void (void ones in it), fit_insurance (the recorded social
    insurance less what it states, yen), fit_left_revenue (yen left out), fit_left_other (one of those is of
    the other column), fit_left_twin (one has the payer of a report inside), fit_left_previous (one is what a
    report inside states of a previous employer), fit_left_late (days from the return to the latest).
    """
    reports = _reports(sources)
    choices = _choices(reports)
    record = sources.record.select("person", now="salary_revenue", now_insurance="social_insurance")
    sums = choices.group_by("person", "choice").agg(
        pl.col("revenue").sum(), pl.col("insurance").sum(), pl.col("in_force").sum(), size=pl.len()
    )
    judged = sums.join(record, on="person").with_columns(
        miss=(pl.col("revenue") - pl.col("now")).abs(), void=pl.col("size") - pl.col("in_force")
    )
    nearest = judged.group_by("person").agg(
        fit_choices=(pl.col("miss") == 0).sum(),
        fit_miss=pl.col("miss").min() / pl.max_horizontal(pl.col("now").first(), pl.lit(1)),
    )
    order = ["person", "in_force", "void", "choice"]
    exact = judged.filter(pl.col("miss") == 0).sort(order, descending=[False, True, False, False])
    best = exact.unique("person", keep="first", maintain_order=True)
    left = _left_out(reports, best, sources)
    told = best.select("person", fit_void="void", fit_insurance=pl.col("now_insurance") - pl.col("insurance"))
    return (
        nearest.join(told, on="person", how="left").join(left, on="person", how="left").sort("person")
    )  # fmt: skip


def _reports(sources: Sources) -> pl.DataFrame:
    reports = sources.documents.filter(pl.col("kind") == "salary_report", pl.col("salary_revenue") > 0)
    chosen = reports.sort("person", "document").select(
        "person",
        "in_force",
        "payer_id",
        "received_on",
        other=pl.col("withholding_column") == "other",
        revenue="salary_revenue",
        insurance=pl.col("social_insurance").fill_null(0),
        previous="previous_salary_revenue",
        place=pl.int_range(pl.len(), dtype=pl.Int64).over("person"),
    )
    return chosen.filter(pl.len().over("person") <= MOST)


def _choices(reports: pl.DataFrame) -> pl.DataFrame:
    bits = pl.DataFrame({"choice": list(range(1, 2**MOST))}, schema={"choice": pl.Int64})
    size = pl.len().over("person").cast(pl.Int64)
    tried = reports.with_columns(size=size).join(bits, how="cross")
    return tried.filter(_inside(), pl.col("choice") < (2 ** pl.col("size")).cast(pl.Int64))


def _inside() -> pl.Expr:
    return (pl.col("choice") // (2 ** pl.col("place")).cast(pl.Int64)) % 2 == 1


def _left_out(reports: pl.DataFrame, best: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return by person with a fitting choice what the reports in force outside it have in common."""
    marked = reports.join(best.select("person", "choice"), on="person").with_columns(inside=_inside())
    within = marked.filter("inside").group_by("person").agg(
        payers=pl.col("payer_id").unique(), previous_parts=pl.col("previous").drop_nulls().unique()
    )  # fmt: skip
    returned = (
        sources.documents.filter("in_force", pl.col("kind").is_in(RETURNS))
        .group_by("person")
        .agg(returned_on=pl.col("received_on").max())
    )
    outside = marked.with_columns(out=~pl.col("inside") & pl.col("in_force")).join(
        within, on="person", how="left"
    )
    outside = outside.join(returned, on="person", how="left")
    out = pl.col("out")
    late = (pl.col("received_on") - pl.col("returned_on")).dt.total_days()
    twin = pl.col("payer_id").is_in(pl.col("payers")).fill_null(value=False)
    before = pl.col("revenue").is_in(pl.col("previous_parts")).fill_null(value=False)
    return outside.group_by("person").agg(
        fit_left=out.sum(),
        fit_left_revenue=pl.col("revenue").filter(out).sum(),
        fit_left_other=(out & pl.col("other").fill_null(value=False)).any(),
        fit_left_twin=(out & twin).any(),
        fit_left_previous=(out & before).any(),
        fit_left_late=late.filter(out).max(),
    )
