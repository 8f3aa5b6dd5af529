"""The places of relatives on a salary report: a spouse, four dependants, four children under 16."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a relative: the fields of the layout begin with its name."""

    name: str
    line_no: int
    role: str

    @property
    def kind(self) -> str:
        """Return the field that says whether the relative lives abroad."""
        return f"{self.name}_kind"

    @property
    def shown_by(self) -> tuple[str, ...]:
        """Return the fields at least one of which is filled where there is a relative."""
        return tuple(f"{self.name}_{part}" for part in ("kana", "name", "number"))


SLOTS: tuple[Slot, ...] = (
    Slot("spouse", 1, "spouse"),
    *(Slot(f"dependent{n}", 1 + n, "dependent") for n in (1, 2, 3, 4)),
    *(Slot(f"under16_{n}", 5 + n, "under16") for n in (1, 2, 3, 4)),
)
