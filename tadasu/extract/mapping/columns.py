"""The keys of a mapping that say where a column comes from and how its text is read."""

import re
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from tadasu.extract.forms import ISO, DateForm, date_form, digit_tables, eras
from tadasu.extract.mapping.model import Cell, Codes, Kind, Part, Reading
from tadasu.extract.mapping.nodes import Node
from tadasu.extract.numerals import number_form
from tadasu.tables import ASSESSMENTS, Column
from tadasu.text import plain

_WHERE = ("from", "join", "template", "constant", "number")
_READING = ("as", "codes", "unknown", "width", "dates", "era_digits", "numbers", "unit", "blank", "zero")
LISTS = ("document_ids",)
"""Columns that hold several values with `LIST_SIGN` between them."""
LIST_SIGN = ";"
_PART = re.compile(r"\{([^{}:]+)(?::0([1-9][0-9]?))?\}")
_TYPES: dict[str, pl.DataType] = {"number": pl.Int64(), "date": pl.Date(), "flag": pl.Boolean()}
YEARS = ("{year}", "{last_year}")
"""Constants that stand for the tax year of the file, and the one before."""
_UNITS = {"円": 1, "千円": 1000, "万円": 10_000}
KINDS: tuple[Kind, ...] = ("text", "number", "date", "flag")


@dataclass(frozen=True, slots=True)
class Context:
    """What the rest of the mapping says: code tables, era digits, the usual forms of dates and numbers."""

    codes: Mapped[str, Codes]
    eras: Mapped[str, Codes]
    typed: bool = False
    dates: Node | None = None
    digits: Node | None = None
    numbers: Node | None = None
    tables: Mapped[str, Mapped[str, str]] = field(default_factory=digit_tables)

    def within(self, keys: Mapped[str, Node]) -> "Context":
        """Return the context of a source, which may have usual date forms of its own.

        The cells of a spreadsheet or of Parquet may be dates themselves, whatever form texts have.
        """
        typed = "format" in keys and keys["format"].value in ("xlsx", "parquet")
        return replace(
            self,
            typed=typed,
            dates=keys.get("dates"),
            digits=keys.get("era_digits"),
            numbers=keys.get("numbers"),
        )


def cell(column: Column, node: Node, context: Context, beside: Mapped[str, Node]) -> Cell:
    """Return how `column` is filled; `beside` are the columns that the same row fills."""
    if not node.is_mapping:
        return Cell(column.name, _parts(node), _reading(column, {}, context))
    keys = node.fields((*_WHERE, *_READING, "by", "cases", *(("separator",) if column.name in LISTS else ())))
    told = [name for name in _WHERE if name in keys]
    if len(told) != 1:
        node.wrong(f"exactly one of the keys {', '.join(_WHERE)}", ", ".join(told) or "none of them")
    if told == ["constant"]:
        return Cell(column.name, constant=_constant(column, keys["constant"]))
    if told == ["number"]:
        keys["number"].choice(("true",))
        return Cell(column.name, number=True)
    reading = _reading(column, keys, context)
    if "join" in keys or "separator" in keys:
        return _items(column, node, keys, reading)
    parts = _template(keys["template"]) if "template" in keys else _parts(keys["from"])
    if ("by" in keys) != ("cases" in keys):
        node.wrong("the keys by and cases together", "one of them")
    if "by" not in keys:
        return Cell(column.name, parts, reading)
    by = keys["by"].choice([name for name in beside if name != column.name])
    cases = {case: _case(column, one, context) for case, one in keys["cases"].items()}
    return Cell(column.name, parts, reading, by=by, cases=cases)


def _items(column: Column, node: Node, keys: Mapped[str, Node], reading: Reading) -> Cell:
    """Return how a list is filled: from one column with a sign between the items, or from several."""
    if column.name not in LISTS:
        keys["join"].wrong(f"join only for {', '.join(LISTS)}, which hold several values")
    if ("join" in keys) == ("separator" in keys):
        node.wrong("either from with separator, or join with the names of several columns")
    if "join" in keys:
        return Cell(column.name, tuple(_parts(one)[0] for one in keys["join"].nodes()), reading, joined=True)
    if "from" not in keys:
        node.wrong("the key from beside separator")
    sign = keys["separator"].text()
    if not sign:
        keys["separator"].wrong('the sign between the items, such as ","')
    return Cell(column.name, _parts(keys["from"]), reading, separator=sign)


def _constant(column: Column, node: Node) -> str:
    text = node.text()
    if text not in YEARS:
        _require_value(column, column.dtype, node)
    return text


def _require_value(column: Column, dtype: pl.DataType, node: Node) -> None:
    """See that a value that stands in the mapping itself is one of the column's type and codes."""
    text = node.text()
    read = pl.select(plain(pl.lit(text), dtype)).item()
    if (text and read is None) or (column.values and text not in ("", *column.values)):
        lawful = f"one of {', '.join(column.values)}" if column.values else f"a value of type {dtype}"
        node.wrong(f"{lawful} for {column.name}")


