"""Tables to the files of a ward's layout, so that reading them gives the same tables."""

from collections.abc import Mapping as Mapped
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.forms import year_text
from tadasu.extract.mapped import read_mapped
from tadasu.extract.mapping.model import Layout, Mapping, Source
from tadasu.extract.writing.files import save
from tadasu.extract.writing.records import beside, claimed, records, together

Tables = Mapped[int, Mapped[str, pl.DataFrame]]


def write(tables: Tables, mapping: Mapping, folder: Path, *, check: bool = True) -> list[Path]:
    """Write an extract in a ward's layout: tax year → table name → frame with the declared columns.

    Args:
        tables: The tables; those that the mapping does not know must be empty.
        mapping: The layout.
        folder: Where the files go; each is named by the first pattern of its source, `*` as 1.
        check: Read everything back and compare: what the layout cannot say is an error, never lost silently.

    Returns:
        The files.

    Raises:
        TadasuError: the layout cannot say what is in the tables.
    """
    files: dict[tuple[str, Layout], tuple[pl.DataFrame, list[Source]]] = {}
    for year, frames in tables.items():
        for name in sorted(frames, key=lambda name: _is_wide(mapping, name)):
            rest = frames[name]
            for source in sorted(mapping.of(name), key=lambda source: not source.wide):
                if source.year not in (None, year):
                    continue
                key = (name_of(source, year, mapping), source.layout)
                before = files.get(key)
                mine = claimed(rest, source, year, alone=len(mapping.of(name)) == 1)
                if source.wide and before:
                    mine &= beside(rest, source, before[0])
                columns = records(rest.filter(mine), source, year)
                rest = rest.filter(~mine)
                whole = together(before[0], columns) if before else columns
                files[key] = (whole, [*(before[1] if before else []), source])
            _require_all(name, rest, mapping)
    written = [_save(folder, name, layout, *content) for (name, layout), content in files.items()]
    if check:
        _compare(tables, mapping, folder)
    return written


def _is_wide(mapping: Mapping, table: str) -> bool:
    """Say whether rows of a table stand side by side in lines, which another table may bring."""
    return any(source.wide for source in mapping.of(table))


def name_of(source: Source, year: int, mapping: Mapping) -> str:
    """Return the name of the file that a source's rows of a year are written to."""
    told = year_text(year - mapping.year_offset, mapping.year_form)
    return source.files[0].replace("{year}", told).replace("**/", "").replace("*", "1").replace("?", "1")


def _require_all(name: str, rest: pl.DataFrame, mapping: Mapping) -> None:
    if rest.height:
        raise TadasuError(
            f"{mapping.file}: {rest.height} rows of {name} cannot be written: no source of the mapping "
            "brings rows like them (see the constants of its columns)."
        )


def _save(folder: Path, name: str, layout: Layout, columns: pl.DataFrame, sources: list[Source]) -> Path:
    path = folder / name
    save(path, _arranged(columns, layout, sources), layout)
    return path


def _arranged(columns: pl.DataFrame, layout: Layout, sources: list[Source]) -> pl.DataFrame:
    """Put columns known by position in their places; add those that a real export has and nobody may read."""
    if layout.header == 0 and layout.format in ("csv", "xlsx"):
        last = max(int(name) for name in columns.columns)
        return columns.select(
            pl.col(name) if (name := str(place)) in columns.columns else pl.lit(None, pl.String()).alias(name)
            for place in range(1, last + 1)
        )
    names = dict.fromkeys(name for source in sources for name in source.refuse if not set(name) & set("*?["))
    refused = [pl.lit(None, pl.String()).alias(name) for name in names if name not in columns.columns]
    return columns.with_columns(refused)


def _compare(tables: Tables, mapping: Mapping, folder: Path) -> None:
    """Read back what was written; whatever came out differently cannot be said in this layout."""
    back = read_mapped(folder, mapping)
    for year, frames in tables.items():
        for name, frame in frames.items():
            found = {**back.tables.get(year, {}), **back.beside.get(year, {})}.get(name)
            if found is not None and found.equals(frame.select(found.columns).sort(_key(mapping, name))):
                continue
            if found is None and frame.is_empty():
                continue
            raise TadasuError(f"{mapping.file}: {name} of {year}: {_difference(found, frame, mapping, name)}")


def _key(mapping: Mapping, name: str) -> tuple[str, ...]:
    return mapping.of(name)[0].table.key if mapping.of(name) else ()


def _difference(found: pl.DataFrame | None, frame: pl.DataFrame, mapping: Mapping, name: str) -> str:
    """Say what the layout cannot say; columns by name, no value."""
    if found is None or found.height != frame.height:
        read = 0 if found is None else found.height
        return (
            f"{frame.height} rows were written, {read} came back; the layout cannot tell or read the others."
        )
    given = frame.select(found.columns).sort(_key(mapping, name))
    other = [column for column in found.columns if not found[column].equals(given[column])]
    listed = ", ".join(other)
    return f"the layout cannot say what stands in {listed} (unmapped, no code for it, or no such form)."
