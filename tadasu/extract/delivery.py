"""The next delivery of the same year beside the one before: what is new, changed, vanished, as it was.

Rows of the list match by `row_id` where it still means the same row, otherwise by person and evidence: a
system that reissues its list may number it anew. Everything is compared as ingested.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tadasu.tables import CORRECTIONS, DEPENDENTS, DOCUMENTS, EXTRACT, INCONSISTENCIES, SECOND_LOOK, Table

Tables = Mapping[str, pl.DataFrame]

EVIDENCE = ("person_id", "field", "related_person_id", "stated_value", "expected_value", "document_ids")
"""What a row of the list is about, whatever its number and its check's code."""

_SAME = ("person_id", "check_code", "field")
"""What the row of a number must share to be the same row still."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery brings over the one before.

    counts: by table how many rows are new, changed, vanished and unchanged. rows: `row_id` of now, `was`
    (of then, null where new) of every row of the list. again: as `tables.SECOND_LOOK`: decided rows whose
    documents changed since.
    """

    counts: dict[str, dict[str, int]]
    rows: pl.DataFrame
    again: pl.DataFrame


def delivered(before: Tables, now: Tables, decided: pl.DataFrame | None = None) -> Delivery:
    """Compare two deliveries of one tax year.

    Args:
        before: The tables of the earlier delivery, by name.
        now: Those of the later one.
        decided: `row_id` (of then) of rows that were decided, besides those with a staff action in either.
    """
    counts = {t.name: _counts(t, before[t.name], now[t.name]) for t in EXTRACT if t != INCONSISTENCIES}
    rows = matched(before[INCONSISTENCIES.name], now[INCONSISTENCIES.name])
    counts[INCONSISTENCIES.name] = _of_list(rows, before[INCONSISTENCIES.name], now[INCONSISTENCIES.name])
    more = [] if decided is None else [decided.select("row_id")]
    staff = pl.concat([_decided(rows, before, now), *more])
    return Delivery(dict(sorted(counts.items())), rows, _again(rows, staff.unique(), before, now))


def _decided(rows: pl.DataFrame, before: Tables, now: Tables) -> pl.DataFrame:
    since = rows.join(now[CORRECTIONS.name], on="row_id", how="semi").select(row_id="was").drop_nulls()
    return pl.concat([before[CORRECTIONS.name].select("row_id"), since])


def matched(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return `row_id` of every row of `now` with `was`, the row of `before` that it is.

    First the rows whose number, person, check and field are the same, then those that alone have the same
    person and evidence. A number that went over to somebody else's row matches nothing.
    """
    key = ["row_id", *_SAME]
    same = now.select(key).join(before.select(key), on=key, how="semi", nulls_equal=True)
    numbered = same.select("row_id", was="row_id")
    rest = now.join(numbered, on="row_id", how="anti")
    left = before.join(numbered, left_on="row_id", right_on="was", how="anti")
    pairs = _alone(rest).join(_alone(left).rename({"row_id": "was"}), on=list(EVIDENCE), nulls_equal=True)
    found = pl.concat([numbered, pairs.select("row_id", "was")])
    return now.select("row_id").join(found, on="row_id", how="left").sort("row_id")


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    """Return number and evidence of the rows that share their evidence with no other."""
    told = rows.select("row_id", *EVIDENCE)
    return told.filter(~pl.struct(EVIDENCE).is_duplicated())


def _counts(table: Table, before: pl.DataFrame, now: pl.DataFrame) -> dict[str, int]:
    key = list(table.key)
    both = now.join(before, on=key, how="semi").height
    same = now.join(before, on=list(table.schema), how="semi", nulls_equal=True).height
    return _told(now.height, before.height, both, same)


def _of_list(rows: pl.DataFrame, before: pl.DataFrame, now: pl.DataFrame) -> dict[str, int]:
    both = rows.drop_nulls("was")
    was = now.join(both, on="row_id").drop("row_id").rename({"was": "row_id"}).select(before.columns)
    same = was.join(before, on=before.columns, how="semi", nulls_equal=True).height
    return _told(now.height, before.height, both.height, same)


def _told(now: int, before: int, both: int, same: int) -> dict[str, int]:
    return {"new": now - both, "changed": both - same, "vanished": before - both, "unchanged": same}


def _again(rows: pl.DataFrame, decided: pl.DataFrame, before: Tables, now: Tables) -> pl.DataFrame:
    """Return the decided rows of whose person, or on whose list of documents, a document changed."""
    changed = _changed_documents(before, now)
    listed = now[INCONSISTENCIES.name].select(
        "row_id", "tax_year", "person_id", "related_person_id", "document_ids"
    )
    ours = listed.join(rows.drop_nulls("was"), on="row_id")
    ours = ours.join(decided.rename({"row_id": "was"}), on="was", how="semi")
    named = ours.with_columns(document_id=pl.col("document_ids").str.split(";")).explode("document_id")
    named = named.with_columns(pl.col("document_id").str.strip_chars())
    people = changed.select("person_id", "document_id")
    hits = [
        named.join(changed.select("document_id"), on="document_id", how="semi").select(
            "row_id", "document_id"
        ),
        ours.join(people, on="person_id").select("row_id", "document_id"),
        ours.join(people, left_on="related_person_id", right_on="person_id").select("row_id", "document_id"),
    ]
    by_row = (
        pl.concat(hits)
        .unique()
        .group_by("row_id")
        .agg(documents_changed=pl.col("document_id").sort().str.join(";"))
    )
    made = ours.join(by_row, on="row_id").select("row_id", "tax_year", "was", "documents_changed")
    return SECOND_LOOK.arrange(made.select(*SECOND_LOOK.schema))


def _changed_documents(before: Tables, now: Tables) -> pl.DataFrame:
    """Return `document_id`, `person_id` of documents that are new, gone, or state something else."""
    kin = pl.concat([_differing(DEPENDENTS, now, before), _differing(DEPENDENTS, before, now)])
    parts = []
    for one, other in ((now, before), (before, now)):
        papers = one[DOCUMENTS.name].select("document_id", "person_id")
        parts.append(_differing(DOCUMENTS, one, other).select("document_id", "person_id"))
        parts.append(papers.join(kin, on="document_id", how="semi"))
    return pl.concat(parts).unique()


def _differing(table: Table, one: Tables, other: Tables) -> pl.DataFrame:
    return one[table.name].join(other[table.name], on=list(table.schema), how="anti", nulls_equal=True)
