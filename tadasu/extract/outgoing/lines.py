"""Which corrections are sent to the tax system, which are not, and why; nothing is sent twice or blindly."""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace

import polars as pl

from tadasu.extract.outgoing import why
from tadasu.extract.outgoing.changes import beside_records, lawful, of_decisions, same
from tadasu.extract.outgoing.sent import PLACE, last_sent, taken_back
from tadasu.tables import CONFLICTS, OUTGOING

_KEY = ("decision_id", "field")
_LINE = (*_KEY, "reverses")
_REPEATED = "repeated"
"""A mark among the reasons: the line says what was sent already."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Corrections that were not sent before, each in one of three places.

    lines: `tables.OUTGOING`: what is sent, numbered from 1 within each tax year; `reverses` names the
    decision that a line takes back or replaces. repeats: the same columns: what another line, of this export
    or an earlier one, says already (`line_no` is null for an earlier one). conflicts: `tables.CONFLICTS`:
    what is not sent. decided: how many changes staff decided in all; before: how many of them were sent, or
    went with a line, before; withdrawn: how many were voided or replaced before they were sent. taken_back:
    how many lines and conflicts are there only because something sent was taken back.
    """

    lines: pl.DataFrame
    repeats: pl.DataFrame
    conflicts: pl.DataFrame
    before: int
    decided: int = 0
    withdrawn: int = 0
    taken_back: int = 0

    def __post_init__(self) -> None:
        """See that no change is lost or counted twice."""
        open_still = self.decided - self.before - self.withdrawn + self.taken_back
        assert self.considered == open_still, f"{self.considered} sorted out of {open_still} changes"

    @property
    def considered(self) -> int:
        """Return how many changes were sorted out: lines + repeats + conflicts."""
        return self.lines.height + self.repeats.height + self.conflicts.height

    @property
    def reversals(self) -> int:
        """Return how many of the lines take back or replace what was sent before."""
        return self.lines.height - self.lines["reverses"].null_count()

    def without(self, refused: pl.DataFrame) -> "Sorted":
        """Move lines, and what repeats them, to the conflicts.

        Args:
            refused: decision_id, field, reverses of the lines, and `reason`: why they are not sent.
        """
        gone = self.lines.join(refused, on=_LINE, how="inner", nulls_equal=True)
        if gone.is_empty():
            return self
        of_this = self.repeats.filter(pl.col("line_no").is_not_null())
        followers = of_this.join(gone.select(*PLACE, "reason"), on=PLACE)
        moved = pl.concat([gone, followers]).with_columns(record_value=pl.col("old_value"))
        kept = _numbered(self.lines.join(gone, on=_LINE, how="anti", nulls_equal=True))
        repeats = self.repeats.join(followers, on=_LINE, how="anti", nulls_equal=True)
        conflicts = pl.concat([self.conflicts, moved.select(*CONFLICTS.schema)])
        return replace(
            self, lines=kept, repeats=_following(repeats, kept), conflicts=CONFLICTS.arrange(conflicts)
        )


def sort_out(decisions: pl.DataFrame, records: Mapped[int, pl.DataFrame], exported: pl.DataFrame) -> Sorted:
    """Sort out the accepted corrections.

    A correction is sent once, and only if its old value is still the record's. What was sent and whose
    decision was voided afterwards is taken back by a line of its own, or is a conflict where none can go.

    Args:
        decisions: `tables.DECISIONS`, of all years.
        records: `tables.ASSESSMENTS` as last ingested, by tax year.
        exported: `tables.EXPORTED`: what was sent before.

    Raises:
        TadasuError: the changes of a decision are not what the table says.
    """
    changes = of_decisions(decisions)
    last = last_sent(exported, changes)
    sent = last.select(*PLACE, "sent_old", "sent_new", "sent_by", "undone_by", "back_to", "was_sent")
    unsent = changes.join(exported, on=_KEY, how="anti", maintain_order="left")
    fresh = unsent.filter(pl.col("voided_by").is_null())
    told = beside_records(fresh, records).join(sent, on=PLACE, how="left", maintain_order="left")
    judged = _judged(told)
    going = judged.filter(pl.col("reason").is_null() | (pl.col("reason") == _REPEATED))
    own = judged.select(*PLACE, undone_by="decision_id")  # what takes another's place speaks for itself
    gone = last.join(going, on=PLACE, how="anti").join(own, on=own.columns, how="anti")
    back = taken_back(gone, records, decisions)
    first, others = _once(judged.filter(pl.col("reason").is_null()))
    lines = _numbered(pl.concat([first, back.filter(pl.col("reason").is_null()).select(first.columns)]))
    repeats = judged.filter(reason=_REPEATED).with_columns(line_no=pl.lit(None, pl.Int32()))
    refused = judged.filter(pl.col("reason").is_not_null(), pl.col("reason") != _REPEATED)
    conflicts = [one.select(*CONFLICTS.schema) for one in (refused, back.drop_nulls("reason"))]
    return Sorted(
        lines,
        pl.concat([_following(others, lines), repeats.select(*OUTGOING.schema)]),
        CONFLICTS.arrange(pl.concat(conflicts)),
        changes.height - unsent.height,
        decided=changes.height,
        withdrawn=unsent.height - fresh.height,
        taken_back=back.height,
    )


