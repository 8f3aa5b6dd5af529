"""From suggestion lines and labels to one line per row: what was right, and what was not."""

import numpy as np
import polars as pl

from features.labels import SIGNATURE
from features.values import NUMBER, parse
from models.evaluation.measures import Array
from models.evaluation.yen import changes_of
from tadasu.tables import LANES

EVEN = 0.5
"""From this probability on a row counts as judged to need a correction."""
IN_THREE = 3


def judged(lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Hold `lines` (as `suggestions`, of any contestant) against the labelled `rows`, one line per row.

    Columns (`NAMES`, in the order of `rows`) are Float64, yes is 1. `exact`: a proposed change is just what
    staff did; `right`: so is the proposal, 'leave' included; `passed`: nobody will look for an error;
    `yen`: tax that the row's right repair moves, alone, its sign ignored; `yen_counted`: the same, each
    change of a person once, at the row that is looked at first.
    A row without a line has p 0 and is looked at last.
    """
    told = rows.select("row_id", SIGNATURE)
    coded = lines.join(told, on="row_id").with_columns(change=coded_change("field", "proposed_value"))
    found = (
        told.join(_first(coded), on="row_id", how="left", maintain_order="left")
        .join(_proposal(coded), on="row_id", how="left", maintain_order="left")
        .with_columns(pl.col("proposal").fill_null(""), pl.col("p").fill_null(0.0))
    )
    corrected, changes = pl.col(SIGNATURE) != "", pl.col("proposal") != ""
    passes = (pl.col("lane") == "clear") | ((pl.col("lane") == "confirm") & ~changes)
    last = lines.height + 1
    result = found.with_columns(
        row=pl.lit(1.0),
        corrected=corrected,
        asked=rows["asked"],
        agrees=(pl.col("p") >= EVEN) == corrected,
        proposes=changes,
        exact=changes & (pl.col("proposal") == pl.col(SIGNATURE)),
        right=pl.col("proposal") == pl.col(SIGNATURE),
        passed=passes.fill_null(value=False),
        rank=pl.col("rank").fill_null(last),
        **{f"lane_{lane}": (pl.col("lane") == lane).fill_null(value=False) for lane in LANES},
    )
    result = result.with_columns(yen=rows["yen"].abs(), yen_counted=_counted(rows, result))
    return result.select(pl.col(name).cast(pl.Float64).fill_null(0.0) for name in NAMES)


NAMES = (
    *("row", "corrected", "asked", "p", "rank", "agrees", "field_right", "field_in_three", "value_right"),
    *("proposes", "exact", "right", "passed", "yen", "yen_counted", *(f"lane_{lane}" for lane in LANES)),
)


def arrays(frame: pl.DataFrame) -> dict[str, Array]:
    """Return the columns as arrays, for `models.evaluation.measures`."""
    return {name: frame[name].to_numpy().astype(np.float64, copy=False) for name in frame.columns}


def coded_change(field: str, value: str) -> pl.Expr:
    """Write a change as labels do: number of the field, '=', value as a whole number; null where none is."""
    number = pl.col(field).replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    return number.cast(pl.String).str.zfill(2) + "=" + parse(pl.col(value)).cast(pl.String)


def _first(coded: pl.DataFrame) -> pl.DataFrame:
    """Return by row p, rank, lane, and whether the likeliest field, its value, one of three are right."""
    inside = pl.format("|{}|", pl.col(SIGNATURE))
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    field_right = inside.str.contains(pl.format("|{}=", number.cast(pl.String).str.zfill(2)), literal=True)
    value_right = inside.str.contains(pl.format("|{}|", "change"), literal=True)
    ordered = coded.sort("row_id", "p_field", "field", descending=[False, True, False])
    return ordered.group_by("row_id", maintain_order=True).agg(
        pl.col("rank", "lane").first(),
        p=pl.col("p_correction").first(),
        field_right=field_right.fill_null(value=False).first(),
        field_in_three=field_right.fill_null(value=False).head(IN_THREE).any(),
        value_right=value_right.fill_null(value=False).first(),
    )


def _proposal(coded: pl.DataFrame) -> pl.DataFrame:
    """Return by row the proposed changes as a signature; a row that proposes 'leave' has none."""
    proposed = coded.filter(pl.col("proposed") & pl.col("change").is_not_null()).sort("row_id", "change")
    return proposed.group_by("row_id", maintain_order=True).agg(proposal=pl.col("change").str.join("|"))


def _counted(rows: pl.DataFrame, ranked: pl.DataFrame) -> pl.Series:
    """Return the yen of each row, of which what an earlier-ranked row of the person carries is left out."""
    places = rows.select("row_id").with_columns(rank=ranked["rank"])
    changes = changes_of(rows).join(places, on="row_id").sort("rank", "row_id", "change")
    new = pl.col("row_id") == pl.col("row_id").first().over("person_id", "change")
    share = changes.with_columns(new=new).group_by("row_id").agg(share=pl.col("new").mean())
    joined = rows.select("row_id", "yen").join(share, on="row_id", how="left", maintain_order="left")
    return joined.select((pl.col("yen").abs() * pl.col("share")).fill_null(0.0)).to_series()
