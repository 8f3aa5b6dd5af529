"""Readers of a ward's extract: the standard layout, or the ward's own files by its mapping.

`read(folder)` and `read_mapped(folder, mapping)` give tables that keep their contract, and the rest;
`write(tables, mapping, folder)` makes such files from tables.
"""

from tadasu.extract.intake import FileCount, Intake, read
from tadasu.extract.mapped import read_mapped
from tadasu.extract.oddities import Oddity
from tadasu.extract.writing import write

__all__ = ["FileCount", "Intake", "Oddity", "read", "read_mapped", "write"]
