"""What the rows themselves say of codes: who is one in every household is its head. Guesses, no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from tadasu.extract.forms import digit_tables
from tadasu.extract.sniff.content import share
from tadasu.extract.sniff.match import Fit
from tadasu.extract.values.dates import dates
from tadasu.extract.values.texts import stripped

_FEW = 5
_MOST, _HARDLY = 0.9, 0.1
_YEAR = 365.25
_GENERATION, _TWO = 16, 42
_CHILD = 16.5
_OLD = 70
_FIT = ("payer_id", "salary_revenue", "pension_revenue", "income_tax", "withheld_income_tax")

Guessed = dict[str, dict[str, str]]
"""By standard column: code → word, with only the codes that the rows say something of."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file taken for a table, by standard columns: text as it stands, or days."""

    fit: Fit
    cells: pl.DataFrame
    year: int | None = None

    def text(self, name: str) -> pl.Series | None:
        """Return a column's text, null where blank; None if the file has no such column."""
        match = self.fit.of(name)
        return stripped(self.cells[match.content.name]).alias(name) if match else None

    def days(self, name: str) -> pl.Series | None:
        """Return a column of dates as days."""
        match = self.fit.of(name)
        text = self.text(name)
        if match is None or text is None or match.content.form is None:
            return None
        found, _ = dates(text, (match.content.form,), digit_tables().get(match.content.eras, {}))
        return found.alias(name)

    def frame(self, *names: str) -> pl.DataFrame | None:
        """Return columns as text; None unless all are there."""
        found = [self.text(name) for name in names]
        return (
            None if any(one is None for one in found) else pl.DataFrame([s for s in found if s is not None])
        )


def guessed(rows: Rows) -> Guessed:
    """Return what the codes of a file's columns may mean, by what else stands in their rows."""
    found: Guessed = {}
    for column, of_table, ask in _ASKED:
        if rows.fit.table.name in of_table and rows.fit.of(column):
            told = ask(rows)
            if told:
                found[column] = dict(told)
    return found


def kind_of(rows: Rows) -> str:
    """Return which kind of document a file without such a column holds, by what is filled; '' if unclear."""
    told = _kind_by(rows, pl.Series("kind", ["all"] * rows.cells.height))
    return told.get("all", "")


def _relationships(rows: Rows) -> dict[str, str]:
    frame = rows.frame("household_id", "relationship")
    born, sex = rows.days("birth_date"), rows.text("sex")
    if frame is None or born is None:
        return {}
    # Over two years the same household stands twice.
    people = frame.with_columns(
        born=born.to_physical().cast(pl.Float64()) / _YEAR,
        sex=sex if sex is not None else pl.lit(None, dtype=pl.String()),
    ).unique(maintain_order=True)
    head = _head(people)
    if not head:
        return {}
    heads = people.filter(pl.col("relationship") == head).unique("household_id").drop("relationship")
    others = people.filter(pl.col("relationship") != head).join(heads, on="household_id", suffix="_head")
    told = {head: "head"}
    for code, group in _groups(others, "relationship"):
        word = _relation(group)
        if word:
            told[code] = word
    return told


def _head(people: pl.DataFrame) -> str:
    """Return the code that nearly every household has exactly once."""
    homes = people["household_id"].n_unique()
    for code, group in _groups(people, "relationship"):
        own = group["household_id"].n_unique()
        if own >= _MOST * homes and group.height <= 1.05 * own:
            return code
    return ""


def _relation(group: pl.DataFrame) -> str:
    """Return what people are to the head, by how much younger they are (years), and by sex."""
    younger = (group["born"] - group["born_head"]).median()
    if not isinstance(younger, float):
        return ""
    single = group["household_id"].n_unique() >= 0.98 * group.height
    other_sex = share(group["sex"] != group["sex_head"]) if group["sex"].null_count() < group.height else 0.0
    if single and abs(younger) < _GENERATION / 2 and other_sex > _MOST:
        return "spouse"
    if abs(younger) < _GENERATION:
        return ""
    down = "grandchild" if younger > _TWO else "child"
    up = "grandparent" if younger < -_TWO else "parent"
    return down if younger > 0 else up


def _roles(rows: Rows) -> dict[str, str]:
    frame, born = rows.frame("document_id", "role"), rows.days("birth_date")
    if frame is None or born is None or rows.year is None:
        return {}
    age = (rows.year - 1970) - born.to_physical() / _YEAR
    told = {}
    for code, group in _groups(frame.with_columns(age=age), "role"):
        if share(group["age"] < _CHILD + 1) > 0.95:
            told[code] = "under16"
        elif group.height == group["document_id"].n_unique() and share(group["age"] > 20) > 0.95:
            told[code] = "spouse"
    left = [code for code, _ in _groups(frame, "role") if code not in told]
    # Where nobody has two dependants, spouses and dependants look the same.
    one_each = len(set(told.values())) == len(told) == 2
    return told | ({left[0]: "dependent"} if one_each and len(left) == 1 else {})


