"""From repairs to the matrix: evidence is joined to each repair, then every declared column computed."""

from collections.abc import Sequence
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
from features.last_claims import dropped_after
from features.lawful import gaps
from features.mended import mended_after, odd_reports, report_gaps
from features.papertax import paper_sums, paper_sums_after
from features.repairs import Proposed
from features.repairs.sources import Sources
from features.returns import odd_returns, return_gaps
from features.together import family_after, moved, rows_touched
from features.unnamed import unnamed

KEY = ("row", "repair_id")
BLOCK = 150_000
"""Repairs whose evidence lies side by side at once: bounds the memory, changes no figure."""


@dataclass(frozen=True, slots=True)
class Records:
    """What other tables than the listed person's own say: earlier years, payers, the people beside them.

    history, payer_rows: by row_id. payers: by payer_id. related, last_shared: by row. claimants, last_claims,
    birthmates: by document and line_no. household, last_papers: by person. dropped: by person and field.
    """

    history: pl.DataFrame
    payers: pl.DataFrame
    payer_rows: pl.DataFrame
    related: pl.DataFrame
    claimants: pl.DataFrame
    household: pl.DataFrame
    last_claims: pl.DataFrame
    last_shared: pl.DataFrame
    dropped: pl.DataFrame
    last_papers: pl.DataFrame
    birthmates: pl.DataFrame


def matrix(
    proposed: Proposed,
    sources: Sources,
    outcome: pl.DataFrame,
    records: Records,
) -> pl.DataFrame:
    """Return one line per repair: row, repair_id (sorted by them) and all columns.

    `outcome` is what the law says of each (`features.outcome`). The evidence is joined block by block of
    rows: side by side it is several times as wide as what is kept of it.
    """
    base = _main_change(proposed, sources).sort(KEY)
    parts = _parts(proposed, sources, outcome, records)
    made = [_block(base.filter(pl.col("row").is_between(*ends)), parts) for ends in _blocks(base)]
    return pl.concat(made) if made else _block(base, parts)


def _blocks(base: pl.DataFrame) -> list[tuple[int, int]]:
    """Return the first and last row of each block: whole rows, about `BLOCK` repairs together."""
    sizes = base.group_by("row", maintain_order=True).agg(size=pl.len())
    numbered = sizes.with_columns(block=(pl.col("size").cum_sum() - 1) // BLOCK)
    ends = numbered.group_by("block", maintain_order=True).agg(
        first=pl.col("row").min(), last=pl.col("row").max()
    )
    return list(ends.select("first", "last").iter_rows())


def _block(frame: pl.DataFrame, parts: Sequence[tuple[pl.DataFrame, list[str]]]) -> pl.DataFrame:
    rows = frame.select("row").unique()
    for table, on in parts:
        near = table.join(rows, on="row", how="semi") if on[0] == "row" else table
        frame = frame.join(near, on=on, how="left", maintain_order="left")
    names = [name for name in frame.columns if name.startswith(("said", "kept"))]
    frame = frame.with_columns(
        pl.col(*names, "papers").fill_null(0),
        doc_referenced=pl.col("document_ids").str.contains(pl.col("document_id"), literal=True),
        doc_birth_differs=pl.col("doc_birth") != pl.col("register_birth"),
        claim_is_related=pl.col("claim_id") == pl.col("related_person_id"),
        row_repairs=pl.len().over("row"),
        field_repairs=pl.len().over("row", "field"),
    )
    return frame.select(*KEY, *(column.expression() for column in COLUMNS))


def _parts(
    proposed: Proposed, sources: Sources, outcome: pl.DataFrame, records: Records
) -> list[tuple[pl.DataFrame, list[str]]]:
    """Return every table of evidence with the columns that it is joined on."""
    by_person = (
        evidence.person_evidence,
        evidence.family_evidence,
        identities,
        dates,
        near_duplicates,
        by_law,
        last_statuses,
        counted,
        gift_arithmetic,
        fits,
        paper_sums,
        odd_reports,
        odd_returns,
        disabled_relatives,
        couple,
        rows_beside,
    )
    ids = sources.rows.select("row", "row_id", "document_ids", "related_person_id")
    return [
        (outcome, list(KEY)),
        (gaps(proposed, sources), list(KEY)),
        (paper_sums_after(proposed, sources), list(KEY)),
        (mended_after(proposed, sources), list(KEY)),
        (moved(proposed), list(KEY)),
        (family_after(proposed, sources), list(KEY)),
        (dropped_after(proposed, records.dropped, records.last_papers), list(KEY)),
        (rows_touched(proposed, sources, records.history), list(KEY)),
        (evidence.row_evidence(sources).drop("person", "named"), ["row"]),
        (evidence.check_profile(sources), ["row"]),
        *((of_person(sources), ["person"]) for of_person in by_person),
        (fields_beside(sources), ["person", "field"]),
        (unnamed(sources), ["person", "field"]),
        (values_beside(sources), ["person", "field", "value"]),
        (records.related, ["row"]),
        (records.household, ["person"]),
        (claims_by_person(sources, records.birthmates), ["person"]),
        (ids, ["row"]),
        (records.history, ["row_id"]),
        (records.payer_rows, ["row_id"]),
        *_papers(sources),
        (records.last_shared, ["row"]),
        *_document(sources, records.payers),
        *((lines, ["document", "line_no"]) for lines in (records.claimants, records.last_claims)),
        (records.birthmates, ["document", "line_no"]),
    ]


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


def _papers(sources: Sources) -> list[tuple[pl.DataFrame, list[str]]]:
    support = evidence.paper_support(sources)
    names = [name for name in support.columns if name.startswith("said")]
    kept = support.rename({"value": "recorded"} | {name: name.replace("said", "kept") for name in names})
    return [
        (support, ["person", "field", "value"]),
        (kept, ["person", "field", "recorded"]),
        (evidence.field_papers(sources), ["person", "field"]),
        (evidence.last_year(sources), ["person", "field"]),
    ]


def _document(sources: Sources, payers: pl.DataFrame) -> list[tuple[pl.DataFrame, list[str]]]:
    limit = sources.law.relative_income_limit
    claims = evidence.claim_evidence(sources).with_columns(claim_over=pl.col("claim_income") > limit)
    births = sources.people.select("person", register_birth="birth_date")
    ids = _join(sources.documents.select("document", "document_id", "payer_id"), payers, ["payer_id"])
    return [
        (evidence.document_evidence(sources), ["document"]),
        (report_gaps(sources), ["document"]),
        (return_gaps(sources), ["document"]),
        (claims, ["document", "line_no"]),
        (births, ["person"]),
        (ids, ["document"]),
    ]
