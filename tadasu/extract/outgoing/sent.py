"""What was sent last about each field of a record, and what of it has to be taken back since."""

from collections.abc import Mapping as Mapped

import polars as pl

from tadasu.extract.outgoing import why
from tadasu.extract.outgoing.changes import OFFICE, beside_records, same
from tadasu.tables import OUTGOING

PLACE = ("tax_year", "person_id", "field")
_VALUES = ("old_value", "new_value")
_NO_CHANGE = "no_change"


def last_sent(exported: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Return for each field of a record what was sent last, and whether it is wanted still.

    Args:
        exported: `tables.EXPORTED`.
        changes: As `changes.of_decisions` gives them.

    Returns:
        tax_year, person_id, field, row_id, document_id, staff_id, decided_on, sent_old, sent_new, was_sent
        (true); sent_by: the decision that it was sent for; undone_by: the decision that took it back, null
        where one that asked for it stands; doubted_by: the last decision about the row, where it says that
        nothing was to be corrected and voids nothing; back_to: the value from before all that was taken back.
    """
    # The same change for another row, later on, is no change of its own.
    ordered = exported.sort("sent_at", "export_id", "line_no", nulls_last=False, maintain_order=True)
    run = pl.struct(pl.col(name).fill_null("") for name in _VALUES).rle_id().over(PLACE)
    told = _still_wanted(ordered.with_columns(run=run), changes)
    stands = pl.col("undone").is_null()
    doubts = pl.col("doubt").filter(stands)
    runs = told.group_by(*PLACE, "run", maintain_order=True).agg(
        pl.col("row_id", "document_id", "staff_id", "decided_on").last(),
        sent_old=pl.col("old_value").last(),
        sent_new=pl.col("new_value").last(),
        sent_by=pl.col("decision_id").last(),
        undone_by=pl.when(~stands.any()).then(pl.col("undone").last()),
        doubted_by=pl.when(stands.any(), doubts.null_count() == 0).then(doubts.last()),
        was_sent=pl.lit(value=True),
    )
    return _with_start(runs).unique(PLACE, keep="last", maintain_order=True)


def _with_start(runs: pl.DataFrame) -> pl.DataFrame:
    """Add `back_to`: the value before the last changes, one upon the other, that are wanted no longer."""
    before = runs.with_columns(
        before=pl.col("sent_new").shift(1).over(PLACE),
        wanted=pl.col("undone_by").is_null().shift(1).over(PLACE).fill_null(value=True),
    )
    begins = before.with_columns(begins=pl.col("wanted") | ~same("before", "sent_old"))
    start = pl.col("sent_old").filter("begins").last().over(PLACE)
    return begins.with_columns(back_to=start).drop("before", "wanted", "begins", "run")


def _still_wanted(recent: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Add `undone`: the decision by which a line is wanted no longer; `doubt`: one that leaves it open.

    A line is wanted as long as the decision stands that it was sent for. A line that only took another back
    (its own decision changes nothing there) is wanted as long as the other's decision does not stand.
    """
    own = changes.select("decision_id", "field", "voided_by", "left_by", "left_as", own=pl.lit(value=True))
    other = changes.select(
        "field", reverses="decision_id", again=pl.when(pl.col("voided_by").is_null()).then("decision_id")
    )
    told = recent.join(own, on=["decision_id", "field"], how="left", maintain_order="left")
    told = told.join(other, on=["reverses", "field"], how="left", maintain_order="left")
    return told.with_columns(
        undone=pl.when(pl.col("own").fill_null(value=False)).then("voided_by").otherwise("again"),
        doubt=pl.when(pl.col("left_as") == _NO_CHANGE).then("left_by"),
    )


def taken_back(
    last: pl.DataFrame, records: Mapped[int, pl.DataFrame], decisions: pl.DataFrame
) -> pl.DataFrame:
    """Return what has to be taken back: a line to the value from before, or why none can go.

    Args:
        last: As `last_sent` gives it, without the fields about which something else is sent now.
        records: `tables.ASSESSMENTS` by tax year.
        decisions: `tables.DECISIONS`: the day and the hand of a decision that takes another back.

    Returns:
        `tables.OUTGOING` without line_no, record_value, reason: null for a line that may go.
    """
    undone = pl.col("undone_by").is_not_null() & ~same("back_to", "sent_new")
    gone = last.filter(undone | pl.col("doubted_by").is_not_null())
    by = pl.coalesce("undone_by", "doubted_by")
    lines = beside_records(gone.with_columns(decision_id=by, reverses="sent_by"), records)
    lines = lines.with_columns(old_value="sent_new", new_value="back_to")
    day = pl.col("decided_at").dt.convert_time_zone(OFFICE).dt.date()
    whose = decisions.unique("decision_id").select("decision_id", by_day=day, by_staff="staff_id")
    told = lines.join(whose, on="decision_id", how="left", maintain_order="left").with_columns(
        decided_on=pl.coalesce("by_day", "decided_on"), staff_id=pl.coalesce("by_staff", "staff_id")
    )
    reason = (
        pl.when(~pl.col("recorded"))
        .then(pl.lit(why.NO_RECORD))
        .when(pl.col("undone_by").is_null())
        .then(pl.lit(why.DOUBTED))
        .when(same("record_value", "old_value"))
        .then(None)
        .when(same("record_value", "new_value"))
        .then(pl.lit(why.VOIDED))
        .otherwise(pl.lit(why.CHANGED))
    )
    names = [name for name in OUTGOING.schema if name != "line_no"]
    return told.select(*names, "record_value", reason=reason)
