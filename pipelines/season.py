"""Season: the newest year's open rows, ranked anew with what staff have decided so far this year."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from pipelines.certify import CERTIFICATE, SECONDS
from pipelines.featurize import FRAMES
from pipelines.job import Job
from pipelines.publish import japanese, spreadsheet
from tadasu.errors import TadasuError
from tadasu.law import Law
from tadasu.tables import CORRECTIONS, EXTRACT, INCONSISTENCIES

if TYPE_CHECKING:
    from models.season.update import Update

Tables = dict[str, pl.DataFrame]
LIST, UPDATE = "season/suggestions.parquet", "season/update.json"


def run(job: Job) -> None:
    """Write the morning's list and what it was learnt from; nothing later than that morning is read."""
    from models.certificate import load as load_certificate
    from models.ranker import load
    from models.season.known import morning_after
    from models.season.rerank import rerank
    from models.seconds import Seconds

    settings, year = job.settings, job.years()[-1]
    whole = job.extract(year)
    day = morning_after(whole[CORRECTIONS.name], settings.season.day)
    if day is None:
        raise TadasuError(
            f"{year}/corrections: no decision of this year has a date, so there is nothing to rank anew by. "
            "Ingest what staff have decided so far, or name the morning with season.day=YYYY-MM-DD."
        )
    frames, tables = _morning(job, year, whole, day)
    job.progress(f"{day:%m-%d}", 0.3)
    made, update = rerank(
        load(job.path("ranker/")),
        frames,
        tables,
        day,
        settings.season,
        settings.suggest,
        certificate=load_certificate(job.path(CERTIFICATE)),
        seconds=Seconds(**job.json(SECONDS)),
        law=Law.of(year, settings.ward.ordinance),
        bulk_staff=tuple(settings.ward.bulk_staff),
    )
    job.write(LIST, made.lines)
    job.write("season/suggestions.ja.csv", spreadsheet(japanese(made.lines, tables[INCONSISTENCIES.name])))
    job.write(UPDATE, {"day": day.isoformat(), **update.json()})
    job.detail["day"], job.detail["decided"] = day.isoformat(), update.decided
    job.detail["told"] = [_told(day, update, made.rows.height)]


def _morning(job: Job, year: int, whole: Tables, day: date) -> tuple[Tables, Tables]:
    """Return frames and tables as of that morning; clues are made anew where rows or documents came later."""
    from models.season.known import as_of, is_cut

    tables = as_of(whole, day)
    if not is_cut(whole, tables):
        return job.tables(year, FRAMES), tables
    from features.build import featurize

    if tables[INCONSISTENCIES.name].is_empty():
        raise TadasuError(f"season.day={day}: no row of {year} had been detected by then. Name a later day.")
    names = [table.name for table in EXTRACT]
    past = {earlier: job.tables(earlier, names) for earlier in job.years() if earlier < year}
    ward = job.settings.ward
    made = featurize(tables, past, Law.of(year, ward.ordinance), tuple(ward.bulk_staff))
    return {name: made[name] for name in FRAMES}, tables


def _told(day: date, update: "Update", rows: int) -> str:
    trees = (
        "なし（決定が少ない）" if update.gain is None else ("採用" if update.trees else "不採用（改善なし）")
    )
    learnt = f"今年の決定{update.decided:,}行を反映し（補正木：{trees}）"
    return f"{day:%Y-%m-%d}朝：{learnt}、未処理{rows:,}行を並べ替え"


if __name__ == "__main__":
    from pipelines.stage import main

    main("season")
