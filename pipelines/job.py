"""A stage at work: reads what it declares, writes beside its place, and puts all of it there at the end."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from pipelines.settings import Settings
from tadasu.errors import TadasuError
from tadasu.store import read_table, sha256, write_bytes, write_table, write_text
from tadasu.tables import EXTRACT, NOT_TAKEN_IN

Progress = Callable[[str, float], None]
INTAKE = "intake.json"
_YEAR = re.compile(r"^\d{4}/")


def quiet(_label: str, _share: float) -> None:
    """Show nothing of the progress."""


@dataclass
class Job:
    """One stage of one run. Names are paths below the run's folder, such as `2025/repairs.parquet`.

    Nothing of what is written is seen at its place before the stage is through: an error or Ctrl-C leaves
    what was there before, whole.
    """

    stage: str
    settings: Settings
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    progress: Progress = quiet
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    stop: str = ""
    """Why the run must not go on, once what was written is in place."""

    @property
    def root(self) -> Path:
        """Return the run's folder."""
        return self.settings.folder

    @property
    def _aside(self) -> Path:
        return self.root / f".{self.stage}.part"

    def __enter__(self) -> Self:
        """Make the folder that is written to meanwhile, which shows at once whether writing is possible."""
        require_folder(self.root, self.stage)
        try:
            shutil.rmtree(self._aside, ignore_errors=True)
            self._aside.mkdir()
        except OSError as error:
            raise _locked(self.root, self.stage, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put what was written in its place, unless something went wrong."""
        try:
            if kind is None:
                self._put_in_place()
        finally:
            shutil.rmtree(self._aside, ignore_errors=True)

    def _put_in_place(self) -> None:
        try:
            for old in self._declared_files():
                if old not in self.outputs:
                    (self.root / old).unlink()
            for name in self.outputs:
                target = self.root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                (self._aside / name).replace(target)
        except OSError as error:
            raise TadasuError(
                f"{self.root}: the results of {self.stage} cannot be put in place ({error.strerror}). Unlock "
                "that folder and run the stage again."
            ) from error

    def _declared_files(self) -> list[str]:
        """Return the files at the places that the stage declares to write, its own of an earlier run."""
        patterns = (name.replace("{year}", "[0-9][0-9][0-9][0-9]") for name in self.writes)
        found = (self.root.glob(f"{name}**/*" if name.endswith("/") else name) for name in patterns)
        return [path.relative_to(self.root).as_posix() for paths in found for path in paths if path.is_file()]

    def years(self) -> list[int]:
        """Return the tax years of the extract that was ingested, oldest first."""
        years: list[int] = self.json(INTAKE)["years"]
        return years

    def has(self, name: str) -> bool:
        """Say whether an earlier stage wrote this file, or anything into this folder."""
        path = self.root / name
        return path.is_file() or (path.is_dir() and any(path.iterdir()))

    def json(self, name: str) -> Any:
        """Read a JSON file of an earlier stage."""
        return json.loads(self.path(name).read_text(encoding="utf-8"))

    def json_of(self, name: str) -> Any:
        """Read a JSON file that this stage itself has put in place."""
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def table(self, year: int, name: str) -> pl.DataFrame:
        """Read a table of a year that an earlier stage wrote."""
        return read_table(self.path(f"{year}/{name}.parquet"))

    def tables(self, year: int, names: Iterable[str]) -> dict[str, pl.DataFrame]:
        """Read tables of a year by name."""
        return {name: self.table(year, name) for name in names}

    def extract(self, year: int) -> dict[str, pl.DataFrame]:
        """Read the extract's tables of a year, with what its files had no place for."""
        tables = self.tables(year, [table.name for table in EXTRACT])
        apart = f"{year}/{NOT_TAKEN_IN.name}.parquet"
        if self.has(apart):  # folders of earlier versions lack it
            tables[NOT_TAKEN_IN.name] = self.table(year, NOT_TAKEN_IN.name)
        return tables

    def path(self, name: str) -> Path:
        """Return where an earlier stage's file or folder lies; its hash enters the record.

        Raises:
            TadasuError: it is not there.
        """
        assert _pattern(name) in self.reads, f"{self.stage} does not declare that it reads {name}"
        path = self.root / name
        if not self.has(name):
            raise TadasuError(
                f"{path}: not there, and {self.stage} needs it. Run the stages before it first, or all of "
                "them with `tadasu run`."
            )
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            key = file.relative_to(self.root).as_posix()
            if key not in self.inputs and file.is_file():
                self.inputs[key] = sha256(file)
        return path

    def write(self, name: str, content: pl.DataFrame | bytes | str | Mapping[str, Any]) -> None:
        """Write a table, bytes, text, or anything else as JSON, under its final name."""
        places = (name, _pattern(name), f"{name.split('/')[0]}/")
        assert any(place in self.writes for place in places), f"{self.stage} does not declare {name}"
        path = self._aside / name
        if isinstance(content, pl.DataFrame):
            write_table(path, content)
        elif isinstance(content, bytes):
            write_bytes(path, content)
        elif isinstance(content, str):
            write_text(path, content)
        else:
            write_text(path, json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
        self.outputs[name] = sha256(path)

    def write_folder(self, name: str, save: Callable[[Path], object]) -> None:
        """Let `save` write files into the folder of that name."""
        place = f"{name}/"
        assert place in self.writes, f"{self.stage} does not declare {place}"
        save(self._aside / name)
        for file in sorted((self._aside / name).rglob("*")):
            if file.is_file():
                self.outputs[file.relative_to(self._aside).as_posix()] = sha256(file)

    def digest(self, *inputs: str) -> str:
        """Return one hash of what was read so far and of `inputs`, for the model's identity."""
        lines = [f"{name} {digest}" for name, digest in sorted(self.inputs.items())]
        return hashlib.sha256("\n".join([*lines, *inputs]).encode()).hexdigest()


def _pattern(name: str) -> str:
    return _YEAR.sub("{year}/", name)


def require_folder(root: Path, stage: str) -> None:
    """Make the run's folder.

    Raises:
        TadasuError: that is not possible.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _locked(root, stage, error) from error


def _locked(root: Path, stage: str, error: OSError) -> TadasuError:
    return TadasuError(
        f"{root}: {stage} cannot write there ({error.strerror}). Free or unlock that folder, or name another "
        "one with out=DIR."
    )
