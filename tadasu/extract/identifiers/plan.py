"""What a mapping's section `identifiers` says: where the key lies, and which numbers are hidden."""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass
from pathlib import Path

from tadasu.extract.mapping.nodes import Node
from tadasu.tables.columns import (
    DOCUMENT_COLUMNS,
    DONATION_COLUMNS,
    HOUSEHOLD_COLUMNS,
    PAYER_COLUMNS,
    PERSON_COLUMNS,
    ROW_COLUMNS,
)

KINDS: Mapped[str, tuple[str, ...]] = {
    "person": PERSON_COLUMNS,
    "payer": PAYER_COLUMNS,
    "household": HOUSEHOLD_COLUMNS,
    "document": DOCUMENT_COLUMNS,
    "row": ROW_COLUMNS,
    "donation": DONATION_COLUMNS,
}
"""The kinds of numbers and the columns that hold them, in any table."""

ALWAYS = ("person", "payer", "household")
"""What is hidden wherever there is a key; the others are where the mapping asks for it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How numbers are hidden.

    key: the file of the key. check: the key's check value, '' where the mapping does not note it.
    table: where the way back lies, None for `private/ids.parquet` in the run's folder.
    also: kinds hidden besides `ALWAYS`.
    """

    key: Path
    check: str = ""
    table: Path | None = None
    also: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of numbers that are hidden."""
        return (*ALWAYS, *self.also)

    @classmethod
    def of(cls, node: Node) -> "Plan | None":
        """Read the section; None where it says `none`: the files hold pseudonyms already.

        Raises:
            MappingError: a key is unknown, missing, or not what is expected.
        """
        if not node.is_mapping:
            node.choice(("none",))
            return None
        keys = node.fields(("key", "check", "table", "also"), ("key",))
        also = tuple(one.choice([k for k in KINDS if k not in ALWAYS]) for one in _listed(keys))
        return cls(
            Path(keys["key"].text()).expanduser(),
            keys["check"].text() if "check" in keys else "",
            Path(keys["table"].text()).expanduser() if "table" in keys else None,
            tuple(dict.fromkeys(also)),
        )


def _listed(keys: Mapped[str, Node]) -> list[Node]:
    return keys["also"].nodes() if "also" in keys else []
