"""Read the law's YAML strictly: a missing, unknown or uncited key is an error that names file and key."""

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml

from tadasu.errors import TadasuError
from tadasu.law.shapes import BASES, Amount, Basis, Cite, Rate, Row, Schedule

FOLDER = Path(__file__).parent
_CITE = {"law", "basis", "source", "note"}
_OPTIONAL = {"source", "note"}
_ROW = {"to", "value", "step", "times", "minus"}

T = TypeVar("T")


class LawError(TadasuError, ValueError):
    """The law asked for does not exist, or its file is not what the loader accepts."""


class _TextLoader(yaml.SafeLoader):
    """YAML whose scalars stay text, so that a rate is never a float and a doubled key is an error."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    pairs = [(loader.construct_object(k), loader.construct_object(v, deep=True)) for k, v in node.value]
    doubled = sorted({key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1})
    if doubled:
        raise LawError(f"key written twice: {', '.join(doubled)}{node.start_mark}")
    return dict(pairs)


_TextLoader.yaml_implicit_resolvers = {}
_TextLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> dict[str, Any]:
    """Return a law file's content, every scalar as text.

    Raises:
        LawError: the file is missing, not YAML, not a mapping, or writes a key twice.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise LawError(f"{path.name}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, LawError) as error:
        raise LawError(f"{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise LawError(f"{path.name}: expected a mapping of keys, found {type(content).__name__}")
    return content


def build(kind: type[T], node: object, where: str) -> T:
    """Return the section `kind` from its YAML node; `where` is 'file: key' for messages.

    Raises:
        LawError: a key is missing, unknown or uncited, or a number is not one.
    """
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    content = keys_of(node, where, set(names))
    return kind(**{name: _value(hints[name], content[name], _under(where, name)) for name in names})


def keys_of(
    node: object,
    where: str,
    needed: set[str],
    optional: set[str] = frozenset(),  # type: ignore[assignment]
) -> Mapping[str, Any]:
    """Return `node` as a mapping that has all `needed` keys and no others than `optional` ones.

    Raises:
        LawError: it has not.
    """
    if not isinstance(node, dict):
        raise LawError(f"{where}: expected keys {', '.join(sorted(needed))}, found {node!r}")
    if missing := sorted(needed - node.keys()):
        raise LawError(f"{where}: missing key {', '.join(missing)}")
    if unknown := sorted(node.keys() - needed - optional):
        raise LawError(f"{where}: unknown key {', '.join(unknown)}")
    return node


def whole(text: object, where: str) -> int:
    """Return a whole number written as text.

    Raises:
        LawError: it is not one.
    """
    try:
        return int(str(text))
    except ValueError:
        raise LawError(f"{where}: expected a whole number, found {text!r}") from None


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if ": " in where else f"{where}: {name}"


def _value(kind: Any, node: object, where: str) -> Any:
    if kind is Amount:
        content = keys_of(node, where, {"value", "law", "basis"}, _OPTIONAL)
        return Amount(whole(content["value"], where), _cite(content, where))
    if kind is Rate:
        content = keys_of(node, where, {"value", "law", "basis"}, _OPTIONAL)
        return Rate(_fraction(content["value"], where), _cite(content, where))
    if kind is Schedule:
        content = keys_of(node, where, {"rows", "law", "basis"}, _OPTIONAL | {"fraction"})
        up = _up(content.get("fraction", "down"), where)
        return Schedule(_rows(content["rows"], where), _cite(content, where), up)
    return build(kind, node, where)


def _cite(content: Mapping[str, Any], where: str) -> Cite:
    basis: Basis = content["basis"]
    if basis not in BASES:
        raise LawError(f"{where}: basis {basis!r} is none of {', '.join(BASES)}")
    if not content["law"]:
        raise LawError(f"{where}: law is empty, expected the article")
    if basis in ("official_page", "secondary") and not content.get("source"):
        raise LawError(f"{where}: basis {basis} needs a source")
    return Cite(content["law"], basis, content.get("source", ""), content.get("note", ""))


def _fraction(text: object, where: str) -> Fraction:
    """Read '6%', '3/5', '5.105/84.895' or '1' exactly."""
    try:
        above, _, below = str(text).partition("/")
        rate = Fraction(above.removesuffix("%")) / (100 if above.endswith("%") else 1)
        return rate / Fraction(below) if below else rate
    except (ValueError, ZeroDivisionError):
        raise LawError(f"{where}: expected a rate like 6% or 3/5, found {text!r}") from None


def _up(text: object, where: str) -> bool:
    if text not in ("up", "down"):
        raise LawError(f"{where}: fraction is up or down, found {text!r}")
    return text == "up"


def _rows(node: object, where: str) -> tuple[Row, ...]:
    if not isinstance(node, list) or not node:
        raise LawError(f"{where}: rows must be a list of steps")
    rows = tuple(_row(step, f"{where} row {number}") for number, step in enumerate(node, 1))
    bounds = [row.to for row in rows]
    if bounds[-1] is not None or None in bounds[:-1]:
        raise LawError(f"{where}: the last row, and no other, has no 'to'")
    inner = [bound for bound in bounds if bound is not None]
    if inner != sorted(set(inner)):
        raise LawError(f"{where}: 'to' must rise from row to row")
    return rows


def _row(node: object, where: str) -> Row:
    content = keys_of(node, where, set(), _ROW)
    if ("value" in content) == ("times" in content):
        raise LawError(f"{where}: expected either value or times")
    if "value" in content and content.keys() & {"step", "minus"}:
        raise LawError(f"{where}: step and minus go with times")
    numbers = {key: whole(content[key], where) for key in content.keys() - {"times"}}
    if numbers.get("step", 1) < 1:
        raise LawError(f"{where}: step must be 1 or more")
    times = _fraction(content["times"], where) if "times" in content else Fraction(0)
    return Row(
        numbers.get("to"), numbers.get("value", 0), numbers.get("step", 1), times, numbers.get("minus", 0)
    )
