"""Suggestions for a year that staff judged, what is cleared certified on a random part of its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from models.certificate import Certificate
from models.lanes import in_lanes, ranked
from models.ranker import Ranker
from models.sample import draw
from models.scope import ROW, known
from models.seconds import Seconds
from models.settings import EvaluateSettings, SuggestSettings
from models.suggest import Suggested, suggested
from models.tested import forecast, in_season, judged_by, nothing, with_label
from tadasu.law import Law

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Season:
    """Suggestions of the year, and what they rest on.

    The labels of `certifying` (a random part of the rows) gave the `certificate`. `sample` is the smaller one
    that a season would draw and pay for, `of_sample` what it alone would certify; `seconds` are by hand.
    `told` are the rows as the test of a certificate reads them; `lines_of_forecast` are the suggestions where
    a certificate of the year before cleared rows instead, None without one.
    """

    lines: pl.DataFrame
    certifying: pl.DataFrame
    certificate: Certificate
    sample: pl.DataFrame
    of_sample: Certificate
    seconds: Seconds
    told: pl.DataFrame
    lines_of_forecast: pl.DataFrame | None = None

    def forecast(self, settings: SuggestSettings, past: Iterable[Tables]) -> Certificate:
        """Return what all labels of this year certify for the next; `past` are all labelled years to it."""
        year = self.certificate.tax_year
        return forecast(
            self.told,
            settings,
            tax_year=year + 1,
            tested_year=year,
            model_id=self.certificate.model_id,
            known=known(past),
        )


def season(
    ranker: Ranker,
    year: int,
    years: Mapping[int, Tables],
    law: Law,
    settings: SuggestSettings,
    testing: EvaluateSettings,
    bulk_staff: tuple[str, ...] = (),
    before: Certificate | None = None,
) -> Season:
    """Suggest for a labelled year with a ranker that never saw it; of its labels those that certify are read.

    Args:
        ranker: trained on earlier years.
        year: the year.
        years: the extract's tables of the year and of the labelled years before it, and of the year the
            frames of featurize. Seconds by hand and what counts as seen come from the earlier years.
        law: of the year.
        settings: of suggestions.
        testing: `certify_share` of the rows certify, drawn with `seed`.
        bulk_staff: staff identifiers under which the ward closes rows in bulk.
        before: a certificate that the year before gave for this one.
    """
    here, past = years[year], [tables for y, tables in sorted(years.items()) if y < year]
    seconds = Seconds.recorded((tables["corrections"] for tables in past), settings.time, bulk_staff)
    seen = known(past)
    first = suggested(ranker, here, here, settings, nothing(year, settings, seen), seconds)
    sample = draw(here["inconsistencies"], settings.sample_share, settings.sample_seed)
    certifying = draw(here["inconsistencies"], testing.certify_share, testing.seed)
    told = judged_by(first.rows, here, law, bulk_staff)
    certificate, of_sample = (
        in_season(told, with_label(part, told), settings, model_id=ranker.model_id, known=seen)
        for part in (certifying, sample)
    )
    by_forecast = None if before is None else _with_lanes(first, before, seconds, settings)
    lines = _with_lanes(first, certificate, seconds, settings)
    return Season(lines, certifying, certificate, sample, of_sample, seconds, told, by_forecast)


def _with_lanes(
    first: Suggested, certificate: Certificate, seconds: Seconds, settings: SuggestSettings
) -> pl.DataFrame:
    """Return the lines where the certificate clears rows; these move to the end, nothing else changes."""
    rows = ranked(in_lanes(first.rows, certificate, seconds, settings), settings)
    lanes = rows.select(*ROW, "lane", "rank")
    lines = first.lines.drop("lane", "rank").join(lanes, on=list(ROW), how="left", maintain_order="left")
    return lines.sort("rank", maintain_order=True)
