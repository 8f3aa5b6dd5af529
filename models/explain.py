"""Reasons of a suggestion in Japanese, at most three: the repair's own, the record, what weighed."""

from typing import Any

import polars as pl

from models.ranker import Ranker
from models.reasons import opened, sentences
from models.reasons.contributions import contributions, told
from models.reasons.record import record
from models.rows import in_order
from models.settings import SuggestSettings
from tadasu.errors import TadasuError
from tadasu.law import Law

SEPARATOR = ";"


def reasons(
    lines: pl.DataFrame,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    law: Law,
    ranker: Ranker,
    settings: SuggestSettings,
) -> pl.DataFrame:
    """Return (row_id, field, reasons) of each line in the order given.

    The third reason is `standing`, where the lines have that and it is filled; otherwise what weighed in the
    model. That costs 35 milliseconds of CPU a row: outside the lane `clear`, the first
    `settings.explain_rows` rows by rank have it; the others get it when they are opened (`explain_row`).

    `lines` have row_id, field (null where there is nothing to say), repair_id, current_value, proposed_value,
    proposed, rank, lane; `frames` are the year's repairs, changes and features, `tables` its extract.
    """
    own = sentences(lines, frames, tables, law)
    features = frames["features"]
    known = own.join(record(features), on="row_id", how="left", maintain_order="left")
    known = known.join(
        _weighed(lines, features, ranker, settings.explain_rows),
        on="row_id",
        how="left",
        maintain_order="left",
    )
    # A separator inside a reason would make two of it.
    if "standing" in lines.columns:
        known = known.with_columns(weighed=pl.coalesce(lines["standing"], known["weighed"]))
    parts = [
        pl.col(name).str.replace_all(SEPARATOR, "・", literal=True)
        for name in ("ground", "record", "weighed")
    ]
    joined = pl.concat_str(parts, separator=SEPARATOR, ignore_nulls=True)
    return known.select("row_id", "field", reasons=joined)


def _weighed(lines: pl.DataFrame, features: pl.DataFrame, ranker: Ranker, most: int) -> pl.DataFrame:
    first = (
        lines.filter(pl.col("lane") != "clear")
        .select("row_id", "rank")
        .unique()
        .sort("rank", "row_id")
        .head(most)
    )
    chosen = features.filter(pl.col("row_id").is_in(first["row_id"].implode()))
    if chosen.is_empty():
        return pl.DataFrame(schema={"row_id": pl.String, "weighed": pl.String})
    return told(contributions(ranker, chosen))


def explain_row(
    row_id: str,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    law: Law,
    ranker: Ranker,
    suggestions: pl.DataFrame | None = None,
) -> dict[str, Any]:
    """Return everything that is known of one row, as plain data for a page or a terminal.

    Keys: entry (the list's), place (rank, lane, p_correction; rank and lane None without `suggestions`),
    documents, candidates, linked (what the likeliest repair and 'leave' imply for other people), reasons (of
    the likeliest repair, or of leaving), groups: see `reasons.opened`.

    Raises:
        TadasuError: the year's list has no such row.
    """
    found = tables["inconsistencies"].filter(pl.col("row_id") == row_id)
    if found.is_empty():
        raise TadasuError(f"{row_id}: the list of {law.year} has no such row.")
    row = found.row(0, named=True)
    own = opened.narrowed(tables, row["person_id"])
    of_rows = {name: frame for name, frame in frames.items() if "row_id" in frame.columns}
    parts = {name: frame.filter(pl.col("row_id") == row_id) for name, frame in of_rows.items()}
    features = in_order(parts["features"])
    alone = features.select("repair_id", p=pl.Series(ranker.score(features)))
    chances = _as_suggested(alone, row_id, suggestions)
    candidates = opened.candidates(parts, row_id, chances, _told(parts, own, law), _left(parts, own, law))
    weighed = contributions(ranker, features)
    reasons_of_row = [
        *candidates[0]["reasons"],
        *record(features)["record"].to_list(),
        *told(weighed)["weighed"].to_list(),
    ]
    return {
        "entry": opened.entry(row, row["field"]),
        "place": _place(row_id, chances, suggestions),
        "documents": opened.documents(own, law, row["person_id"]),
        "candidates": candidates,
        "linked": opened.linked(parts, [candidates[0]["repair_id"], 0]),
        "reasons": reasons_of_row,
        "groups": opened.groups(weighed),
        "model_id": ranker.model_id,
    }


def _as_suggested(alone: pl.DataFrame, row_id: str, suggestions: pl.DataFrame | None) -> pl.DataFrame:
    """Give the repairs their share of the suggested P(correction), which the rows beside have a part in."""
    if suggestions is None:
        return alone
    found = suggestions.filter(pl.col("row_id") == row_id)["p_correction"]
    others = float(alone.filter(pl.col("repair_id") > 0)["p"].sum())
    if found.is_empty() or others <= 0:
        return alone
    times = float(found[0]) / others
    p = pl.when(pl.col("repair_id") > 0).then(pl.col("p") * times).otherwise(1.0 - float(found[0]))
    return alone.with_columns(p=p)


def _told(parts: dict[str, pl.DataFrame], tables: dict[str, pl.DataFrame], law: Law) -> pl.DataFrame:
    """Return the sentence of each change of each repair of the row: (repair_id, field, ground)."""
    lines = parts["changes"].select(
        "row_id",
        "repair_id",
        "field",
        current_value="recorded",
        proposed_value="proposed",
        proposed=pl.lit(True),
    )
    if lines.is_empty():
        return pl.DataFrame(schema={"repair_id": pl.Int32, "field": pl.String, "ground": pl.String})
    return lines.select("repair_id", "field").with_columns(sentences(lines, parts, tables, law)["ground"])


def _left(parts: dict[str, pl.DataFrame], tables: dict[str, pl.DataFrame], law: Law) -> str:
    """Return the sentence of leaving the row's named field as recorded."""
    nothing = {name: pl.lit(None, dtype=pl.String) for name in ("field", "current_value", "proposed_value")}
    line = (
        parts["repairs"]
        .filter(pl.col("repair_id") == 0)
        .select("row_id", **nothing, repair_id=pl.lit(None, dtype=pl.Int32), proposed=pl.lit(True))
    )
    return str(sentences(line, parts, tables, law)["ground"].item())


def _place(row_id: str, chances: pl.DataFrame, suggestions: pl.DataFrame | None) -> dict[str, Any]:
    leave = chances.filter(pl.col("repair_id") == 0)["p"].sum()
    place: dict[str, Any] = {"rank": None, "lane": None, "p_correction": 1.0 - float(leave)}
    if suggestions is not None:
        known = suggestions.filter(pl.col("row_id") == row_id).select("rank", "lane", "p_correction")
        place |= known.row(0, named=True) if known.height else {}
    return place
