"""YAML that remembers where it stands: every value is text with its file, line and key, for messages.

Scalars stay as written, so that a code `01` is not the number 1, 有 or `no` no boolean.
"""

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from tadasu.errors import TadasuError


class MappingError(TadasuError, ValueError):
    """A mapping is not what the reader accepts; says file, line, key, and what was expected."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file: text, a list or a mapping of nodes, with its dotted key and its line."""

    value: "str | list[Node] | dict[str, Node]"
    file: str
    line: int
    key: str

    def wrong(self, expected: str, found: object = None) -> NoReturn:
        """Raise the message for a value that is not what was expected."""
        shown = self.shown if found is None else found
        raise MappingError(f"{self.file}:{self.line}: {self.key}: expected {expected}, found {shown}")

    @property
    def shown(self) -> str:
        """Return the value as a message names it."""
        kinds = {list: "a list", dict: "a mapping of keys"}
        return kinds.get(type(self.value), f"{self.value!r}")

    @property
    def plain(self) -> Any:
        """Return the value without its places."""
        if isinstance(self.value, dict):
            return {name: node.plain for name, node in self.value.items()}
        return [node.plain for node in self.value] if isinstance(self.value, list) else self.value

    @property
    def is_mapping(self) -> bool:
        """Say whether the value has keys."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Say whether the value is a list."""
        return isinstance(self.value, list)

    def text(self) -> str:
        """Return the value as text."""
        return self.value if isinstance(self.value, str) else self.wrong("text")

    def integer(self, least: int, most: int) -> int:
        """Return the value as a whole number between two bounds."""
        text = self.text()
        number = int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() else None
        if number is None or not least <= number <= most:
            self.wrong(f"a whole number from {least} to {most}")
        return number

    def flag(self) -> bool:
        """Return the value as true or false."""
        return self.choice(("true", "false")) == "true"

    def choice(self, words: Collection[str]) -> str:
        """Return the value if it is one of `words`; a message offers what is near."""
        text = self.text()
        if text not in words:
            near = difflib.get_close_matches(text, [*words], n=1, cutoff=0.5)
            self.wrong(f"one of {', '.join(words)}" + (f" (perhaps {near[0]})" if near else ""))
        return text

    def nodes(self) -> "list[Node]":
        """Return the nodes of a list; a single value is a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts; a single one is a list of one."""
        return tuple(node.text() for node in self.nodes())

    def items(self) -> "Iterator[tuple[str, Node]]":
        """Iterate over the keys of a mapping, whatever they are."""
        if not isinstance(self.value, dict):
            self.wrong("a mapping of keys")
        yield from self.value.items()

    def fields(self, known: Collection[str], needed: Collection[str] = ()) -> "dict[str, Node]":
        """Return the keys of a mapping that has all `needed` keys and none that is not `known`."""
        content = dict(self.items())
        for name, node in content.items():
            if name not in known:
                near = difflib.get_close_matches(name, [*known], n=1, cutoff=0.5)
                hint = f" (perhaps {near[0]})" if near else ""
                node.wrong(f"one of the keys {', '.join(known)}{hint}", f"the key {name!r}")
        missing = [name for name in needed if name not in content]
        if missing:
            self.wrong(f"the key {missing[0]!r}", f"only {', '.join(content) or 'no key'}")
        return content


def read(path: Path, name: str = "") -> Node:
    """Return the content of a YAML file; `name` is what messages call it.

    Raises:
        MappingError: the file is missing, not YAML, or writes a key twice.
    """
    shown = name or path.name
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{shown}: cannot be read ({error})") from error
    except yaml.YAMLError as error:
        raise MappingError(f"{shown}: {' '.join(str(error).split())}") from error
    if root is None:
        raise MappingError(f"{shown}: expected a mapping of keys, found an empty file")
    try:
        return _node(root, shown, "")
    except RecursionError as error:
        raise MappingError(f"{shown}: an alias (*) stands within its own anchor (&)") from error


def _node(node: yaml.Node, file: str, key: str, line: int | None = None) -> Node:
    """Return a node at its line: of a value under a key the line of the key."""
    line = line or node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        empty = node.tag.endswith(":null") and node.value in ("", "~", "null") and not node.style
        return Node("" if empty else node.value, file, line, key)
    if isinstance(node, yaml.SequenceNode):
        inner = [_node(part, file, f"{key}[{place}]") for place, part in enumerate(node.value, 1)]
        return Node(inner, file, line, key)
    content: dict[str, Node] = {}
    for name, value in node.value:
        at = name.start_mark.line + 1
        if not isinstance(name, yaml.ScalarNode):
            raise MappingError(f"{file}:{at}: {key}: expected a word as key, found a list or a mapping")
        if name.value in content:
            raise MappingError(f"{file}:{at}: {key}.{name.value}: written twice")
        content[name.value] = _node(value, file, f"{key}.{name.value}".lstrip("."), at)
    return Node(content, file, line, key)
