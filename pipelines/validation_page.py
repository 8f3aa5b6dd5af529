"""The validation report for people: one Japanese page that loads nothing, prints well, and names nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.alarms import WORDS
from pipelines.expectations.declare import AnyRows, Expectation
from pipelines.findings import Finding, Validation
from tadasu.tables import EXTRACT

_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Line:
    """An expectation over the years, as one line of a table of the page; `cells` has a finding per year."""

    expected: Expectation
    label: str
    cells: tuple[Finding, ...]

    @property
    def rule(self) -> str:
        """Say in Japanese from which share of rows on people are warned and the pipeline stops."""
        stop, warn = self.expected.stop_above, self.expected.warn_above
        if isinstance(self.expected.how, AnyRows):
            return "空なら停止"
        say = _below if self.wants_some else _above
        said = (say(warn, "注意"), say(stop, "停止"))
        return "、".join(part for part in said if part)

    @property
    def wants_some(self) -> bool:
        """Say whether it only asks that there are some: then the rows that hold are worth telling."""
        return (self.expected.warn_above or 0) >= 0.5

    @property
    def parts(self) -> str:
        """Say in Japanese which columns the unexpected cells of all years are in."""
        cells: dict[str, int] = {}
        for finding in self.cells:
            for label, count in finding.parts:
                cells[label] = cells.get(label, 0) + count
        most = sorted(cells.items(), key=lambda part: -part[1])
        return "、".join(f"{label} {count:,}件" for label, count in most)


@dataclass(frozen=True, slots=True)
class Missing:
    """What seems to be missing as a whole: `alarms` and `unchecked` of `intake.json`.

    accepted: whether the office has looked and goes on all the same.
    """

    alarms: Sequence[Mapping[str, Any]] = ()
    unchecked: Sequence[Mapping[str, Any]] = ()
    accepted: bool = False

    @property
    def grave(self) -> int:
        """Return how many alarms stop a run, unless they were accepted."""
        return sum(alarm["severity"] == "critical" for alarm in self.alarms)

    @property
    def severity(self) -> str:
        """Return how the page marks it: critical where the run was stopped, else warning."""
        return "critical" if self.grave and not self.accepted else "warning"


def _above(tolerated: float | None, verb: str) -> str:
    if tolerated is None:
        return ""
    return f"{tolerated:.0%}を超えると{verb}" if tolerated else f"1件でも{verb}"


def _below(tolerated: float | None, verb: str) -> str:
    return "" if tolerated is None else f"該当が{1 - tolerated:.0%}に満たないと{verb}"


def percent(share: float) -> str:
    """Write a share so that something never looks like nothing, nor nearly all like all."""
    if 0 < share < 0.001:
        return "0.1%未満"
    if 0.999 < share < 1:
        return "99.9%超"
    return f"{share:.1%}"


def render(validation: Validation, missing: Missing | None = None) -> str:
    """Return the page, what is missing as a whole first; the same findings give the same text."""
    lines = list(_lines(validation.findings))
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template("validation.html").render(
        validation=validation,
        missing=missing or Missing(),
        grave=WORDS,
        years=list(validation.rows),
        tables=EXTRACT,
        stopping=[line for line in lines if any(f.failed == "critical" for f in line.cells)],
        warning=[line for line in lines if _gravest(line) == "warning"],
        passed=sum(_gravest(line) is None for line in lines),
        by_table={t.name: [line for line in lines if line.expected.table == t.name] for t in EXTRACT},
    )


def _gravest(line: Line) -> str | None:
    return min((f.failed for f in line.cells if f.failed), default=None)  # "critical" before "warning"


def _lines(findings: Iterable[Finding]) -> Iterable[Line]:
    labels = {table.name: table.label for table in EXTRACT}
    cells: dict[Expectation, list[Finding]] = {}
    for finding in findings:
        cells.setdefault(finding.expectation, []).append(finding)
    for expected, found in cells.items():
        yield Line(expected, labels[expected.table], tuple(found))
