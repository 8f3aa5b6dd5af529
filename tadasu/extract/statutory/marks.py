"""Corrections and cancellations find the report they are about: same person, same payer, sent before."""

from dataclasses import dataclass

import polars as pl

from tadasu.extract import reasons

_KEY = ("kind", "person_id", "payer_id")


@dataclass(frozen=True, slots=True)
class Targets:
    """What the marks of a year's lines come to, by `document_id`.

    supersedes: document_id, supersedes. cancelled: ids of the reports that were cancelled. broken:
    document_id, reason: cancellations that cancel nothing, or one of several. lost: how many corrections do
    not show what they correct: they stay, and so does what they may correct.
    """

    supersedes: pl.DataFrame
    cancelled: pl.Series
    broken: pl.DataFrame
    lost: int


def targets(lines: pl.DataFrame) -> Targets:
    """Find what each correction and each cancellation is about.

    A report is meant where it is the only one of the payer that still stands, or the only one with the same
    amounts. A cancellation that finds none, or cannot choose, is put aside; nothing is guessed.

    Args:
        lines: document_id, kind, person_id, payer_id, mark, amounts (alike where two lines state the same),
            order (in which they came).
    """
    pending = lines.filter(pl.col("mark").is_in(["correction", "cancellation"])).sort("order")
    groups = pending.select(_KEY).unique()
    standing = lines.join(groups, on=_KEY, how="semi", nulls_equal=True)
    standing = standing.filter(pl.col("mark").is_in(["new", "addition"]))
    decided = [_round(pending.clear(), standing)]
    while pending.height:
        first = pending.unique(_KEY, keep="first", maintain_order=True)
        found = _round(first, standing)
        gone = found.select("target").drop_nulls()
        corrections = first.filter(pl.col("mark") == "correction").select(standing.columns)
        standing = standing.join(gone, left_on="document_id", right_on="target", how="anti")
        standing = pl.concat([standing, corrections])
        pending = pending.join(first.select("order"), on="order", how="anti")
        decided.append(found)
    return _told(pl.concat(decided))


def _round(first: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Return for one mark of each person and payer its target, or why it has none."""
    others = standing.select(*_KEY, target="document_id", before="order", stated="amounts")
    pairs = first.join(others, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
    earlier = pairs.with_columns(
        target=pl.when(pl.col("before") < pl.col("order")).then("target"),
        same=((pl.col("before") < pl.col("order")) & (pl.col("amounts") == pl.col("stated"))).fill_null(
            value=False
        ),
    )
    by = earlier.group_by("document_id", "mark", maintain_order=True).agg(
        n=pl.col("target").count(),
        n_same=pl.col("same").sum(),
        only=pl.col("target").drop_nulls().first(),
        alike=pl.col("target").filter("same").first(),
    )
    chosen = pl.when(pl.col("n") == 1).then("only").when(pl.col("n_same") == 1).then("alike")
    why = pl.when(pl.col("n") == 0).then(pl.lit(reasons.NO_TARGET)).otherwise(pl.lit(reasons.MANY_TARGETS))
    return (
        by.with_columns(target=chosen)
        .with_columns(reason=pl.when(pl.col("target").is_null()).then(why))
        .select("document_id", "mark", "target", "reason")
    )


def _told(decided: pl.DataFrame) -> Targets:
    cancels = pl.col("mark") == "cancellation"
    hit = decided.drop_nulls("target")
    return Targets(
        hit.select("document_id", supersedes="target"),
        hit.filter(cancels)["target"],
        decided.filter(cancels & pl.col("reason").is_not_null()).select("document_id", "reason"),
        decided.filter(~cancels & pl.col("reason").is_not_null()).height,
    )
