"""Every table once: its grain, its key, its columns with their types and codes.

`extract` holds what a tax system hands over (`EXTRACT`), `beside` what it may bring besides (`BESIDE`),
`made` what Tadasu itself writes.
Money is whole yen in Int64, dates are Date, identifiers are text.
An empty cell means 'not stated', never zero.
"""

from tadasu.tables.beside import BESIDE, CONTROL_TOTALS, PERSON_IDS
from tadasu.tables.columns import PAYER_COLUMNS, PERSON_COLUMNS
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
from tadasu.tables.made import CHANGES, LANES, MENDS, QUARANTINE, REPAIRS, SAMPLE, SUGGESTIONS, TRUTH
from tadasu.tables.table import COUNT, DATE, FLAG, REAL, TEXT, YEAR, YEN, Column, Table

__all__ = [
    "ASSESSMENTS",
    "BESIDE",
    "CHANGES",
    "CHANNELS",
    "CONTROL_TOTALS",
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
    "MENDS",
    "OUTCOMES",
    "PAYER_COLUMNS",
    "PERSON_COLUMNS",
    "PERSON_IDS",
    "PREVIOUS_ASSESSMENTS",
    "QUARANTINE",
    "REAL",
    "RELATIONSHIPS",
    "REPAIRS",
    "RESIDENTS",
    "SAMPLE",
    "SECOND_OPINIONS",
    "SUGGESTIONS",
    "TEXT",
    "TRUTH",
    "YEAR",
    "YEN",
    "Column",
    "Table",
]
