"""Suggest: the newest year's rows, ranked, each with the repair that is proposed."""

from pipelines.featurize import FRAMES
from pipelines.job import Job
from tadasu.tables import EXTRACT, SUGGESTIONS


def run(job: Job) -> None:
    """Apply the ranker to the newest year; write its suggestions."""
    from models.ranker import load
    from models.suggest import suggest

    year = job.years()[-1]
    job.progress(str(year), 0.0)
    ranker = load(job.path("ranker/"))
    frames = job.tables(year, FRAMES)
    tables = job.tables(year, [table.name for table in EXTRACT])
    job.progress(str(year), 0.3)
    suggestions = suggest(ranker, frames, tables, job.settings.suggest)
    job.write(f"{year}/{SUGGESTIONS.name}.parquet", suggestions)
    job.detail["model_id"] = ranker.model_id
    job.progress("", 1.0)


if __name__ == "__main__":
    from pipelines.stage import main

    main("suggest")
