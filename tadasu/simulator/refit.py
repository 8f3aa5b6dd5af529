"""Bring take-up curves of `rates.yaml` nearer to the nation's: what to write there for the old points.

    rates.section(path)  →  refit(facts, law, rates)[path]

Each point is multiplied by official over simulated of the deduction it governs, at the income of that point.
Repeat with the new curves until the table of `marginals` is near enough; two rounds do.
"""

import numpy as np
import polars as pl

from tadasu.law import Law
from tadasu.simulator.chance import Reals
from tadasu.simulator.facts import Facts
from tadasu.simulator.marginals import by_bracket, sources, taxpayers
from tadasu.simulator.settings import Rates

CURVES = {
    "premiums.life": "life_insurance",
    "premiums.earthquake": "earthquake_insurance",
    "mutual_aid.share": "small_enterprise_mutual_aid",
    "medicine.share": "medical_expense",
    "gifts.share": "donation_credit_ward",
}
"""Curves of take-up by total income, and the deduction that each governs."""

_FEW = 50
"""Taxpayers of a bracket below which its mean says nothing."""
_MOST = 0.99
_AT_ONCE = 2.0


def refit(facts: Facts, law: Law, rates: Rates) -> dict[str, dict[int, float]]:
    """Return the new points (total income in yen: share) of each curve of `CURVES`.

    Args:
        facts: of a whole ward, of the tax year of the national statistics.
        law: of that year.
        rates: by which the facts were made.
    """
    means = by_bracket(taxpayers(facts, law))
    return {path: _points(rates.section(path), means, item) for path, item in CURVES.items()}


def _points(curve: dict[str, float], means: pl.DataFrame, item: str) -> dict[int, float]:
    known = means.filter(pl.col("item") == item, pl.col("taxpayers") >= _FEW, pl.col("simulated") > 0)
    times = np.clip((known["official"] / known["simulated"]).to_numpy(), 1 / _AT_ONCE, _AT_ONCE)
    incomes = _incomes()[known["bracket"].to_numpy()]
    return {
        int(income): round(float(min(share * np.interp(float(income), incomes, times), _MOST)), 3)
        for income, share in curve.items()
    }


def _incomes() -> Reals:
    """Return the nation's mean income (yen) of each bracket."""
    national = sources()["national"]
    return np.asarray(np.array(national["total_income_k"]) * 1000 / np.array(national["taxpayers"]))
