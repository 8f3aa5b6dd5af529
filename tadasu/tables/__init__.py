"""Every table once: its grain, its key, its columns with their types and codes.

`extract` holds what a tax system hands over (`EXTRACT`), `beside` what it may bring besides (`BESIDE`),
`made` what Tadasu itself writes, `decided` what staff decided and what becomes of it.
Money is whole yen in Int64, dates are Date, identifiers are text.
An empty cell means 'not stated', never zero.
"""

from tadasu.tables.beside import BESIDE, CONTROL_TOTALS, NOT_TAKEN_IN, PERSON_IDS
from tadasu.tables.columns import PAYER_COLUMNS, PERSON_COLUMNS
from tadasu.tables.decided import CONFLICTS, DECISIONS, EXPORTED, IDS, OUTGOING
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
from tadasu.tables.made import (
    CHANGES,
    CROSSWALK,
    LANES,
    LINKED,
    LINKS,
    MENDS,
    QUARANTINE,
    REPAIRS,
    SAMPLE,
    SECOND_LOOK,
    SUGGESTIONS,
    TRUTH,
)
from tadasu.tables.table import COUNT, DATE, FLAG, REAL, TEXT, YEAR, YEN, Column, Table

__all__ = [
    "ASSESSMENTS",
    "BESIDE",
    "CHANGES",
    "CHANNELS",
    "CONFLICTS",
    "CONTROL_TOTALS",
    "CORRECTIONS",
    "COUNT",
    "CROSSWALK",
    "DATE",
    "DECISIONS",
    "DEPENDENTS",
    "DOCUMENTS",
    "DONATIONS",
    "EXPORTED",
    "EXTRACT",
    "FLAG",
    "IDS",
    "INCONSISTENCIES",
    "KINDS",
    "LANES",
    "LINKED",
    "LINKS",
    "MENDS",
    "NOT_TAKEN_IN",
    "OUTCOMES",
    "OUTGOING",
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
    "SECOND_LOOK",
    "SECOND_OPINIONS",
    "SUGGESTIONS",
    "TEXT",
    "TRUTH",
    "YEAR",
    "YEN",
    "Column",
    "Table",
]
