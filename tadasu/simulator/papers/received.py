"""When a paper arrives and by which channel (`filing.yaml`)."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from tadasu.simulator import chance
from tadasu.simulator.chance import Ids, Reals

Arrival = Callable[[pl.Series, int, int], pl.DataFrame]
"""Persons, seed and tax year → (person_id, channel, received_on)."""

_FILE = Path(__file__).parent / "filing.yaml"


@cache
def filing() -> dict[str, Any]:
    """Return the content of `filing.yaml`."""
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content


def day(year: int, what: str, u: Reals) -> pl.Series:
    """Return dates of a tax year: the quantiles `u` (0 to 1) of the distribution `what`."""
    points = filing()["received"][what]
    days = np.interp(u, [float(share) for share in points], [float(day) for day in points.values()])
    first = (date(year, 1, 1) - date(1970, 1, 1)).days
    return pl.Series(np.floor(days).astype(np.int32) - 1 + first, dtype=pl.Int32).cast(pl.Date)


def by_payer(payers: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """Return (payer_id, channel, received_on): a payer sends all its reports at once, the careless late."""
    u = chance.uniform(seed, "reports sent", year, chance.numbers(payers["payer_id"]))
    late = u ** (filing()["care"]["least"] + payers["care"].to_numpy())
    kind = payers["kind"].to_numpy() == "pension"
    sent = day(year, "salary_report", late), day(year, "pension_report", u)
    return payers.select("payer_id", "channel", received_on=sent[1].zip_with(pl.Series(kind), sent[0]))


def by_filer(person_ids: pl.Series, seed: int, year: int) -> pl.DataFrame:
    """Return (person_id, channel, received_on) of tax returns: by e-Tax, or keyed at the office (ksk)."""
    ids = chance.numbers(person_ids)
    online = chance.happens(seed, "files by e-Tax", None, ids, filing()["etax_share"])
    u = chance.uniform(seed, "return filed", year, ids)
    return pl.DataFrame(
        {
            "person_id": person_ids,
            "channel": np.where(online, "etax", "ksk"),
            "received_on": day(year, "etax", u).zip_with(pl.Series(online), day(year, "ksk", u)),
        }
    )


def at_the_ward(person_ids: pl.Series, seed: int, year: int) -> pl.DataFrame:
    """Return (person_id, channel, received_on) of resident-tax returns: at the counter or by post."""
    ids = chance.numbers(person_ids)
    counter = chance.happens(seed, "resident return at the counter", year, ids, filing()["counter_share"])
    u = chance.uniform(seed, "resident return filed", year, ids)
    return pl.DataFrame(
        {
            "person_id": person_ids,
            "channel": np.where(counter, "counter", "paper"),
            "received_on": day(year, "resident_return", u),
        }
    )


def drawn(seed: int, purpose: str, year: int, ids: Ids) -> pl.Series:
    """Return a number in (0, 1) for each id, as a column."""
    return pl.Series(chance.uniform(seed, purpose, year, ids))
