"""What validation found: one finding per expectation and tax year, and the verdict over all of them.

Findings hold counts and shares alone, never a value of a row.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipelines.expectations.declare import Expectation, Severity

Verdict = Literal["critical", "warning", "ok"]


@dataclass(frozen=True, slots=True)
class Finding:
    """An expectation in one year: rows it speaks of, how many were unexpected, which severity that gives.

    `parts` says which columns the unexpected cells are in (Japanese label, cells), most first.
    """

    expectation: Expectation
    year: int
    checked: int
    unexpected: int
    failed: Severity | None = None
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def share(self) -> float:
        """Return the share of the checked rows that were unexpected, 0..1."""
        return self.unexpected / self.checked if self.checked else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON types."""
        expected = self.expectation
        return {
            "id": expected.id,
            "year": self.year,
            "table": expected.table,
            "success": self.failed is None,
            "severity": self.failed or expected.severity,
            "checked": self.checked,
            "unexpected": self.unexpected,
            "share": round(self.share, 6),
            "warn_above": expected.warn_above,
            "stop_above": expected.stop_above,
            "description": expected.description,
            "parts": dict(self.parts),
        }


@dataclass(frozen=True, slots=True)
class Validation:
    """All findings of a run, in the order of years and tables; `rows` counts what was looked at."""

    findings: tuple[Finding, ...] = field(repr=False)
    rows: Mapping[int, Mapping[str, int]]
    synthetic: bool = False
    ward: str = ""

    @property
    def critical(self) -> tuple[Finding, ...]:
        """Return the findings that stop the pipeline."""
        return tuple(finding for finding in self.findings if finding.failed == "critical")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return the findings that people are warned of."""
        return tuple(finding for finding in self.findings if finding.failed == "warning")

    @property
    def verdict(self) -> Verdict:
        """Return the gravest severity found, or `ok`."""
        return "critical" if self.critical else "warning" if self.warnings else "ok"

    def summary(self) -> dict[str, Any]:
        """Return verdict, counts and every finding as JSON types; the same tables give the same summary."""
        failed = Counter(finding.failed for finding in self.findings)
        return {
            "verdict": self.verdict,
            "synthetic": self.synthetic,
            "expectations": len({finding.expectation.id for finding in self.findings}),
            "critical": failed["critical"],
            "warnings": failed["warning"],
            "rows": {str(year): dict(tables) for year, tables in self.rows.items()},
            "findings": [finding.as_json() for finding in self.findings],
        }

    def message(self, report: Path | None = None) -> str:
        """Return what stopped the pipeline, where, and what to do, in one paragraph."""
        named = "; ".join(
            f"{f.year} {f.expectation.id} ({f.expectation.description}): "
            f"{f.unexpected:,} of {f.checked:,} rows are not"
            for f in self.critical
        )
        where = f" The report is at {report}." if report else ""
        return (
            f"Validation stopped the run, {len(self.critical)} critical expectation(s) failed: {named}."
            f"{where} Correct the extract and start again from ingest."
        )
