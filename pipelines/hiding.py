"""What an intake's batches go through: renumbered people carried over, numbers hidden behind pseudonyms."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import ROOT, Settings
from tadasu.errors import TadasuError
from tadasu.extract.identifiers import Carrier, Hider, Plan, back, key
from tadasu.extract.intake import Pass
from tadasu.extract.mapping import Mapping


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

    def keep(self) -> None:
        """Keep the way back from the pseudonyms that were given."""
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
