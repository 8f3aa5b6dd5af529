"""What `conf/` and the overrides of a command come to; the only module that knows Hydra."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipelines import words
from pipelines.settings import ROOT, Settings
from tadasu.errors import TadasuError

CONF = ROOT / "conf"


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
