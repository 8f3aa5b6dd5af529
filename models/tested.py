"""The certificate on real rows: what was predicted of a judged year, what staff did, what it moved."""

import polars as pl

from features.labels import SIGNATURE, labels
from models.certificate import FORECAST, SEASON, Certificate, Known
from models.certify import certify
from models.evaluation.yen import tax_moved
from models.settings import SuggestSettings
from tadasu.law import Law


def judged_by(
    rows: pl.DataFrame, tables: dict[str, pl.DataFrame], law: Law, bulk_staff: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Add to `rows` (by row_id, of `models.judge`) whether staff corrected them, and the tax that moved.

    `wrong` is null for a row without a label; `missed_yen` is an absolute amount, null where the corrected
    record cannot be computed.
    """
    told = labels(tables["corrections"], bulk_staff)
    people = tables["inconsistencies"].select("row_id", "person_id")
    moved = tax_moved(told.join(people, on="row_id"), tables, law)
    known = told.join(moved, on="row_id", how="left").select(
        "row_id", wrong=pl.col(SIGNATURE) != "", missed_yen=pl.col("yen").abs()
    )
    return rows.join(known, on="row_id", how="left", maintain_order="left")


def nothing(year: int, settings: SuggestSettings, known: Known) -> Certificate:
    """Return the certificate of a year of which nothing is known yet: no row is cleared."""
    return Certificate(FORECAST, year, year, "", settings.certify, 0, 0, 0, (), None, 0.0, known=known)


def forecast(
    rows: pl.DataFrame,
    settings: SuggestSettings,
    *,
    tax_year: int,
    tested_year: int,
    model_id: str,
    known: Known,
) -> Certificate:
    """Certify on all labelled rows of an earlier year, held out from training: provisional."""
    return certify(
        rows,
        settings.certify,
        purpose=FORECAST,
        tax_year=tax_year,
        tested_year=tested_year,
        model_id=model_id,
        known=known,
    )


def with_label(sample: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return a sample of a year that is over, of which only rows with a label (`wrong`) are drawn.

    Nobody was asked in that year to judge what is drawn now: a row without a label says nothing, where in
    season it would be one that staff left undone.
    """
    labelled = rows.filter(pl.col("wrong").is_not_null())["row_id"]
    return sample.with_columns(pl.col("drawn") & pl.col("row_id").is_in(labelled.implode()))


def in_season(
    rows: pl.DataFrame, sample: pl.DataFrame, settings: SuggestSettings, *, model_id: str, known: Known
) -> Certificate:
    """Certify on the labels of the year's random sample (`tadasu.tables.SAMPLE`); the others are not read.

    A drawn row without a label (an inquiry still open, or closed in bulk) counts as wrong.
    """
    drawn = rows.join(sample.select("row_id", "drawn"), on="row_id", how="left", maintain_order="left")
    shown = drawn.with_columns(wrong=pl.when("drawn").then(pl.col("wrong").fill_null(value=True)))
    year = int(rows["tax_year"].first() or 0)  # type: ignore[arg-type]
    return certify(
        shown,
        settings.certify,
        purpose=SEASON,
        tax_year=year,
        tested_year=year,
        model_id=model_id,
        seed=settings.sample_seed,
        known=known,
    )
