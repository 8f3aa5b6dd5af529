"""The list of stages, and how one is run."""

import resource
import sys
import time
from dataclasses import dataclass
from importlib import import_module

from pipelines.job import Job, Progress, quiet
from pipelines.memory import give_back
from pipelines.settings import Settings
from tadasu import ledger
from tadasu.errors import TadasuError
from tadasu.tables import EXTRACT, NOT_TAKEN_IN

_DELIVERED = ("{year}/second_look.parquet", "delivery.json")
TABLES = tuple(f"{{year}}/{table.name}.parquet" for table in (*EXTRACT, NOT_TAKEN_IN))
FRAMES = tuple(f"{{year}}/{name}.parquet" for name in ("repairs", "changes", "linked", "features", "truth"))
OF_TRAINING = tuple(
    f"{{year}}/{name}.parquet"
    for name in ("features", "truth", "changes", "linked", "inconsistencies", "residents", "corrections")
)
_LEARNT = ("ranker", "rows", "neighbours", "fits", "training", "learning")
RANKER = tuple(f"models/{name}.py" for name in _LEARNT)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the pipeline: the function that does it, what it reads and writes, the settings it looks at.

    `reads` and `writes` are paths below the run's folder; `{year}` stands for each tax year, a name that ends
    with `/` for a folder. `run` is found in the module of the stage's name. `code` is what it depends on.
    """

    name: str
    label: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    settings: tuple[str, ...]
    code: tuple[str, ...]

    def run(self, job: Job) -> None:
        """Do the work of the stage."""
        import_module(f"pipelines.{self.name}").run(job)


STAGES: tuple[Stage, ...] = (
    Stage(
        "ingest",
        "取り込み",
        (),
        (*TABLES, "{year}/quarantine.parquet", "{year}/quarantine.csv", "intake.json", *_DELIVERED),
        ("ward", "validate"),
        ("tadasu/extract", "tadasu/tables", "tadasu/fields.py"),
    ),
    Stage(
        "validate",
        "検査",
        ("intake.json", *TABLES),
        ("validation/index.html", "validation/validation.json"),
        ("ward", "validate"),
        tuple(
            f"pipelines/{name}"
            for name in (
                "alarms.py",
                "expectations",
                "findings.py",
                "templates/validation.html",
                "validation_page.py",
            )
        ),
    ),
    Stage(
        "featurize",
        "修正候補",
        ("intake.json", "validation/validation.json", *TABLES),
        (*FRAMES, "{year}/crosswalk.parquet"),
        ("ward",),
        ("features", "tadasu/law"),
    ),
    Stage(
        "train",
        "学習",
        ("intake.json", *OF_TRAINING),
        ("ranker/", "backtest/"),
        ("ward", "model", "train"),
        (*RANKER, "models/calibrate.py"),
    ),
    Stage(
        "certify",
        "証明",
        ("intake.json", *TABLES, *FRAMES, "ranker/", "backtest/"),
        ("lanes/certificate.json", "lanes/certificate.ja.txt", "lanes/seconds.json"),
        ("ward", "suggest"),
        (
            "models/bounds.py",
            "models/certificate.py",
            "models/certify.py",
            "models/judge.py",
            "models/scope.py",
            "models/seconds.py",
            "models/suggest.py",
            "models/tested.py",
        ),
    ),
    Stage(
        "evaluate",
        "評価",
        ("intake.json", *TABLES, *FRAMES, "backtest/"),
        ("evaluation/",),
        ("ward", "model", "suggest", "evaluate"),
        (
            "models/canvas.py",
            "models/evaluation",
            "models/hours.py",
            "models/lanes.py",
            "models/plots.py",
            "models/tested.py",
            "pipelines/evaluation_page.py",
            "pipelines/templates/evaluation.html",
            "tadasu/law",
        ),
    ),
    Stage(
        "suggest",
        "提案",
        ("intake.json", *TABLES, *FRAMES, "ranker/", "lanes/certificate.json", "lanes/seconds.json"),
        ("{year}/suggestions.parquet", "{year}/sample.parquet"),
        ("ward", "suggest"),
        (
            "models/explain.py",
            "models/hours.py",
            "models/judge.py",
            "models/lanes.py",
            "models/reasons",
            "models/sample.py",
            "models/suggest.py",
            "tadasu/law",
        ),
    ),
    Stage(
        "publish",
        "出力",
        (
            "intake.json",
            "{year}/suggestions.parquet",
            "{year}/inconsistencies.parquet",
            "{year}/second_look.parquet",
        ),
        ("{year}/suggestions.csv", "{year}/suggestions.ja.csv", "{year}/second_look.ja.csv"),
        (),
        ("tadasu/tables", "tadasu/fields.py"),
    ),
)


def of_name(name: str) -> Stage:
    """Return the stage of that name, of the chain or beside it."""
    from pipelines.aside import ASIDE

    return next(stage for stage in (*STAGES, *ASIDE) if stage.name == name)


def main(name: str) -> None:
    """Run one stage with the overrides on the command line, and end the process."""
    from pipelines.cli import main as command

    sys.exit(command([name, *sys.argv[1:]]))


def execute(stage: Stage, settings: Settings, progress: Progress = quiet) -> Job:
    """Run a stage, put its results in place, and record that it ran in the ledger and in MLflow.

    Raises:
        TadasuError: something that a person must mend; what it says ends the run.
    """
    begun = time.monotonic()
    with Job(stage.name, settings, stage.reads, stage.writes, progress) as job:
        stage.run(job)
    job.detail["seconds"] = round(time.monotonic() - begun, 1)
    job.detail["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    give_back()
    ledger.append(
        settings.ledger,
        actor=settings.actor,
        event=stage.name,
        subject=settings.ward.name,
        detail={**job.detail, "inputs": job.inputs, "outputs": job.outputs},
    )
    if settings.tracking.enabled:
        from pipelines import recording

        recording.record(job)
    if job.stop:
        raise TadasuError(job.stop)
    return job
