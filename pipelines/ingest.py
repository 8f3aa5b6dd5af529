"""Ingest: a ward's extract becomes tables that keep their contract, and an account of the rest."""

from pipelines.alarms import told
from pipelines.delivering import keep
from pipelines.hiding import Hiding, keep_moves
from pipelines.job import INTAKE, Job
from pipelines.mending import FILE, mends_of
from pipelines.publish import spreadsheet
from pipelines.settings import ROOT, Settings
from tadasu.extract import Intake, mapping, read_mapped, statutory
from tadasu.extract import read as ingest
from tadasu.extract.completeness import completeness
from tadasu.extract.identifiers import Carrier
from tadasu.store import sha256
from tadasu.tables import NOT_TAKEN_IN

__all__ = ["ingest", "run"]


def run(job: Job) -> None:
    """Read the extract's folder; write each year's tables, what was put aside, and the account."""
    folder = job.settings.extract
    intake = _read(job.settings, job)
    for year, tables in intake.tables.items():
        for name, frame in tables.items():
            job.write(f"{year}/{name}.parquet", frame)
        apart = intake.beside.get(year, {}).get(NOT_TAKEN_IN.name, NOT_TAKEN_IN.empty())
        job.write(f"{year}/{NOT_TAKEN_IN.name}.parquet", apart)
        job.write(f"{year}/quarantine.parquet", intake.quarantine[year])
        job.write(f"{year}/quarantine.csv", spreadsheet(intake.quarantine[year]))
    limits = job.settings.validate
    whole = completeness(
        intake.tables, intake.beside, people=limits.payer_people, documents=limits.week_documents
    )
    job.write(INTAKE, {**intake.report(), **whole.report()})
    job.inputs.update({f"extract/{file.file}": sha256(folder / file.file) for file in intake.files})
    keep(job, intake.tables)
    job.detail["counts"] = intake.report()["totals"]
    job.detail["alarms"] = told(whole.report()["alarms"])


def _read(settings: Settings, job: Job) -> Intake:
    """Read the standard layout, or the ward's own files where its file of `conf/ward` has a mapping."""
    mends = mends_of(settings)
    if (path := settings.folder / FILE).is_file():
        job.inputs[FILE] = sha256(path)
    if settings.ward.file is None:
        intake = ingest(settings.extract, job.progress, mends, passes=(Carrier(),))
        keep_moves(settings, intake)
        return intake
    told = mapping.load(ROOT / settings.ward.file)
    job.inputs[settings.ward.file.as_posix()] = sha256(ROOT / settings.ward.file)
    for file in statutory.files(settings.extract, told):
        job.inputs[f"extract/{file.name}"] = sha256(file.path)
    hiding = Hiding.of(settings, told)
    intake = read_mapped(settings.extract, told, job.progress, passes=hiding.passes, mends=mends)
    hiding.keep(intake)
    return intake


if __name__ == "__main__":
    from pipelines.stage import main

    main("ingest")