def _judged(fresh: pl.DataFrame) -> pl.DataFrame:
    """Return the changes with `reason`: why each is not sent, null for those that may be; and `reverses`."""
    fresh = _continued(fresh)
    sent = pl.col("was_sent").fill_null(False)
    again = sent & same("old_value", "sent_old") & same("new_value", "sent_new")
    open_still = sent & same("record_value", "sent_old") & ~same("record_value", "sent_new")
    reason = (
        pl.when(~lawful("old_value") | ~lawful("new_value"))
        .then(pl.lit(why.NO_VALUE))
        .when(same("old_value", "new_value"))
        .then(pl.lit(why.NOTHING))
        .when(~pl.col("recorded"))
        .then(pl.lit(why.NO_RECORD))
        .when(pl.col("left_by").is_not_null())
        .then(pl.lit(why.LEFT))
        .when(again & (open_still | same("record_value", "sent_new")))
        .then(pl.lit(_REPEATED))
        .when(open_still & same("old_value", "sent_new"))
        .then(pl.lit(why.WAITING))
        .when(open_still)
        .then(pl.lit(why.OTHER_SENT))
        .when(same("record_value", "new_value"))
        .then(pl.lit(why.ALREADY))
        .when(~same("record_value", "old_value"))
        .then(pl.lit(why.CHANGED))
    )
    back = same("old_value", "sent_new") & (same("new_value", "sent_old") | same("new_value", "back_to"))
    reverses = sent & reason.is_null() & (back | pl.col("undone_by").is_not_null())
    return _against_each_other(fresh.with_columns(reason=reason, reverses=pl.when(reverses).then("sent_by")))


def _continued(fresh: pl.DataFrame) -> pl.DataFrame:
    """Let a change that replaces one that was sent begin where that one has led the record.

    Whoever amends a decision sees the record from before: once the record has what was sent, the new value
    goes over that.
    """
    from_there = (
        pl.col("undone_by").is_not_null()
        & (same("old_value", "sent_old") | same("old_value", "back_to"))
        & same("record_value", "sent_new")
        & ~same("new_value", "sent_new")
    )
    return fresh.with_columns(old_value=pl.when(from_there).then("sent_new").otherwise("old_value"))


def _against_each_other(judged: pl.DataFrame) -> pl.DataFrame:
    """Find changes of one field that disagree, and those that continue one that is only now sent."""
    clear = pl.col("reason").is_null()
    news = pl.col("new_value").fill_null("").filter(clear)
    disagree = clear & (news.n_unique().over(PLACE) > 1)
    first = pl.col("new_value").filter(clear).first().over(PLACE)
    told = judged.with_columns(
        sent_new=first, continues=pl.col("reason").is_null().any().over(PLACE) & ~disagree
    )
    waits = (pl.col("reason") == why.CHANGED) & pl.col("continues") & same("old_value", "sent_new")
    reason = (
        pl.when(disagree).then(pl.lit(why.DISAGREE)).when(waits).then(pl.lit(why.WAITING)).otherwise("reason")
    )
    return told.with_columns(reason=reason)


def _once(chosen: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one line for each field of a record, and the others that say the same."""
    names = [name for name in OUTGOING.schema if name != "line_no"]
    first = chosen.unique(PLACE, keep="first", maintain_order=True)
    others = chosen.join(first, on=_KEY, how="anti", maintain_order="left")
    return first.select(names), others.with_columns(line_no=pl.lit(0, pl.Int32())).select(*OUTGOING.schema)


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int32()).over("tax_year")
    return lines.sort(PLACE).with_columns(line_no=number).select(*OUTGOING.schema)


def _following(repeats: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Give repeats of lines of this export the number of their line."""
    numbers = lines.select(*PLACE, number="line_no")
    joined = repeats.join(numbers, on=PLACE, how="left", maintain_order="left")
    told = pl.when(pl.col("line_no").is_not_null()).then("number")
    return joined.with_columns(line_no=told).select(*OUTGOING.schema)
