"""The rows of a year that staff judged: what they did, what it was worth, and the groups of a row."""

from collections.abc import Sequence

import polars as pl

from features.labels import SIGNATURE, labels
from models.evaluation.yen import changes_of, tax_moved
from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.tables import CHANNEL_LABELS, CHANNELS

NONE = "（なし）"
SEX_LABELS = {"M": "男性", "F": "女性"}


def judged_rows(tables: dict[str, pl.DataFrame], law: Law, bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the labelled rows of a year, by row_id.

    Columns: row_id, person_id, block (household, or the person where it is unknown), check_code, check_name,
    field, document_ids, signature, corrected, asked, yen (tax moved by the right repair, alone; 0 where
    nothing was corrected, null where it cannot be computed).
    """
    told = labels(tables["corrections"], bulk_staff)
    homes = tables["residents"].select("person_id", "household_id")
    listed = tables["inconsistencies"].select(
        "row_id", "person_id", "check_code", "check_name", "field", "document_ids"
    )
    rows = listed.join(told, on="row_id").join(homes, on="person_id", how="left").sort("row_id")
    corrected = pl.col(SIGNATURE) != ""
    rows = rows.with_columns(block=pl.coalesce("household_id", "person_id"), corrected=corrected)
    rows = rows.join(tax_moved(rows, tables, law), on="row_id", how="left", maintain_order="left")
    yen = pl.when("corrected").then("yen").otherwise(pl.lit(0, pl.Int64))
    return rows.with_columns(yen=yen).drop("household_id")


def memberships(
    rows: pl.DataFrame, tables: dict[str, pl.DataFrame], year: int, ages: Sequence[int], yen: Sequence[int]
) -> pl.DataFrame:
    """Return a line per row and group: by (the kind of group), place (order on the page), label, row_id.

    `field` and `yen` are groups of corrected rows alone; a row that names documents of two channels, or whose
    repair changes two fields, is in both groups. `ages` and `yen` are the lower ends of their bands.
    """
    residents = tables["residents"].select("person_id", "birth_date", "sex")
    people = rows.join(residents, on="person_id", how="left")
    age = year - pl.col("birth_date").dt.year() - (pl.col("birth_date").dt.ordinal_day() > 1)
    moved = pl.col("yen").abs()
    parts = [
        _part("check", rows, pl.format("{} {}", "check_code", pl.col("check_name").fill_null("")), pl.lit(0)),
        _part("age", people, *_band(age, ages, "歳")),
        _part("sex", people, pl.col("sex").replace_strict(SEX_LABELS, default=NONE), pl.lit(0)),
        _part("yen", rows.filter("corrected", pl.col("yen").is_not_null()), *_band(moved, yen, "円")),
        _fields(rows),
        _channels(rows, tables),
    ]
    return pl.concat(parts).unique().sort("by", "place", "label", "row_id")


def _part(by: str, frame: pl.DataFrame, label: pl.Expr, place: pl.Expr) -> pl.DataFrame:
    return frame.select(
        "row_id", by=pl.lit(by), place=place.cast(pl.Int64).fill_null(-1), label=label.fill_null(NONE)
    )


def _band(value: pl.Expr, lower: Sequence[int], unit: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the label and the place of the band that the value is in; `lower` are the bands' lower ends."""
    place = pl.sum_horizontal((value >= start).cast(pl.Int64) for start in lower)
    names = {0: f"0{unit}" if lower[0] == 1 else f"{lower[0]:,}{unit}未満"}
    for number, start in enumerate(lower, 1):
        end = f"{lower[number]:,}{unit}未満" if number < len(lower) else ""
        names[number] = f"{start:,}{unit}以上{end}"
    label = place.replace_strict(names, return_dtype=pl.String)
    return pl.when(value.is_not_null()).then(label), pl.when(value.is_not_null()).then(place)


def _fields(rows: pl.DataFrame) -> pl.DataFrame:
    names = {name: field.label for name, field in FIELDS.items()}
    order = {name: number for number, name in enumerate(FIELDS)}
    field = pl.col("field")
    label = field.replace_strict(names, return_dtype=pl.String)
    return _part("field", changes_of(rows), label, field.replace_strict(order, return_dtype=pl.Int64))


def _channels(rows: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the channels by which the documents that a row names came in."""
    named = rows.select("row_id", document_id=pl.col("document_ids").str.split(";")).explode("document_id")
    named = named.with_columns(pl.col("document_id").str.strip_chars())
    papers = named.join(tables["documents"].select("document_id", "channel"), on="document_id", how="left")
    order = {name: number for number, name in enumerate(CHANNELS)}
    channel = pl.col("channel")
    return _part(
        "channel",
        papers,
        channel.replace_strict(CHANNEL_LABELS, default=None, return_dtype=pl.String),
        channel.replace_strict(order, default=None, return_dtype=pl.Int64),
    )
