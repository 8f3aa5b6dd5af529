"""Suggest: the newest year's rows, ranked, each in its lane with the repair that is proposed."""

from typing import TYPE_CHECKING

from pipelines.certify import CERTIFICATE, SECONDS
from pipelines.featurize import FRAMES
from pipelines.job import Job
from tadasu.law import Law
from tadasu.tables import SUGGESTIONS

if TYPE_CHECKING:
    import polars as pl


def run(job: Job) -> None:
    """Apply the ranker to the newest year; write its suggestions, and the random sample drawn beforehand."""
    from models.certificate import load as load_certificate
    from models.ranker import load
    from models.sample import draw
    from models.seconds import Seconds
    from models.suggest import suggested

    year = job.years()[-1]
    settings = job.settings.suggest
    job.progress(str(year), 0.0)
    frames = job.tables(year, FRAMES)
    tables = job.extract(year)
    sample = draw(tables["inconsistencies"], settings.sample_share, settings.sample_seed)
    job.write(f"{year}/sample.parquet", sample)
    job.progress(str(year), 0.3)
    ranker = load(job.path("ranker/"))
    certificate = load_certificate(job.path(CERTIFICATE))
    seconds = Seconds(**job.json(SECONDS))
    law = Law.of(year, job.settings.ward.ordinance)
    made = suggested(ranker, frames, tables, settings, certificate, seconds, law)
    job.write(f"{year}/{SUGGESTIONS.name}.parquet", made.lines)
    job.detail["model_id"] = ranker.model_id
    job.detail["hours"] = _projected(made.rows, sample, settings.time.name, seconds.describe())
    job.progress("", 1.0)


def _projected(rows: "pl.DataFrame", sample: "pl.DataFrame", model: str, hand: str) -> dict[str, float | str]:
    """Return the projected hours of the year's list, and what they rest on."""
    from models.hours import forecast

    return {
        **{name: round(value, 1) for name, value in forecast(rows, sample).items()},
        "model": model,
        "hand": hand,
    }


if __name__ == "__main__":
    from pipelines.stage import main

    main("suggest")
