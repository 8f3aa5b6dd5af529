"""`tadasu export`: accepted corrections as the tax system reads them, once each, with receipt and book."""

import datetime as dt
import fcntl
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping as Mapped
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.hiding import Numbers, carried
from pipelines.publish import spreadsheet
from pipelines.receipt import Receipt
from pipelines.settings import ROOT, Settings
from tadasu import ledger
from tadasu.errors import TadasuError
from tadasu.extract import mapping
from tadasu.extract.identifiers import back
from tadasu.extract.mapping import Mapping
from tadasu.extract.outgoing import Sorted, layout, sort_out
from tadasu.extract.outgoing.book import workbook
from tadasu.store import read_table, sha256, write_bytes, write_table
from tadasu.tables import ASSESSMENTS, CONFLICTS, DECISIONS, EXPORTED

DECIDED = "decisions.parquet"
SENT = "exported.parquet"
REFUSED = "conflicts.parquet"
FOLDER = "exports"
"""Below the private folder: what is in it has the ward's own numbers."""
_JAPAN = dt.timezone(dt.timedelta(hours=9))
"""The office's time; not by name, since a small machine may have no table of zones."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an export is made, and where it lies once it counts as sent."""

    root: Path
    name: str

    @property
    def part(self) -> Path:
        return self.root / f".{self.name}.part"

    @property
    def whole(self) -> Path:
        return self.root / self.name


def run(settings: Settings, now: dt.datetime | None = None, *, dry: bool = False) -> int:
    """Write what was accepted and not sent yet; print what came of it; return the exit code.

    A `dry` run prints the receipt and leaves nothing behind, and does not look anybody's number up.

    Raises:
        TadasuError: there are no decisions or no records, or the layout cannot be written at all; nothing
            counts as sent.
    """
    now = now or dt.datetime.now(dt.UTC)
    if dry:
        sys.stdout.write(_tried(settings, now))
        return 0
    with _alone(settings.folder / back.FOLDER):
        root = settings.folder / back.FOLDER / FOLDER
        back.close(root)
        exported = _exported(settings, root)
        told = _layout(settings)
        found = _sorted(settings, exported)
        write_table(settings.folder / REFUSED, found.conflicts)
        if not found.considered:
            sys.stdout.write(_nothing(found))
            return 0
        place = _Place(root, _number(root, now))
        receipt = _make(place, found, told, settings, now)
        _count_as_sent(place, receipt, exported, settings)
    sys.stdout.write(receipt.text(place.whole))
    return 0


def _tried(settings: Settings, now: dt.datetime) -> str:
    """Return what the receipt would say; the files are made in a folder that is gone afterwards."""
    told, found = _layout(settings), _sorted(settings, _sent(settings))
    if not found.considered:
        return _nothing(found)
    numbers = Numbers.stand_ins(settings, told, found.lines)
    with tempfile.TemporaryDirectory() as scratch:
        found, files = _files(Path(scratch), found, told, numbers)
    number = _number(settings.folder / back.FOLDER / FOLDER, now)
    receipt = Receipt(number, settings.actor, settings.ward.name, now.astimezone(_JAPAN), found, files)
    return receipt.tried(looked_up=not numbers.kinds)


def _nothing(found: Sorted) -> str:
    return f"送る訂正はありません（送付済み {found.before} 件）。\n"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one export run at a time: two at once would send the same."""
    back.close(folder)
    with (folder / ".export.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TadasuError(f"{folder}: another export is running. Wait until it is through.") from error
        yield


def _exported(settings: Settings, root: Path) -> pl.DataFrame:
    """Return what was sent; an export that was interrupted is finished if it counted as sent, else undone."""
    exported = _sent(settings)
    sent = exported["export_id"].unique().sort().to_list()
    for part in sorted(root.glob(".*.part")):
        place = _Place(root, part.name.removeprefix(".").removesuffix(".part"))
        if place.name in sent:
            part.replace(place.whole)
        else:
            shutil.rmtree(part)
    for name in [one for one in sent if one not in _noted(settings)]:
        _note(settings, name, {"finished": "an interrupted export", **_receipt(_Place(root, name))})
    return exported


def _sent(settings: Settings) -> pl.DataFrame:
    """Return what was sent before; tables of earlier versions lack a column."""
    path = settings.folder / SENT
    before = [read_table(path)] if path.is_file() else []
    return EXPORTED.arrange(pl.concat([EXPORTED.empty(), *before], how="diagonal"))


def _noted(settings: Settings) -> set[str]:
    """Return the exports that the ledger knows of."""
    if not settings.ledger.is_file():
        return set()
    return {event.subject for event in ledger.read(settings.ledger) if event.event == "export"}


def _receipt(place: _Place) -> dict[str, object]:
    """Return the receipt of an earlier export, nothing where its folder was taken away."""
    path = place.whole / "receipt.json"
    told: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told


def _layout(settings: Settings) -> Mapping:
    """Return the ward's mapping with a layout for what goes out."""
    if settings.ward.file is None:
        return layout.own()
    told = mapping.load(ROOT / settings.ward.file)
    return told if told.outgoing else replace(told, outgoing=layout.own().outgoing)


