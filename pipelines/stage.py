"""The list of stages, and how one is run; the only module that knows Hydra."""

import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pipelines import words
from pipelines.job import Job, Progress, quiet
from pipelines.memory import give_back
from pipelines.settings import ROOT, Settings
from tadasu import ledger
from tadasu.errors import TadasuError
from tadasu.tables import EXTRACT, NOT_TAKEN_IN

CONF = ROOT / "conf"
_DELIVERED = ("{year}/second_look.parquet", "delivery.json")
TABLES = tuple(f"{{year}}/{table.name}.parquet" for table in (*EXTRACT, NOT_TAKEN_IN))
FRAMES = tuple(f"{{year}}/{name}.parquet" for name in ("repairs", "changes", "linked", "features", "truth"))
OF_TRAINING = tuple(
    f"{{year}}/{name}.parquet"
    for name in ("features", "truth", "changes", "linked", "inconsistencies", "residents", "corrections")
)


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
            for name in ("alarms.py", "expectations", "templates/validation.html", "validation_page.py")
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
        tuple(f"models/{name}.py" for name in ("ranker", "fits", "training", "learning", "calibrate")),
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


def compose(overrides: Sequence[str]) -> Settings:
    """Return the settings that `conf/` and the overrides give.

    Raises:
        TadasuError: an override is not understood, or names what there is not.
    """
    from hydra import compose as composed
    from hydra import initialize_config_dir

    with _readable(overrides), _schema(), initialize_config_dir(str(CONF), version_base="1.3"):
        config = composed("config", overrides=words.spelt(overrides, CONF), return_hydra_config=True)
        return _typed(config)


def each(overrides: Sequence[str], job: Callable[[Settings], Any]) -> None:
    """Do `job` for each combination of settings (`-m model=default,small`), each in a folder of its own.

    Without `out` they lie in `data/multirun/`; MLflow's store is shared, so that the runs can be compared.
    """
    import hydra

    given = [word for word in overrides if word not in ("-m", "--multirun")]
    base = compose([word for word in given if word.startswith(("out=", "ward=")) and "," not in word])
    folder = base.out or ROOT / "data" / "multirun"
    notes = folder / ".hydra"

    def one(config: Any) -> None:
        settings = _typed(config)
        settings.out = folder / f"{settings.ward.name}-{config_number(config)}"
        settings.store = base.database
        job(settings)

    def config_number(_config: Any) -> int:
        from hydra.core.hydra_config import HydraConfig

        return int(HydraConfig.get().job.num)

    quietly = ["hydra.output_subdir=null", "hydra/job_logging=none", "hydra/hydra_logging=none"]
    places = [
        f"hydra.sweep.dir={words.quoted(str(notes))}",
        "hydra.run.dir=.",
        "hydra.job.chdir=false",
    ]
    rest = [word for word in given if not word.startswith("out=")]
    arguments = ["tadasu", "-m", *words.spelt(rest, CONF), *quietly, *places]
    before, sys.argv = sys.argv, arguments
    os.environ["HYDRA_FULL_ERROR"] = "1"  # or Hydra prints an error in its own way and ends the process
    try:
        with _readable(overrides), _schema():
            hydra.main(config_path=str(CONF), config_name="config", version_base="1.3")(one)()
    finally:
        sys.argv = before
        shutil.rmtree(notes, ignore_errors=True)  # Hydra's own; the settings of each run are in MLflow


@contextmanager
def _schema() -> Iterator[None]:
    """Tell Hydra the names and types of all settings."""
    from hydra.core.config_store import ConfigStore
    from omegaconf import OmegaConf

    schema = OmegaConf.structured(Settings)
    _open(schema)
    ConfigStore.instance().store("schema", schema)
    yield


def _open(schema: Any) -> None:
    """Let settings be filled in, however deep they lie: OmegaConf locks those of a frozen dataclass."""
    from omegaconf import OmegaConf

    OmegaConf.set_readonly(schema, None)
    for name in schema if OmegaConf.is_dict(schema) and not schema._is_none() else ():
        node = schema._get_node(name)
        if OmegaConf.is_config(node):
            _open(node)


def _typed(config: Any) -> Settings:
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf, open_dict

    chosen = (config.hydra if "hydra" in config else HydraConfig.get()).runtime.choices["ward"]
    if "hydra" in config:
        with open_dict(config):
            del config["hydra"]
    settings = OmegaConf.to_object(config)
    assert isinstance(settings, Settings)
    settings.ward.read_mapping(chosen)
    return settings


@contextmanager
def _readable(overrides: Sequence[str]) -> Iterator[None]:
    """Turn what Hydra says into one message for people."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise TadasuError(words.explained(error, overrides, CONF)) from error
