"""What is expected of a ward's extract, table by table: `EXPECTATIONS`, the whole list in one place."""

from pipelines.expectations.actions import OF_CORRECTIONS, OF_SECOND_OPINIONS
from pipelines.expectations.contract import expectations_of
from pipelines.expectations.declare import Expectation
from pipelines.expectations.listed import OF_INCONSISTENCIES
from pipelines.expectations.papers import OF_DOCUMENTS, OF_DONATIONS
from pipelines.expectations.people import OF_DEPENDENTS, OF_RESIDENTS
from pipelines.expectations.records import OF_ASSESSMENTS, OF_PREVIOUS
from tadasu.tables import EXTRACT

_ACROSS_TABLES: tuple[Expectation, ...] = (
    *OF_RESIDENTS,
    *OF_DOCUMENTS,
    *OF_DEPENDENTS,
    *OF_DONATIONS,
    *OF_ASSESSMENTS,
    *OF_PREVIOUS,
    *OF_INCONSISTENCIES,
    *OF_CORRECTIONS,
    *OF_SECOND_OPINIONS,
)

EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
    table.name: (*expectations_of(table), *(e for e in _ACROSS_TABLES if e.table == table.name))
    for table in EXTRACT
}
"""The expectations of each table of the extract: the contract's first, then what tables say of each other."""
