"""From the probabilities of repairs to one line a row: the proposal, what it is worth, its lane and rank."""

import polars as pl

from models.certificate import Certificate, Known
from models.hours import SHOWN
from models.lanes import in_lanes, ranked
from models.scope import ROW, held
from models.seconds import Seconds
from models.settings import SuggestSettings


def judge(
    repairs: pl.DataFrame,
    shown: pl.DataFrame,
    asked: pl.DataFrame,
    frames: dict[str, pl.DataFrame],
    listed: pl.DataFrame,
    settings: SuggestSettings,
    certificate: Certificate | None,
    seconds: Seconds,
    lacking: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return one line per row, in the order of `repairs`.

    Args:
        repairs: tax_year, row_id, repair_id, p, tax_delta: the repairs of a row together, 'leave' (0) first.
        shown: the lines that staff are shown, in their order (row, field).
        asked: by row `p_asked`.
        frames: `changes` of the year.
        listed: the year's `inconsistencies`.
        settings: of lanes, order and time model.
        certificate: what may be cleared, and what training had seen; None clears nothing.
        seconds: by hand, of each outcome.
        lacking: rows that are never cleared (`models.scope.lacking`).

    Columns: p_correction, chosen (the proposed repair), p_proposed, leaves, best and p_best (the best repair
    other than 'leave'), tax_delta (its), expected_yen, p_asked, p_shown, held, hand, expected, lane,
    rank.
    """
    rows = by_row(repairs)
    on = list(ROW)
    rows = rows.join(asked, on=on, how="left", maintain_order="left")
    rows = rows.join(_shown(repairs, shown, frames["changes"]), on=on, how="left", maintain_order="left")
    seen = certificate.known if certificate else Known()
    why = held(repairs, frames["changes"], listed, seen, settings.certify, lacking)
    rows = rows.join(why, on=on, how="left")
    rows = rows.with_columns(pl.col("p_asked", "p_shown").fill_null(0.0))
    return put_forward(ranked(in_lanes(rows, certificate, seconds, settings), settings), settings)


def put_forward(rows: pl.DataFrame, settings: SuggestSettings) -> pl.DataFrame:
    """Propose the best repair of a row that staff read anyway from `propose_from` on, and else none.

    In `review` and `inquire` a proposal is a place to begin reading: it need not be likelier than 'leave',
    but where every repair is a long shot (the likely one stands on no paper) none is put first. In `confirm`
    one look must do, so the likeliest answer stands.
    """
    read = pl.col("lane").is_in(("review", "inquire"))
    likely = pl.col("p_best") >= settings.propose_from
    return rows.with_columns(
        chosen=pl.when(read & likely).then("best").when(read).then(0).otherwise("chosen"),
        p_proposed=pl.when(read & likely)
        .then("p_best")
        .when(read)
        .then(1.0 - pl.col("p_correction"))
        .otherwise("p_proposed"),
        leaves=pl.when(read).then(~likely).otherwise("leaves"),
    )


def by_row(repairs: pl.DataFrame) -> pl.DataFrame:
    """Return by row what its repairs say together: the likeliest ('leave' included) is proposed.

    `expected_yen`: over the repairs, probability × tax moved; what is left of the probability, a correction
    that nobody thought of, counts with their mean.
    """
    p, other = pl.col("p"), pl.col("repair_id") > 0
    best = p.arg_max()
    moved = pl.col("tax_delta").abs()
    return repairs.group_by(ROW, maintain_order=True).agg(
        p_correction=(1.0 - p.filter(~other).first()).clip(0.0, 1.0),
        chosen=pl.col("repair_id").get(best),
        p_proposed=p.max(),
        leaves=pl.col("repair_id").get(best) == 0,
        best=pl.col("repair_id").filter(other).get(p.filter(other).arg_max(), null_on_oob=True),
        p_best=p.filter(other).max().fill_null(0.0),
        tax_delta=pl.col("tax_delta").filter(other).get(p.filter(other).arg_max(), null_on_oob=True),
        expected_yen=(p * moved.fill_null(0)).filter(other).sum()
        + (1.0 - p.sum()).clip(0.0, 1.0) * moved.filter(other).mean().fill_null(0.0),
    )


def _shown(repairs: pl.DataFrame, shown: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Return by row the probability that a field among the first three shown needs correction."""
    first = shown.group_by(ROW, maintain_order=True).head(SHOWN).select(*ROW, "field")
    key = [*ROW, "repair_id"]
    touching = changes.select(*key, "field").join(first, on=[*ROW, "field"]).select(key).unique()
    chance = repairs.join(touching, on=key, maintain_order="left")
    return chance.group_by(ROW, maintain_order=True).agg(p_shown=pl.col("p").sum())
