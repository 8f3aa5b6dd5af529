"""Limits: the numbers of `limits.yaml`, which the checks need beside the law of the tax itself."""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import yaml

from tadasu.errors import TadasuError

FILE = Path(__file__).with_name("limits.yaml")


class LimitError(TadasuError, ValueError):
    """`limits.yaml` lacks a number, or has one that no check knows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of checks: counts, ages (years), yen, percentages and ratios; `limits.yaml` says why."""

    one_stop_municipalities: int
    student_other_income: int
    abroad_since: int
    abroad_from: int
    abroad_before: int
    unadjusted_up_to: int
    change_ratio: int
    change_least: int
    insurance_percent: int
    insurance_least: int
    medical_percent: int
    previous_percent: int
    pension_percent: int
    medical_large: int
    left_least: int
    unadjusted_least: int

    @staticmethod
    def read(path: Path = FILE) -> "Limits":
        """Return the numbers of a file.

        Raises:
            LimitError: a key is missing or unknown, or a value is not a whole number.
        """
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Limits)}
        if content.keys() != known:
            odd = ", ".join(sorted(content.keys() ^ known))
            raise LimitError(
                f"{path.name}: missing or unknown: {odd}; expected are {', '.join(sorted(known))}"
            )
        values = {name: entry["value"] for name, entry in content.items()}
        if wrong := [f"{name}: {value!r}" for name, value in values.items() if type(value) is not int]:
            raise LimitError(f"{path.name}: {', '.join(wrong)}; expected are whole numbers")
        return Limits(**values)


@cache
def limits() -> Limits:
    """Return the numbers that the checks use."""
    return Limits.read()
