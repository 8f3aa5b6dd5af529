"""What a ward says about its statutory files: the part `statutory` of its mapping."""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace
from typing import Literal

from tadasu.extract.mapping import layouts
from tadasu.extract.mapping.columns import Context, cell
from tadasu.extract.mapping.model import Cell, Mapping, Source
from tadasu.extract.mapping.model import Layout as FileLayout
from tadasu.extract.mapping.nodes import Node
from tadasu.extract.statutory.layout import FORMS, Form, Layout, fields, published, with_places
from tadasu.extract.statutory.slots import SLOTS
from tadasu.tables import DOCUMENTS

Mark = Literal["new", "addition", "correction", "cancellation", "unclear"]
MARKS: tuple[Mark, ...] = ("new", "addition", "correction", "cancellation", "unclear")
"""What a line's mark (訂正表示) can mean; a line whose mark is `unclear` is put aside."""

_ELTAX: dict[str, Mark] = {"0": "new", "1": "addition", "2": "correction", "3": "cancellation"}
_KEYS = ("files", "year", "channel", "marks", "layouts", "match", "encoding", "last_line")
_MATCH = ("files", "by", "columns", "relatives", "refuse", "dates", "era_digits", *layouts.KEYS)
_MATCHED = ("person_id", "document_id", "received_on", "payer_id")
_OF_LINE = ("file", "line")


@dataclass(frozen=True, slots=True)
class Match:
    """The files that say whose report a line is.

    by: field of the report (or `file`, `line`) → column of the file. columns: what is taken over.
    relatives: slot of a relative on the report → column with that relative's 宛名番号.
    """

    source: Source
    by: Mapped[str, str]
    columns: tuple[Cell, ...]
    relatives: Mapped[str, str]


@dataclass(frozen=True, slots=True)
class Reports:
    """Statutory files of one channel.

    source: where they lie. channel: how they came in. marks: what the mark of a line means. layouts: the
    known layouts of every form, the ward's own first. match: how lines find their people.
    """

    source: Source
    channel: str
    marks: Mapped[str, Mark]
    layouts: tuple[Layout, ...]
    match: Match


def reports(mapping: Mapping) -> tuple[Reports, ...]:
    """Return what the part `statutory` says; none where a ward has no such part."""
    node = mapping.sections.get("statutory")
    return tuple(_reports(one) for one in node.nodes()) if node else ()


def _reports(node: Node) -> Reports:
    keys = node.fields(_KEYS, ("files", "channel", "match"))
    channel = keys["channel"].choice(("eltax", "disc", "paper"))
    if "marks" in keys:
        marks = {code: _mark(told) for code, told in keys["marks"].items()}
    elif channel == "eltax":
        marks = _ELTAX
    else:
        node.wrong(
            "the key marks: what the mark (訂正表示) 0, 1 … of this channel means, each one of "
            + ", ".join(MARKS),
            "none (the same 1 is an addition with some, a correction or a cancellation with others)",
        )
    own = _own_layouts(keys["layouts"]) if "layouts" in keys else ()
    known = tuple(layout for form in FORMS for layout in published(form))
    return Reports(source_of(node, keys), channel, marks, (*own, *known), _match(keys["match"]))


def source_of(node: Node, keys: Mapped[str, Node]) -> Source:
    """Return where files lie and how they are laid out, as a source without columns of its own."""
    told = {name: keys[name] for name in layouts.KEYS if name in keys}
    files = keys["files"].texts()
    year = keys["year"].integer(1900, 2999) if "year" in keys else None
    if year is None and not all("{year}" in one for one in files):
        keys["files"].wrong("patterns with {year} for the tax year, or a key `year` beside it")
    layout = layouts.layout(told) if told else FileLayout()
    return Source(DOCUMENTS, files, layout, (), year, optional=True, where=f"{node.file}:{node.line}")


def _mark(node: Node) -> Mark:
    word = node.choice(MARKS)
    return next(mark for mark in MARKS if mark == word)


def _own_layouts(node: Node) -> tuple[Layout, ...]:
    return tuple(_own_layout(one) for one in node.nodes())


def _own_layout(node: Node) -> Layout:
    keys = node.fields(("form", "width", "fields"), ("form", "width", "fields"))
    word = keys["form"].choice(tuple(FORMS))
    form: Form = next(form for form in FORMS if form == word)
    width = keys["width"].integer(1, 999)
    places = dict(keys["fields"].fields(tuple(fields(form))).items())
    return with_places(form, width, {name: told.integer(1, width) for name, told in places.items()})


def _match(node: Node) -> Match:
    keys = node.fields(_MATCH, ("files", "by", "columns"))
    permitted = {name for form in FORMS for name, field in fields(form).items() if _joins(name, field.kind)}
    by = keys["by"].fields((*_OF_LINE, *sorted(permitted)))
    context = Context({}, {}).within(keys)
    known = {column.name: column for column in DOCUMENTS.columns}
    told = keys["columns"].fields(_MATCHED, ("person_id",))
    columns = tuple(cell(known[name], one, context, told) for name, one in told.items())
    relatives = keys["relatives"].fields(tuple(s.name for s in SLOTS)) if "relatives" in keys else {}
    refuse = keys["refuse"].texts() if "refuse" in keys else ()
    return Match(
        replace(source_of(node, keys), refuse=refuse),
        {name: one.text() for name, one in by.items()},
        columns,
        {name: one.text() for name, one in relatives.items()},
    )


def _joins(name: str, kind: str) -> bool:
    """Say whether lines may find their people by a field: a number among the payer's staff may serve."""
    return kind != "refused" or name == "recipient_no"
