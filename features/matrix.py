"""From repairs to the matrix: evidence is joined to each repair, then every declared column computed."""

from dataclasses import dataclass

import polars as pl

from features import evidence
from features.beside import fields_beside, rows_beside, values_beside
from features.birthmates import claims_by_person
from features.columns import COLUMNS
from features.couple import couple
from features.details import by_law, counted, dates, last_statuses, near_duplicates
from features.disabled import disabled_relatives
from features.fits import fits
from features.gifts import gift_arithmetic
from features.identities import identities
from features.lawful import gaps
from features.papertax import paper_sums, paper_sums_after
from features.repairs import Proposed
from features.repairs.sources import Sources
from features.unnamed import unnamed

KEY = ("row", "repair_id")


@dataclass(frozen=True, slots=True)
class Records:
    """What other tables than the listed person's own say: earlier years, payers, the people beside them.

    history, payer_rows: by row_id. payers: by payer_id. related, last_shared: by row. claimants, last_claims,
    birthmates: by document and line_no. household: by person.
    """

    history: pl.DataFrame
    payers: pl.DataFrame
    payer_rows: pl.DataFrame
    related: pl.DataFrame
    claimants: pl.DataFrame
    household: pl.DataFrame
    last_claims: pl.DataFrame
    last_shared: pl.DataFrame
    birthmates: pl.DataFrame


def matrix(
    proposed: Proposed,
    sources: Sources,
    outcome: pl.DataFrame,
    records: Records,
) -> pl.DataFrame:
    """Return one line per repair: row, repair_id (as in `proposed.repairs`, same order) and all columns.

    `outcome` is what the law says of each (`features.outcome`).
    """
    frame = _join(_main_change(proposed, sources), outcome, list(KEY))
    frame = _join(frame, gaps(proposed, sources), list(KEY))
    frame = _join(frame, paper_sums_after(proposed, sources), list(KEY))
    frame = _join(frame, evidence.row_evidence(sources).drop("person", "named"), ["row"])
    frame = _join(frame, evidence.check_profile(sources), ["row"])
    frame = _join(frame, evidence.person_evidence(sources), ["person"])
    frame = _join(frame, evidence.family_evidence(sources), ["person"])
    frame = _join(frame, identities(sources), ["person"])
    for part in (
        dates,
        near_duplicates,
        by_law,
        last_statuses,
        counted,
        gift_arithmetic,
        fits,
        paper_sums,
        disabled_relatives,
        couple,
    ):
        frame = _join(frame, part(sources), ["person"])
    frame = _join(frame, rows_beside(sources), ["person"])
    frame = _join(frame, fields_beside(sources), ["person", "field"])
    frame = _join(frame, unnamed(sources), ["person", "field"])
    frame = _join(frame, values_beside(sources), ["person", "field", "value"])
    frame = _join(frame, records.related, ["row"])
    frame = _join(frame, records.household, ["person"])
    frame = _join(frame, claims_by_person(sources, records.birthmates), ["person"])
    ids = sources.rows.select("row", "row_id")
    frame = _join(_join(frame, ids, ["row"]), records.history, ["row_id"])
    frame = _join(frame, records.payer_rows, ["row_id"])
    frame = _papers(frame, sources)
    frame = _join(frame, records.last_shared, ["row"])
    frame = _document(frame, sources, records.payers)
    for lines in (records.claimants, records.last_claims, records.birthmates):
        frame = _join(frame, lines, ["document", "line_no"])
    frame = frame.with_columns(
        row_repairs=pl.len().over("row"), field_repairs=pl.len().over("row", "field")
    ).sort(KEY)
    return frame.select(*KEY, *(column.expression() for column in COLUMNS))


def _join(frame: pl.DataFrame, other: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return frame.join(other, on=on, how="left", maintain_order="left")


def _main_change(proposed: Proposed, sources: Sources) -> pl.DataFrame:
    """Give each repair its main change (the field that the row names, or else the first) and the next one."""
    named = sources.rows.select("row", "named")
    changes = _join(proposed.changes, named, ["row"]).with_columns(
        near_named=pl.col("field") == pl.col("named"), delta=pl.col("value") - pl.col("recorded")
    )
    ordered = changes.sort("row", "repair_id", "near_named", "field", descending=[False, False, True, False])
    main = ordered.group_by(KEY, maintain_order=True).agg(
        pl.col("field", "near_named", "recorded", "value", "delta").first(),
        delta_other=pl.col("delta").get(1, null_on_oob=True),
    )
    frame = _join(_join(proposed.repairs, named, ["row"]), main, list(KEY))
    # 'Leave' is about the field that the row names.
    leave = frame["repair_id"] == 0
    recorded = sources.recorded.rename({"field": "named", "recorded": "own"})
    frame = _join(frame.with_columns(leave=leave), recorded, ["person", "named"])
    return frame.with_columns(
        field=pl.when("leave").then("named").otherwise("field"),
        recorded=pl.when("leave").then("own").otherwise("recorded"),
        value=pl.when("leave").then("own").otherwise("value"),
    ).drop("own", "leave")


def _papers(frame: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    support = evidence.paper_support(sources)
    names = [name for name in support.columns if name.startswith("said")]
    kept = support.rename({"value": "recorded"} | {name: name.replace("said", "kept") for name in names})
    frame = _join(frame, support, ["person", "field", "value"])
    frame = _join(frame, kept, ["person", "field", "recorded"])
    frame = _join(frame, evidence.field_papers(sources), ["person", "field"])
    frame = _join(frame, evidence.last_year(sources), ["person", "field"])
    counts = [*names, *(name.replace("said", "kept") for name in names), "papers"]
    return frame.with_columns(pl.col(counts).fill_null(0))


def _document(frame: pl.DataFrame, sources: Sources, payers: pl.DataFrame) -> pl.DataFrame:
    frame = _join(frame, evidence.document_evidence(sources), ["document"])
    frame = _join(frame, evidence.claim_evidence(sources), ["document", "line_no"])
    rows = sources.rows.select("row", "document_ids", "related_person_id")
    births = sources.people.select("person", register_birth="birth_date")
    ids = _join(sources.documents.select("document", "document_id", "payer_id"), payers, ["payer_id"])
    frame = _join(_join(_join(frame, rows, ["row"]), births, ["person"]), ids, ["document"])
    limit = sources.law.relative_income_limit
    return frame.with_columns(
        doc_referenced=pl.col("document_ids").str.contains(pl.col("document_id"), literal=True),
        doc_birth_differs=pl.col("doc_birth") != pl.col("register_birth"),
        claim_is_related=pl.col("claim_id") == pl.col("related_person_id"),
        claim_over=pl.col("claim_income") > limit,
    )
