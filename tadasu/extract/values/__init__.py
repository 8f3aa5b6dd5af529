"""Text of a cell to a value, as a mapping's `Reading` says, and back; a column at a time."""

from tadasu.extract.values.read import Values, read_values
from tadasu.extract.values.write import write_values

__all__ = ["Values", "read_values", "write_values"]
