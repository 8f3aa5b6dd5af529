"""How a file writes its numbers, known by an example such as `△1,234` or `１２３`. All forms are read."""

import re
from dataclasses import dataclass

import polars as pl

_EXAMPLE = re.compile(
    r"(?P<minus>[-−△▲(])?(?P<digits>[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})*|[0-9０-９]+)(?P<end>\)?)"
)
_NARROW = "0123456789,"
_WIDE = "０１２３４５６７８９，"
_GROUPS = 5
"""Groups of three digits that an amount has at most."""


@dataclass(frozen=True, slots=True)
class NumberForm:
    """A way to write a number: the sign of less than nothing, commas, full-width digits."""

    minus: str = "-"
    commas: bool = False
    wide: bool = False

    def write(self, numbers: pl.Series) -> pl.Series:
        """Return whole numbers (Int64) in this form; null where there is none."""
        if self == NumberForm():
            return numbers.cast(pl.String())
        text = numbers.abs().cast(pl.String())
        for _ in range(_GROUPS if self.commas else 0):
            text = text.str.replace(r"^(\d+)(\d{3})", "${1},${2}")
        if self.wide:
            text = text.str.replace_many(list(_NARROW), list(_WIDE))
        closed = ")" if self.minus == "(" else ""
        return text.zip_with((numbers >= 0).fill_null(True), self.minus + text + closed)


def number_form(text: str) -> NumberForm | None:
    """Return the form of an example of a number; None if it is none."""
    found = _EXAMPLE.fullmatch(text)
    if not found or (found["minus"] == "(") != (found["end"] == ")"):
        return None
    digits = found["digits"]
    return NumberForm(
        minus=found["minus"] or "-",
        commas="," in digits or "，" in digits,
        wide=digits[0] in _WIDE,
    )
