"""Readers of a ward's extract: `read(folder)` gives tables that keep their contract, and the rest."""

from tadasu.extract.intake import FileCount, Intake, read
from tadasu.extract.oddities import Oddity

__all__ = ["FileCount", "Intake", "Oddity", "read"]
