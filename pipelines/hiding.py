"""What an intake's batches go through: renumbered people carried over, numbers hidden behind pseudonyms."""

import io
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import polars as pl

from pipelines.settings import ROOT, Settings
from tadasu.errors import TadasuError
from tadasu.extract.identifiers import Carrier, Hider, Plan, back, key
from tadasu.extract.identifiers.plan import KINDS
from tadasu.extract.intake import Intake, Pass
from tadasu.extract.mapping import Mapping
from tadasu.extract.outgoing import why
from tadasu.store import read_table, write_bytes
from tadasu.tables import PERSON_IDS

MOVES = "person_ids.parquet"
"""Below the private folder: who was renumbered, in pseudonyms, for decisions that name earlier ones."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """The passes of an intake, and what is to be kept for the way back once it is read."""

    settings: Settings
    plan: Plan | None = None
    hider: Hider | None = None

    @classmethod
    def of(cls, settings: Settings, told: Mapping) -> "Hiding":
        """Return the passes of a ward with a mapping, its key read and compared with the one used before.

        Raises:
            TadasuError: there is no key, or another one than before.
        """
        plan = plan_of(settings, told)
        if plan is None:
            return cls(settings)
        secret = key.read(plan.key, ROOT)
        key.require(secret, plan.check, told.file)
        back.require_same_key(table_of(settings, plan), secret)
        return cls(settings, plan, Hider(secret, plan.kinds))

    @property
    def passes(self) -> tuple[Pass, ...]:
        """Return what every batch goes through, in order: the latest number first, then its pseudonym."""
        return (Carrier(), *([self.hider] if self.hider else []))

    def keep(self, intake: Intake) -> None:
        """Keep the way back from the pseudonyms that were given, and who was renumbered."""
        keep_moves(self.settings, intake)
        if self.plan and self.hider:
            table = table_of(self.settings, self.plan)
            back.keep(table, self.hider, ledger=self.settings.ledger, actor=self.settings.actor)


def plan_of(settings: Settings, told: Mapping) -> Plan | None:
    """Return how a ward's numbers are hidden; None where its files hold pseudonyms already.

    Raises:
        TadasuError: the mapping of a real ward does not say.
    """
    node = told.sections.get("identifiers")
    if node is not None:
        return Plan.of(node)
    if settings.ward.synthetic:
        return None
    raise TadasuError(
        f"{told.file}: the mapping does not say how the numbers of people and payers are hidden. Write "
        "`identifiers: {key: FILE}` under `mapping`, with a key that `tadasu key FILE` makes once for the "
        "ward, or `identifiers: none` where the files hold pseudonyms already (docs/identifiers.md)."
    )


def table_of(settings: Settings, plan: Plan) -> Path:
    """Return where the way back lies."""
    return ROOT / plan.table if plan.table else settings.folder / back.FOLDER / back.NAME


def keep_moves(settings: Settings, intake: Intake) -> None:
    """Keep who was renumbered, as the tables name people."""
    frames = [tables[PERSON_IDS.name] for tables in intake.beside.values() if PERSON_IDS.name in tables]
    path = settings.folder / back.FOLDER / MOVES
    if frames or path.is_file():
        buffer = io.BytesIO()
        PERSON_IDS.arrange(pl.concat([PERSON_IDS.empty(), *frames]).unique()).write_parquet(buffer)
        back.close(path.parent)
        write_bytes(path, buffer.getvalue(), mode=0o600)


def carried(settings: Settings, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with tax_year and person_id, its people under the names that they have since."""
    path = settings.folder / back.FOLDER / MOVES
    if not path.is_file():
        return frame
    carrier = Carrier()
    carrier.gather(read_table(path))
    people = frame.select("tax_year", "person_id").unique()
    moved = people.filter(pl.col("person_id").is_in(list(carrier.moves)))
    latest = [carrier.latest(person, year) for year, person in moved.iter_rows()]
    names = moved.with_columns(latest=pl.Series(latest, dtype=pl.String()))
    joined = frame.join(names, on=["tax_year", "person_id"], how="left", maintain_order="left")
    return joined.with_columns(person_id=pl.coalesce("latest", "person_id")).drop("latest")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ward's own numbers behind the pseudonyms of some tables; `kinds` are the kinds that are hidden."""

    kinds: tuple[str, ...] = ()
    known: Mapped[str, Mapped[str, str | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, told: Mapping, frames: Sequence[pl.DataFrame]) -> Self:
        """Look the numbers of these tables up, which is an event in the ledger.

        Raises:
            TadasuError: the way back is not there, or open to others.
        """
        plan = plan_of(settings, told) if settings.ward.file else None
        if plan is None:
            return cls()
        wanted: dict[str, list[str]] = {}
        for kind in plan.kinds:
            columns = [frame[name] for frame in frames for name in _columns(kind, frame)]
            if columns:
                wanted[kind] = pl.concat(columns).drop_nulls().unique(maintain_order=True).to_list()
        known = back.look_up(
            table_of(settings, plan),
            wanted,
            purpose="export",
            ledger=settings.ledger,
            actor=settings.actor,
        )
        return cls(plan.kinds, known)

    @classmethod
    def stand_ins(cls, settings: Settings, told: Mapping, lines: pl.DataFrame) -> Self:
        """Return numbers that nobody has, as long as the layout wants them: nothing is looked up."""
        plan = plan_of(settings, told) if settings.ward.file else None
        if plan is None:
            return cls()
        width = _width(told)
        people = lines["person_id"].unique().sort().to_list()
        made = {one: f"{n:0{width}}" for n, one in enumerate(people, 1)}
        gone = {
            kind: dict.fromkeys(lines[name].drop_nulls().to_list())
            for kind in plan.also
            for name in _columns(kind, lines)
        }
        return cls(plan.kinds, {"person": made, **gone})

    def put(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a table with the ward's own numbers; a pseudonym that nothing is known of stays."""
        return frame.with_columns(
            pl.col(name).replace(list(known), pl.Series(list(known.values()), dtype=pl.String()))
            for kind in self.kinds
            for name in _columns(kind, frame)
            if (known := self.known.get(kind))
        )

    def unknown(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return decision_id, field, reverses, reason of the lines whose person leads to no number."""
        known = list(self.known.get("person", {})) if self.kinds else lines["person_id"].to_list()
        gone = lines.filter(~pl.col("person_id").is_in(known))
        return gone.select("decision_id", "field", "reverses", reason=pl.lit(why.NO_NUMBER))


def _columns(kind: str, frame: pl.DataFrame) -> list[str]:
    return [name for name in KINDS[kind] if name in frame.columns]


def _width(told: Mapping) -> int:
    """Return how long a person's number is in the file that goes out; 8 where the layout does not say."""
    cells = [one for row in (told.outgoing.rows if told.outgoing else ()) for one in row.cells]
    own = next((one for one in cells if one.column == "person_id"), None)
    if own is None or told.outgoing is None:
        return 8
    fields = {one.name: one.length for one in told.outgoing.layout.positions}
    return own.reading.width or next((fields[name] for name in own.sources if name in fields), 8)
