"""Featurize: each row's repairs, what they change, the clues about them, and which one staff chose."""

from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.job import Job, Progress, quiet
from tadasu.errors import TadasuError
from tadasu.law import Law
from tadasu.tables import CROSSWALK, DOCUMENTS, EXTRACT, INCONSISTENCIES

Tables = dict[str, pl.DataFrame]
VALIDATED = "validation/validation.json"
FRAMES = ("repairs", "changes", "linked", "features", "truth")


def featurize(
    years: Mapping[int, Tables],
    *,
    ordinance: str,
    bulk_staff: tuple[str, ...] = (),
    crosswalk: Mapping[str, str] | None = None,
    progress: Progress = quiet,
) -> Iterator[tuple[int, Tables]]:
    """Yield each tax year with its `FRAMES` and crosswalk, oldest first; a year sees the earlier ones alone.

    Raises:
        TadasuError: no row of the newest list has a document, or the law of a year is not entered.
    """
    require_documents(max(years), years[max(years)])
    laws = {year: Law.of(year, ordinance) for year in sorted(years)}
    from features.build import featurize as of_year

    for done, (year, law) in enumerate(laws.items()):
        progress(str(year), done / len(laws))
        past = {earlier: tables for earlier, tables in years.items() if earlier < year}
        yield year, of_year(years[year], past, law, bulk_staff, crosswalk)
    progress("", 1.0)


def require_documents(year: int, tables: Tables) -> None:
    """Stop where not one row of the list names a document that is there."""
    rows, documents = tables[INCONSISTENCIES.name], tables[DOCUMENTS.name]
    named = rows.select(document_id=pl.col("document_ids").str.split(";").list.explode().str.strip_chars())
    if named.join(documents, on="document_id", how="semi").height:
        return
    raise TadasuError(
        f"{year}/inconsistencies: each of the {len(rows):,} rows lacks a document: none names one of the "
        f"{len(documents):,} in {year}/documents, so nothing can be proposed. Have list and documents "
        "of that year exported anew, with document_ids filled in and the same numbers in both."
    )


def run(job: Job) -> None:
    """Read all years' tables; write each year's frames. What failed validation is not used."""
    if job.json(VALIDATED)["verdict"] == "critical":
        raise TadasuError(
            f"{job.root / VALIDATED}: the extract failed validation. Read the report beside it, correct the "
            "extract and start again from ingest."
        )
    names = [table.name for table in EXTRACT]
    years = {year: job.tables(year, names) for year in job.years()}
    ward = job.settings.ward
    made = featurize(
        years,
        ordinance=ward.ordinance,
        bulk_staff=tuple(ward.bulk_staff),
        crosswalk=ward.crosswalk,
        progress=job.progress,
    )
    for year, frames in made:
        for name in (*FRAMES, CROSSWALK.name):
            job.write(f"{year}/{name}.parquet", frames[name])


if __name__ == "__main__":
    from pipelines.stage import main

    main("featurize")