def _parts(node: Node) -> tuple[Part, ...]:
    if not node.text():
        node.wrong("the name of a column of the file")
    return (Part(node.text()),)


def _template(node: Node) -> tuple[Part, ...]:
    """Cut `{年度}-{連番:05}` into its pieces."""
    text, parts, end = node.text(), [], 0
    for found in _PART.finditer(text):
        if found.start() > end:
            parts.append(Part("", text[end : found.start()]))
        parts.append(Part(found[1], width=int(found[2]) if found[2] else None))
        end = found.end()
    if end < len(text):
        parts.append(Part("", text[end:]))
    if not any(part.source for part in parts) or any("{" in p.literal or "}" in p.literal for p in parts):
        node.wrong("text with columns of the file in braces, such as {年度}-{連番:05}")
    return tuple(parts)


def _case(column: Column, node: Node, context: Context) -> Reading:
    """Return how one case is read: the keys of a reading, or shortly the name of a code table or a kind."""
    if node.is_mapping:
        return _reading(column, node.fields(_READING), context)
    word = node.text()
    return _reading(column, {"as" if word in KINDS else "codes": node}, context)


def _reading(column: Column, keys: Mapped[str, Node], context: Context) -> Reading:
    told: dict[str, Any] = {"kind": _kind(column, keys)}
    if "codes" in keys:
        told["codes"] = _codes(column, keys["codes"], context)
    if "unknown" in keys:
        told["unknown"] = keys["unknown"].choice(("quarantine", "empty", "keep"))
    if "width" in keys:
        told["width"] = keys["width"].integer(1, 40)
    if told["kind"] == "date":
        told.update(_of_dates(keys, context))
    if told["kind"] == "number" and (form := keys.get("numbers", context.numbers)) is not None:
        told["numbers"] = number_form(form.text()) or form.wrong(
            "a number as an example, such as -1234, △1,234 or １２３"
        )
    if "unit" in keys:
        told["unit"] = _UNITS[keys["unit"].choice(tuple(_UNITS))]
    if "blank" in keys:
        told["blank"] = keys["blank"].text()
        _require_value(column, _TYPES.get(told["kind"], column.dtype), keys["blank"])
    if "zero" in keys:
        told["zero"] = keys["zero"].choice(("keep", "empty"))
    return Reading(**told)


def _kind(column: Column, keys: Mapped[str, Node]) -> Kind:
    kinds: dict[Any, Kind] = {pl.String(): "text", pl.Date(): "date", pl.Boolean(): "flag"}
    own = kinds.get(column.dtype, "number")
    if "as" not in keys:
        return own
    asked = keys["as"].choice(KINDS)
    if own not in ("text", asked):
        keys["as"].wrong(f"{own}, which is what {column.name} holds")
    return next(kind for kind in KINDS if kind == asked)


def _codes(column: Column, node: Node, context: Context) -> Codes:
    codes: Codes
    if node.is_mapping:
        codes = {code: value.text() for code, value in node.items()}
        places = dict(node.items())
    else:
        name = node.choice(tuple(context.codes))
        codes, places = context.codes[name], {}
    lawful = ("true", "false") if column.dtype == pl.Boolean() else column.values
    if not node.is_mapping and node.value == ASSESSMENTS.name:
        # The record has columns that are no field of the list, or that nobody corrects.
        codes = {code: value for code, value in codes.items() if not value or value in lawful}
    wrong = {code: value for code, value in codes.items() if lawful and value and value not in lawful}
    if wrong:
        found = ", ".join(repr(v) if len(wrong) == 1 else f"{v!r} ({code})" for code, v in wrong.items())
        why = "; nobody corrects a computed field: take its code away" if column.name == "field" else ""
        first = places.get(next(iter(wrong)), node)
        first.wrong(f"one of {', '.join(lawful)} for {column.name}", found + why)
    return codes


def _of_dates(keys: Mapped[str, Node], context: Context) -> dict[str, Any]:
    forms, digits = keys.get("dates", context.dates), keys.get("era_digits", context.digits)
    told: dict[str, Any] = {}
    if forms is not None:
        told["dates"] = (*(_date(form) for form in forms.nodes()), *((ISO,) if context.typed else ()))
    if digits is not None:
        told["eras"] = _era_digits(digits, context)
    if any(form.style == "digit" for form in told.get("dates", ())) and digits is None:
        assert forms is not None
        forms.wrong("the key era_digits beside it: what the era digit stands for", "none")
    return told


def _date(node: Node) -> DateForm:
    form = date_form(node.text())
    return form or node.wrong(
        "a date as an example, such as 2023-12-31, R05.12.31, 令和5年12月31日 or 5051231"
    )


def _era_digits(node: Node, context: Context) -> Mapped[str, str]:
    tables = {**context.tables, **context.eras}
    if not node.is_mapping:
        return tables[node.choice(tuple(tables))]
    names = [era.name for era in eras()]
    return {digit: era.choice(names) for digit, era in node.items()}
