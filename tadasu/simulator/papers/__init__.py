"""Papers: what payers, people and municipalities file from the facts, when nothing goes wrong."""

from tadasu.simulator.papers.file import file
from tadasu.simulator.papers.papers import Papers

__all__ = ["Papers", "file"]
