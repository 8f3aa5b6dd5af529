"""A tested year as its season would have gone: a random sample certifies what is cleared."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from models.certificate import Certificate
from models.lanes import in_lanes, ranked
from models.ranker import Ranker
from models.sample import draw
from models.scope import ROW, known
from models.seconds import Seconds
from models.settings import SuggestSettings
from models.suggest import suggested
from models.tested import in_season, judged_by, nothing
from tadasu.law import Law

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Season:
    """Suggestions of the year, the sample that was drawn, what its labels certified, seconds by hand."""

    lines: pl.DataFrame
    sample: pl.DataFrame
    certificate: Certificate
    seconds: Seconds


def season(
    ranker: Ranker,
    year: int,
    years: Mapping[int, Tables],
    law: Law,
    settings: SuggestSettings,
    bulk_staff: tuple[str, ...] = (),
) -> Season:
    """Suggest for a labelled year with a ranker that never saw it; the sample's labels alone are read.

    `years` hold the extract's tables of the year and the labelled years before it, and of the year the frames
    of featurize. Seconds by hand and what counts as seen before come from the earlier years.
    """
    here, past = years[year], [tables for y, tables in sorted(years.items()) if y < year]
    seconds = Seconds.recorded((tables["corrections"] for tables in past), settings.time, bulk_staff)
    seen = known(past)
    first = suggested(ranker, here, here, settings, nothing(year, settings, seen), seconds)
    sample = draw(here["inconsistencies"], settings.sample_share, settings.sample_seed)
    told = judged_by(first.rows, here, law, bulk_staff)
    certificate = in_season(told, sample, settings, model_id=ranker.model_id, known=seen)
    # The certificate moves rows into `clear`, and these to the end: nothing else of the lines changes.
    rows = ranked(in_lanes(first.rows, certificate, seconds, settings), settings)
    lines = first.lines.drop("lane", "rank").join(
        rows.select(*ROW, "lane", "rank"), on=list(ROW), how="left", maintain_order="left"
    )
    return Season(lines.sort("rank", maintain_order=True), sample, certificate, seconds)
