"""Which corrections are sent to the tax system, which are not, and why; nothing is sent twice or blindly."""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace

import polars as pl

from tadasu.extract.outgoing import why
from tadasu.extract.outgoing.changes import beside_records, lawful, of_decisions, same
from tadasu.tables import CONFLICTS, OUTGOING

_PLACE = ("tax_year", "person_id", "field")
_KEY = ("decision_id", "field")
_REPEATED = "repeated"
"""A mark among the reasons: the line says what was sent already."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Corrections that were not sent before, each in one of three places.

    lines: `tables.OUTGOING`: what is sent, numbered from 1 within each tax year. repeats: the same columns:
    what another line, of this export or an earlier one, says already (`line_no` is null for an earlier one).
    conflicts: `tables.CONFLICTS`: what is not sent. before: how many were sent, or went with a line, before.
    """

    lines: pl.DataFrame
    repeats: pl.DataFrame
    conflicts: pl.DataFrame
    before: int

    def without(self, refused: pl.DataFrame, reason: str) -> "Sorted":
        """Move lines, and what repeats them, to the conflicts.

        Args:
            refused: decision_id, field of the lines.
            reason: Why they are not sent.
        """
        gone = self.lines.join(refused, on=_KEY, how="semi")
        if gone.is_empty():
            return self
        of_this = pl.col("line_no").is_not_null()
        followers = self.repeats.filter(of_this).join(gone, on=_PLACE, how="semi")
        moved = pl.concat([gone, followers]).with_columns(
            record_value=pl.col("old_value"), reason=pl.lit(reason)
        )
        kept = _numbered(self.lines.join(gone, on=_KEY, how="anti"))
        repeats = self.repeats.join(followers, on=_KEY, how="anti")
        conflicts = pl.concat([self.conflicts, moved.select(*CONFLICTS.schema)])
        return replace(
            self, lines=kept, repeats=_following(repeats, kept), conflicts=CONFLICTS.arrange(conflicts)
        )


def sort_out(decisions: pl.DataFrame, records: Mapped[int, pl.DataFrame], exported: pl.DataFrame) -> Sorted:
    """Sort out the accepted corrections.

    A correction is sent once, and only if its old value is still the record's. One that was sent and whose
    decision was voided afterwards is a conflict: people have to take it back.

    Args:
        decisions: `tables.DECISIONS`, of all years.
        records: `tables.ASSESSMENTS` as last ingested, by tax year.
        exported: `tables.EXPORTED`: what was sent before.

    Raises:
        TadasuError: the changes of a decision are not what the table says.
    """
    changes = beside_records(of_decisions(decisions), records)
    last = exported.sort("sent_at", "line_no", nulls_last=False).unique(_PLACE, keep="last")
    sent = last.select(
        *_PLACE, sent_old="old_value", sent_new="new_value", sent_by="decision_id", was_sent=pl.lit(True)
    )
    told = changes.join(sent, on=_PLACE, how="left", maintain_order="left")
    fresh = told.filter(pl.col("voided_by").is_null()).join(
        exported, on=_KEY, how="anti", maintain_order="left"
    )
    voided = told.filter(pl.col("voided_by").is_not_null(), pl.col("sent_by") == pl.col("decision_id"))
    judged = _judged(fresh)
    lines, followers = _once(judged.filter(pl.col("reason").is_null()))
    repeats = judged.filter(reason=_REPEATED).with_columns(line_no=pl.lit(None, pl.Int32()))
    conflicts = pl.concat(
        frame.select(*CONFLICTS.schema)
        for frame in (
            judged.filter(pl.col("reason").is_not_null(), pl.col("reason") != _REPEATED),
            voided.with_columns(reason=pl.lit(why.VOIDED)),
        )
    )
    return Sorted(
        lines,
        pl.concat([followers, repeats.select(*OUTGOING.schema)]),
        CONFLICTS.arrange(conflicts),
        changes.join(exported, on=_KEY, how="semi").height,
    )


def _judged(fresh: pl.DataFrame) -> pl.DataFrame:
    """Return the changes with `reason`: why each is not sent, null for those that may be."""
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
    return _against_each_other(fresh.with_columns(reason=reason))


def _against_each_other(judged: pl.DataFrame) -> pl.DataFrame:
    """Find changes of one field that disagree, and those that continue one that is only now sent."""
    clear = pl.col("reason").is_null()
    news = pl.col("new_value").fill_null("").filter(clear)
    disagree = clear & (news.n_unique().over(_PLACE) > 1)
    first = pl.col("new_value").filter(clear).first().over(_PLACE)
    told = judged.with_columns(
        sent_new=first, continues=pl.col("reason").is_null().any().over(_PLACE) & ~disagree
    )
    waits = (pl.col("reason") == why.CHANGED) & pl.col("continues") & same("old_value", "sent_new")
    reason = (
        pl.when(disagree).then(pl.lit(why.DISAGREE)).when(waits).then(pl.lit(why.WAITING)).otherwise("reason")
    )
    return told.with_columns(reason=reason)


def _once(chosen: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one line for each field of a record, numbered, and the others that say the same."""
    first = chosen.unique(_PLACE, keep="first", maintain_order=True)
    others = chosen.join(first, on=_KEY, how="anti", maintain_order="left")
    lines = _numbered(first)
    return lines, _following(others.with_columns(line_no=pl.lit(0, pl.Int32())), lines)


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int32()).over("tax_year")
    return lines.sort(_PLACE).with_columns(line_no=number).select(*OUTGOING.schema)


def _following(repeats: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Give repeats of lines of this export the number of their line."""
    numbers = lines.select(*_PLACE, number="line_no")
    joined = repeats.join(numbers, on=_PLACE, how="left", maintain_order="left")
    told = pl.when(pl.col("line_no").is_not_null()).then("number")
    return joined.with_columns(line_no=told).select(*OUTGOING.schema)
