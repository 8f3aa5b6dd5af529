"""The checks that a resident-tax system runs when it merges papers, one small `Check` each.

`CATALOGUE` lists them; each stands in the module of its subject and is stated from the tables alone
(`Records`): documents, residents, dependents, donations, assessments, last year's assessments. `run` makes
them and returns `inconsistencies` in the standard layout. A check is as crude as a tax system's: it asks
wherever figures contradict, also where the record is right.

What the tables cannot tell (names, addresses, the payers' register, other municipalities' claims) stands in
`NOT_EXPRESSIBLE` with the reason. Amounts are the law's (`tadasu.law`); counts, ages and the system's own
settings lie in `limits.yaml`. `docs/checks.md` is written from here.
"""

from tadasu.checks.catalogue import BY_CODE, CATALOGUE, NOT_EXPRESSIBLE
from tadasu.checks.check import REPAIRS, SUBJECTS, Check
from tadasu.checks.codes import CATALOGUE_CODES, CodeError, CodeTable
from tadasu.checks.limits import Limits, limits
from tadasu.checks.records import Records
from tadasu.checks.run import run
from tadasu.checks.waves import Waves

__all__ = [
    "BY_CODE",
    "CATALOGUE",
    "CATALOGUE_CODES",
    "NOT_EXPRESSIBLE",
    "REPAIRS",
    "SUBJECTS",
    "Check",
    "CodeError",
    "CodeTable",
    "Limits",
    "Records",
    "Waves",
    "limits",
    "run",
]
