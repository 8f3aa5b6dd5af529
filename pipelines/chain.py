"""Several stages one after the other, with progress bars; at the end the terminal says what came of it."""

import contextlib
from collections.abc import Sequence

from rich.console import Console

from pipelines import terminal
from pipelines.job import Job, require_folder
from pipelines.settings import Settings
from pipelines.stage import Stage, execute
from tadasu.errors import TadasuError


def run(stages: Sequence[Stage], settings: Settings, console: Console | None = None) -> list[Job]:
    """Run the stages in order and return what each did; an error or Ctrl-C ends them all.

    A run that MLflow has begun is marked there as failed then.
    """
    console = console or Console(highlight=False)
    if stages and stages[0].name == "ingest" and settings.ward.simulate is not None:
        from pipelines import simulate

        require_folder(settings.folder, simulate.STAGE.name)
        simulate.ensure(settings, console)
    jobs: list[Job] = []
    try:
        with terminal.bars(console, stages) as bar:
            for stage in stages:
                with bar(stage) as progress:
                    jobs.append(execute(stage, settings, progress))
    except BaseException:
        _mark_failed(jobs, settings)
        raise
    terminal.report(console, jobs, settings)
    return jobs


def _mark_failed(jobs: Sequence[Job], settings: Settings) -> None:
    trained = next((job for job in jobs if job.stage == "train"), None)
    if trained and settings.tracking.enabled:
        from pipelines import recording

        with contextlib.suppress(TadasuError):  # what stopped the run is told, not this
            recording.fail(trained.detail["model_id"], settings.database)
