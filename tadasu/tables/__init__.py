"""Every table once: its grain, its key, its columns with their types and codes.

`extract` holds what a tax system hands over (`EXTRACT`), `made` what Tadasu itself writes.
Money is whole yen in Int64, dates are Date, identifiers are text.
An empty cell means 'not stated', never zero.
"""

from tadasu.tables.extract import (
    ASSESSMENTS,
    CHANNELS,
    CORRECTIONS,
    DEPENDENTS,
    DOCUMENTS,
    DONATIONS,
    EXTRACT,
    INCONSISTENCIES,
    KINDS,
    OUTCOMES,
    PREVIOUS_ASSESSMENTS,
    RELATIONSHIPS,
    RESIDENTS,
    SECOND_OPINIONS,
)
from tadasu.tables.made import CHANGES, LANES, QUARANTINE, REPAIRS, SUGGESTIONS, TRUTH
from tadasu.tables.table import COUNT, DATE, FLAG, REAL, TEXT, YEAR, YEN, Column, Table

__all__ = [
    "ASSESSMENTS",
    "CHANGES",
    "CHANNELS",
    "CORRECTIONS",
    "COUNT",
    "DATE",
    "DEPENDENTS",
    "DOCUMENTS",
    "DONATIONS",
    "EXTRACT",
    "FLAG",
    "INCONSISTENCIES",
    "KINDS",
    "LANES",
    "OUTCOMES",
    "PREVIOUS_ASSESSMENTS",
    "QUARANTINE",
    "REAL",
    "RELATIONSHIPS",
    "REPAIRS",
    "RESIDENTS",
    "SECOND_OPINIONS",
    "SUGGESTIONS",
    "TEXT",
    "TRUTH",
    "YEAR",
    "YEN",
    "Column",
    "Table",
]
