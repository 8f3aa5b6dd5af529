"""Writing an extract in a ward's own layout: the mapping, run backwards."""

from tadasu.extract.writing.write import write

__all__ = ["write"]
