"""The repairs that staff could make to a row: declared kinds, proposals by subject, one list per row.

`propose` is the entry; `kinds.KINDS` lists what is proposed and on which grounds.
"""

from features.repairs.kinds import KINDS, Kind
from features.repairs.proposals import Proposed, propose

__all__ = ["KINDS", "Kind", "Proposed", "propose"]
