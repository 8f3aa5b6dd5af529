"""A mapping from YAML: every key is known, every word is checked, every message names file, line and key."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Mapped
from pathlib import Path

from tadasu.extract.forms import year_of
from tadasu.extract.mapping import layouts
from tadasu.extract.mapping.columns import Context, cell
from tadasu.extract.mapping.model import Cell, Codes, Mapping, Row, Source
from tadasu.extract.mapping.nodes import MappingError, Node, read
from tadasu.tables import ASSESSMENTS, BESIDE, EXTRACT, OUTGOING, PREVIOUS_ASSESSMENTS, Table

SECTIONS = ("statutory", "returns", "export", "identifiers")
"""Parts of a mapping that other readers understand: kept as nodes."""

_MAPPING = ("year_form", "year_offset", "defaults", "codes", "eras", "tables", *SECTIONS)
_OF_SOURCE = ("files", "year", "optional", "refuse", "repeat", "present", "columns")
_OF_EXPORT = ("literals", "order")
_DEFAULTS = (*layouts.KEYS, "dates", "era_digits", "numbers", "refuse")
TABLES: dict[str, Table] = {table.name: table for table in (*EXTRACT, *BESIDE)}


def has_mapping(path: Path) -> bool:
    """Say whether a ward's file holds a mapping: without one its extract is in the standard layout."""
    root = read(path)
    return root.is_mapping and "mapping" in dict(root.items())


def load(path: Path) -> Mapping:
    """Return the mapping that stands under `mapping:` in a ward's file, or in that of the ward named there.

    Raises:
        MappingError: it cannot be read or is not as `docs/mapping.md` says; the first thing that is wrong.
    """
    root = read(path, str(path))
    content = dict(root.items())
    if "mapping" not in content:
        root.wrong("the key 'mapping'", f"only {', '.join(content)}")
    told = content["mapping"]
    # The same layout as another ward's is told by that ward's name.
    return parse(told) if told.is_mapping else load(path.with_name(f"{told.text()}.yaml"))


def parse(node: Node) -> Mapping:
    """Return what a `mapping:` node says."""
    keys = node.fields(_MAPPING, ("tables",))
    defaults = keys["defaults"].fields(_DEFAULTS) if "defaults" in keys else {}
    codes = {name: _codes(table) for name, table in _items(keys, "codes")}
    if ASSESSMENTS.name in codes:
        keys["codes"].wrong(
            f"another name than {ASSESSMENTS.name}, which is what the record calls its columns"
        )
    codes[ASSESSMENTS.name] = _names_of_record(keys["tables"])
    eras = {name: _codes(table) for name, table in _items(keys, "eras")}
    context = Context(codes, eras)
    nodes = [(TABLES[name], one) for name, told in _tables(keys["tables"]) for one in told.nodes()]
    sources = tuple(_source(table, node, defaults, context) for table, node in nodes)
    _require_columns((table, node, of) for (table, node), of in zip(nodes, sources, strict=True))
    return Mapping(
        node.file,
        sources,
        _year_form(keys["year_form"]) if "year_form" in keys else "2024",
        keys["year_offset"].integer(-1, 1) if "year_offset" in keys else 0,
        {name: keys[name] for name in SECTIONS if name in keys},
        _outgoing(keys["export"], defaults, context) if "export" in keys else None,
    )


def _outgoing(node: Node, defaults: Mapped[str, Node], context: Context) -> Source:
    """Return the layout of corrections for the tax system: a source like any other, written and not read."""
    keys = node.fields((*_OF_SOURCE, *_DEFAULTS, *_OF_EXPORT), ("files", "columns"))
    told = {name: value for name, value in keys.items() if name not in _OF_EXPORT}
    keys["columns"].fields(tuple(OUTGOING.schema), ("old_value", "new_value", "decided_on"))
    layout = Node(told, node.file, node.line, node.key)
    source = _source(OUTGOING, layout, defaults, context)
    _require_columns([(OUTGOING, layout, source)])
    return source


def _items(keys: Mapped[str, Node], name: str) -> Iterator[tuple[str, Node]]:
    return keys[name].items() if name in keys else iter(())


def _codes(node: Node) -> Codes:
    return {code: value.text() for code, value in node.items()}


