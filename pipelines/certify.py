"""Certify: what may be cleared in the newest year, tested on the newest year that staff judged."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from pipelines.featurize import FRAMES
from pipelines.job import Job
from tadasu.tables import EXTRACT

if TYPE_CHECKING:
    from models.certificate import Certificate

CERTIFICATE, PARAGRAPH, SECONDS = "lanes/certificate.json", "lanes/certificate.ja.txt", "lanes/seconds.json"


def run(job: Job) -> None:
    """Test the promise about cleared rows with the backtest ranker; note what rows take by hand."""
    from models.certificate_words import headline, paragraph
    from models.seconds import Seconds

    *earlier, newest = job.years()
    past = {year: job.tables(year, [table.name for table in EXTRACT]) for year in earlier}
    labelled = {year: tables for year, tables in past.items() if tables["corrections"].height}
    bulk_staff = tuple(job.settings.ward.bulk_staff)
    spent = (tables["corrections"] for tables in labelled.values())
    job.write(SECONDS, asdict(Seconds.recorded(spent, job.settings.suggest.time, bulk_staff)))
    job.progress(str(newest), 0.2)
    certificate = _certified(job, labelled, newest)
    job.write(CERTIFICATE, certificate.json())
    job.write(PARAGRAPH, paragraph(certificate))
    job.detail["certificate"] = headline(certificate)
    job.detail["cleared_share"] = round(certificate.cleared_share, 4)
    job.progress("", 1.0)


def _certified(job: Job, labelled: Mapping[int, dict[str, pl.DataFrame]], newest: int) -> "Certificate":
    """Return the certificate; one of nothing where no ranker was held out from a labelled year."""
    from models.ranker import load
    from models.scope import known
    from models.suggest import suggested
    from models.tested import forecast, judged_by, nothing
    from tadasu.law import Law

    seen = known(labelled.values())
    if not job.has("backtest/") or not labelled:
        return nothing(newest, job.settings.suggest, seen)
    tested = max(labelled)
    before = known(tables for year, tables in labelled.items() if year < tested)
    ranker = load(job.path("backtest/"))
    settings = job.settings.suggest
    without = nothing(tested, settings, before)
    rows = suggested(ranker, job.tables(tested, FRAMES), labelled[tested], settings, without).rows
    law = Law.of(tested, ordinance=job.settings.ward.ordinance)
    told = judged_by(rows, labelled[tested], law, tuple(job.settings.ward.bulk_staff))
    return forecast(told, settings, tax_year=newest, tested_year=tested, model_id=ranker.model_id, known=seen)


if __name__ == "__main__":
    from pipelines.stage import main

    main("certify")
