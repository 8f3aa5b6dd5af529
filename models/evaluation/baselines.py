"""What there is without a learnt ranker: the base rate of each check, and rules alone.

A contestant gives lines in the shape of `suggestions`, as far as figures need them (`LINES`), so that one
set of figures measures all of them. `years` hold the extract's tables and the frames of featurize by name.
"""

import polars as pl

from features.labels import SIGNATURE, labels
from features.repairs.kinds import KINDS
from features.values import NUMBER, legal, parse

Tables = dict[str, pl.DataFrame]
SHRINK = 5
"""Rows of the overall share that a check's own share is mixed with."""
EVEN = 0.5
LINES = {
    "row_id": pl.String(),
    "rank": pl.Int32(),
    "lane": pl.String(),
    "p_correction": pl.Float64(),
    "field": pl.String(),
    "proposed_value": pl.String(),
    "p_field": pl.Float64(),
    "proposed": pl.Boolean(),
}
_PRECEDENCE = {"tax_return": 0, "resident_return": 1, "salary_report": 2, "pension_report": 2}
_NO_PAPER, _BLIND = 3, 4


def lines_of(rows: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Return `LINES`: `rows` (row_id, p_correction) ranked, with the lines of `fields` or an empty one.

    Rows of the same probability are ranked by row_id: the order in which the list was written.
    """
    ranked = rows.sort("p_correction", "row_id", descending=[True, False]).with_columns(
        rank=pl.int_range(1, pl.len() + 1), lane=pl.lit("review")
    )
    joined = ranked.join(fields, on="row_id", how="left", maintain_order="left").with_columns(
        pl.col("p_field").fill_null(0.0), pl.col("proposed").fill_null(value=True)
    )
    return joined.select(pl.col(name).cast(dtype) for name, dtype in LINES.items())


def base_rate(year: Tables, past: dict[int, Tables], bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return lines: p is the share corrected of the row's check in `past`; proposed is the expected value.

    The share is shrunk to the mean by `SHRINK` rows; a code never seen gets the mean. A value that the field
    cannot hold is not proposed, and none where p is under one half.
    """
    known = pl.concat(
        frames["inconsistencies"].join(labels(frames["corrections"], bulk_staff), on="row_id")
        .select("check_code", corrected=pl.col(SIGNATURE) != "")
        for _, frames in sorted(past.items())
    )  # fmt: skip
    counts = known.group_by("check_code").agg(n=pl.len(), k=pl.col("corrected").sum())
    mean = int(known["corrected"].sum()) / max(1, known.height)
    rows = year["inconsistencies"].join(counts, on="check_code", how="left").with_columns(
        p_correction=((pl.col("k") + SHRINK * mean) / (pl.col("n") + SHRINK)).fill_null(mean)
    )  # fmt: skip
    number = pl.col("field").replace_strict(NUMBER, default=None, return_dtype=pl.Int64)
    fits = legal(number, parse(pl.col("expected_value")))
    fields = rows.filter(pl.col("field").is_not_null()).select(
        "row_id",
        "field",
        proposed_value=pl.when(fits).then("expected_value"),
        p_field="p_correction",
        proposed=fits & (pl.col("p_correction") >= EVEN),
    )
    return lines_of(rows.select("row_id", "p_correction"), fields)


def rules(year: Tables, past: dict[int, Tables], bulk_staff: tuple[str, ...] = ()) -> pl.DataFrame | None:
    """Return lines that propose the repair that settles the row and goes first by precedence of papers.

    Return over resident return over reports, then what rests on no paper, then guesses; of equals the kind
    declared first. Where the record as it stands is settled, or nothing settles it, 'leave' is proposed. p is
    the share corrected in `past` of rows of the same of these three states. None where it was not computed
    which repairs settle their row.
    """
    years = [frames for _, frames in sorted(past.items())]
    if any(_unknown(frames["repairs"]) for frames in (*years, year)):
        return None
    known = pl.concat(
        _state(frames)
        .join(labels(frames["corrections"], bulk_staff), on="row_id")
        .select("state", corrected=pl.col(SIGNATURE) != "")
        for frames in years
    )
    share = known.group_by("state").agg(p_correction=pl.col("corrected").mean())
    rows = (
        _state(year).join(share, on="state", how="left").with_columns(pl.col("p_correction").fill_null(0.0))
    )
    changes = settling(year).join(year["changes"], on=["row_id", "repair_id"])
    fields = changes.join(rows, on="row_id").select(
        "row_id",
        "field",
        proposed_value="proposed",
        p_field="p_correction",
        proposed=pl.col("state") == "to settle",
    )
    return lines_of(rows.select("row_id", "p_correction"), fields)


def _unknown(repairs: pl.DataFrame) -> bool:
    return repairs["settles"].null_count() == repairs.height


def _state(frames: Tables) -> pl.DataFrame:
    """Return each listed row with its state: 'settled' as recorded, 'to settle' by a repair, or 'open'."""
    settled = frames["repairs"].filter("settles", pl.col("kind") == "leave")["row_id"]
    found = settling(frames)["row_id"]
    row = pl.col("row_id")
    state = (
        pl.when(row.is_in(settled.implode()))
        .then(pl.lit("settled"))
        .when(row.is_in(found.implode()))
        .then(pl.lit("to settle"))
        .otherwise(pl.lit("open"))
    )
    return frames["inconsistencies"].select("row_id", state=state)


def settling(frames: Tables) -> pl.DataFrame:
    """Return (row_id, repair_id): the settling repair that goes first, of the rows that have one."""
    kinds = {kind.name: number for number, kind in enumerate(KINDS)}
    blind = [kind.name for kind in KINDS if kind.blind]
    papers = frames["documents"].select("document_id", paper="kind")
    repairs = frames["repairs"].filter("settles", pl.col("kind") != "leave")
    repairs = repairs.join(papers, on="document_id", how="left").with_columns(
        place=pl.when(pl.col("kind").is_in(blind))
        .then(_BLIND)
        .otherwise(pl.col("paper").replace_strict(_PRECEDENCE, default=_NO_PAPER, return_dtype=pl.Int64)),
        order=pl.col("kind").replace_strict(kinds, return_dtype=pl.Int64),
    )
    first = repairs.sort("row_id", "place", "order", "repair_id").unique(
        "row_id", keep="first", maintain_order=True
    )
    return first.select("row_id", "repair_id")
