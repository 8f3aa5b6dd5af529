"""The catalogue as a page for people: `docs/checks.md` is what `render` returns; a test compares the two."""

from collections.abc import Iterable

import yaml

from tadasu.checks.catalogue import CATALOGUE, NOT_EXPRESSIBLE
from tadasu.checks.check import REPAIRS, SUBJECTS, Check
from tadasu.checks.limits import FILE
from tadasu.fields import UNVERIFIED, label

_INTRODUCTION = f"""\
# The checks of the demo ward's tax system

Written by `tadasu/checks/page.py` from the catalogue in `tadasu/checks/` (`tadasu docs` writes it anew); do
not edit it here.

A tax system merges everybody's papers in April and lists what contradicts (不整合リスト). These are the
{len(CATALOGUE)} checks of the demo ward's system, each stated from the tables of the standard layout alone.
They are as crude as a real system's: a check asks wherever its figures contradict, also where the record is
right. A real ward's system has its own checks; nothing in Tadasu depends on these codes.

How the columns read:

- **Code**: of this catalogue. What a system prints is a matter of `tadasu.checks.CodeTable`: another maker's
  system prints other numbers, and the names in the second line of the name.
- **Doubts**: the tax field of the row, where it always is the same one; otherwise each row says which.
- **Repairs**: what may settle a row, the likeliest first.
- **Without a mistake**: what raises a row although every paper is right; where it is empty, nothing does.

Articles without the name of a law are of 地方税法; none was read in the text of the statute{UNVERIFIED}.
The subjects run in this order, one every four days from 7 April; a row about a paper that came later is
raised on the next run.
"""

_MISSING = """\
## What the tables cannot tell

Checks that tax systems make and that no column of the standard layout can express:
"""

_LIMITS = """\
## Limits

Numbers that the checks need beside the law of the tax (`tadasu/law/years/`), from
`tadasu/checks/limits.yaml`. 設定 marks a setting of the system, which no law fixes.
"""

_BASES = {
    "setting": "設定",
    "official_page": "官公庁のページ",
    "secondary": "二次資料",
    "unverified": "未確認",
}


def render() -> str:
    """Return the page in Markdown."""
    sections = (_subject(subject, words) for subject, words in SUBJECTS.items())
    return "\n".join((_INTRODUCTION, *sections, _MISSING, _missing(), _LIMITS, _limits()))


def _subject(subject: str, words: str) -> str:
    head = ("Code", "名称", "Raised when", "Doubts", "Law", "Repairs", "Without a mistake")
    rows = (_row(check) for check in CATALOGUE if check.subject == subject)
    return f"## {words}\n\n{_grid(head, rows)}"


def _row(check: Check) -> tuple[str, ...]:
    doubts = label(check.field) if check.field else "行による"
    repairs = "・".join(REPAIRS[word] for word in check.repairs)
    name = f"{check.name}<br>（{check.alias}）"
    return check.code, name, check.question, doubts, check.law, repairs, check.without_error


def _missing() -> str:
    return _grid(("What", "Why not"), NOT_EXPRESSIBLE.items())


def _limits() -> str:
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    rows = (
        (f"`{name}`", f"{entry['value']:,}", entry.get("law", ""), _BASES[entry["basis"]], entry["note"])
        for name, entry in entries.items()
    )
    return _grid(("Name", "Value", "Law", "Basis", "What for"), rows)


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)
