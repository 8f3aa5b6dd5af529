"""The morning's list: the open rows, judged by the yearly ranker and what staff have decided since."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from models.calibration import Floats
from models.certificate import Certificate
from models.neighbours import Links, links
from models.ranker import Ranker
from models.rows import KEY, in_order, row_matrix
from models.season.known import decided
from models.season.update import Update, learn
from models.seconds import Seconds
from models.settings import SeasonSettings, SuggestSettings
from models.shares import spread
from models.suggest import Suggested, suggested
from tadasu.law import Law

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class View:
    """A year's rows as the yearly ranker sees them.

    `repairs` (KEY, share: P(repair | correction), 0 for 'leave'), `rows` (row_id, p, asked, in their
    order), `inputs` for small trees (rows × columns).
    """

    repairs: pl.DataFrame
    rows: pl.DataFrame
    inputs: npt.NDArray[np.float32]


def view(ranker: Ranker, features: pl.DataFrame, known: Links | None = None) -> View:
    """Judge all rows by the yearly ranker, once: nothing of this season's decisions is in it.

    `known` says which rows are beside one another, as `Ranker.judged` takes it.
    """
    frame = in_order(features)
    p, asked = ranker.judged(frame, known)
    leave = frame["repair_id"].to_numpy() == 0
    correction = (1.0 - p[leave]).clip(0.0, 1.0)
    every = np.repeat(correction, np.diff(np.append(np.flatnonzero(leave), frame.height)))
    share = np.divide(p, every, out=np.zeros_like(p), where=~leave & (every > 0))
    inputs = row_matrix(frame, share, ranker.columns)[0]
    row_id = frame.filter(pl.Series(leave))["row_id"]
    return View(
        frame.select(*KEY, share=pl.Series(share)),
        pl.DataFrame({"row_id": row_id, "p": correction, "asked": asked}),
        inputs,
    )


@dataclass(frozen=True)
class SeasonRanker(Ranker):
    """The yearly ranker with this season's update, of the rows that `judged_once` holds (KEY, p, asked)."""

    update: Update = field(default_factory=Update)
    judged_once: pl.DataFrame = field(default_factory=pl.DataFrame, compare=False)

    @property
    def model_id(self) -> str:
        """Return a hash of the yearly ranker and the update."""
        return self.update.identity(super().model_id)

    def judged(
        self,
        features: pl.DataFrame,
        known: Links | None = None,  # noqa: ARG002
    ) -> tuple[Floats, Floats]:
        """Return P of each repair and, of each row, that staff have to ask, as it was judged before."""
        found = features.select(KEY).join(self.judged_once, on=list(KEY), how="left", maintain_order="left")
        asked = found.filter(pl.col("repair_id") == 0)["asked"]
        return found["p"].to_numpy(), asked.to_numpy()


def learnt(seen: View, listed: pl.DataFrame, told: pl.DataFrame, settings: SeasonSettings) -> Update:
    """Learn from the decided rows (`known.decided`) of the list, in an order that does not matter."""
    rows = seen.rows.with_row_index("at").join(listed.select("row_id", "check_code"), on="row_id")
    rows = rows.join(told, on="row_id").sort("decided_on", "row_id")
    at = rows["at"].to_numpy()
    return learn(
        rows["p"].to_numpy(),
        rows["check_code"].to_numpy().astype(str),
        seen.inputs[at],
        rows["needs"].to_numpy(),
        rows["decided_on"].to_numpy(),
        settings,
    )


def updated(
    ranker: Ranker, seen: View, listed: pl.DataFrame, update: Update, cleared: float | None = None
) -> SeasonRanker:
    """Return the ranker of this morning: the update applied to every row of the list.

    `cleared` is the certificate's threshold, which was tested on the yearly probabilities: a row above it is
    kept above, so that decisions may take rows out of the lane `clear` and never put one in.
    """
    order = pl.DataFrame({"row_id": seen.rows["row_id"]})
    codes = order.join(listed.select("row_id", "check_code"), on="row_id", how="left", maintain_order="left")
    p = update.apply(
        seen.rows["p"].to_numpy(), codes["check_code"].fill_null("").to_numpy().astype(str), seen.inputs
    )
    if cleared is not None:
        p = np.where(seen.rows["p"].to_numpy() > cleared, np.maximum(p, np.nextafter(cleared, 1.0)), p)
    judged = seen.repairs.with_columns(
        p=pl.Series(spread(seen.repairs, seen.repairs["share"].to_numpy(), p))
    ).join(seen.rows.select("row_id", "asked"), on="row_id", how="left", maintain_order="left")
    parts = {part.name: getattr(ranker, part.name) for part in fields(Ranker)}
    return SeasonRanker(**parts, update=update, judged_once=judged.drop("share"))


def rerank(
    ranker: Ranker,
    frames: Tables,
    tables: Tables,
    day: date,
    settings: SeasonSettings,
    suggest: SuggestSettings,
    *,
    certificate: Certificate | None = None,
    seconds: Seconds | None = None,
    law: Law | None = None,
    bulk_staff: tuple[str, ...] = (),
) -> tuple[Suggested, Update]:
    """Return the suggestions of the rows open on the morning of `day`, and what was learnt until then.

    `frames` (repairs, changes, linked, features) and `tables` are those of `known.as_of(day)`. The rest is
    as in `models.suggest.suggest`.
    """
    listed = tables["inconsistencies"]
    told = decided(tables["corrections"], day, bulk_staff)
    seen = view(ranker, frames["features"], links(listed, tables["residents"], frames))
    update = learnt(seen, listed, told, settings)
    mine = updated(ranker, seen, listed, update, None if certificate is None else _highest(certificate))
    is_open = listed.join(told, on="row_id", how="anti")
    left = {
        name: frame.join(is_open, on="row_id", how="semi")
        for name, frame in frames.items()
        if "row_id" in frame.columns
    }
    made = suggested(mine, left, {**tables, "inconsistencies": is_open}, suggest, certificate, seconds, law)
    return made, update


def _highest(certificate: Certificate) -> float | None:
    """Return the highest probability up to which the certificate clears any row."""
    limits = [limit for limit in (certificate.threshold, certificate.novel_threshold) if limit is not None]
    return max(limits, default=None)
