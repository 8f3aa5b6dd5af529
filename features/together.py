"""What a repair does to the family as a whole: field by field, and to what the person's other rows doubt.

A repair may change several fields; its main change alone does not tell two such repairs apart. And a person's
other rows name what staff will look at in one go: a repair that leaves one of them alone may be half of one.
"""

import polars as pl

from features.repairs import Proposed
from features.repairs.family import CLASSES, DISABLED
from features.repairs.scope import scope_table
from features.repairs.sources import Sources
from features.unnamed import unnamed
from features.values import NUMBER

KEY = ["row", "repair_id"]
MOVED = (
    *CLASSES.values(),
    *DISABLED.values(),
    "self_disability",
    "spouse_kind",
    "spouse_special_deduction",
)
"""Fields of the family; of each a column says by how much a repair moves it."""
COUNTED = tuple(NUMBER[name] for name in CLASSES.values())
CERTIFIED = (*(NUMBER[name] for name in DISABLED.values()), NUMBER["self_disability"])


def moved(proposed: Proposed) -> pl.DataFrame:
    """Return by repair (row, repair_id) by how much it moves each field of the family (`moved_…`)."""
    step = pl.col("value") - pl.col("recorded")
    family = proposed.changes.filter(pl.col("field").is_in([NUMBER[name] for name in MOVED]))
    sums = family.group_by(KEY).agg(
        step.filter(pl.col("field") == NUMBER[name]).sum().alias(f"moved_{name}") for name in MOVED
    )
    every = proposed.repairs.select(KEY).join(sums, on=KEY, how="left", maintain_order="left")
    return every.with_columns(pl.exclude(KEY).fill_null(0))


def family_after(proposed: Proposed, sources: Sources) -> pl.DataFrame:
    """Return by repair how far the family is from last year's after it, and who stays unclaimed.

    class_gap_last, certified_gap_last: counts of relatives, and of disabilities (the taxpayer's own degree
    too), that differ from last year's by so much in all; free_left: members of the household whom nobody
    claims, within the income limit, and whom the repair does not take in; free_taken: those it takes in;
    relatives_gap_last: relatives of all classes together less last year's.
    """
    now = _family_now(sources)
    of_class = pl.col("field").is_in(COUNTED)
    sums = now.group_by("person").agg(
        class_gap=pl.col("gap").filter(of_class).sum(),
        certified_gap=pl.col("gap").filter(~of_class).sum(),
        relatives_gap=(pl.col("recorded") - pl.col("last")).filter(of_class).sum(),
        free=pl.col("free").filter(of_class).sum(),
        had=pl.col("had").first(),
    )
    changes = proposed.changes.join(
        now.select("person", "field", "last", "free", "gap"), on=["person", "field"]
    )
    more = (pl.col("value") - pl.col("last")).abs() - pl.col("gap")
    taken = pl.min_horizontal("free", (pl.col("value") - pl.col("recorded")).clip(lower_bound=0))
    steps = changes.group_by(KEY).agg(
        class_more=more.filter(of_class).sum(),
        certified_more=more.filter(~of_class).sum(),
        free_taken=taken.filter(of_class).sum(),
        relatives_more=(pl.col("value") - pl.col("recorded")).filter(of_class).sum(),
    )
    frame = proposed.repairs.select(*KEY, "person").join(sums, on="person", how="left", maintain_order="left")
    frame = frame.join(steps, on=KEY, how="left", maintain_order="left")
    return frame.select(
        *KEY,
        class_gap_last=pl.when("had").then(pl.col("class_gap") + pl.col("class_more").fill_null(0)),
        certified_gap_last=pl.when("had").then(
            pl.col("certified_gap") + pl.col("certified_more").fill_null(0)
        ),
        relatives_gap_last=pl.when("had").then(
            pl.col("relatives_gap") + pl.col("relatives_more").fill_null(0)
        ),
        free_taken=pl.col("free_taken").fill_null(0),
        free_left=pl.col("free") - pl.col("free_taken").fill_null(0),
    )


def _family_now(sources: Sources) -> pl.DataFrame:
    """Return the counts of relatives and disabilities by person and field: recorded, last year's, free.

    `free` are members of the household whom nobody claims; `had` and `last` are null for who had no record
    last year; `gap` is the distance of both counts.
    """
    before = sources.previous.unpivot(
        on=[*CLASSES.values(), *DISABLED.values(), "self_disability"],
        index="person",
        variable_name="name",
        value_name="last",
    ).select("person", field=pl.col("name").replace_strict(NUMBER, return_dtype=pl.Int64), last="last")
    fields = sources.recorded.filter(pl.col("field").is_in([*COUNTED, *CERTIFIED]))
    known = fields.join(before, on=["person", "field"], how="left")
    known = known.join(unnamed(sources).select("person", "field", "free"), on=["person", "field"], how="left")
    had = sources.previous.select("person", had=pl.lit(value=True))
    now = known.join(had, on="person", how="left").with_columns(
        last=pl.when("had").then(pl.col("last").fill_null(0)), free=pl.col("free").fill_null(0)
    )
    return now.with_columns(gap=(pl.col("recorded") - pl.col("last")).abs())


def rows_touched(proposed: Proposed, sources: Sources, history: pl.DataFrame) -> pl.DataFrame:
    """Return by repair what it does to the person's other rows that name a field the repair could change.

    beside_touched, beside_left: such checks whose field it changes or leaves; beside_touched_share,
    beside_left_share: the sums of the shares of earlier rows of those checks that were corrected.
    """
    share = history.select("row_id", share="code_corrected_share")
    rows = sources.rows.select("row", "row_id", "person", "named", "check_code").join(share, on="row_id")
    others = rows.filter(pl.col("named") >= 0).select(
        "person", field="named", check="check_code", share="share"
    )
    others = others.unique(["person", "field", "check"], keep="first", maintain_order=True)
    scope = scope_table().filter(~pl.col("wide")).select("named", "field")
    beside = (
        rows.select("row", "person", "named", own="check_code")
        .join(others, on="person")
        .filter(pl.col("check") != pl.col("own"))
        .join(scope, on=["named", "field"], how="semi")
    )
    whole = beside.group_by("row").agg(checks=pl.len().cast(pl.Int64), shares=pl.col("share").sum())
    hit = proposed.changes.select(*KEY, "field").join(
        beside.select("row", "field", "share"), on=["row", "field"]
    )
    touched = hit.group_by(KEY).agg(touched=pl.len().cast(pl.Int64), touched_share=pl.col("share").sum())
    frame = proposed.repairs.select(KEY).join(whole, on="row", how="left", maintain_order="left")
    frame = frame.join(touched, on=KEY, how="left", maintain_order="left")
    number, of_share = pl.col("touched").fill_null(0), pl.col("touched_share").fill_null(0.0)
    return frame.select(
        *KEY,
        beside_touched=number,
        beside_left=pl.col("checks").fill_null(0) - number,
        beside_touched_share=of_share,
        beside_left_share=pl.col("shares").fill_null(0.0) - of_share,
    )