def _kinds(rows: Rows) -> dict[str, str]:
    codes = rows.text("kind")
    return _kind_by(rows, codes) if codes is not None else {}


def _kind_by(rows: Rows, codes: pl.Series) -> dict[str, str]:
    told: dict[str, str] = {}
    returns: list[tuple[float, str]] = []
    filled = {name: rows.text(name) for name in _FIT}
    frame = pl.DataFrame(
        [codes.alias("kind")] + [s.is_not_null().alias(n) for n, s in filled.items() if s is not None]
    )
    for code, group in _groups(frame, "kind"):
        has = {name: share(group[name]) if name in group.columns else 0.0 for name in _FIT}
        if has["salary_revenue"] > _MOST and has["payer_id"] > _MOST:
            told[code] = "salary_report"
        elif has["pension_revenue"] > _MOST and has["salary_revenue"] < _HARDLY:
            told[code] = "pension_report"
        elif has["payer_id"] < _HARDLY:
            returns.append((has["income_tax"] + has["withheld_income_tax"], code))
    returns.sort(reverse=True)
    if len(returns) == 2 and returns[0][0] > returns[1][0] + _HARDLY:
        told |= {returns[0][1]: "tax_return", returns[1][1]: "resident_return"}
    return told


def _outcomes(rows: Rows) -> dict[str, str]:
    frame = rows.frame("row_id", "outcome")
    new = rows.text("new_value") if rows.fit.of("new_value") else rows.text("field")
    if frame is None or new is None:
        return {}
    counted = frame.with_columns(new=new.is_not_null(), again=pl.len().over("row_id") > 1)
    told, open_codes = {}, []
    for code, group in _groups(counted, "outcome"):
        if share(group["new"]) > _MOST:
            told[code] = "corrected"
        elif share(group["new"]) < _HARDLY:
            open_codes.append((share(group["again"]), code))
    if len(open_codes) == 2 and abs(open_codes[0][0] - open_codes[1][0]) > _HARDLY:
        seldom, often = sorted(open_codes)
        told |= {seldom[1]: "no_change", often[1]: "inquiry"}
    elif len(open_codes) == 1:
        told[open_codes[0][1]] = "no_change"
    return told


def _leaving(rows: Rows) -> dict[str, str]:
    frame, born, left = rows.frame("left_reason"), rows.days("birth_date"), rows.days("left_on")
    if frame is None or born is None or left is None:
        return {}
    age = (left.to_physical() - born.to_physical()) / _YEAR
    ages = {}
    for code, group in _groups(frame.with_columns(age=age), "left_reason"):
        middle = group["age"].median()
        if isinstance(middle, float):
            ages[code] = middle
    return {code: "died" if middle > _OLD else "moved" for code, middle in ages.items()}


def _sources(rows: Rows) -> dict[str, str]:
    frame = rows.frame("source", "document_id")
    told = {}
    for code, group in _groups(frame, "source") if frame is not None else ():
        named = share(group["document_id"].is_not_null())
        if named > _MOST or named < _HARDLY:
            told[code] = "return" if named > _MOST else "one_stop"
    return told if len(set(told.values())) == len(told) else {}


def _columns_of_wages(rows: Rows) -> dict[str, str]:
    codes = rows.text("withholding_column")
    told = codes.drop_nulls().value_counts(sort=True).rows() if codes is not None else []
    usual = len(told) == 2 and told[0][1] > 2 * told[1][1]
    return {told[0][0]: "main", told[1][0]: "other"} if usual else {}


def _groups(frame: pl.DataFrame, by: str) -> list[tuple[str, pl.DataFrame]]:
    """Return the rows of each code, the most frequent first; codes of a few rows say nothing."""
    known = frame.drop_nulls(by)
    counts = known[by].value_counts(sort=True).rows()
    return [(code, known.filter(pl.col(by) == code)) for code, times in counts if times >= _FEW]


_ASKED: tuple[tuple[str, tuple[str, ...], Callable[[Rows], Mapping[str, str]]], ...] = (
    ("relationship", ("residents",), _relationships),
    ("left_reason", ("residents",), _leaving),
    ("kind", ("documents",), _kinds),
    ("withholding_column", ("documents",), _columns_of_wages),
    ("role", ("dependents",), _roles),
    ("source", ("donations",), _sources),
    ("outcome", ("corrections", "second_opinions"), _outcomes),
)
