"""The pass that carries renumbered and merged people over: in every year a person has the latest number."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import reasons
from tadasu.extract.batch import Batch
from tadasu.extract.oddities import Oddity
from tadasu.tables import PERSON_COLUMNS, PERSON_IDS

_CARRIED = "新しい宛名番号に引き継いだ値（person_ids）"
_DISPUTED = "同じ旧番号・年度に新番号が二つある引継ぎ（使わなかった）"


@dataclass(slots=True)
class Carrier:
    """Gathers the batches of `person_ids`, which come first, and gives everybody's latest number after them.

    A number that was given up in some year is followed to the number that replaced it, and on; numbers are
    taken never to be given to somebody else later.
    """

    moves: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def __call__(self, batch: Batch) -> Batch:
        """Return the batch with the latest numbers; rows of a number that was merged away are put aside.

        Raises:
            TadasuError: numbers are renumbered in a circle.
        """
        if batch.table == PERSON_IDS:
            return self._gather(batch)
        if not self.moves:
            return batch
        columns = [name for name in PERSON_COLUMNS if name in batch.frame.columns]
        old = {number for name in columns for number in batch.frame[name].unique() if number in self.moves}
        if not old:
            return batch
        latest = {number: self.latest(number, batch.year) for number in sorted(old)}
        moved = {number: new for number, new in latest.items() if new != number}
        hits = sum(int(batch.frame[name].is_in(list(moved)).sum()) for name in columns)
        frame = batch.frame.with_columns(pl.col(columns).replace(moved))
        told = (*batch.oddities, *_oddities(batch, _CARRIED, hits))
        return _merged(replace(batch, frame=frame, oddities=told), batch.frame)

    def _gather(self, batch: Batch) -> Batch:
        unread = batch.broken.select("line")
        disputed = self.gather(batch.frame.join(unread, on="line", how="anti"))
        return replace(batch, oddities=(*batch.oddities, *_oddities(batch, _DISPUTED, disputed)))

    def gather(self, given: pl.DataFrame) -> int:
        """Take in rows of `person_ids`; return how many are not used, since they contradict each other."""
        key = list(PERSON_IDS.key)
        rows = given.select(*PERSON_IDS.schema).drop_nulls().unique(maintain_order=True)
        disputed = rows.filter(rows.select(key).is_duplicated())
        sound = rows.join(disputed, on=key, how="anti")
        for old, new, year in sound.sort("from_year").iter_rows():
            entries = self.moves.setdefault(old, [])
            if old != new and (year, new) not in entries:
                entries.append((year, new))
                entries.sort()
        return disputed.height

    def latest(self, number: str, year: int) -> str:
        """Return the number that the person has now who had `number` in `year`.

        Raises:
            TadasuError: it leads in a circle.
        """
        entries = self.moves.get(number, [])
        move = next((one for one in entries if one[0] > year), entries[-1] if entries else None)
        seen: set[tuple[str, int]] = set()
        while move:
            if (number, move[0]) in seen:
                raise TadasuError(
                    f"person_ids: the renumberings of {move[0]} lead in a circle. Have that table exported "
                    "anew: old number, new number, the first tax year of the new one."
                )
            seen.add((number, move[0]))
            year, number = move
            move = next((one for one in self.moves.get(number, []) if one[0] >= year), None)
        return number


def _oddities(batch: Batch, what: str, count: int) -> Iterable[Oddity]:
    return [Oddity(batch.year, batch.table.name, what, count)] if count else []


def _merged(batch: Batch, before: pl.DataFrame) -> Batch:
    """Put aside the rows of numbers that were merged into one which has a row of its own.

    Of a register or a record there is one row a person: that of the number that stayed, or the first of those
    that were given up.
    """
    if batch.table.key != ("person_id",):
        return batch
    frame = batch.frame.with_columns(
        _own=before["person_id"] == batch.frame["person_id"], _at=pl.int_range(pl.len())
    )
    first = pl.col("_at").sort_by(~pl.col("_own"), "_at").first().over("person_id")
    gone = frame.filter((pl.col("_at") != first) & ~pl.col("_own"))
    if gone.is_empty():
        return batch
    broken = gone.select(
        "line",
        column=pl.lit("person_id"),
        value=before["person_id"].gather(gone["_at"]),
        reason=pl.lit(reasons.MERGED),
    ).cast(pl.Schema(reasons.BREACH))
    kept = batch.frame.join(gone.select("line"), on="line", how="anti", maintain_order="left")
    return replace(batch, frame=kept, broken=pl.concat([batch.broken, broken]))
