"""The certificate of the lane `clear`: what is promised, what was counted, and whether the one follows.

It holds no person and no row: counts, thresholds and p-values, which `verify` (or an auditor with a
spreadsheet) computes again. Why the counts bear the promise is in docs/certificate.md.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from models.bounds import mean_p_value, share_p_value
from models.settings import CertifySettings
from tadasu.errors import TadasuError

FORECAST, SEASON = "forecast", "season"
NOVEL = ("evidence", "field")
"""Why a row is held back where training had seen nothing like it (see `models.lanes`)."""
SAME = 1e-6
"""How closely a p-value has to be met when it is computed again, relative to itself."""


@dataclass(frozen=True)
class Step:
    """A set of cleared rows put to the test.

    Of the labelled rows with P(correction) ≤ `threshold`: how many there are (`cleared`), how many of them
    needed a correction (`wrong`), and the tax missed in those (`missed_yen`, each loss cut off).
    """

    threshold: float
    cleared: int
    wrong: int
    missed_yen: int
    p_share: float
    p_yen: float

    @classmethod
    def counted(
        cls, threshold: float, cleared: int, wrong: int, missed_yen: int, promise: CertifySettings
    ) -> "Step":
        """Return the step with its p-values."""
        mean = missed_yen / (max(1, cleared) * promise.clip_yen)
        p_share = share_p_value(wrong, cleared, promise.wrong_share)
        p_yen = mean_p_value(mean, cleared, promise.mean_yen / promise.clip_yen)
        return cls(threshold, cleared, wrong, missed_yen, p_share, p_yen)

    def passes(self, promise: CertifySettings) -> bool:
        """Say whether both bounds hold with the promised confidence."""
        return max(self.p_share, self.p_yen) <= 1.0 - promise.confidence


@dataclass(frozen=True)
class Known:
    """What the training years have shown: rows with other evidence or other fields are held back."""

    evidence: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """What is promised of the cleared rows of `tax_year`, and the test behind it.

    `purpose` is 'forecast' (tested on an earlier year's labels, so provisional) or 'season' (tested on a
    random sample of the year's own rows). `rows` and `may_clear` count the list that was tested, `labelled`
    those of its rows that have a label. Of `steps` all but the last passed; `threshold` is None where nothing
    is certified. `novel` are the steps of a test of its own, in season alone: of the rows with evidence or
    fields that training had not seen.
    """

    purpose: str
    tax_year: int
    tested_year: int
    model_id: str
    promise: CertifySettings
    rows: int
    may_clear: int
    labelled: int
    steps: tuple[Step, ...]
    threshold: float | None
    cleared_share: float
    seed: int | None = None
    novel: tuple[Step, ...] = ()
    known: Known = Known()

    @property
    def provisional(self) -> bool:
        """Say whether this year's own sample has still to confirm it."""
        return self.purpose != SEASON

    @property
    def novel_threshold(self) -> float | None:
        """Return up to which probability rows that training had seen nothing like are cleared too."""
        return None if self.provisional else last_passed(self.novel, self.promise)

    def clears(self) -> pl.Expr:
        """Return which rows are cleared, from their `p_correction` and `held` (see `models.lanes`)."""
        p, none = pl.col("p_correction"), pl.lit(value=False)
        known = none if self.threshold is None else (pl.col("held") == "") & (p <= self.threshold)
        limit = self.novel_threshold
        novel = none if limit is None else pl.col("held").is_in(NOVEL) & (p <= limit)
        return known | novel

    def json(self) -> dict[str, Any]:
        """Return the certificate as plain values for a JSON file, and whether it is provisional."""
        return {**asdict(self), "provisional": self.provisional}


def last_passed(steps: tuple[Step, ...], promise: CertifySettings) -> float | None:
    """Return the threshold of the last step that passed, None where none did."""
    passed = [step.threshold for step in steps if step.passes(promise)]
    return passed[-1] if passed else None


def load(path: Path) -> Certificate:
    """Read a certificate.

    Raises:
        TadasuError: its numbers contradict each other.
    """
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content.pop("provisional")
    content["promise"] = CertifySettings(**content["promise"])
    content["steps"] = tuple(Step(**step) for step in content["steps"])
    content["novel"] = tuple(Step(**step) for step in content["novel"])
    content["known"] = Known(**{name: tuple(values) for name, values in content["known"].items()})
    certificate = Certificate(**content)
    if wrong := verify(certificate):
        raise TadasuError(f"{path}: the certificate does not hold: {wrong[0]}. Run certify again.")
    return certificate


def verify(certificate: Certificate) -> list[str]:
    """Compute the certificate again from its own counts; return what does not agree (nothing: it holds).

    That the counts are those of the list can only be checked with the list.
    """
    promise = certificate.promise
    found: list[str] = []
    for steps in (certificate.steps, certificate.novel):
        found += [problem for step in steps for problem in _recounted(step, promise, certificate.labelled)]
        if not all(step.passes(promise) for step in steps[:-1]):
            found.append("a step failed, yet the test went on")
        thresholds = [step.threshold for step in steps]
        if thresholds != sorted(set(thresholds)):
            found.append("the thresholds do not rise from step to step")
    if any(step.threshold > promise.row_chance for step in (*certificate.steps, *certificate.novel)):
        found.append(f"a threshold is over {promise.row_chance}, which no row's probability may pass")
    if certificate.threshold != last_passed(certificate.steps, promise):
        found.append(f"threshold {certificate.threshold} is not that of the last step that passed")
    return found


def _recounted(step: Step, promise: CertifySettings, labelled: int) -> list[str]:
    again = Step.counted(step.threshold, step.cleared, step.wrong, step.missed_yen, promise)
    pairs = ((again.p_share, step.p_share), (again.p_yen, step.p_yen))
    found = []
    if not all(np.isclose(*pair, rtol=SAME, atol=0.0) for pair in pairs):
        found.append(f"threshold {step.threshold}: p-values {step.p_share}, {step.p_yen} are not its counts'")
    most = step.wrong * promise.clip_yen
    if not (0 <= step.wrong <= step.cleared <= labelled and 0 <= step.missed_yen <= most):
        found.append(f"threshold {step.threshold}: {step.wrong} wrong of {step.cleared} of {labelled}")
    return found
