"""Featurize: each row's repairs, what they change, the clues about them, and which one staff chose."""

from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.job import Job, Progress, quiet
from tadasu.errors import TadasuError
from tadasu.law import Law
from tadasu.tables import DOCUMENTS, EXTRACT, INCONSISTENCIES

Tables = dict[str, pl.DataFrame]
VALIDATED = "validation/validation.json"
FRAMES = ("repairs", "changes", "features", "truth")


def featurize(
    years: Mapping[int, Tables],
    *,
    ordinance: str,
    bulk_staff: tuple[str, ...] = (),
    progress: Progress = quiet,
) -> Iterator[tuple[int, Tables]]:
    """Yield each tax year with its `FRAMES`, oldest first; a year sees the earlier ones and never a later.

    Raises:
        TadasuError: no row of the newest list has a document, or the law of a year is not entered.
    """
    require_documents(max(years), years[max(years)])
    laws = {year: Law.of(year, ordinance) for year in sorted(years)}
    from features.build import featurize as of_year

    for done, (year, law) in enumerate(laws.items()):
        progress(str(year), done / len(laws))
        past = {earlier: tables for earlier, tables in years.items() if earlier < year}
        yield year, of_year(years[year], past, law, bulk_staff)
    progress("", 1.0)


def require_documents(year: int, tables: Tables) -> None:
    """Stop where not one row of the list belongs to a person with a document or names one."""
    rows, documents = tables[INCONSISTENCIES.name], tables[DOCUMENTS.name]
    named = rows.select(
        pl.col("document_ids").str.split(";").list.eval(pl.element().str.strip_chars())
        .list.set_intersection(documents["document_id"].implode()).list.len() > 0
    ).to_series()  # fmt: skip
    owned = rows["person_id"].is_in(documents["person_id"].implode())
    if (named.fill_null(value=False) | owned).any():
        return
    raise TadasuError(
        f"The {len(rows):,} rows of the list of {year} all lack a document: neither do they name one of the "
        f"{len(documents):,} in {year}/documents, nor has a person of theirs any there. Nothing can be "
        "proposed from that. Have the documents of that year and the list exported anew, with the "
        "same numbers in both."
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
        years, ordinance=ward.ordinance, bulk_staff=tuple(ward.bulk_staff), progress=job.progress
    )
    for year, frames in made:
        for name in FRAMES:
            job.write(f"{year}/{name}.parquet", frames[name])


if __name__ == "__main__":
    from pipelines.stage import main

    main("featurize")
