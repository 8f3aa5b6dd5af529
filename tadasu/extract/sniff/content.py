"""What stands in a column: dates of which form, numbers, flags, codes, identifiers of which width."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from tadasu.extract.forms import DateForm, date_form, digit_tables
from tadasu.extract.refused import individual_numbers
from tadasu.extract.sniff.words import must_not_enter, yes_and_no
from tadasu.extract.sniff.words import plain as spelled
from tadasu.extract.values.dates import dates
from tadasu.extract.values.numbers import numbers
from tadasu.extract.values.texts import plain, stripped

_MOST = 0.98
_CODES = 24
_ONE_SIZE = 0.7
_SPARSE = 100
_SHOWN = 400
_BITS = ("0", "1")
_MIDNIGHT = r"[ T]00:00:00(\.0+)?$"
_DIGIT = re.compile(r"[0-9]{7}")


@dataclass(frozen=True, slots=True)
class Content:
    """A column of a file as its cells show it.

    filled, distinct: how many cells are filled, how many values there are. kind: `empty`, `date`, `number`,
    `flag`, `code`, `identifier` or `text`. form: how its dates are written. values: the most frequent values
    with their counts, of codes and flags all. width: the one length that all values have, 0 if they differ.
    numeric, negative: whether all values are whole numbers, whether any is below zero. large: the largest.
    refused: whether it holds Individual Numbers. zero: whether zeros stand for a missing date.
    padded: whether they are filled up with zeros. counter: whether they only number the lines.
    said: what the column is called in full, where its name is short. meanings: what its codes mean.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    kind: str
    values: tuple[tuple[str, int], ...] = ()
    form: DateForm | None = None
    eras: str = ""
    eras_sure: bool = True
    width: int = 0
    numeric: bool = False
    large: int = 0
    zero: bool = False
    padded: bool = False
    counter: bool = False
    refused: bool = False
    kanji: float = 0.0
    said: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def called(self) -> str:
        """Return the name by which the column is told: in full where that is known."""
        return self.said or self.name

    @property
    def forbidden(self) -> bool:
        """Say whether its name says that it must never be read; yes or no is nobody's name or address."""
        told = must_not_enter(self.called) or must_not_enter(self.name)
        return told and not self._yes_or_no

    @property
    def _yes_or_no(self) -> bool:
        """Say whether all values are yes and no, or 0 and 1: no street is called so."""
        words = all((spelled(v) or v) in yes_and_no() or v in _BITS for v, _ in self.values)
        return self.kind in ("flag", "code") and words

    @property
    def unique(self) -> bool:
        """Say whether no value comes twice and no cell is empty, as in a key."""
        return self.rows > 1 and self.distinct == self.rows


def share(mask: pl.Series) -> float:
    """Return the share of rows for which something holds."""
    return int(mask.fill_null(False).sum()) / max(1, mask.len())


def look(cells: pl.Series) -> Content:
    """Describe a column of text."""
    text = stripped(cells)
    filled = text.drop_nulls()
    name, rows = cells.name, cells.len()
    if filled.is_empty():
        return Content(name, rows, 0, 0, "empty")
    counts = filled.value_counts(sort=True, name="times")
    values = tuple((str(v), int(n)) for v, n in counts.head(_SHOWN).iter_rows())
    common = {
        "values": values,
        "width": _width(filled),
        "refused": bool(individual_numbers(cells.to_frame())),
        "kanji": share(filled.str.contains(r"\p{Han}|\p{Hiragana}|\p{Katakana}")),
    }
    told = _date(filled) or _number(filled, counts.height) or _words(filled, counts.height)
    return Content(name, rows, filled.len(), counts.height, **{**common, **told})  # type: ignore[arg-type]


def _width(filled: pl.Series) -> int:
    sizes = filled.str.len_chars().unique()
    return int(sizes[0]) if sizes.len() == 1 else 0


def _date(filled: pl.Series) -> dict[str, object] | None:
    """Return what there is to say of dates: one form, in which nearly all values are days of some years."""
    zero = filled.str.contains(r"^[0\-/. ]+$")
    rest = filled.filter(~zero)
    if rest.is_empty():
        return None
    # A spreadsheet shows its dates with a time of the day.
    sample = plain(rest.unique().sort().head(2000)).str.replace(_MIDNIGHT, "")
    forms = [date_form(text) for text in sample.head(50)]
    known = [form for form in forms if form is not None]
    if len(known) < 0.9 * len(forms):
        return None
    form = max(set(known), key=known.count)
    best = max((_share(sample, form, name), -place, name) for place, name in enumerate(digit_tables()))
    others = [_share(sample, form, name) for name in digit_tables() if name != best[2]]
    if best[0] < _MOST:
        return None
    told: dict[str, object] = {"kind": "date", "form": form, "zero": bool(zero.any())}
    if form.style == "digit":
        told |= {"eras": best[2], "eras_sure": max(others) < best[0]}
    return told


def _share(sample: pl.Series, form: DateForm, digits: str) -> float:
    """Return which share of the values are days on which people of today may live."""
    days, _ = dates(sample, (form,), digit_tables()[digits])
    years = days.dt.year()
    return share((years >= 1905) & (years <= 2060))


def _number(filled: pl.Series, distinct: int) -> dict[str, object] | None:
    """Return what there is to say of digits: identifiers have zeros in front, or one width unlike sums."""
    found = numbers(filled, 1)
    if found.null_count() > (1 - _MOST) * filled.len():
        return None
    large = int(found.abs().max() or 0)  # type: ignore[arg-type]
    zeros = bool(filled.str.contains(r"^0[0-9]").any())
    width = _width(filled)
    if large <= 1 and distinct <= 2:
        kind = "flag"
    elif (zeros and not _sums(found, width)) or (
        not zeros and width >= 5 and distinct > _CODES and share(found % 100 == 0) < 0.3
    ):
        kind = "code" if distinct <= _CODES and width <= 3 else "identifier"
    else:
        kind = "code" if distinct <= _CODES and large < 100 else "number"
    counter = not zeros and found.len() > 1 and found.equals(pl.int_range(1, found.len() + 1, eager=True))
    return {
        "kind": kind,
        "numeric": True,
        "large": large,
        "padded": zeros and width > 3,
        "counter": counter,
    }


def _sums(found: pl.Series, width: int) -> bool:
    """Say whether numbers filled up with zeros to one width are sums: nought among them, or of many sizes.

    Numbers that were given one after the other are of many sizes too, but as many as the largest one says.
    """
    sizes = found.abs().cast(pl.String()).str.len_chars().value_counts(sort=True)["count"]
    sparse = int(found.abs().max() or 0) > _SPARSE * found.n_unique()  # type: ignore[arg-type]
    return width > 3 and (share(found == 0) > 0.02 or (sparse and sizes[0] < _ONE_SIZE * found.len()))


def _words(filled: pl.Series, distinct: int) -> dict[str, object]:
    few = distinct <= _CODES and distinct <= max(2, filled.len() / 3)
    if few:
        return {"kind": "flag" if distinct == 1 else "code"}
    solid = share(filled.str.contains(r"^[A-Za-z0-9\-;, /|]+$")) > _MOST
    return {"kind": "identifier" if solid else "text"}


def look_all(cells: pl.DataFrame, names: Sequence[str]) -> list[Content]:
    """Describe the columns of a file."""
    return [look(cells[name]) for name in names]
