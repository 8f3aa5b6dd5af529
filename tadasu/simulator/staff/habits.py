"""How staff work, as data: officers, inquiries, mistakes, seconds, what is left unopened (habits.yaml)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("habits.yaml")


@dataclass(frozen=True, slots=True)
class Habits:
    """The sections of habits.yaml; probabilities of a row, seconds and days as means."""

    officers: dict[str, float]
    inquiry: dict[str, Any]
    mistakes: dict[str, float]
    seconds: dict[str, Any]
    cover: dict[str, Any]
    second_opinion: float
    season: dict[str, int]

    @staticmethod
    @cache
    def usual() -> "Habits":
        """Return the habits of habits.yaml."""
        return Habits(**yaml.safe_load(_FILE.read_text(encoding="utf-8")))

    @property
    def usual_asks(self) -> dict[str, str]:
        """Return how a check's rows are usually decided (R or Q; M is not listed), by catalogue code."""
        return {check: word for word, checks in self.inquiry["usual"].items() for check in checks}
