"""What is missing as a whole, told before anybody judges rows: the lines, and why a run stops."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SHOWN = 5

WORDS = {"critical": "停止", "warning": "注意"}
"""How grave an alarm is, in the words of the page."""

Alarms = Sequence[Mapping[str, Any]]


def told(alarms: Alarms) -> list[str]:
    """Return a line for each kind of alarm of `intake.json`, with its count."""
    counts = Counter((alarm["year"], alarm["what"]) for alarm in alarms)
    return [f"欠落の疑い（{year}）：{what} {count:,}件" for (year, what), count in sorted(counts.items())]


def stopping(alarms: Alarms, account: Path, page: Path) -> str:
    """Return the message that stops a run, '' where no alarm is critical.

    Args:
        alarms: Those of `intake.json`.
        account: Where that file lies.
        page: Where the validation page lies, which begins with them.
    """
    critical = [alarm for alarm in alarms if alarm["severity"] == "critical"]
    if not critical:
        return ""
    lines = [f"\n  - {described(alarm)}" for alarm in critical[:_SHOWN]]
    more = f"\n  - ほか {len(critical) - _SHOWN:,} 件" if len(critical) > _SHOWN else ""
    return (
        f"抽出データに、まとまって欠けている疑いのあるものが {len(critical):,} 件あります。"
        f"{''.join(lines)}{more}\n"
        f"全件は {page} の最初と {account} の alarms にあります。"
        "足りない分を取り寄せて取り込み直してください。"
        "確かめた結果このままでよければ validate.accept_alarms=true を付けて続けてください。"
    )


def described(alarm: Mapping[str, Any]) -> str:
    """Return an alarm in one line: the year, what, about which, how many there should be and are."""
    counts = f"あるはず {alarm['expected']:,}、取り込み {alarm['found']:,}"
    return f"{alarm['year']}年度 {alarm['what']}：{alarm['about']}（{counts}）"