def _sorted(settings: Settings, exported: pl.DataFrame) -> Sorted:
    path = settings.folder / DECIDED
    if not path.is_file():
        raise TadasuError(f"{path}: no decisions there yet; the workbench writes them as staff decide.")
    decisions = DECISIONS.arrange(read_table(path))
    decisions, exported = carried(settings, decisions), carried(settings, exported)
    years = decisions["tax_year"].unique().sort().to_list()
    tables = {year: settings.folder / f"{year}/{ASSESSMENTS.name}.parquet" for year in years}
    records = {year: read_table(file) for year, file in tables.items() if file.is_file()}
    return sort_out(decisions, records, exported)


def _number(root: Path, now: dt.datetime) -> str:
    """Return the number of a new export: the office's date and a running number."""
    day = now.astimezone(_JAPAN).strftime("%Y%m%d")
    used = [int(path.name.rpartition("-")[2]) for path in root.glob(f"{day}-*")]
    return f"{day}-{max(used, default=0) + 1}"


def _make(place: _Place, found: Sorted, told: Mapping, settings: Settings, now: dt.datetime) -> Receipt:
    """Write the files of an export beside its place."""
    shutil.rmtree(place.part, ignore_errors=True)
    back.close(place.part)
    numbers = Numbers.of(settings, told, (found.lines, found.conflicts))
    found = found.without(numbers.unknown(found.lines))
    found, files = _files(place.part, found, told, numbers)
    at = now.astimezone(_JAPAN)
    receipt = Receipt(place.name, settings.actor, settings.ward.name, at, found, files)
    write_table(settings.folder / REFUSED, found.conflicts)
    lines, refused = numbers.put(found.lines), numbers.put(found.conflicts)
    headings = {column.name: column.label for column in CONFLICTS.columns}
    contents = {
        "conflicts.csv": spreadsheet(refused.rename(headings)),
        "送付票.xlsx": workbook(receipt.facts(), lines, refused, at),
        "receipt.json": (json.dumps(receipt.plain(), ensure_ascii=False, indent=2) + "\n").encode(),
    }
    for name, content in contents.items():
        write_bytes(place.part / name, content, mode=0o600)
    return receipt


def _files(
    folder: Path, found: Sorted, told: Mapping, numbers: Numbers
) -> tuple[Sorted, dict[int, tuple[str, str]]]:
    """Write the lines of each tax year; what the layout cannot say is a conflict, and the file written anew.

    Returns:
        What is left, and by tax year the file's name and its SHA-256.
    """
    files: dict[int, tuple[str, str]] = {}
    for year in found.lines["tax_year"].unique().sort().to_list():
        while not (lines := numbers.put(found.lines.filter(tax_year=year))).is_empty():
            path, refused = layout.write(lines, year, told, folder)
            if refused.is_empty():
                files[year] = (path.relative_to(folder).as_posix(), sha256(path))
                break
            path.unlink(missing_ok=True)
            found = found.without(refused)
    return found, files


def _count_as_sent(place: _Place, receipt: Receipt, exported: pl.DataFrame, settings: Settings) -> None:
    """Note what was sent, then show the files: from the first on it is never sent again."""
    found = receipt.found
    sent_at = pl.lit(receipt.at.astimezone(dt.UTC)).cast(EXPORTED.schema["sent_at"])
    fresh = pl.concat([found.lines, found.repeats]).with_columns(
        export_id=pl.lit(place.name), sent_at=sent_at
    )
    whole = EXPORTED.arrange(pl.concat([exported, fresh.select(*EXPORTED.schema)]))
    write_table(settings.folder / SENT, whole)
    place.part.replace(place.whole)
    _note(settings, place.name, receipt.plain())


def _note(settings: Settings, name: str, detail: Mapped[str, object]) -> None:
    ledger.append(settings.ledger, actor=settings.actor, event="export", subject=name, detail=detail)
