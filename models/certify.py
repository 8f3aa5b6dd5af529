"""Put the promise about cleared rows to the test, on rows whose labels are known."""

import polars as pl

from models.bounds import plan
from models.certificate import FORECAST, NOVEL, SEASON, Certificate, Known, Step, last_passed
from models.settings import CertifySettings

NOTHING_KNOWN = Known()


def certify(
    rows: pl.DataFrame,
    promise: CertifySettings,
    *,
    purpose: str,
    tax_year: int,
    tested_year: int,
    model_id: str,
    seed: int | None = None,
    known: Known = NOTHING_KNOWN,
) -> Certificate:
    """Test the promise from the strictest threshold to the first that fails.

    Args:
        rows: the whole list: p_correction; held ('' where the row may be cleared); wrong (whether it needed a
            correction, null without a label); missed_yen (tax that its correction moved, as an absolute
            amount; null: unknown, and counts as the most). The labels must be those of rows drawn at random,
            or of all rows.
        promise: the bounds, and how the test steps.
        purpose: 'forecast' or 'season'.
        tax_year: whose rows are to be cleared.
        tested_year: whose rows these are.
        model_id: of the ranker that gave the probabilities.
        seed: of the draw.
        known: what training had seen, for the rows that the certificate will be applied to.
    """
    assert purpose in (FORECAST, SEASON), purpose
    free, labelled = rows.filter(pl.col("held") == ""), rows.drop_nulls("wrong").height
    steps = _steps(free, labelled, rows.height, promise)
    chosen = last_passed(steps, promise)
    cleared = 0 if chosen is None else int((free["p_correction"] <= chosen).sum())
    novel = rows.filter(pl.col("held").is_in(NOVEL))
    return Certificate(
        purpose=purpose,
        tax_year=tax_year,
        tested_year=tested_year,
        model_id=model_id,
        promise=promise,
        rows=rows.height,
        may_clear=free.height,
        labelled=labelled,
        steps=steps,
        threshold=chosen,
        cleared_share=cleared / max(1, rows.height),
        seed=seed,
        novel=_steps(novel, labelled, rows.height, promise) if purpose == SEASON else (),
        known=known,
    )


def _steps(part: pl.DataFrame, labelled: int, rows: int, promise: CertifySettings) -> tuple[Step, ...]:
    """Return the steps up to the first that fails; the thresholds are chosen before any label is read."""
    told = part.drop_nulls("wrong").select("p_correction", "wrong", "missed_yen")
    steps: list[Step] = []
    for threshold in plan(part["p_correction"].to_numpy(), rows, labelled, promise):
        steps.append(_step(told, threshold, promise))
        if not steps[-1].passes(promise):
            break
    return tuple(steps)


def _step(told: pl.DataFrame, threshold: float, promise: CertifySettings) -> Step:
    cleared = told.filter(pl.col("p_correction") <= threshold)
    wrong = cleared.filter("wrong")["missed_yen"]
    missed = int(wrong.fill_null(promise.clip_yen).clip(0, promise.clip_yen).sum())
    return Step.counted(threshold, cleared.height, wrong.len(), missed, promise)
