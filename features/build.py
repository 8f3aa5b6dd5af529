"""One year's repairs, changes, features and truth, from its tables and those of earlier years."""

from collections.abc import Mapping

import polars as pl

from features import kin
from features.birthmates import birthmates
from features.crosswalk import crosswalk
from features.history import payer_history, row_history
from features.identified import identified
from features.labels import labels
from features.last_claims import dropped, last_claims, last_papers, last_shared
from features.linked import linked
from features.matrix import Records, matrix
from features.outcome import outcomes
from features.payers import payer_rows
from features.repairs import Proposed, propose
from features.repairs.kinds import KINDS
from features.repairs.sources import Sources, sources
from features.values import FIELD_NAMES, render
from tadasu.law import Law
from tadasu.tables import CHANGES, CROSSWALK, REPAIRS, TRUTH


def featurize(
    tables: dict[str, pl.DataFrame],
    past: dict[int, dict[str, pl.DataFrame]],
    law: Law,
    bulk_staff: tuple[str, ...] = (),
    corrected: Mapping[str, str] | None = None,
) -> dict[str, pl.DataFrame]:
    """Return `repairs`, `changes`, `linked`, `features`, `truth` and `crosswalk` of the tax year of `law`.

    `past` holds earlier years only: nothing of this year's labels enters the features. `truth` has the
    repairs of labelled rows alone, so it is empty where the year has no corrections. `corrected` says of
    check codes which code of earlier years they are, where the crosswalk has it wrong.
    """
    tables, past = identified(tables), {year: identified(each) for year, each in past.items()}
    prepared = sources(tables, law, past)
    proposed = propose(prepared)
    outcome = outcomes(proposed, prepared)
    walk = crosswalk(tables, past, corrected)
    key = prepared.rows.select("row", "row_id", "tax_year", "person_id")
    numbers = matrix(proposed, prepared, outcome, _records(prepared, tables, past, walk, bulk_staff))
    return {
        "repairs": _repairs(proposed, outcome, prepared, key),
        "changes": _changes(proposed, key),
        "linked": linked(proposed, outcome, prepared, tables),
        "features": _keyed(numbers, key),
        "crosswalk": CROSSWALK.arrange(walk.with_columns(tax_year=pl.lit(law.year, dtype=pl.Int32))),
        "truth": _truth(proposed, key, labels(tables["corrections"], bulk_staff)),
    }


def _records(
    prepared: Sources,
    tables: dict[str, pl.DataFrame],
    past: dict[int, dict[str, pl.DataFrame]],
    walk: pl.DataFrame,
    bulk_staff: tuple[str, ...],
) -> Records:
    known = kin.profiles(tables, prepared)
    before = past.get(prepared.law.year - 1)
    return Records(
        history=row_history(tables, past, walk, bulk_staff),
        last_claims=last_claims(prepared, before),
        last_shared=last_shared(prepared, tables, before),
        dropped=dropped(prepared, tables, before),
        last_papers=last_papers(prepared, before),
        birthmates=birthmates(prepared, tables, before),
        payers=payer_history(past),
        payer_rows=payer_rows(tables, past, bulk_staff),
        related=kin.related_evidence(known, prepared),
        claimants=kin.claimant_evidence(known, prepared, tables),
        household=kin.household_evidence(prepared, tables),
    )


def _keyed(frame: pl.DataFrame, key: pl.DataFrame) -> pl.DataFrame:
    """Name the lines of the matrix, which are in the order of their rows' names already."""
    places = frame.select("row", "repair_id")
    named = places.join(key.drop("person_id"), on="row", how="left", maintain_order="left")
    return named.select("tax_year", "row_id", "repair_id").hstack(frame.drop("row", "repair_id"))


def _repairs(proposed: Proposed, outcome: pl.DataFrame, prepared: Sources, key: pl.DataFrame) -> pl.DataFrame:
    names = dict(enumerate(kind.name for kind in KINDS))
    documents = prepared.documents.select("document", "document_id")
    frame = proposed.repairs.join(key, on="row", how="left").join(documents, on="document", how="left")
    frame = frame.with_columns(kind=pl.col("kind").replace_strict(names, return_dtype=pl.String))
    law = outcome.select("row", "repair_id", "tax_after", "tax_delta", "settles")
    frame = frame.join(law, on=["row", "repair_id"], how="left")
    return REPAIRS.arrange(frame)


def _changes(proposed: Proposed, key: pl.DataFrame) -> pl.DataFrame:
    names = dict(enumerate(FIELD_NAMES))
    frame = proposed.changes.join(key, on="row", how="left").with_columns(
        recorded=render(pl.col("field"), pl.col("recorded")),
        proposed=render(pl.col("field"), pl.col("value")),
    )
    return CHANGES.arrange(frame.with_columns(pl.col("field").replace_strict(names, return_dtype=pl.String)))


def _truth(proposed: Proposed, key: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    told = key.join(known.rename({"signature": "told"}), on="row_id")
    frame = proposed.repairs.join(told, on="row").with_columns(is_right=pl.col("signature") == pl.col("told"))
    return TRUTH.arrange(frame)
