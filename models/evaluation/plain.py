"""What plain LightGBM reaches: one model over candidate values, with amounts and presence as its features.

No law, no history of people or payers, no relatives, no calibration: the line that the ranker must beat.
"""

import lightgbm
import numpy as np
import polars as pl

from features.labels import SIGNATURE, labels
from features.values import FIELD_NAMES, NUMBER, encode, parse
from models.evaluation.baselines import EVEN, Tables, lines_of
from models.evaluation.measures import Array
from tadasu.tables import KINDS

KEY = ("row_id", "field", "value")
ROWS = 60_000
"""Rows that it is trained on, spread evenly over the training years: more bring nothing that shows."""
_TREES = 120
_SETTINGS = {
    "objective": "binary",
    "num_leaves": 63,
    "learning_rate": 0.1,
    "min_data_in_leaf": 40,
    "max_bin": 63,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def plain(year: Tables, past: dict[int, Tables], bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return lines: the likeliest value of each field; proposed where it is likelier than not.

    p_field is the sum over a field's values, p_correction that of the likeliest field. The candidates are
    those of `changes`, each value on its own.
    """
    codes = _codes(past)
    parts = [_labelled(frames, codes, len(past), bulk_staff) for _, frames in sorted(past.items())]
    known = pl.concat(part for part in parts if part.height)
    names = [name for name in known.columns if name not in (*KEY, "right")]
    known = known.sort(KEY)
    data = lightgbm.Dataset(_matrix(known, names), known["right"].to_numpy().astype(np.int8))
    model = lightgbm.train(_SETTINGS, data, _TREES)
    frame = _candidates(year, codes).sort(KEY)
    return _lines(frame.select(KEY, p=pl.Series(model.predict(_matrix(frame, names)))), year)


def _matrix(frame: pl.DataFrame, names: list[str]) -> Array:
    return frame.select(pl.col(names).cast(pl.Float32)).to_numpy()


def _codes(past: dict[int, Tables]) -> dict[str, int]:
    """Number the check codes of the training years; one never seen has no number."""
    seen = pl.concat([frames["inconsistencies"]["check_code"] for frames in past.values()])
    return {code: number for number, code in enumerate(seen.unique().sort())}


def _labelled(frames: Tables, codes: dict[str, int], years: int, bulk_staff: tuple[str, ...]) -> pl.DataFrame:
    """Return the candidates of a year's share of `ROWS` labelled rows, with whether staff made the change."""
    told = labels(frames["corrections"], bulk_staff).select("row_id", SIGNATURE)
    told = told.gather_every(max(1, told.height * years // ROWS))
    few = {"changes": frames["changes"].join(told, on="row_id", how="semi")}
    made = _candidates(frames | few, codes).join(told, on="row_id")
    change = pl.col("field").cast(pl.String).str.zfill(2) + "=" + pl.col("value").cast(pl.String)
    inside = pl.format("|{}|", SIGNATURE).str.contains(pl.format("|{}|", change), literal=True)
    return made.with_columns(right=inside).drop(SIGNATURE)


def _candidates(frames: Tables, codes: dict[str, int]) -> pl.DataFrame:
    """Return a line per row, field and candidate value, with plain features."""
    changes = frames["changes"].select(
        "row_id",
        field=pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64),
        value=parse(pl.col("proposed")),
        recorded=parse(pl.col("recorded")).fill_null(0),
    )
    rows = frames["inconsistencies"].select(
        "row_id",
        "person_id",
        check=pl.col("check_code").replace_strict(codes, default=None, return_dtype=pl.Int64),
        named=pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64),
        stated=parse(pl.col("stated_value")),
        expected=parse(pl.col("expected_value")),
        related=pl.col("related_person_id").is_not_null(),
        referenced=pl.col("document_ids").str.count_matches(";"),
    )
    made = changes.unique(KEY, keep="first", maintain_order=True).join(rows, on="row_id")
    said = _said(frames, "documents", made)
    recorded = said.rename({"value": "recorded", "said": "said_recorded"})
    before = _said(frames, "previous_assessments", made).drop("said").rename({"value": "before"})
    before = before.unique(["person_id", "field"], keep="first", maintain_order=True)
    people = _people(frames)
    for other, on in (
        (said, ["person_id", "field", "value"]),
        (recorded, ["person_id", "field", "recorded"]),
        (before, ["person_id", "field"]),
        (people, ["person_id"]),
    ):
        made = made.join(other, on=on, how="left")
    return made.with_columns(
        difference=pl.col("value") - pl.col("recorded"),
        is_named=pl.col("field") == pl.col("named"),
        is_expected=pl.col("value") == pl.col("expected"),
        is_stated=pl.col("value") == pl.col("stated"),
        is_before=pl.col("value") == pl.col("before"),
        candidates=pl.len().over("row_id"),
    ).drop("person_id")


def _people(frames: Tables) -> pl.DataFrame:
    """Return by person: how many papers of each kind, income and revenue as recorded, age, household size."""
    papers = (
        frames["documents"]
        .group_by("person_id")
        .agg((pl.col("kind") == kind).sum().alias(f"papers_{kind}") for kind in KINDS)
    )
    record = frames["assessments"].select("person_id", "total_income", "salary_revenue", "pension_revenue")
    residents = frames["residents"].select(
        "person_id", born=pl.col("birth_date").dt.year(), household=pl.len().over("household_id")
    )
    return residents.join(record, on="person_id", how="full", coalesce=True).join(
        papers, on="person_id", how="full", coalesce=True
    )


def _said(frames: Tables, table: str, made: pl.DataFrame) -> pl.DataFrame:
    """Return (person_id, field, value, said): how many lines of the table state the value."""
    frame = encode(frames[table].join(made, on="person_id", how="semi"))
    names = [name for name in FIELD_NAMES if name in frame.columns]
    stated = frame.unpivot(on=names, index="person_id", variable_name="field", value_name="value")
    counted = stated.drop_nulls("value").group_by("person_id", "field", "value").agg(said=pl.len())
    return counted.with_columns(pl.col("field").replace_strict(NUMBER, return_dtype=pl.Int64))


def _lines(scored: pl.DataFrame, year: Tables) -> pl.DataFrame:
    best = scored.sort("row_id", "field", "p", "value", descending=[False, False, True, False])
    fields = best.group_by("row_id", "field", maintain_order=True).agg(
        pl.col("value", "p").first(), p_field=pl.col("p").sum().clip(0.0, 1.0)
    )
    rows = fields.group_by("row_id").agg(p_correction=pl.col("p_field").max())
    listed = year["inconsistencies"].select("row_id").join(rows, on="row_id", how="left")
    texts = fields.select(
        "row_id",
        "p_field",
        field=pl.col("field").replace_strict(dict(enumerate(FIELD_NAMES)), return_dtype=pl.String),
        proposed_value=pl.col("value").cast(pl.String),
        proposed=pl.col("p") >= EVEN,
    )
    return lines_of(listed.with_columns(pl.col("p_correction").fill_null(0.0)), texts)
