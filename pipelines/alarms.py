"""What is missing as a whole, told before anybody judges rows: the lines, and why a run stops."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SHOWN = 5

Alarms = Sequence[Mapping[str, Any]]


def told(alarms: Alarms) -> list[str]:
    """Return a line for each kind of alarm of `intake.json`, with its count."""
    counts = Counter((alarm["year"], alarm["what"]) for alarm in alarms)
    return [f"欠落の疑い（{year}）：{what} {count:,}件" for (year, what), count in sorted(counts.items())]


def stopping(alarms: Alarms, account: Path) -> str:
    """Return the message that stops a run, '' where no alarm is critical."""
    critical = [alarm for alarm in alarms if alarm["severity"] == "critical"]
    if not critical:
        return ""
    lines = [
        f"\n  - {a['year']} {a['what']}: {a['about']} ({a['found']:,} of {a['expected']:,})"
        for a in critical[:_SHOWN]
    ]
    more = f"\n  - and {len(critical) - _SHOWN} more" if len(critical) > _SHOWN else ""
    return (
        f"Something whole is missing from the extract:{''.join(lines)}{more}\n"
        f"All of it stands in {account} under `alarms`. Have it sent and run again; where the office has "
        "looked and it is as it should be, go on with validate.accept_alarms=true."
    )
