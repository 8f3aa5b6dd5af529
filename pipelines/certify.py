"""Certify: what may be cleared in the newest year, tested on rows that staff judged."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from pipelines.featurize import FRAMES
from pipelines.job import Job

if TYPE_CHECKING:
    from models.certificate import Certificate, Known

CERTIFICATE, PARAGRAPH, SECONDS = "lanes/certificate.json", "lanes/certificate.ja.txt", "lanes/seconds.json"


def run(job: Job) -> None:
    """Test the promise about cleared rows; note what rows take by hand.

    Once staff have judged every row of this year's random sample, on these; before, on the newest year with
    labels, by the backtest ranker, which had not seen it.
    """
    from models.certificate_words import headline, paragraph
    from models.scope import known
    from models.seconds import Seconds

    *earlier, newest = job.years()
    past = {year: job.extract(year) for year in earlier}
    labelled = {year: tables for year, tables in past.items() if tables["corrections"].height}
    spent = (tables["corrections"] for tables in labelled.values())
    seconds = Seconds.recorded(spent, job.settings.suggest.time, tuple(job.settings.ward.bulk_staff))
    job.write(SECONDS, asdict(seconds))
    job.progress(str(newest), 0.2)
    seen = known(labelled.values())
    certificate = _in_season(job, newest, seen) or _forecast(job, labelled, newest, seen)
    job.write(CERTIFICATE, certificate.json())
    job.write(PARAGRAPH, paragraph(certificate))
    job.detail["certificate"] = headline(certificate)
    job.detail["cleared_share"] = round(certificate.cleared_share, 4)
    job.progress("", 1.0)


def _in_season(job: Job, newest: int, seen: "Known") -> "Certificate | None":
    """Return the certificate of this year's sample; None where not all of its rows have been opened."""
    from models.sample import draw
    from models.tested import in_season

    tables = job.extract(newest)
    if tables["corrections"].is_empty():
        return None
    settings = job.settings.suggest
    sample = draw(tables["inconsistencies"], settings.sample_share, settings.sample_seed)
    drawn = sample.filter("drawn")
    opened = drawn.join(tables["corrections"], on="row_id", how="semi").height
    job.detail["sample"] = f"無作為抽出{drawn.height:,}行のうち{opened:,}行を判断済み"
    if opened < drawn.height or not drawn.height:
        return None
    rows, model_id = _judged(job, newest, tables, "ranker/", seen)
    return in_season(rows, sample, settings, model_id=model_id, known=seen)


def _forecast(
    job: Job, labelled: Mapping[int, dict[str, pl.DataFrame]], newest: int, seen: "Known"
) -> "Certificate":
    """Return the provisional certificate; one of nothing where no ranker was held out from a judged year."""
    from models.scope import known
    from models.tested import forecast, nothing

    settings = job.settings.suggest
    if not job.has("backtest/") or not labelled:
        return nothing(newest, settings, seen)
    tested = max(labelled)
    before = known(tables for year, tables in labelled.items() if year < tested)
    rows, model_id = _judged(job, tested, labelled[tested], "backtest/", before)
    return forecast(rows, settings, tax_year=newest, tested_year=tested, model_id=model_id, known=seen)


def _judged(
    job: Job, year: int, tables: dict[str, pl.DataFrame], name: str, seen: "Known"
) -> tuple[pl.DataFrame, str]:
    """Return the year's rows with what the ranker says and what staff did, and the ranker's model_id."""
    from models.ranker import load
    from models.suggest import suggested
    from models.tested import judged_by, nothing
    from tadasu.law import Law

    ranker, settings = load(job.path(name)), job.settings.suggest
    frames, without = job.tables(year, FRAMES), nothing(year, settings, seen)
    rows = suggested(ranker, frames, tables, settings, without).rows
    law = Law.of(year, ordinance=job.settings.ward.ordinance)
    return judged_by(rows, tables, law, tuple(job.settings.ward.bulk_staff)), ranker.model_id


if __name__ == "__main__":
    from pipelines.stage import main

    main("certify")
