"""The keys of a mapping that say how a file is laid out."""

import re
from collections.abc import Callable
from collections.abc import Mapping as Mapped
from typing import Any

import polars as pl

from tadasu.extract.mapping.model import ENCODINGS, FORMATS, MOST_LINES, Layout, Position, Source
from tadasu.extract.mapping.nodes import Node

DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|", "space": " "}
QUOTES = {"none": "", "double": '"', "single": "'"}


def layout(keys: Mapped[str, Node], *, own_header: bool = True) -> Layout:
    """Return the layout that the keys of a source (and the defaults under it) describe.

    own_header: whether the key `header` is the source's own: that of the defaults is not for fixed width.
    """
    known = {_FIELDS.get(name, name): read(keys[name]) for name, read in _READERS.items() if name in keys}
    if known.get("format") == "fixed":
        known["header"] = known["header"] if own_header else 0
    return Layout(**known)


def require_positions(source: Source, node: Node) -> None:
    """See that what the cells name can stand in the file, as far as the mapping itself tells."""
    names = {position.name for position in source.layout.positions}
    if source.layout.format == "fixed" and not names:
        node.wrong("the key `fields` beside it: the names and lengths of a line's fields", "none")
    by_position = source.layout.header == 0 and source.layout.format in ("csv", "xlsx")
    for name in source.needed:
        if source.layout.format == "fixed" and name not in names:
            node.wrong(f"a name of `fields` ({', '.join(names)})", f"the name {name!r}")
        if by_position and not re.fullmatch(r"[1-9][0-9]*", name):
            node.wrong("positions 1, 2, … since there is no header line", f"the name {name!r}")


def _character(node: Node, words: Mapped[str, str]) -> str:
    text = str(node.value)
    if text in words:
        return words[text]
    if len(text) != 1 or not text.isascii() or text.isalnum():
        node.wrong(f"one of {', '.join(words)}, or one ASCII sign")
    return text


def _pattern(node: Node) -> str:
    try:
        pl.Series([""]).str.contains(node.text())
    except pl.exceptions.PolarsError:
        node.wrong("a regular expression")
    return node.text()


def _positions(node: Node) -> tuple[Position, ...]:
    """Return the fields of a line: `name: length`, one after the other, or `name: {at, length}`."""
    positions: list[Position] = []
    at = 1
    for name, told in node.items():
        if told.is_mapping:
            keys = told.fields(("at", "length"), ("at", "length"))
            at = keys["at"].integer(1, 100_000)
            length = keys["length"].integer(1, 100_000)
        else:
            length = told.integer(1, 100_000)
        positions.append(Position(name, at, length))
        at += length
    return tuple(positions)


_READERS: dict[str, Callable[[Node], Any]] = {
    "format": lambda node: node.choice(FORMATS),
    "encoding": lambda node: node.choice(ENCODINGS),
    "delimiter": lambda node: _character(node, DELIMITERS),
    "quote": lambda node: _character(node, QUOTES),
    "header": lambda node: 0 if node.value == "none" else node.integer(0, 99),
    "multiline": lambda node: node.integer(1, MOST_LINES),
    "extra_cells": Node.flag,
    "last_line": lambda node: node.choice(("ended", "whole")),
    "skip": lambda node: tuple(_pattern(one) for one in node.nodes()),
    "only": lambda node: tuple(_pattern(one) for one in node.nodes()),
    "fields": _positions,
    "counted": lambda node: node.choice(("bytes", "characters")),
    "sheet": Node.text,
}
_FIELDS = {"fields": "positions", "counted": "unit"}
KEYS = tuple(_READERS)
