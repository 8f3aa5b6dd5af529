"""The catalogue: all slips and all innocent causes, in the order of the subjects."""

from tadasu.simulator.slips.boxes import BOXES
from tadasu.simulator.slips.credits import CREDITS
from tadasu.simulator.slips.disability import DISABILITIES
from tadasu.simulator.slips.disagreeing import DISAGREEING
from tadasu.simulator.slips.gifts import GIFTS_SLIPS, INNOCENT_GIFTS
from tadasu.simulator.slips.harmless_reports import INNOCENT_REPORTS
from tadasu.simulator.slips.marks import MARKS
from tadasu.simulator.slips.paid import INNOCENT_PAID, PAID
from tadasu.simulator.slips.pension import PENSIONS
from tadasu.simulator.slips.premiums import PREMIUMS
from tadasu.simulator.slips.relatives import INNOCENT_RELATIVES, RELATIVES
from tadasu.simulator.slips.reports import REPORTS
from tadasu.simulator.slips.salary import SALARIES
from tadasu.simulator.slips.slip import Slip
from tadasu.simulator.slips.spouse import SPOUSES
from tadasu.simulator.slips.status import STATUSES
from tadasu.simulator.slips.ward_side import WARD

CATALOGUE: tuple[Slip, ...] = (
    *REPORTS,
    *SALARIES,
    *PENSIONS,
    *SPOUSES,
    *RELATIVES,
    *DISABILITIES,
    *STATUSES,
    *PAID,
    *PREMIUMS,
    *CREDITS,
    *GIFTS_SLIPS,
    *WARD,
)
INNOCENT: tuple[Slip, ...] = (
    *INNOCENT_REPORTS,
    *INNOCENT_RELATIVES,
    *INNOCENT_PAID,
    *INNOCENT_GIFTS,
    *DISAGREEING,
    *BOXES,
    *MARKS,
)


def by_name(name: str) -> Slip:
    """Return a slip or an innocent cause by its name.

    Raises:
        KeyError: there is none of this name.
    """
    for slip in (*CATALOGUE, *INNOCENT):
        if slip.name == name:
            return slip
    raise KeyError(f"no slip is called {name!r}; see tadasu.simulator.slips.CATALOGUE")
