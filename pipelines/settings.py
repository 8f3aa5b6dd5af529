"""The settings of a run, typed: what `conf/` fills in. No Hydra here; `pipelines.composing` composes them."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.settings import EvaluateSettings, ModelSettings, SeasonSettings, SuggestSettings, TuneSettings
from pipelines.expectations.declare import Limits

ROOT = Path(__file__).parents[1]
"""The checkout: paths in `conf/` are relative to it."""


@dataclass
class WardSettings:
    """Whose extract it is.

    `folder` holds it, in the standard layout unless there is a `mapping` (`docs/mapping.md`), of its own or
    by the name of another ward that has the same; `file` is the file of `conf/ward` that says so, filled in
    by `pipelines.composing`. `bulk_staff` are the identifiers under which rows were closed in bulk;
    `crosswalk` corrects which code of earlier years a check is (new code: old code); `ordinance` is a file of
    `tadasu/law/ordinances`. `simulate`: the knobs of a demo ward, whose files are made first.
    """

    name: str
    folder: Path
    synthetic: bool = False
    bulk_staff: list[str] = field(default_factory=list)
    crosswalk: dict[str, str] = field(default_factory=dict)
    ordinance: str = "tokyo_ward"
    mapping: Any = None
    simulate: dict[str, Any] | None = None
    file: Path | None = None

    def read_mapping(self, chosen: str) -> None:
        """Take the mapping of the ward's file, `chosen` of `conf/ward`, or of the ward that it names.

        It is read as text, so that a code 01 stays 01, and with the lines that messages name.
        """
        from tadasu.extract.mapping import nodes

        if self.mapping is None:
            return
        told = self.mapping if isinstance(self.mapping, str) else chosen
        self.file = Path("conf") / "ward" / f"{told}.yaml"
        self.mapping = dict(nodes.read(ROOT / self.file).items())["mapping"].plain


@dataclass
class TrackingSettings:
    """Whether the run is recorded in MLflow."""

    enabled: bool = True


def _no_ranker() -> dict[str, Path | None]:
    return {"from": None}


@dataclass
class Settings:
    """All settings of a run; the groups are the folders of `conf/`."""

    ward: WardSettings
    model: ModelSettings = field(default_factory=ModelSettings)
    suggest: SuggestSettings = field(default_factory=SuggestSettings)
    evaluate: EvaluateSettings = field(default_factory=EvaluateSettings)
    validate: Limits = field(default_factory=Limits)
    tune: TuneSettings = field(default_factory=TuneSettings)
    season: SeasonSettings = field(default_factory=SeasonSettings)
    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    train: dict[str, Path | None] = field(default_factory=_no_ranker)
    out: Path | None = None
    store: Path | None = None
    actor: str = "tadasu"

    @property
    def extract(self) -> Path:
        """Return the folder of the ward's extract."""
        return ROOT / self.ward.folder

    @property
    def folder(self) -> Path:
        """Return the folder that the run writes into."""
        return self.out or ROOT / "data" / self.ward.name

    @property
    def database(self) -> Path:
        """Return MLflow's store."""
        return self.store or (self.out / "mlflow.db" if self.out else ROOT / "data" / "mlflow.db")

    @property
    def ledger(self) -> Path:
        """Return the ledger."""
        return self.folder / "ledger.jsonl"

    @property
    def ledger_name(self) -> str:
        """Return the ledger's path as seen from the folder of MLflow's store, which runs may share."""
        return Path(os.path.relpath(self.ledger, self.database.parent)).as_posix()

    def plain(self) -> dict[str, Any]:
        """Return the settings as plain values, for a YAML file; paths as they were given."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    def public(self) -> dict[str, Any]:
        """Return the settings for the record: of paths the last part only, since they may name a person.

        Of a mapping only its hash: hundreds of names of a ward's columns tell nothing about a run.
        """
        values = {name: _plain(value, named=True) for name, value in asdict(self).items()}
        if mapping := values["ward"]["mapping"]:
            values["ward"]["mapping"] = sha256(json.dumps(mapping, sort_keys=True).encode()).hexdigest()
        return values


def _plain(value: Any, *, named: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner, named=named) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, named=named) for inner in value]
    if isinstance(value, Path):
        return value.name if named else str(value)
    return value


def dotted(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Flatten nested settings into dotted names."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def short(path: Path) -> str:
    """Return a path as people read it: below the checkout from there, otherwise in full."""
    absolute = path.absolute()
    return str(absolute.relative_to(ROOT)) if absolute.is_relative_to(ROOT) else str(path)
