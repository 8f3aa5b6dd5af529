"""From probabilities to the product's output: `suggestions`, one line per row and field."""

from dataclasses import dataclass

import polars as pl

from models.certificate import Certificate
from models.explain import reasons
from models.judge import by_row, judge
from models.neighbours import links
from models.ranker import Ranker
from models.rows import in_order
from models.scope import ROW, lacking
from models.seconds import Seconds
from models.settings import SuggestSettings
from tadasu.law import Law
from tadasu.tables import SUGGESTIONS

KEY = [*ROW, "repair_id"]
PROVISIONAL = "仮の区分：昨年の実績による（今年の抽出で確かめる前）"
HELD = {
    "yen": "税額への影響が大きい候補があるため修正不要にしない",
    "evidence": "昨年までに例のない種類の行のため修正不要にしない",
    "lacking": "特定親族特別控除を取り込めなかった資料があるため修正不要にしない",
    "field": "昨年までになかった項目の候補があるため修正不要にしない",
}
"""Why a row that is unlikely to need a correction is not cleared, as staff read it."""


@dataclass(frozen=True)
class Suggested:
    """`lines` are the table `suggestions`; `rows` say how each row came to its lane (`models.judge`)."""

    lines: pl.DataFrame
    rows: pl.DataFrame


def suggest(
    ranker: Ranker,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    settings: SuggestSettings,
    certificate: Certificate | None = None,
    seconds: Seconds | None = None,
    law: Law | None = None,
) -> pl.DataFrame:
    """Return `suggestions` of one year: lines by rank, then proposed, then p_field.

    `frames` are the year's repairs, changes, linked and features; `tables` its extract. Without a
    certificate no row is cleared; without recorded `seconds` those of the time model count; without the
    year's `law` the reasons stay empty, and of the extract only inconsistencies and residents are read.
    """
    return suggested(ranker, frames, tables, settings, certificate, seconds, law).lines


def suggested(
    ranker: Ranker,
    frames: dict[str, pl.DataFrame],
    tables: dict[str, pl.DataFrame],
    settings: SuggestSettings,
    certificate: Certificate | None = None,
    seconds: Seconds | None = None,
    law: Law | None = None,
) -> Suggested:
    """Return the suggestions as `suggest` does, and the rows behind them."""
    features = in_order(frames["features"])
    known = links(tables["inconsistencies"], tables["residents"], frames)
    p, p_asked = ranker.judged(features, known)
    repairs = features.select(KEY).with_columns(p=pl.Series(p))
    taxes = frames["repairs"].select(*KEY, "tax_delta", "kind")
    repairs = repairs.join(taxes, on=KEY, how="left", maintain_order="left")
    lines = _lines(repairs, by_row(repairs), frames, settings.lines)
    listed = tables["inconsistencies"]
    spent = seconds or Seconds.stated(settings.time)
    asked = repairs.filter(pl.col("repair_id") == 0).select(*ROW, p_asked=pl.Series(p_asked))
    rows = judge(repairs, lines, asked, frames, listed, settings, certificate, spent, lacking(tables))
    lines = _lines(repairs, rows, frames, settings.lines)
    standing = rows.with_columns(standing=_standing(certificate))
    every = standing.join(listed.select(*ROW, "person_id", "check_code", "document_ids"), on=list(ROW))
    every = every.join(lines, on=list(ROW), how="left")
    made = every.with_columns(
        pl.col("p_field").fill_null(0.0),
        proposed=pl.col("proposed").fill_null(value=True),
        reasons=pl.lit(None, dtype=pl.String),
        model_id=pl.lit(ranker.model_id),
    )
    order = ["rank", "row_id", "proposed", "p_field", "field"]
    made = made.sort(order, descending=[False, False, True, True, False])
    if law is not None:
        told = reasons(made, frames, tables, law, ranker, settings)
        made = made.with_columns(told["reasons"])
    kept = made.select(pl.col(name).cast(dtype) for name, dtype in SUGGESTIONS.schema.items())
    return Suggested(kept, rows)


def _standing(certificate: Certificate | None) -> pl.Expr:
    """Say of a cleared row that this is provisional, and of one that was held back why."""
    if certificate is None or certificate.threshold is None:
        return pl.lit(None, pl.String)
    likely_nothing = pl.col("p_correction") <= certificate.threshold
    held = pl.col("held").replace_strict(HELD, default=None, return_dtype=pl.String)
    text = pl.lit(PROVISIONAL if certificate.provisional else None, pl.String)
    return pl.when(pl.col("lane") == "clear").then(text).when(likely_nothing).then(held)


def _lines(
    repairs: pl.DataFrame, chosen: pl.DataFrame, frames: dict[str, pl.DataFrame], least: int
) -> pl.DataFrame:
    """Return by row and field: how likely it needs correction, to which value, whether that is proposed."""
    known = repairs.select(*KEY, "p", "kind")
    changes = frames["changes"].rename({"proposed": "value"}).join(known, on=KEY)
    changes = changes.filter(pl.col("p") > 0).join(chosen.select(*ROW, "chosen"), on=list(ROW))
    changes = changes.with_columns(proposed=pl.col("repair_id") == pl.col("chosen"))
    by = [*ROW, "field", "proposed", "p", "repair_id"]
    ordered = changes.sort(by, descending=[False, False, False, True, True, False])
    fields = ordered.group_by(*ROW, "field", maintain_order=True).agg(
        pl.col("proposed").first(),
        p_field=pl.col("p").sum().clip(0.0, 1.0),
        current_value=pl.col("recorded").first(),
        proposed_value=pl.col("value").first(),
        repair_id=pl.col("repair_id").first(),
    )
    shown = fields.sort(*ROW, "proposed", "p_field", "field", descending=[False, False, True, True, False])
    place = pl.int_range(pl.len()).over(ROW)
    return shown.filter(pl.col("proposed") | (place < least))
