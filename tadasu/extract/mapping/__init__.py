"""Mappings: how a ward's own files become the standard layout, read from `conf/ward/<ward>.yaml`.

`docs/mapping.md` explains every key; `conf/ward/example.yaml` is a worked example.
"""

from tadasu.extract.mapping.covering import covering
from tadasu.extract.mapping.load import load
from tadasu.extract.mapping.model import Cell, Codes, Layout, Mapping, Part, Position, Reading, Row, Source
from tadasu.extract.mapping.nodes import MappingError, Node

__all__ = [
    "Cell",
    "Codes",
    "Layout",
    "Mapping",
    "MappingError",
    "Node",
    "Part",
    "Position",
    "Reading",
    "Row",
    "Source",
    "covering",
    "load",
]