def _names_of_record(tables: Node) -> Codes:
    """Return field by the name that its column has in the merged records: lists may name fields so."""
    told = dict(tables.items()).get(ASSESSMENTS.name)
    found = {"": ""}
    for source in told.nodes() if told else ():
        columns = dict(source.items()).get("columns") if source.is_mapping else None
        for name, node in columns.items() if columns and columns.is_mapping else ():
            named = dict(node.items()).get("from") if node.is_mapping else node
            if named and isinstance(named.value, str):
                found[named.value] = name
    return found


def _tables(node: Node) -> Iterator[tuple[str, Node]]:
    yield from node.fields(tuple(TABLES)).items()


def _year_form(node: Node) -> str:
    text = node.text()
    return text if year_of(text) else node.wrong("a year as an example, such as 2023, R05 or 令和5年度")


def _source(table: Table, node: Node, defaults: Mapped[str, Node], context: Context) -> Source:
    keys = node.fields((*_OF_SOURCE, *_DEFAULTS), ("files", "columns"))
    given = {**defaults, **keys}
    rows = tuple(_rows(table, keys, context.within(given)))
    source = Source(
        table,
        tuple(_pattern(file, dated="year" in keys) for file in keys["files"].nodes()),
        layouts.layout(given, own_header="header" in keys),
        rows,
        keys["year"].integer(1900, 2999) if "year" in keys else None,
        tuple(name for told in (defaults, keys) if "refuse" in told for name in told["refuse"].texts()),
        keys["optional"].flag() if "optional" in keys else False,
        f"{node.file}:{node.line}",
    )
    layouts.require_positions(source, keys["columns"])
    return source


def _pattern(node: Node, *, dated: bool) -> str:
    text = node.text()
    if not dated and "{year}" not in text:
        node.wrong("a pattern with {year} for the tax year, or a key `year` beside it")
    if text.startswith("/") or ".." in text.split("/"):
        node.wrong("a pattern below the ward's folder")
    return text


def _rows(table: Table, keys: Mapped[str, Node], context: Context) -> Iterator[Row]:
    """Return the rows that a line brings: one, or one for each entry of `repeat`."""
    slots = [_words(node) for node in keys["repeat"].nodes()] if "repeat" in keys else [{}]
    made = [tuple(_cells(table, _filled(keys["columns"], words), context)) for words in slots]
    for words, cells in zip(slots, made, strict=True):
        if "present" in keys:
            yield Row(cells, _filled(keys["present"], words).texts())
        else:
            yield Row(cells, _own(cells, made) if "repeat" in keys else ())


def _own(cells: tuple[Cell, ...], rows: list[tuple[Cell, ...]]) -> tuple[str, ...]:
    """Return the file's columns that this row alone is read from."""
    others = {name for other in rows if other is not cells for cell in other for name in cell.sources}
    return tuple(dict.fromkeys(n for cell in cells for n in cell.sources if n not in others))


def _words(node: Node) -> dict[str, str]:
    if not node.is_mapping:
        return {"n": node.text()}
    return {name: value.text() for name, value in node.items()}


def _filled(node: Node, words: Mapped[str, str]) -> Node:
    """Return the node with every `{word}` of a slot filled in."""
    value = node.value
    if isinstance(value, dict):
        filled: object = {name: _filled(inner, words) for name, inner in value.items()}
    elif isinstance(value, list):
        filled = [_filled(inner, words) for inner in value]
    else:
        for name, word in words.items():
            value = value.replace(f"{{{name}}}", word)
        filled = value
    return Node(filled, node.file, node.line, node.key)  # type: ignore[arg-type]


def _cells(table: Table, node: Node, context: Context) -> Iterator[Cell]:
    known = {column.name: column for column in table.columns}
    keys = node.fields(tuple(known))
    for name, told in keys.items():
        yield cell(known[name], told, context, keys)
    if "tax_year" in known and "tax_year" not in keys:
        yield Cell("tax_year", constant="{last_year}" if table == PREVIOUS_ASSESSMENTS else "{year}")


def _require_columns(told: Iterable[tuple[Table, Node, Source]]) -> None:
    """See that no source lacks a column that no row of its table may lack; all that do are told at once."""
    wrong = [
        f"{node.file}:{node.line}: {node.key}.columns: expected the column {column.name} ({column.label}), "
        f"which no row of {table.name} may lack"
        for table, node, source in told
        for column in table.columns
        if (column.filled or column.name in table.key)
        and not all(any(c.column == column.name for c in row.cells) for row in source.rows)
    ]
    if wrong:
        raise MappingError("\n".join(wrong))
