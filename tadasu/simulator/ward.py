"""The whole demo ward: block by block, year by year, to the standard tables of touched households."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from tadasu.checks import CodeTable
from tadasu.simulator import chance, staff
from tadasu.simulator.blocks import Progress, made
from tadasu.simulator.season import Season
from tadasu.simulator.settings import Knobs
from tadasu.simulator.steer import steer
from tadasu.tables import CORRECTIONS, EXTRACT

_TRUE_ON = (6, 30)
"""Month and day that the lines of the truth bear."""
_NEW_SYSTEM = "E"
"""What the codes of a new tax system begin with."""


@dataclass(frozen=True, slots=True, eq=False)
class Ward:
    """A demo ward (合成データ).

    Attributes:
        tables: by tax year, then by name: the standard tables. The newest year has no `corrections` and no
            `second_opinions`: nobody has worked on its list yet.
        truth: what is right of every row of the newest year, in the contract of `corrections`; for
            benchmarks, never part of an extract.
        taxpayers: by tax year, how many people of the whole ward have a taxable income.
    """

    tables: dict[int, dict[str, pl.DataFrame]]
    truth: pl.DataFrame
    taxpayers: dict[int, int]


def simulate(knobs: Knobs, progress: Progress | None = None, *, workers: int = 1) -> Ward:
    """Return the ward that the knobs describe: the same knobs, the same ward, however it is cut into blocks.

    `progress` is told how many block-years are done, of how many. With more than one worker, blocks are made
    in that many processes.
    """
    parts: dict[int, list[Season]] = {year: [] for year in knobs.years}
    for one in made(knobs, steer(knobs), workers, progress):
        parts[one.year].append(one)
    taxpayers = {year: sum(part.taxpayers for part in parts[year]) for year in knobs.years}
    newest = max(knobs.years)
    # A year's parts are let go once its tables are put together: a large ward is held once, not twice.
    tables = {year: _year(knobs, year, parts.pop(year), newest) for year in knobs.years}
    truth = tables[newest]["truth"]
    return Ward(
        tables={
            year: {name: t for name, t in named.items() if name != "truth"} for year, named in tables.items()
        },
        truth=truth,
        taxpayers=taxpayers,
    )


def _year(knobs: Knobs, year: int, parts: list[Season], newest: int) -> dict[str, pl.DataFrame]:
    """Return the tables of a year over all blocks, rows and documents under their final numbers."""
    tables = {name: pl.concat([part.tables[name] for part in parts]) for name in parts[0].tables}
    rows, right = pl.concat([part.rows for part in parts]), pl.concat([part.right for part in parts])
    tables["truth"] = staff.truth_lines(right, rows, date(year, *_TRUE_ON))
    if year == newest:
        del tables["corrections"], tables["second_opinions"]
    tables["inconsistencies"] = _printed(tables["inconsistencies"], knobs, year)
    tables = _renumbered(tables, rows, knobs.seed, year)
    schemas = {table.name: table for table in EXTRACT} | {"truth": CORRECTIONS}
    return {name: schemas[name].arrange(frame) for name, frame in tables.items()}


def _printed(listed: pl.DataFrame, knobs: Knobs, year: int) -> pl.DataFrame:
    """Return the list under the codes that the year's tax system prints."""
    if knobs.renumber is None or year < knobs.renumber:
        return listed
    codes = CodeTable.renumbered(_NEW_SYSTEM)
    return codes.printed_on(listed.rename({"check_code": "check"}).drop("check_name")).drop("check")


def _renumbered(
    tables: dict[str, pl.DataFrame], rows: pl.DataFrame, seed: int, year: int
) -> dict[str, pl.DataFrame]:
    """Return the tables with rows numbered as they were raised, and papers and gifts in no order at all."""
    raised = rows.sort("detected_on", "key").select("row_id", new=_numbers(f"R{year}", 6))
    papers = _shuffled(tables["documents"]["document_id"], "document number", "D", seed, year)
    gifts = _shuffled(tables["donations"]["donation_id"], "donation number", "G", seed, year)
    tables = dict(tables)
    for name in ("inconsistencies", "corrections", "second_opinions", "truth"):
        if name in tables:
            tables[name] = _renamed(tables[name], "row_id", raised)
    for name, column in (
        ("documents", "document_id"),
        ("documents", "supersedes"),
        ("dependents", "document_id"),
        ("donations", "document_id"),
        ("corrections", "document_id"),
        ("second_opinions", "document_id"),
        ("truth", "document_id"),
    ):
        if name in tables:
            tables[name] = _renamed(tables[name], column, papers)
    tables["donations"] = _renamed(tables["donations"], "donation_id", gifts)
    tables["inconsistencies"] = _listed_papers(tables["inconsistencies"], papers)
    return tables


def _numbers(prefix: str, digits: int) -> pl.Expr:
    return pl.lit(prefix) + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(digits)


def _shuffled(ids: pl.Series, purpose: str, letter: str, seed: int, year: int) -> pl.DataFrame:
    place = pl.Series("place", chance.uniform(seed, purpose, year, chance.numbers(ids)))
    ordered = pl.DataFrame([ids.alias("old"), place]).sort("place", "old")
    return ordered.select("old", new=_numbers(f"{letter}{year % 100:02d}", 8))


def _renamed(frame: pl.DataFrame, column: str, names: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with new identifiers; one that names nothing in the tables is empty."""
    old, new = names.columns
    mapped = frame.join(
        names.rename({old: column, new: "new id"}), on=column, how="left", maintain_order="left"
    )
    return mapped.with_columns(pl.col("new id").alias(column)).drop("new id")


def _listed_papers(listed: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    named = listed.select("row_id", old=pl.col("document_ids").str.split(";")).explode("old").drop_nulls()
    joined = (
        named.join(papers, on="old", how="inner")
        .sort("row_id", "new")
        .group_by("row_id", maintain_order=True)
        .agg(document_ids=pl.col("new").str.join(";"))
    )
    return listed.drop("document_ids").join(joined, on="row_id", how="left", maintain_order="left")
